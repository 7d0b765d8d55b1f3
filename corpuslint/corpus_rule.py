"""Corpus rules: a rule that sees the whole corpus through small records; text never travels.

Every document gives keys; documents that share a key are candidates; candidates give evidence, which is compared
exactly and becomes links; links become clusters around a kept document, and the rule reports those. Documents come
in batches and records go out as columns (numpy arrays), so that the same rule runs in one process or on many.
Who groups, sorts and reads documents again is not known here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from corpuslint.batch import Batch, Records
from corpuslint.comparing.overlap import Overlap, Overlaps, Sets
from corpuslint.diagnostic import Diagnostic, Place, Related
from corpuslint.document import Document, DocumentKey
from corpuslint.rule import Rule
from corpuslint.text import Span, line_end

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

POLICIES = ("first", "last", "longest")  # which of several alike documents is kept
# Whether Arabic letter variants (أ إ آ ا, ى ي, ة ه) count as different letters. Newspapers spell the same agency report
# differently: unified, 4% more copies are found among 11,125 Saudi articles, but the similarity is no longer that of
# the words as they stand, and texts can be reported that share a fifth of their written word sequences.
LETTER_VARIANTS = ("apart", "same")
NAME_END = "\x1f"  # stands between a path and what names the record in it
MOST_RELATED = 20  # other documents that a finding names besides the kept one: a report must not grow quadratically


class Link(NamedTuple):
    """A verified pair: numbers of two documents and their overlap."""

    left: int
    right: int
    overlap: Overlap


@dataclass(frozen=True)
class Copy:
    """A document that is not kept: its link to the kept one, and further verified links, the most similar first."""

    number: int
    link: Link
    others: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Cluster:
    """A kept document with all its copies, in the policy's order; each was compared with the kept one itself."""

    kept: int
    copies: Sequence[Copy]

    @property
    def size(self) -> int:
        """How many documents it holds, the kept one included."""
        return 1 + len(self.copies)


@dataclass(frozen=True)
class Member:
    """What a report says about a document of a cluster: its first line that is not blank, and its name."""

    place: Place
    name: str  # path and record id; a record without an id is named by the hash of its normalised text
    text_hash: str

    @classmethod
    def of(cls, document: Document, text_hash: int) -> Member:
        """Describe a document."""
        place = Place.of(document, first_line(document.text))
        name = document_name(document.path, document.key, text_hash)
        return cls(place, name, f"{text_hash:016x}")


def first_line(text: str) -> Span:
    """Return the span of the first line that is not blank, without white space around it; 0-0 where there is none."""
    start = len(text) - len(text.lstrip())
    return Span(start, start + len(text[start : line_end(text, start)].rstrip())) if start < len(text) else Span(0, 0)


def head(text: str) -> str:
    """Return a text up to the end of its first line that is not blank: enough for a member."""
    return sys.intern(text[: line_end(text, len(text) - len(text.lstrip()))])


def document_name(path: str, key: DocumentKey, text_hash: int) -> str:
    """Return what names a document in ids and baselines, whatever its place in its container.

    A file that is one document is named by its path alone, so that editing a word does not make a finding new.
    """
    if key.id is not None:
        return f"{path}{NAME_END}{key.id}"
    return path if key.field is None else f"{path}{NAME_END}{NAME_END}{text_hash:016x}"


class KeyedRule(Rule):
    """A rule that sees the corpus through the keys of its documents."""

    def could_fire(self, documents: Sequence[Document]) -> bool:  # noqa: ARG002
        """Say whether a corpus of so few documents can hold a finding: the trigger that spares it numpy's import.

        It may let too much through, never too little.
        """
        return True

    def keys(self, batch: Batch) -> Records:
        """Return the 64-bit keys of each document; only documents that share one are looked at again."""
        raise NotImplementedError


class CorpusRule(KeyedRule):
    """A rule that compares documents."""

    # A group of more records is compared with one document at a time instead of all pairs, so that work stays linear.
    star_above: ClassVar[int] = 16
    keep: str  # every corpus rule has this option: one of POLICIES

    def evidence(self, batch: Batch) -> Sets:
        """Return what `verify` compares of each document; asked only for documents that share a key."""
        raise NotImplementedError

    def verify(self, sets: Sets, lefts: Numbers, rights: Numbers) -> Overlaps:
        """Compare pairs of documents by their evidence, exactly; `lefts` and `rights` are places in `sets`."""
        raise NotImplementedError

    def report(self, cluster: Cluster, members: Mapping[int, Member]) -> Iterator[Diagnostic]:
        """Yield a finding for each copy of a cluster."""
        raise NotImplementedError

    def copy_data(self, cluster: Cluster, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the data of a finding with what all findings of a cluster say."""
        return {**data, "cluster_size": cluster.size, "keep": self.keep}

    def copy_diagnostic(
        self,
        copy: Copy,
        cluster: Cluster,
        members: Mapping[int, Member],
        message: str,
        related: Sequence[Related],
        data: Mapping[str, Any],
    ) -> Diagnostic:
        """Make the finding of one copy; `related` are other documents, the kept one first; `data` of `copy_data`."""
        this, kept = members[copy.number], members[cluster.kept]
        return Diagnostic(
            self.code,
            self.name,
            self.severity,
            message,
            this.place,
            tuple(related[: 1 + MOST_RELATED]),
            data,
            identity="\x1e".join((this.name, kept.name)),
            # The pair is the same one whichever of the two is flagged after a rename.
            content="\x1e".join(sorted((this.text_hash, kept.text_hash))),
        )


def shown_name(place: Place) -> str:
    """Return how a message names a document: its path, and its record where the container holds many."""
    if place.key.field is None:
        return place.path
    return f"{place.path}[{place.key.id if place.key.id is not None else place.key.index}]"
