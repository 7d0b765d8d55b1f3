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


class Repeat(NamedTuple):
    """In how many documents of a group a line stands, how many the group has, and what the group is called."""

    documents: int
    of: int
    group: str

    @property
    def share(self) -> float:
        """The share of the group's documents that have the line."""
        return self.documents / self.of


class LineRule(KeyedRule):
    """A rule about lines that many documents have."""

    least_documents: int  # every line rule has these options: a line of fewer documents is not repeated,
    least_share: float  # nor one of a smaller share of its group's documents

    def could_fire(self, documents: Sequence[Document]) -> bool:
        """Say whether enough documents share a line."""
        lines = Counter(line for document in documents for line in set(document.normal_lines) if line)
        return bool(lines) and max(lines.values()) >= self.least_documents

    def keys(self, batch: Batch) -> Records:
        """Return the key of each written line."""
        import numpy as np

        lines = [document.line_text(n) for document in batch.documents for n in document.written_lines]
        numbers = np.repeat(np.arange(len(batch.documents)), [len(d.written_lines) for d in batch.documents])
        keys, worded = line_keys(lines)
        return Records(numbers[worded], keys[worded])

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
