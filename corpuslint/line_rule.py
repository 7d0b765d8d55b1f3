"""Line rules: a rule that sees a line, or a part of one, as the corpus sees it: by how many documents have it.

Every document gives the 64-bit keys of its parts (by default its lines); a key that enough documents of one group (a
site, a folder, the whole corpus) have is repeated; documents with repeated parts are read again, and the rule says
what to make of them. Keys and counts travel, text never does. Who reads documents again is not known here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from corpuslint.corpus_rule import Batch, KeyedRule, Records
from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.document import Document
from corpuslint.normal import normal
from corpuslint.scan.words import hash_words, text_hashes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

CORPUS = "the corpus"


class Repeat(NamedTuple):
    """In how many documents of a group a part stands, how many the group has, and what the group is called."""

    documents: int
    of: int
    group: str

    @property
    def share(self) -> float:
        """The share of the group's documents that have the part."""
        return self.documents / self.of


class Groups(NamedTuple):
    """The group of each document, (documents,), and the names and sizes of the groups."""

    group: Numbers
    names: Sequence[str]
    sizes: Numbers

    @classmethod
    def of(cls, names: Sequence[str], of_documents: Numbers) -> Groups:
        """Number the groups in the order of their names; `of_documents` says which of the names a document has."""
        import numpy as np

        known = sorted(set(names))
        place = {name: n for n, name in enumerate(known)}
        group = np.fromiter(map(place.__getitem__, names), np.int64, len(names))[of_documents]
        return cls(group, known, np.bincount(group, minlength=len(known)))


class Shared(NamedTuple):
    """A key, the documents that have it, and those of them that speak for it: copies of one text may speak once."""

    key: int
    documents: Numbers
    counted: Numbers


class LineRule(KeyedRule):
    """A rule about parts of documents that many documents have."""

    surest: ClassVar[Applicability]  # of the rule's fixes: where no fix can be applied, nothing is counted for fixing
    least_documents: int  # every line rule has these options: what fewer documents have is not repeated,
    least_share: float  # nor what a smaller share of its group's documents has

    def parts(self, document: Document) -> Sequence[str]:
        """Return the parts that are counted: the written lines."""
        return [document.line_text(n) for n in document.written_lines]

    def could_fire(self, documents: Sequence[Document]) -> bool:
        """Say whether enough documents share a part."""
        parts = Counter(part for document in documents for part in set(map(normal, self.parts(document))) if part)
        return bool(parts) and max(parts.values()) >= self.least_documents

    def keys(self, batch: Batch) -> Records:
        """Return the key of each part of the documents in which a trigger may hold."""
        import numpy as np

        wanted = batch.holding(self.triggers())
        parts = [self.parts(batch.documents[number]) for number in wanted]
        numbers = np.repeat(np.array(wanted, np.int64), [len(own) for own in parts])
        keys, worded = line_keys([part for own in parts for part in own])
        return Records(numbers[worded], keys[worded])

    def shared(self, groups: Iterable[tuple[int, Numbers]]) -> Iterator[Shared]:
        """Yield the parts that several documents have, given the documents of each key."""
        for key, documents in groups:
            yield Shared(key, documents, documents)

    def repeats(self, documents: Numbers, groups: Groups) -> dict[int, Repeat]:
        """Return in which groups a part is repeated that these documents have, -1 standing for the whole corpus."""
        import numpy as np

        found = {}
        if self._is_repeated(len(documents), len(groups.group)):
            found[-1] = Repeat(len(documents), len(groups.group), CORPUS)
        counts = np.bincount(groups.group[documents], minlength=0)
        for group in np.flatnonzero(counts >= self.least_documents).tolist():
            repeat = Repeat(int(counts[group]), int(groups.sizes[group]), groups.names[group])
            if self._is_repeated(repeat.documents, repeat.of):
                found[group] = repeat
        return found

    def _is_repeated(self, documents: int, of: int) -> bool:
        return documents >= self.least_documents and documents >= self.least_share * of

    def check_repeated(self, document: Document, repeats: Mapping[int, Repeat]) -> Iterator[Diagnostic]:
        """Yield the findings of one document; `repeats` are the repeated ones of its parts, by key."""
        raise NotImplementedError


def line_keys(lines: Sequence[str]) -> tuple[Hashes, NDArray[np.bool_]]:
    """Return the key of each line, from its normalised words, and whether it has any words, (lines,)."""
    import numpy as np

    words = hash_words(lines, unified=True)
    return text_hashes(words), np.diff(words.starts) > 0


def group_name(path: str, field: str | None, site: str | None) -> str:
    """Return the group a document belongs to: its site where its record names one, else its container or folder."""
    if site is not None:
        return f"site {site}"
    return path if field is not None else path.rpartition("/")[0] or "."
