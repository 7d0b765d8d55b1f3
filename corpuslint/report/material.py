"""One walk over the documents of a run: their facts, the text around the findings, and the texts of copies.

Documents are read once and let go; only excerpts stay. A document that changed since the run keeps what the run
said of it, without context. Nothing is counted or drawn here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpuslint.diagnostic import Diagnostic, Place, Related
from corpuslint.document import Document, DocumentKey
from corpuslint.report.clusters import Cluster, DocumentName, clusters_of, name_of
from corpuslint.report.snippets import EDITS, EditView
from corpuslint.sources import Skip, SourceFile, read
from corpuslint.statistics import DocumentFacts

COMPARED_PAIRS = 300  # pairs of copies whose texts are shown side by side; the largest clusters first
COMPARED_CHARACTERS = 8000  # code points of a document that are shown beside its copy


@dataclass(frozen=True)
class Material:
    """What the documents add to the findings."""

    diagnostics: tuple[Diagnostic, ...]
    documents: tuple[DocumentFacts, ...] = ()
    edits: Mapping[int, tuple[EditView, ...]] = field(default_factory=dict)  # by number of the finding
    texts: Mapping[DocumentName, str] = field(default_factory=dict)  # of the copies that are compared
    skips: tuple[Skip, ...] = ()

    @property
    def facts(self) -> dict[DocumentName, DocumentFacts]:
        """The facts by document."""
        return {(fact.path, fact.key.index): fact for fact in self.documents}


def gather(files: Iterable[SourceFile], diagnostics: Sequence[Diagnostic]) -> Material:
    """Read the files and gather what a report shows of them."""
    walk = _Walk(diagnostics)
    documents: list[DocumentFacts] = []
    skips: list[Skip] = []
    for file in files:
        for item in read(file):
            if isinstance(item, Skip):
                skips.append(item)
                continue
            documents.append(DocumentFacts.of(item))
            walk.visit(item)
    return Material(walk.diagnostics(), tuple(documents), walk.edits, walk.texts, tuple(skips))


def compared_pairs(clusters: Sequence[Cluster]) -> list[tuple[DocumentName, DocumentName]]:
    """Return the pairs (kept, copy) that are shown side by side: the first copies of each cluster come first."""
    rounds = [
        (number, order, cluster.kept_name, member.name)
        for order, cluster in enumerate(clusters)
        for number, member in enumerate(cluster.members)
    ]
    return [(kept, copy) for _, _, kept, copy in sorted(rounds)[:COMPARED_PAIRS]]


class _Walk:
    """Collects, document by document, what the findings want to know of it."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self._found = diagnostics
        self._places: dict[tuple[DocumentName, int, int], Place] = {}
        self._by_document: dict[DocumentName, list[int]] = defaultdict(list)
        self._wanted: dict[DocumentName, list[Place]] = defaultdict(list)
        for number, diagnostic in enumerate(diagnostics):
            self._by_document[name_of(diagnostic.place)].append(number)
            for place in (diagnostic.place, *(related.place for related in diagnostic.related)):
                self._wanted[name_of(place)].append(place)
        pairs = compared_pairs(clusters_of(diagnostics))
        self._compared = {name for pair in pairs for name in pair}
        self.edits: dict[int, tuple[EditView, ...]] = {}
        self.texts: dict[DocumentName, str] = {}

    def visit(self, document: Document) -> None:
        """Take what is wanted of a document."""
        name = (document.path, document.key.index)
        if name in self._compared:
            self.texts[name] = document.text[: COMPARED_CHARACTERS + 1]
        for place in self._wanted.get(name, ()):
            key = (name, place.span.start, place.span.end)
            if key not in self._places and _still_there(document, place):
                self._places[key] = Place.of(document, place.span)
        for number in self._by_document.get(name, ()):
            diagnostic = self._found[number]
            fix = diagnostic.fix
            if fix is not None and _still_there(document, diagnostic.place):
                self.edits[number] = tuple(EditView.of(document.text, edit) for edit in fix.edits[:EDITS])

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return the findings with what was read about their places."""
        return tuple(
            replace(
                diagnostic,
                place=self._read(diagnostic.place),
                related=tuple(Related(self._read(related.place), related.message) for related in diagnostic.related),
            )
            for diagnostic in self._found
        )

    def _read(self, place: Place) -> Place:
        return self._places.get((name_of(place), place.span.start, place.span.end), place)


def _still_there(document: Document, place: Place) -> bool:
    """Say whether the place can be what the run saw; a related place of a saved run brings no text to compare."""
    if not _same_record(document.key, place.key) or place.span.end > len(document.text):
        return False
    return not place.text or document.text[place.span.start : place.span.end] == place.text


def _same_record(one: DocumentKey, other: DocumentKey) -> bool:
    return one.index == other.index and one.id == other.id
