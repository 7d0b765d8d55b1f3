"""Corpus rules: a rule that sees the whole corpus through small records; text never travels.

Every document gives keys; documents that share a key are candidates; candidates give evidence, which is compared
exactly and becomes links; links become clusters around a kept document, and the rule reports those. Documents come
in batches and records go out as columns (numpy arrays), so that the same rule runs in one process or on many.
Who groups, sorts and reads documents again is not known here.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, overload

from corpuslint.comparing.overlap import Overlap, Overlaps, Sets
from corpuslint.diagnostic import Diagnostic, Place, Related
from corpuslint.document import Document, DocumentKey
from corpuslint.minhash import SEED, ShingleHashes, shingle_counts, shingle_hashes, signatures
from corpuslint.rule import Rule
from corpuslint.scan.words import WordHashes, hash_words, text_hashes
from corpuslint.text import Span, line_end
from corpuslint.triggers import Trigger

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.facts import Facts
    from corpuslint.minhash import Signatures
    from corpuslint.scan.compiled import Loops
    from corpuslint.scan.texts import Texts

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

POLICIES = ("first", "last", "longest")  # which of several alike documents is kept
# Whether Arabic letter variants (أ إ آ ا, ى ي, ة ه) count as different letters. Newspapers spell the same agency report
# differently: unified, 4% more copies are found among 11,125 Saudi articles, but the similarity is no longer that of
# the words as they stand, and texts can be reported that share a fifth of their written word sequences.
LETTER_VARIANTS = ("apart", "same")
NAME_END = "\x1f"  # stands between a path and what names the record in it
WRITTEN_TOGETHER = 1 << 20  # code points that are looked at together
MOST_RELATED = 20  # other documents that a finding names besides the kept one: a report must not grow quadratically


class Records(NamedTuple):
    """The keys of a batch as columns: document `document[i]` (its place in the batch) has the key `key[i]`."""

    document: Numbers
    key: Hashes


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


class Some(Sequence[Document]):
    """Some of many documents, each taken when it is asked for: it may have to be made."""

    def __init__(self, documents: Sequence[Document], places: Numbers) -> None:
        self._documents = documents
        self._places = places

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> Document: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Document]: ...
    def __getitem__(self, place: int | slice) -> Document | Sequence[Document]:
        """Return a document."""
        if isinstance(place, slice):
            return Some(self._documents, self._places[place])
        return self._documents[int(self._places[place])]


@dataclass(frozen=True)
class Batch:
    """Some documents whose facts are computed together; a fact is computed once however many rules ask."""

    documents: Sequence[Document]
    facts: Facts | None = None  # what a scan found out about them already
    loops: Loops | None = None  # compiled loops, where the run is worth them
    texts: Texts | None = None  # of the documents, where their code points are there already
    part_of: tuple[Batch, Numbers] | None = None  # a larger batch and the places in it: its words are these, too

    def part(self, places: Numbers) -> Batch:
        """Return some of the documents (by their places, sorted)."""
        if len(places) == len(self.documents):
            return self
        return Batch(Some(self.documents, places), loops=self.loops, part_of=(self, places))

    @cached_property
    def words(self) -> WordHashes:
        """The hashes of the documents' normalised words, Arabic letter variants apart."""
        if self.part_of:
            return self.part_of[0].words.some(self.part_of[1])
        return self.facts.words if self.facts else self._hashed(False)

    @cached_property
    def unified_words(self) -> WordHashes:
        """The hashes of the documents' normalised words as `normal.words` gives them."""
        if self.part_of:
            return self.part_of[0].unified_words.some(self.part_of[1])
        return self.facts.unified_words if self.facts else self._hashed(True)

    def _hashed(self, unified: bool) -> WordHashes:
        if self.texts and self.loops:
            from corpuslint.scan.batch import hash_texts

            return hash_texts(self.texts, unified, self.loops)
        return hashed([document.text for document in self.documents], unified, self.loops)

    @cached_property
    def line_hashes(self) -> Records:
        """The hash of the unified words of each line that has any, with its document."""
        import numpy as np

        if self.facts:
            return Records(*self.facts.lines)
        lines = [document.line_text(n) for document in self.documents for n in document.written_lines]
        numbers = np.repeat(np.arange(len(self.documents)), [len(d.written_lines) for d in self.documents])
        words = hashed(lines, True, self.loops)
        worded = np.diff(words.starts) > 0
        return Records(numbers[worded], text_hashes(words, self.loops)[worded])

    def holding(self, triggers: Sequence[Trigger]) -> Sequence[int]:
        """Return the numbers of the documents in which one of the triggers may hold: all, where nothing is known."""
        if self.facts is None or not triggers:
            return range(len(self.documents))
        return self.facts.holding(triggers)

    def shingles(self, letter_variants: str, size: int) -> ShingleHashes:
        """Return the hashes of the documents' shingles of so many words."""
        return shingle_hashes(self.words_for(letter_variants), size, self.loops)

    def signatures(self, letter_variants: str, size: int, permutations: int) -> Signatures:
        """Return the signatures of the documents, (documents, permutations)."""
        return signatures(self.words_for(letter_variants), size, permutations, SEED, self.loops)

    def words_for(self, letter_variants: str) -> WordHashes:
        """Return the words that a rule's option asks for (one of LETTER_VARIANTS)."""
        return self.unified_words if letter_variants == "same" else self.words

    def shingle_counts(self, letter_variants: str, size: int) -> Numbers:
        """Return how many shingles of so many words each document has, (documents,); repeated ones count."""
        return shingle_counts(self.words_for(letter_variants), size)

    def text_hashes(self, letter_variants: str = "apart") -> Hashes:
        """Return a 64-bit hash of each text's words, (documents,); a text without words is its characters."""
        import numpy as np

        words = self.words_for(letter_variants)
        hashes = text_hashes(words, self.loops)
        for number in np.flatnonzero(words.starts[1:] == words.starts[:-1]).tolist():
            hashes[number] = written_hash(self.documents[number].text)
        return hashes


def written_hash(text: str) -> int:
    """Return a 64-bit hash of a text's characters that are no white space.

    "***" and "😀" have no words and are not equal for that: their characters speak for them.
    """
    digest = hashlib.blake2b(digest_size=8)
    for part in written_parts(text):
        digest.update(part)
    return int.from_bytes(digest.digest(), "little")


def written_parts(text: str) -> Iterator[bytes]:
    """Yield the characters of a text that are no white space: a large one takes no more memory than a small one."""
    for first in range(0, len(text), WRITTEN_TOGETHER):
        yield "".join(text[first : first + WRITTEN_TOGETHER].split()).encode("utf-8", "surrogatepass")


def hashed(texts: Sequence[str], unified: bool, loops: Loops | None) -> WordHashes:
    """Return the hashes of the words of each text, by compiled loops where they are given."""
    if loops:
        from corpuslint.scan.batch import hash_texts
        from corpuslint.scan.texts import Texts

        return hash_texts(Texts.of(texts), unified, loops)
    return hash_words(texts, unified=unified)


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
