"""A batch: documents whose facts are computed together, for every corpus rule that asks.

What the facts are good for is not known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.document import Document
from corpuslint.lazy import Lazy
from corpuslint.minhash import SEED, ShingleHashes, shingle_counts, shingle_hashes, signatures
from corpuslint.scan.words import WordHashes, hash_words, text_hashes
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

WRITTEN_TOGETHER = 1 << 20  # code points that are looked at together


class Records(NamedTuple):
    """The keys of a batch as columns: document `document[i]` (its place in the batch) has the key `key[i]`."""

    document: Numbers
    key: Hashes


class Some(Lazy[Document]):
    """Some of many documents, each taken when it is asked for: it may have to be made."""

    def __init__(self, documents: Sequence[Document], places: Numbers) -> None:
        self._documents = documents
        self._places = places

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self._places)

    def _one(self, place: int) -> Document:
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
