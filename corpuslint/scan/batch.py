"""A batch of texts as arrays: their lines, and the hashes of their words, from the compiled loops.

The words are those of `words.hash_words`, hash for hash. What the lines and words are good for is not known here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

from corpuslint.normal import ARABIC_UNIFIED
from corpuslint.scan.code_points import (
    CODE_POINTS,
    DROPPED,
    SEVERAL,
    UNKNOWN,
    UNNORMALISED,
    entry_of,
    fold_all,
    fold_table,
    points_of,
)
from corpuslint.scan.compiled import Loops
from corpuslint.scan.distinct import distinct
from corpuslint.scan.loops import (
    BEHIND_ARABIC,
    CARRIAGE_RETURN,
    COMMON,
    ENDS,
    ENTRY,
    FIRST_ARABIC,
    HIGH,
    LETTER,
    LETTERS_END,
    LINE_FEED,
    PLACES,
    RARE,
    SPACE,
    ZERO,
    Folding,
)
from corpuslint.scan.phrase_loops import Lines, Words
from corpuslint.scan.texts import Texts
from corpuslint.scan.words import WordHashes, fmix64_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

# Classes of characters that are this module's: not in the tables yet, and to be rewritten before they are looked up.
NEW, REWRITTEN = 1, 2
MOST_KEPT = 4 << 20  # words or code points for which space is kept: 90 MB
# Characters that are looked up before any is met: letters of most alphabets, general punctuation.
USUAL = np.array([*range(int(COMMON)), *range(0x2000, 0x2070)], np.uint32)
FIRST_FREE = 2  # the first bit of a class that is somebody else's

VARIANTS = np.arange(FIRST_ARABIC, BEHIND_ARABIC, dtype=np.int32)
for _variant, _letter in ARABIC_UNIFIED.items():
    VARIANTS[ord(_variant) - FIRST_ARABIC] = ord(_letter or _variant)
BRACKETS = np.zeros(256, np.uint8)
BRACKETS[[ord("["), ord("(")]] = 1
BRACKETS[[ord("]"), ord(")")]] = 2


def hash_texts(texts: Texts, unified: bool, loops: Loops) -> WordHashes:
    """Return what `words.hash_words` returns, by the compiled loops."""
    batch = Batch(texts, loops, _no_classes(), _space())
    hashes = batch.unified.hashes if unified else batch.words.hashes
    return WordHashes(hashes.copy(), batch.words.starts)


@cache
def folding() -> Folding:
    """Return the tables of `hash_words`: of common characters filled here, of others as characters are met."""
    entries = fold_table(unified=False)
    common = np.arange(COMMON, dtype=np.int32)
    for point in common[entries[common] == UNKNOWN].tolist():
        entries[point] = entry_of(point, unified=False)
    becomes = entries[common] & ENTRY
    letter = (becomes > SPACE) & (becomes < LETTERS_END) & ~((becomes >= ord("0")) & (becomes <= ord("9")))
    between = (becomes == SPACE) & ~np.isin(common, (LINE_FEED, CARRIAGE_RETURN))
    between[:256] &= BRACKETS == 0
    steps = np.where(letter, LETTER, np.where(between, ENDS, np.where(becomes == DROPPED, ZERO, RARE)))
    arabic = letter & (becomes >= FIRST_ARABIC) & (becomes < BEHIND_ARABIC)
    same = np.where(arabic, VARIANTS[np.where(arabic, becomes - FIRST_ARABIC, 0)], becomes)
    places = np.arange(PLACES, dtype=np.uint64) << HIGH
    apart, unified = (
        np.where(letter[:, None], fmix64_array(letters.astype(np.uint64)[:, None] + places), ZERO).ravel()
        for letters in (becomes, same)
    )
    return Folding(entries, VARIANTS, BRACKETS, steps, apart, unified)


@cache
def _space() -> Space:
    return Space()


@cache
def _no_classes() -> Classes:
    return Classes(lambda _character: 0)


class Classes:
    """The class of each code point, filled as characters are met; `class_of` says what a character is besides."""

    def __init__(self, class_of: Callable[[str], int]) -> None:
        self._class_of = class_of
        self.table = np.full(CODE_POINTS, NEW, np.uint64)
        self.learn(USUAL)

    def learn(self, points: NDArray[np.uint32]) -> None:
        """Fill the tables for some code points."""
        entries = fold_table(unified=False)
        for point in distinct(points[self.table[points] == NEW]).tolist():
            if entries[point] == UNKNOWN:
                entries[point] = entry_of(point, unified=False)
            self.table[point] = self._class_of(chr(point)) | (REWRITTEN if entries[point] >= SEVERAL else 0)


class Space:
    """Arrays to be written over by each batch: memory that is fresh each time costs more than hashing.

    Those for a batch of unusual size are not kept.
    """

    def __init__(self) -> None:
        self._points = np.empty(0, np.uint32)
        self._words = (np.empty(0, np.uint64), np.empty(0, np.uint64), np.empty(0, np.uint8))

    def points(self, count: int) -> NDArray[np.uint32]:
        """Return an array for so many code points."""
        if len(self._points) < count:
            points = np.empty(count, np.uint32)
            if count > MOST_KEPT:
                return points
            self._points = points
        return self._points[:count]

    def words(self, count: int) -> tuple[Hashes, Hashes, NDArray[np.uint8]]:
        """Return arrays for so many words: two hashes of each, and what it is."""
        if len(self._words[0]) < count:
            words = (np.empty(count, np.uint64), np.empty(count, np.uint64), np.empty(count, np.uint8))
            if count > MOST_KEPT:
                return words
            self._words = words
        return self._words


@dataclass(frozen=True)
class Batch:
    """Some texts that are scanned together; their words are gone when the next batch is scanned in the same space."""

    texts: Texts
    loops: Loops
    classes: Classes
    space: Space

    @cached_property
    def _found(self) -> tuple[Lines, Hashes]:
        points, begins = self.texts.points, self.texts.begins
        most = np.count_nonzero(points == LINE_FEED) + np.count_nonzero(points == CARRIAGE_RETURN)
        starts, ends, first = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(len(begins), np.int64)
        held = np.empty(len(self.texts), np.uint64)
        found = (starts, ends, first, held)
        count = self.loops.find_lines(points, begins, self.classes.table, *found)
        if (unknown := np.flatnonzero(held & NEW)).size:
            for number in unknown.tolist():
                self.classes.learn(self.texts.points_of(number))
            count = self.loops.find_lines(points, begins, self.classes.table, *found)
        return Lines(points, self.classes.table, starts[:count], ends[:count], first), held

    @property
    def lines(self) -> Lines:
        """The lines of all texts."""
        return self._found[0]

    @property
    def held(self) -> Hashes:
        """The classes of the characters of each text, joined, (texts,)."""
        return self._found[1]

    @cached_property
    def _words(self) -> tuple[Hashes, Words]:
        points, begins = self.texts.points, self.texts.begins
        rewritten = np.flatnonzero(self.held & np.uint64(REWRITTEN)).tolist()
        if rewritten:
            texts = map(points_of, self._rewritten(rewritten))
            points, begins = self._spliced(dict(zip(rewritten, texts, strict=True)))
        apart, unified, kinds = self.space.words(len(points) + 1)  # a character is a word at the most
        kinds[: len(points) + 1] = 0
        of_document, of_line = np.empty(len(begins), np.int64), np.empty(len(self.lines.starts) + 2, np.int64)
        count = self.loops.hash_words(points, begins, folding(), apart, unified, kinds, of_document, of_line)
        of_line = of_line[: len(self.lines.starts) + 1]
        return apart[:count], Words(unified[:count], kinds[:count], of_line, of_document)

    def _spliced(self, rewritten: Mapping[int, NDArray[np.uint32]]) -> tuple[NDArray[np.uint32], Numbers]:
        """Return the code points with those of some texts (in order) replaced, and where each text begins."""
        whole, begins = self.texts.points, self.texts.begins
        lengths = np.diff(begins)
        parts, kept = [], 0
        for number, points in rewritten.items():
            lengths[number] = len(points) + 1
            parts += [whole[kept : begins[number]], points]
            kept = begins[number + 1] - 1  # the line feed between two texts stays
        parts.append(whole[kept:])
        ends = np.cumsum(lengths)
        points = self.space.points(int(ends[-1]))
        np.concatenate(parts, out=points)
        points.flags.writeable = False  # as those of other batches are: compiled code is for one kind of array
        return points, np.concatenate(([0], ends))

    def _rewritten(self, numbers: Sequence[int]) -> Sequence[str]:
        """Return some texts in NFKC, as far as it matters, with what becomes several characters written out."""
        entries = fold_table(unified=False)
        texts = [
            unicodedata.normalize("NFKC", self.texts[number])
            if (entries[self.texts.points_of(number)] >= UNNORMALISED).any()
            else self.texts[number]
            for number in numbers
        ]
        points = points_of("\n".join(texts))
        self.classes.learn(points)
        several = distinct(points[entries[points] & (UNNORMALISED - 1) == SEVERAL]).tolist()
        for point in several:
            becomes = fold_all(chr(point), unified=False)
            texts = [text.replace(chr(point), becomes) for text in texts]
        if several:
            self.classes.learn(points_of("\n".join(texts)))
        return texts

    @property
    def words(self) -> WordHashes:
        """The hashes of the texts' words, Arabic letter variants apart."""
        return WordHashes(self._words[0], self._words[1].of_document)

    @property
    def unified(self) -> Words:
        """The same words with the variants unified, what each is, and where those of a line begin."""
        return self._words[1]

    @cached_property
    def line_hashes(self) -> Hashes:
        """The hash of each line's unified words, (lines,); 0 for a line without words."""
        hashes = np.empty(len(self.lines.starts), np.uint64)
        self.loops.hash_runs(self.unified.hashes, self.unified.of_line, hashes)
        return hashes
