"""The loops that tell which documents may hold a listed phrase, a headed line, or a listed word in brackets.

Plain Python over numpy arrays, compiled by `compiled`. They answer "perhaps" where the rules, which read the text,
say yes or no: too much may pass, never too little. Whoever fills the table of phrases says what its marks stand for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.uint32]
    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]
    Places = NDArray[np.int32]
    Bytes = NDArray[np.uint8]

# Classes of characters. Bits below these are anybody's; from SCRIPTS on there is a bit for each script.
WHITE, DIGIT, NO_PHRASE, ENDS, SEPARATES, WIDE = (np.uint64(1 << bit) for bit in range(26, 32))
SCRIPTS = np.uint64(32)
FULL_STOP, BLANK = 46, 32

# What a document may hold.
REPEATED_LINE, PHRASE, MARKED_WORD, BRACKETED_NAME, DATED_HEAD, HEADLINE = (np.uint32(1 << bit) for bit in range(6))

# Marks of a key, sixteen bits each, one for each script: runs of words that go on, that are a whole phrase, that make
# a line certain, that begin a phrase with a slot.
GOES_ON, WHOLE, STRONG, HEAD = (np.uint64(shift) for shift in (0, 16, 32, 48))
MARKS = np.uint64(0xFFFF)
FORWARD, BACKWARD = np.uint64(1), np.uint64(2)  # where keys begin: from a phrase's first word on, from its last back
NUMBER_WORD = np.uint64(0x6A09E667F3BCC909)  # stands for every word that begins with a digit
FACTOR = np.uint64(0x9E3779B97F4A7C15)
SPREAD = np.uint64(29)
FIRST_BITS = 20
NUMBER, SINGLE, BRACKETED = 1, 2, 4  # kinds of words, as in `loops`

NOTHING, WEAK, CERTAIN = 0, 1, 2  # what a line may be
MENU_LINES = 4  # so many weak lines count as a certain one
GLUED_WORDS = 1500  # a line of more is no concatenation of phrases
GLUED_GAP = 20  # half words between two of them: a word of a script without spaces is half a word
PROSE, SURE_PROSE = 60, 160  # code points of a line of prose, with an end mark and without


class Table(NamedTuple):
    """Keys, sorted; where the keys with the same first bits begin; how far to shift for these bits; marks; reaches.

    The reach of a key that begins a phrase with a slot is the most words that may follow. `sieve` has a bit for each
    possible beginning of a key, FIRST_BITS long: most words are no phrase's, and it stays in the processor's cache.
    """

    sieve: Bytes
    keys: Hashes
    buckets: Places
    shift: Any
    marks: Hashes
    reach: Bytes


class Words(NamedTuple):
    """Hashes of all words of a batch, what each is, the number of each line's first word, and of each document's."""

    hashes: Hashes
    kinds: Bytes
    of_line: Numbers  # (lines + 1,)
    of_document: Numbers  # (documents + 1,)


class Lines(NamedTuple):
    """The code points of a batch, their classes; where each line begins and ends; each document's first line."""

    points: Points
    classes: Hashes  # by code point
    starts: Numbers
    ends: Numbers
    of_document: Numbers  # (documents + 1,)


class Heads(NamedTuple):
    """How far from the top a date line may stand, its most words, and the most words of a headline with its suffix."""

    lines: int
    words: int
    headline: int


def grow(key: Any, words: Words, word: int) -> Any:
    """Return the key of a run that is one word longer."""
    key = (key ^ (NUMBER_WORD if words.kinds[word] & NUMBER else words.hashes[word])) * FACTOR
    return key ^ (key >> SPREAD)


def passes(table: Table, key: Any) -> bool:
    """Say whether the sieve lets a key through: most keys that are not in the table it does not."""
    first = np.int64(key >> np.uint64(64 - FIRST_BITS))
    return bool(table.sieve[first >> 3] >> (first & 7) & 1)


def find(table: Table, key: Any) -> int:
    """Return the place of a key, -1 where it is not in the table."""
    if not passes(table, key):
        return -1
    bucket = np.int64(key >> table.shift)
    for place in range(table.buckets[bucket], table.buckets[bucket + 1]):
        if table.keys[place] == key:
            return place
    return -1


def size(words: Words, first: int, end: int) -> int:
    """Return the number of words, two of a script without spaces counting as one."""
    singles = 0
    for word in range(first, end):
        if words.kinds[word] & SINGLE:
            singles += 1
    return end - first - singles + singles // 2


def run_from(table: Table, mask: Any, words: Words, first: int, end: int) -> tuple[int, int]:
    """Return the length of the longest phrase (or head of two words) from a word on, and what a line may be."""
    key = FORWARD
    longest, line_is = 0, NOTHING
    for word in range(first, end):
        key = grow(key, words, word)
        place = find(table, key)
        if place < 0:
            break
        marks = table.marks[place]
        is_whole, is_head = (marks >> WHOLE) & mask, (marks >> HEAD) & mask
        if is_whole or (is_head and word > first):
            longest = word + 1 - first
        if (is_whole and word + 1 == end) or (
            is_head and word + 1 < end and size(words, word + 1, end) <= table.reach[place]
        ):
            line_is = max(line_is, CERTAIN if (marks >> STRONG) & mask else WEAK)
        if not (marks >> GOES_ON) & mask:
            break
    return longest, line_is


def run_back(table: Table, mask: Any, words: Words, first: int, end: int) -> int:
    """Return what a line may be that ends like a phrase which begins with a slot."""
    key = BACKWARD
    line_is = NOTHING
    for word in range(end - 1, first, -1):
        key = grow(key, words, word)
        place = find(table, key)
        if place < 0:
            break
        marks = table.marks[place]
        if (marks >> HEAD) & mask and size(words, first, word) <= table.reach[place]:
            line_is = max(line_is, CERTAIN if (marks >> STRONG) & mask else WEAK)
        if not (marks >> GOES_ON) & mask:
            break
    return line_is


def may_be_glued(table: Table, mask: Any, words: Words, first: int, end: int) -> bool:
    """Say whether phrases may cover half of a line's words, with no long stretch between two of them.

    Every phrase counts wherever it begins, also inside another one: no choice of phrases covers more.
    """
    covered, known, gap = first, 0, 0
    for word in range(first, end):
        longest, _ = run_from(table, mask, words, word, end)
        if longest:
            covered = max(covered, word + longest)
        if word < covered:
            known += 1
            gap = 0
            continue
        gap += 1 if words.kinds[word] & SINGLE else 2
        if gap > GLUED_GAP:
            return False
    return 2 * known >= end - first


def line_may_be(table: Table, mask: Any, words: Words, first: int, end: int) -> int:
    """Return what a line of words may be: NOTHING, WEAK or CERTAIN."""
    longest, line_is = run_from(table, mask, words, first, end)
    line_is = max(line_is, run_back(table, mask, words, first, end))
    if line_is < CERTAIN and longest and 2 <= end - first <= GLUED_WORDS:
        line_is = CERTAIN if may_be_glued(table, mask, words, first, end) else line_is
    return line_is


def holds(lines: Lines, start: int, end: int, wanted: Any) -> bool:
    """Say whether a character of a class stands between two places."""
    for at in range(start, end):  # noqa: SIM110  # `any` is not compiled
        if lines.classes[lines.points[at]] & wanted:
            return True
    return False


def is_prose(lines: Lines, start: int, end: int) -> bool:
    """Say whether a line is prose, as `junk.is_prose` does."""
    length = end - start
    if length >= SURE_PROSE:
        return True
    for at in range(start, end):
        if lines.classes[lines.points[at]] & WIDE:
            length += 2
    if length < PROSE:
        return False
    while end > start and lines.classes[lines.points[end - 1]] & WHITE:
        end -= 1
    if end == start or not lines.classes[lines.points[end - 1]] & ENDS:
        return False
    if lines.points[end - 1] != FULL_STOP or end - start < 3 or lines.points[end - 3] != FULL_STOP:
        return True
    return not bool(lines.points[end - 2] == FULL_STOP or lines.points[end - 2] == BLANK)


def look_at_lines(  # noqa: C901
    lines: Lines, words: Words, table: Table, held: Hashes, heads: Heads, weak_before: Any, facts: Any
) -> None:
    """Add to each document's facts (documents,) what its lines may hold; `held` are the classes of its characters.

    `weak_before` counts the weak lines of each, (documents,), from those of an earlier part of it on.
    """
    for document in range(len(held)):
        mask = (held[document] >> SCRIPTS) & MARKS
        written = 0
        weak = weak_before[document]
        in_head = True
        for line in range(lines.of_document[document], lines.of_document[document + 1]):
            start, end = lines.starts[line], lines.ends[line]
            at = start
            while at < end and lines.classes[lines.points[at]] & WHITE:
                at += 1
            if at == end:
                continue
            written += 1
            first, last = words.of_line[line], words.of_line[line + 1]
            if written == 1:
                if size(words, first, last) <= heads.headline and holds(lines, start, end, SEPARATES):
                    facts[document] |= HEADLINE
            elif in_head and written <= heads.lines:
                in_head = end - start < SURE_PROSE and not is_prose(lines, start, end)
                if in_head and last - first <= heads.words and holds(lines, start, end, DIGIT):
                    facts[document] |= DATED_HEAD
            if first == last or lines.classes[lines.points[at]] & NO_PHRASE:
                continue
            # Nearly all lines end here: their first word begins no phrase, and their last one ends none.
            if not (passes(table, grow(FORWARD, words, first)) or passes(table, grow(BACKWARD, words, last - 1))):
                continue
            line_is = line_may_be(table, mask, words, first, last)
            weak += line_is == WEAK
            if line_is == CERTAIN or weak >= MENU_LINES:
                facts[document] |= PHRASE
        weak_before[document] = weak


def look_at_words(words: Words, table: Table, held: Hashes, facts: Any) -> None:
    """Add to each document's facts whether a listed word stands in it: in brackets (HEAD), or anywhere (WHOLE).

    The keys of this table are the hashes of the words.
    """
    for document in range(len(held)):
        mask = (held[document] >> SCRIPTS) & MARKS
        for word in range(words.of_document[document], words.of_document[document + 1]):
            place = find(table, words.hashes[word])
            if place < 0:
                continue
            if (table.marks[place] >> WHOLE) & mask:
                facts[document] |= MARKED_WORD
            if words.kinds[word] & BRACKETED and (table.marks[place] >> HEAD) & mask:
                facts[document] |= BRACKETED_NAME
