"""Line rules: a rule that sees a line, or a part of one, as the corpus sees it: by how many documents have it.

Every document gives the 64-bit keys of its parts (by default its lines); a key that enough documents of one group (a
site, a folder, the whole corpus) have is repeated; documents with repeated parts are read again, and the rule says
what to make of them. Keys and counts travel, text never does. Who reads documents again is not known here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from corpuslint.corpus_rule import Batch, KeyedRule, Records
from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.document import Document, DocumentKey
from corpuslint.normal import normal
from corpuslint.scan.words import hash_words, text_hashes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

CORPUS = "the corpus"
ROOT = "the root folder"


class Repeat(NamedTuple):
    """In how many documents of a group a part stands, how many the group has, and what the group is called."""

    documents: int
    of: int
    group: str

    @property
    def share(self) -> float:
        """The share of the group's documents that have the part."""
        return self.documents / self.of


@dataclass(frozen=True)
class Groups:
    """The groups of documents, by the documents' numbers, and which documents count.

    Equal documents have every line in common, which says nothing about the lines: in a group they count as one, and
    so they do in the corpus.
    """

    group: Numbers  # of each document, (documents,)
    names: Sequence[str]
    in_group: Flags  # (documents,): it is the first of its text in its group
    in_corpus: Flags  # (documents,): it is the first of its text

    @classmethod
    def of(cls, names: Sequence[str], texts: Sequence[int]) -> Groups:
        """Number the groups in the order of their names; `texts` are hashes of the documents' texts."""
        import numpy as np

        known = sorted(set(names))
        number = {name: n for n, name in enumerate(known)}
        group = np.array([number[name] for name in names], np.int64)
        text = np.array(texts, np.uint64)
        return cls(group, known, _firsts(group, text), _firsts(text))

    @cached_property
    def sizes(self) -> Numbers:
        """How many documents of each group count."""
        import numpy as np

        return np.bincount(self.group[self.in_group], minlength=len(self.names))


def _firsts(*columns: Numbers | Hashes) -> Flags:
    """Say of each row, (rows,), whether it is the first with its values."""
    import numpy as np

    order = np.lexsort(columns)  # stable: of equal rows the first stays first
    flags = np.zeros(len(order), np.bool_)
    changes = [column[order][1:] != column[order][:-1] for column in columns]
    flags[order[np.append(True, np.logical_or.reduce(changes))[: len(order)]]] = True
    return flags


class Shared(NamedTuple):
    """A key, the documents that have it, and those that speak for it in their group and in the corpus."""

    key: int
    documents: Numbers
    in_groups: Numbers
    in_corpus: Numbers


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
        """Return the key of each part."""
        import numpy as np

        parts = [self.parts(document) for document in batch.documents]
        numbers = np.repeat(np.arange(len(parts)), [len(own) for own in parts])
        keys, worded = line_keys([part for own in parts for part in own])
        return Records(numbers[worded], keys[worded])

    def shared(self, keyed: Iterable[tuple[int, Numbers]], groups: Groups) -> Iterator[Shared]:
        """Yield the parts that several documents have, given the documents of each key."""
        for key, documents in keyed:
            if len(documents) >= self.least_documents:
                yield Shared(
                    key, documents, documents[groups.in_group[documents]], documents[groups.in_corpus[documents]]
                )

    def repeats(self, shared: Shared, groups: Groups) -> dict[int, Repeat]:
        """Return in which groups a part is repeated, -1 standing for the whole corpus."""
        import numpy as np

        found = {}
        everything = int(np.count_nonzero(groups.in_corpus))
        if self._is_repeated(len(shared.in_corpus), everything):
            found[-1] = Repeat(len(shared.in_corpus), everything, CORPUS)
        counts = np.bincount(groups.group[shared.in_groups])
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


def group_name(path: str, key: DocumentKey) -> str:
    """Return the group a document belongs to: its site where its record names one, else its container or folder."""
    if key.site is not None:
        return f"site {key.site}"
    return path if key.field is not None else path.rpartition("/")[0] or ROOT
