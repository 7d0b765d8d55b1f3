"""The phrases of catalogs as a table of word runs, for the scan: which lines may be a phrase, told by hashes.

The table lets too much through (signs, tails and marks are for `phrases` to look at), never too little.
Words that begin with a digit count as one word, since a phrase may have any number there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.catalogs import COMPILED
from corpuslint.normal import words
from corpuslint.phrases import SLOT_WORDS, Catalog, Pattern
from corpuslint.scan.words import hash_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.scan.phrase_loops import Table

FIRM = frozenset({"alone", "edge"})  # strengths by which one line is junk
LONGEST_SLOT = 255
PROJECT = 15  # the bit of the project's own catalogs, which count for documents of every script


class Run(NamedTuple):
    """Words in the order in which their key grows, where it begins, what it marks, for which script."""

    words: Sequence[str]
    root: int
    mark: int
    script: int
    firm: bool
    reach: int = 0


@cache
def scripts() -> tuple[str, ...]:
    """Return the scripts that catalogs are for; their places are their bits."""
    return tuple(sorted(path.stem for path in COMPILED.glob("*.json")))


def phrase_table(catalogs: Mapping[int, Sequence[Catalog]]) -> Table:
    """Return the table of the phrases of catalogs, which stand under the bit of the script that they are for."""
    return table_of(
        [run for script, listed in catalogs.items() for catalog in listed for run in _phrases(catalog, script)]
    )


def word_table(catalogs: Mapping[int, Sequence[Catalog]]) -> Table:
    """Return the table of the single words of catalogs that count in brackets, or anywhere; keys are their hashes."""
    import numpy as np

    from corpuslint.scan.phrase_loops import Table

    found = [(*word, bit) for bit, listed in catalogs.items() for catalog in listed for word in _words(catalog)]
    keys = hash_words([word for word, _, _ in found], unified=True).hashes
    marks = np.array([1 << (mark + bit) for _, mark, bit in found], np.uint64)
    return _sorted_table(Table, keys, marks, np.zeros(len(found), np.uint8))


def _phrases(catalog: Catalog, script: int) -> Iterator[Run]:
    from corpuslint.scan.phrase_loops import BACKWARD, FORWARD, HEAD, WHOLE

    for phrase, entry in catalog.literal.items():
        yield Run(phrase.partition("\t")[0].split(), int(FORWARD), int(WHOLE), script, entry.strength in FIRM)
    for pattern in catalog.patterns:
        firm = pattern.entry.strength in FIRM
        if not pattern.slot:
            yield Run(pattern.head, int(FORWARD), int(WHOLE), script, firm)
        elif pattern.head:
            yield Run(pattern.head, int(FORWARD), int(HEAD), script, firm, _reach(pattern, len(pattern.tail)))
        else:
            yield Run(pattern.tail[::-1], int(BACKWARD), int(HEAD), script, firm, _reach(pattern, 0))


def _words(catalog: Catalog) -> Iterator[tuple[str, int]]:
    """Yield the single words of a catalog, and what they mark."""
    from corpuslint.scan.phrase_loops import HEAD, WHOLE

    for name in sorted(catalog.names.get("agency", ())):
        yield max(name.split(), key=len), int(HEAD)  # all words of the name stand in the brackets: the rarest counts
    for phrase in catalog.trailing:
        if word := whole_word(phrase):
            yield word, int(WHOLE)


def _reach(pattern: Pattern, more: int) -> int:
    return min(LONGEST_SLOT, SLOT_WORDS[pattern.slot] + more)


def whole_word(phrase: str) -> str:
    """Return the longest word of a trailing phrase that is a word of any text which holds it; "" without one.

    The first and the last word may be parts of longer ones in the text, where no sign keeps them apart.
    """
    listed = words(phrase)
    inner = listed[bool(phrase[:1].isalnum()) : len(listed) - bool(phrase[-1:].isalnum())]
    return max(inner, key=len, default="")


def table_of(runs: Sequence[Run]) -> Table:
    """Return the table of some runs: a key for each of their beginnings, and what it marks."""
    import numpy as np

    from corpuslint.scan.phrase_loops import GOES_ON, NUMBER_WORD, STRONG, Table

    runs = [run for run in runs if run.words]
    vocabulary = sorted({word for run in runs for word in run.words})
    hashes = hash_words(vocabulary, unified=True).hashes
    hashes[[word[0].isdecimal() for word in vocabulary]] = NUMBER_WORD
    number = {word: place for place, word in enumerate(vocabulary)}
    lengths = np.array([len(run.words) for run in runs], np.int64)
    begins = np.concatenate(([0], np.cumsum(lengths)))
    flat = hashes[[number[word] for run in runs for word in run.words]]
    key = np.array([run.root for run in runs], np.uint64)
    bit = np.left_shift(np.uint64(1), np.array([run.script for run in runs], np.uint64))
    last = bit << np.array([run.mark for run in runs], np.uint64)
    last |= np.where([run.firm for run in runs], bit << STRONG, np.uint64(0))
    reach = np.array([run.reach for run in runs], np.uint8)
    keys, marks, reaches = [], [], []
    for place in range(int(lengths.max(initial=0))):
        at = np.flatnonzero(lengths > place)
        key[at] = _grown(key[at], flat[begins[at] + place])
        is_last = lengths[at] == place + 1
        keys.append(key[at])
        marks.append(np.where(is_last, last[at], bit[at] << GOES_ON))
        reaches.append(np.where(is_last, reach[at], 0).astype(np.uint8))
    return _sorted_table(Table, *(np.concatenate(parts) for parts in (keys, marks, reaches)))


def _sorted_table(
    make: type[Table], keys: NDArray[np.uint64], marks: NDArray[np.uint64], reach: NDArray[np.uint8]
) -> Table:
    """Join equal keys, and find where the keys of each bucket begin."""
    import numpy as np

    order = np.argsort(keys)
    keys, marks, reach = keys[order], marks[order], reach[order]
    firsts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    keys = keys[firsts]
    bits = max(1, (2 * len(keys)).bit_length())
    shift = np.uint64(64 - bits)
    buckets = np.searchsorted(keys >> shift, np.arange((1 << bits) + 1, dtype=np.uint64)).astype(np.int32)
    return make(keys, buckets, shift, np.bitwise_or.reduceat(marks, firsts), np.maximum.reduceat(reach, firsts))


def _grown(keys: NDArray[np.uint64], hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the keys one word longer: `phrase_loops.grow` for arrays."""
    from corpuslint.scan.phrase_loops import FACTOR, SPREAD

    keys = (keys ^ hashes) * FACTOR
    return keys ^ (keys >> SPREAD)
