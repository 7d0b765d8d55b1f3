"""The loops of the scan: one pass over the code points of a batch, one over its words, one over its lines.

Plain Python over numpy arrays. The interpreter runs them (tests hold them against the definitions), `compiled` makes
machine code of the same source. Documents of a batch stand in one array, joined by line feeds: document `d` is
`points[begins[d] : begins[d + 1] - 1]`. All arithmetic is modulo 2^64. What a fact is good for is not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.uint32]
    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]
    Bytes = NDArray[np.uint8]

LINE_FEED, CARRIAGE_RETURN, SPACE = 10, 13, 32
FIRST_ARABIC, BEHIND_ARABIC = 0x600, 0x700  # the block whose letters have variants

# Entries of the table of code points; `code_points` says how they are made.
LETTERS_END = 1 << 24  # an entry above SPACE and below this is a letter of a word
ENTRY = (1 << 26) - 1  # the bits of an entry that hold for a text in NFKC

# What a word is, besides its hash.
NUMBER, SINGLE, BRACKETED = np.uint8(1), np.uint8(2), np.uint8(4)

# What a character does in `hash_words`: it is a letter, it stands between words, it is looked at more closely.
LETTER, ENDS, RARE = np.uint64(1), np.uint64(2), np.uint64(4)
COMMON, PLACES = np.uint64(0x800), np.uint64(16)
NOWHERE = np.uint64(1 << 63)

# fmix64 and the weights of places: see `words` and `minhash`, which define the hashes.
SHIFT = np.uint64(33)
FIRST_FACTOR, SECOND_FACTOR = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
PLACE = np.uint64(0x9E3779B97F4A7C15)
ZERO, ONE, HIGH, TOP = np.uint64(0), np.uint64(1), np.uint64(32), np.uint64(63)
TOGETHER = 4096  # shingles that are permuted together
U16, U13 = np.uint32(16), np.uint32(13)
LOW_FIRST, LOW_SECOND = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)


def mix(value: Any) -> Any:
    """Return fmix64 of a 64-bit number."""
    value ^= value >> SHIFT
    value *= FIRST_FACTOR
    value ^= value >> SHIFT
    value *= SECOND_FACTOR
    return value ^ (value >> SHIFT)


def text_hash(words: Hashes) -> Any:
    """Return the hash of words in their order; 0 for none."""
    total = ZERO
    for word in range(len(words)):
        total += mix(words[word] + np.uint64(word + 1) * PLACE)
    return mix(total)


def find_lines(
    points: Points, begins: Numbers, classes: Hashes, starts: Numbers, ends: Numbers, first_line: Numbers, held: Hashes
) -> int:
    """Find the lines of each document, and which classes of characters it holds.

    Fills where line `n` starts and ends (without its line end), the number of each document's first line,
    (documents + 1,), and the union of the classes of its characters; returns the number of lines.
    """
    line = 0
    for document in range(len(begins) - 1):
        first_line[document] = line
        at, end = begins[document], begins[document + 1] - 1
        start = at
        seen = ZERO
        while at < end:
            point = points[at]
            seen |= classes[point]
            at += 1
            if point in (LINE_FEED, CARRIAGE_RETURN):
                starts[line], ends[line] = start, at - 1
                line += 1
                if point == CARRIAGE_RETURN and at < end and points[at] == LINE_FEED:
                    at += 1
                start = at
        if start < end:
            starts[line], ends[line] = start, end
            line += 1
        held[document] = seen
    first_line[len(begins) - 1] = line
    return line


class Folding(NamedTuple):
    """What becomes of a code point on the way to a word's hash; all that `hash_words` looks up.

    `entries` are those of `code_points`. `steps`, `apart` and `unified` spare arithmetic for the code points below
    COMMON, which are nearly all letters of most alphabets: what a character does (LETTER, ENDS, nothing, or RARE),
    and what it adds to the hash of a word at each of the first PLACES places.
    """

    entries: NDArray[np.int32]
    variants: NDArray[np.int32]  # what stands for each letter of the Arabic block
    brackets: Bytes  # of code points below 256: 1 opens, 2 closes; full-width ones become brackets or spaces in NFKC
    steps: Hashes  # (COMMON,)
    apart: Hashes  # (COMMON * PLACES,), Arabic letter variants apart
    unified: Hashes


def close_bracket(kinds: Bytes, bracketed: Any, word: Any) -> Any:
    """Mark the words from the first bracketed one on; returns that there is none open now."""
    while bracketed < word:
        kinds[bracketed] |= BRACKETED
        bracketed += ONE
    return NOWHERE


def hash_words(  # noqa: C901  # one state for all characters: a call for each would cost as much as hashing
    points: Points,
    begins: Numbers,
    folding: Folding,
    apart: Hashes,
    unified: Hashes,
    kinds: Bytes,
    first_word: Numbers,
    line_words: Numbers,
) -> int:
    """Hash the words of texts whose table entries are known; returns their number.

    Fills for each word its hash with Arabic letter variants apart and unified, the number of each document's first
    word, (documents + 1,), and of each line's, (lines + 1,). `kinds` are zeros, and become what each word is: NUMBER,
    SINGLE, BRACKETED.
    """
    entries, variants, brackets, steps, adds, adds_unified = folding
    word = line = ZERO
    for document in range(len(begins) - 1):
        first_word[document] = word
        at, end = np.uint64(begins[document]), np.uint64(begins[document + 1] - 1)
        start = at
        own = same = place = ZERO
        bracketed = NOWHERE  # the first word behind an open bracket
        line_words[line] = word
        while at < end:
            # Letters and the spaces between them, without a branch that the processor would guess wrong at each word's
            # end: a word is written again with each of its letters, and left behind where one ends.
            while at < end:
                point = np.uint64(points[at])
                if point >= COMMON or place >= PLACES or steps[point] >= RARE:
                    break
                step = steps[point]
                own += adds[point * PLACES + place]
                same += adds_unified[point * PLACES + place]
                apart[word], unified[word] = own, same
                place += step & LETTER
                ends = step >> ONE
                word += ends & ((ZERO - place) >> TOP)  # unless nothing has begun
                goes_on = ends - ONE  # all bits, or none
                own &= goes_on
                same &= goes_on
                place &= goes_on
                at += ONE
            if at == end:
                break
            point = np.uint64(points[at])
            entry = entries[point] & ENTRY
            at += ONE
            if SPACE < entry < LETTERS_END:
                if place == ZERO and 48 <= entry <= 57:
                    kinds[word] = NUMBER
                mixed = mix(np.uint64(entry) + (place << HIGH))
                own += mixed
                if FIRST_ARABIC <= entry < BEHIND_ARABIC and variants[entry - FIRST_ARABIC] != entry:
                    mixed = mix(np.uint64(variants[entry - FIRST_ARABIC]) + (place << HIGH))
                same += mixed
                place += ONE
                continue
            if entry == 0:  # no part of the normal form
                continue
            if place != ZERO:
                apart[word], unified[word] = own, same
                word += ONE
                own = same = place = ZERO
            if entry >= LETTERS_END:
                single = mix(np.uint64(entry & (LETTERS_END - 1)))
                apart[word], unified[word], kinds[word] = single, single, SINGLE
                word += ONE
            elif point in (LINE_FEED, CARRIAGE_RETURN):
                line += ONE
                bracketed = close_bracket(kinds, bracketed, word)
                if point == CARRIAGE_RETURN and at < end and points[at] == LINE_FEED:
                    at += ONE
                start = at
                line_words[line] = word
            elif point == 0xFF08 or (point < 256 and brackets[point] == 1):
                bracketed = min(bracketed, word)
            elif point == 0xFF09 or (point < 256 and brackets[point] == 2):
                bracketed = close_bracket(kinds, bracketed, word)
        if place != ZERO:
            apart[word], unified[word] = own, same
            word += ONE
        close_bracket(kinds, bracketed, word)
        if start < end:
            line += ONE
    first_word[len(begins) - 1] = word
    line_words[line] = word
    return int(word)


def hash_runs(words: Hashes, firsts: Numbers, hashes: Hashes) -> None:
    """Fill the text hash of each run of words `[firsts[n], firsts[n + 1])`: of a document's, or of a line's."""
    for run in range(len(firsts) - 1):
        hashes[run] = text_hash(words[firsts[run] : firsts[run + 1]])


def find_repeats(hashes: Hashes, line_words: Numbers, first_line: Numbers, slots: Numbers, repeats: Bytes) -> None:
    """Mark the documents in which two lines with words have the same hash.

    `slots` are empty (-1) and more than twice as many as any document has lines, a power of two: a line takes the
    first free slot from its hash on, and finds an equal one on the way.
    """
    mask = len(slots) - 1
    for document in range(len(first_line) - 1):
        first, end = first_line[document], first_line[document + 1]
        for line in range(first, end):
            if line_words[line] == line_words[line + 1]:
                continue
            slot = np.int64(hashes[line] >> HIGH) & mask
            while slots[slot] >= first and hashes[slots[slot]] != hashes[line]:
                slot = (slot + 1) & mask
            if slots[slot] >= first:
                repeats[document] = 1
                break
            slots[slot] = line  # numbers of earlier documents' lines count as free


def shingle_at(words: Hashes, word: Any, size: int, factor: Any) -> Any:
    """Return the hash of the run of `size` words that begins with a word."""
    total = ZERO
    for behind in range(size):
        total = total * factor + words[word + np.uint64(behind)]
    return mix(total)


def hash_shingles(words: Hashes, first_word: Numbers, size: int, factor: Any, starts: Numbers, hashes: Hashes) -> None:
    """Fill the hash of every run of `size` words of each document; `starts` says where its shingles go."""
    for document in range(len(first_word) - 1):
        word, place = np.uint64(first_word[document]), np.uint64(starts[document])
        for _ in range(starts[document + 1] - starts[document]):
            hashes[place] = shingle_at(words, word, size, factor)
            word += ONE
            place += ONE


def sign(
    words: Hashes,
    first_word: Numbers,
    size: int,
    factor: Any,
    factors: NDArray[np.uint32],
    offsets: NDArray[np.uint32],
    signatures: NDArray[np.uint32],
) -> None:
    """Fill the signature of each document: of every permutation `factor * h + offset` its least value.

    Shingles are taken TOGETHER at a time and permuted by one permutation after the other: the values stay in the
    processor's first cache, and the least one in a register.
    """
    values = np.empty(TOGETHER, np.uint32)
    for document in range(len(first_word) - 1):
        least = signatures[document]
        for first in range(first_word[document], first_word[document + 1] - size + 1, TOGETHER):
            count = min(TOGETHER, first_word[document + 1] - size + 1 - first)
            for place in range(count):
                # Every step is cut to 32 bits: compiled arithmetic on them has 64.
                value = np.uint32(shingle_at(words, np.uint64(first + place), size, factor) >> HIGH)
                value = np.uint32(value ^ (value >> U16))
                value = np.uint32(value * LOW_FIRST)
                value = np.uint32(value ^ (value >> U13))
                value = np.uint32(value * LOW_SECOND)
                values[place] = np.uint32(value ^ (value >> U16))
            for number in range(len(factors)):
                own_factor, own_offset, smallest = factors[number], offsets[number], least[number]
                for place in range(count):
                    smallest = min(smallest, np.uint32(values[place] * own_factor + own_offset))
                least[number] = smallest


def hash_bands(signatures: NDArray[np.uint32], bands: int, rows: int, factor: Any, keys: Hashes) -> None:
    """Fill the key of each band of each signature, (documents, bands): different bands never mix."""
    for document in range(len(signatures)):
        values, own = signatures[document], keys[document]
        for band in range(bands):
            key = np.uint64(band + 1)
            for row in range(rows):
                key = mix((key * factor) ^ np.uint64(values[band * rows + row]))
            own[band] = key
