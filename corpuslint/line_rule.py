"""Line rules: a rule that sees a line as the corpus sees it, by how many documents have it.

Every document gives the 64-bit keys of its lines; a key that enough documents of one group (a site, a folder, the
whole corpus) have is a repeated line; documents with repeated lines are read again, and the rule says what to make
of them. Keys and counts travel, text never does. Who reads documents again is not known here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.corpus_rule import Batch, KeyedRule, Records
from corpuslint.diagnostic import Diagnostic
from corpuslint.document import Document
from corpuslint.scan.words import hash_words, text_hashes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

CORPUS = "the corpus"


class Repeat(NamedTuple):
    """In how many documents of a group a line stands, how many the group has, and what the group is called."""

    documents: int
    of: int
    group: str

    @property
    def share(self) -> float:
        """The share of the group's documents that have the line."""
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


class LineRule(KeyedRule):
    """A rule about lines that many documents have."""

    least_documents: int  # every line rule has these options: a line of fewer documents is not repeated,
    least_share: float  # nor one of a smaller share of its group's documents

    def could_fire(self, documents: Sequence[Document]) -> bool:
        """Say whether enough documents share a line."""
        lines = Counter(line for document in documents for line in set(document.normal_lines) if line)
        return bool(lines) and max(lines.values()) >= self.least_documents

    def keys(self, batch: Batch) -> Records:
        """Return the key of each line that has words."""
        return batch.line_hashes

    def repeats(self, documents: Numbers, groups: Groups) -> dict[int, Repeat]:
        """Return in which groups a line is repeated that these documents have, -1 standing for the whole corpus."""
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

    def check(self, document: Document, repeats: Mapping[int, Repeat]) -> Iterator[Diagnostic]:
        """Yield the findings of one document; `repeats` are the repeated lines among its lines, by key."""
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
