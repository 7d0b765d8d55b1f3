"""Hashes of the normalised words of many texts at once, as one array.

The words are exactly those of `normal.words`, or those with Arabic letter variants left apart; only the way is
another: the code points of all texts stand in one array, a table says what each becomes in the normal form, and the
hash of a word is a sum over its characters, which numpy computes for all words of a batch together. A compiled kernel
can compute the same sum in one pass. What the words are used for is not known here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from corpuslint.normal import LONG, pieces
from corpuslint.scan.code_points import (
    DROPPED,
    SEVERAL,
    SINGLE,
    SPACE,
    UNKNOWN,
    UNNORMALISED,
    begins_of,
    entry_of,
    fold_all,
    fold_table,
    points_of,
)
from corpuslint.scan.distinct import distinct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.scan.compiled import Loops

    Hashes = NDArray[np.uint64]
    CodePoints = NDArray[np.int32]
    Numbers = NDArray[np.int64]

SLICE = 1 << 16  # code points hashed at a time: the temporary arrays of a slice stay in the cache (measured: 2x)

# fmix64, the finaliser of MurmurHash3 (Austin Appleby, public domain): a bijection that mixes all bits.
FMIX64_SHIFT = 33
FMIX64_FIRST = 0xFF51AFD7ED558CCD
FMIX64_SECOND = 0xC4CEB9FE1A85EC53
PLACE = 0x9E3779B97F4A7C15  # odd, 2^64 divided by the golden ratio: makes a text's hash depend on the words' order


@dataclass(frozen=True)
class WordHashes:
    """The normalised words of some texts: text `i` has the hashes `[starts[i], starts[i + 1])`."""

    hashes: Hashes  # (words,) uint64, in the order of the texts
    starts: Numbers  # (texts + 1,) int64

    def some(self, texts: Numbers) -> WordHashes:
        """Return the words of some of the texts."""
        import numpy as np

        firsts, ends = self.starts[texts].tolist(), self.starts[texts + 1]
        parts = [self.hashes[first:end] for first, end in zip(firsts, ends.tolist(), strict=True)]
        starts = np.concatenate(([0], np.cumsum(ends - self.starts[texts])))
        return WordHashes(np.concatenate([self.hashes[:0], *parts]), starts)


def word_hash(word: str) -> int:
    """Return the 64-bit hash of one normalised word: the sum, modulo 2^64, of fmix64(c + i * 2^32).

    `c` is the code point of the character at place `i` (from 0). This is the definition (version 1) that the array
    form and every kernel must reproduce.
    """
    return sum(fmix64(ord(character) + (place << 32)) for place, character in enumerate(word)) % (1 << 64)


def fmix64(value: int) -> int:
    """Return MurmurHash3's finaliser of a 64-bit number."""
    value ^= value >> FMIX64_SHIFT
    value = value * FMIX64_FIRST % (1 << 64)
    value ^= value >> FMIX64_SHIFT
    value = value * FMIX64_SECOND % (1 << 64)
    return value ^ (value >> FMIX64_SHIFT)


def fmix64_array(values: Hashes) -> Hashes:
    """Return fmix64 of each number; the array itself is overwritten."""
    import numpy as np

    shift = np.uint64(FMIX64_SHIFT)
    values ^= values >> shift
    values *= np.uint64(FMIX64_FIRST)
    values ^= values >> shift
    values *= np.uint64(FMIX64_SECOND)
    values ^= values >> shift
    return values


def hash_words(texts: Sequence[str], unified: bool = True) -> WordHashes:
    """Return the hashes of the normalised words of each text; `unified` as `normal.words`, else by `fold_apart`."""
    import numpy as np

    pieces, owners = _pieces(texts)
    hashes, counts = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for first, last in _slices(pieces):
        found, starts = _hash_slice(pieces[first:last], unified)
        hashes.append(found)
        counts.append(np.diff(starts))
    words = np.bincount(owners, np.concatenate(counts), len(texts)).astype(np.int64)
    return WordHashes(np.concatenate(hashes), np.concatenate(([0], np.cumsum(words))))


def _pieces(texts: Sequence[str]) -> tuple[Sequence[str], list[int]]:
    """Cut long texts between words, so that a text of any length takes the memory of a slice; with each one's text."""
    if all(len(text) <= LONG for text in texts):
        return texts, list(range(len(texts)))
    cut: list[str] = []
    owners: list[int] = []
    for number, text in enumerate(texts):
        for piece in pieces(text, LONG):
            cut.append(piece)
            owners.append(number)
    return cut, owners


def text_hashes(words: WordHashes, loops: Loops | None = None) -> Hashes:
    """Return a 64-bit hash of each text's words in order: fmix64 of the sum of fmix64(word + i * PLACE).

    `i` is the word's place in the text, from 1. A text without words has the hash 0.
    """
    import numpy as np

    if loops:
        hashes = np.empty(len(words.starts) - 1, np.uint64)
        loops.hash_runs(words.hashes, words.starts, hashes)
        return hashes

    counts = np.diff(words.starts)
    places = np.arange(1, len(words.hashes) + 1) - np.repeat(words.starts[:-1], counts)
    mixed = fmix64_array(words.hashes + places.astype(np.uint64) * np.uint64(PLACE))
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)))
    return fmix64_array(sums[words.starts[1:]] - sums[words.starts[:-1]])


def _slices(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Cut a run of texts where about SLICE code points are together."""
    bounds, size = [0], 0
    for number, text in enumerate(texts):
        if size and size + len(text) > SLICE:
            bounds.append(number)
            size = 0
        size += len(text)
    bounds.append(len(texts))
    return [(first, last) for first, last in pairwise(bounds) if last > first]


def _hash_slice(texts: Sequence[str], unified: bool) -> tuple[Hashes, Numbers]:
    """Return the word hashes of a few texts and where each text's words begin."""
    import numpy as np

    texts, folded = _folded(texts, unified)
    # Texts are joined by a line feed, which folds to a space: text i begins behind i line feeds.
    begins = begins_of(texts)
    kept = folded != DROPPED
    if not kept.all():
        begins = np.concatenate(([0], np.cumsum(kept)))[np.minimum(begins, len(folded))]
        folded = folded[kept]
    single = folded >= SINGLE
    letter = folded != SPACE
    first = letter.copy()  # the character begins a word: a space or a character that is a word of its own is before it
    first[1:] &= ~letter[:-1] | single[:-1] | single[1:]
    firsts = np.flatnonzero(first)
    if not len(firsts):
        return np.zeros(0, np.uint64), np.zeros(len(texts) + 1, np.int64)
    place = np.arange(firsts[0], len(folded), dtype=np.int64)
    place -= np.repeat(firsts, np.diff(firsts, append=len(folded)))
    tail = folded[firsts[0] :] & (SINGLE - 1)
    mixed = fmix64_array((tail + (place << 32)).view(np.uint64))
    mixed[~letter[firsts[0] :]] = 0
    return np.add.reduceat(mixed, firsts - firsts[0]), np.searchsorted(firsts, begins)


def _folded(texts: Sequence[str], unified: bool) -> tuple[Sequence[str], CodePoints]:
    """Return the texts in NFKC as far as it matters, and what each code point of them becomes, line feeds between."""
    folded = _look_up(texts, unified)
    flagged = folded >= SEVERAL
    if not flagged.any():
        return texts, folded
    texts = list(texts)
    for number in _texts_at(texts, folded >= UNNORMALISED):
        texts[number] = unicodedata.normalize("NFKC", texts[number])
    folded = _look_up(texts, unified) & (UNNORMALISED - 1)
    several = folded == SEVERAL
    if several.any():
        rewritten = {ord(character): fold_all(character, unified) for character in _characters_at(texts, several)}
        for number in _texts_at(texts, several):
            texts[number] = texts[number].translate(rewritten)
        folded = _look_up(texts, unified) & (UNNORMALISED - 1)
    return texts, folded


def _look_up(texts: Sequence[str], unified: bool) -> CodePoints:
    """Return the table's entries for the code points of texts joined by line feeds."""
    table = fold_table(unified)
    points = points_of("\n".join(texts))
    folded = table[points]
    unknown = folded == UNKNOWN
    if unknown.any():
        for point in distinct(points[unknown]).tolist():
            table[point] = entry_of(point, unified)
        folded = table[points]
    return folded


def _texts_at(texts: Sequence[str], marked: NDArray[np.bool_]) -> list[int]:
    """Return the numbers of the texts that hold a marked code point."""
    numbers: list[int] = distinct(begins_of(texts).searchsorted(marked.nonzero()[0], side="right") - 1).tolist()
    return numbers


def _characters_at(texts: Sequence[str], marked: NDArray[np.bool_]) -> list[str]:
    """Return the different characters that are marked."""
    return [chr(point) for point in distinct(points_of("\n".join(texts))[marked]).tolist()]
