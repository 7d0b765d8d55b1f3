"""The phrases of catalogs as a table of word runs, for the scan: which lines may be a phrase, told by hashes.

The table lets too much through (signs, tails and marks are for `phrases` to look at), never too little. Words that
begin with a digit count as one word, since a phrase may have any number there. The keys of the catalogs are compiled
like the catalogs themselves, since hashing all phrases takes as long as checking some megabytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.catalogs import COMPILED, FOLDER, written
from corpuslint.normal import words
from corpuslint.phrases import NUMBER, SLOT_WORDS, Catalog, Pattern
from corpuslint.scan.words import hash_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.scan.phrase_loops import Table

FIRM = frozenset({"alone", "edge"})  # strengths by which one line is junk
LONGEST_SLOT = 255
PROJECT = 15  # the bit of the project's own catalogs, which count for documents of every script

# What a key is, in one catalog: a bit each, in the order in which `phrase_loops` has them for sixteen scripts.
GOES_ON, WHOLE, STRONG, HEAD = 1, 2, 4, 8
FIELDS = [("key", "<u8"), ("is", "u1"), ("reach", "u1")]


class Run(NamedTuple):
    """Words in the order in which their key grows, where it begins, what it is at the end, how far its slot reaches."""

    words: Sequence[str]
    root: int
    is_: int
    reach: int = 0


@cache
def scripts() -> tuple[str, ...]:
    """Return the scripts that catalogs are for; their places are their bits."""
    return tuple(sorted(path.stem for path in COMPILED.glob("*.json")))


def phrase_table(bits: frozenset[int], own: Sequence[Catalog]) -> Table:
    """Return the table of the phrases of some scripts, and of the project's own catalogs."""
    import numpy as np

    parts = {bit: np.fromfile(COMPILED / f"{scripts()[bit]}.keys", FIELDS) for bit in sorted(bits)}
    return _table({**parts, PROJECT: np.concatenate([keys_of(_phrases(catalog)) for catalog in (Catalog(), *own)])})


def word_table(catalogs: Mapping[int, Sequence[Catalog]]) -> Table:
    """Return the table of the single words of catalogs that count in brackets, or anywhere; keys are their hashes."""
    import numpy as np

    parts = {}
    for bit, listed in catalogs.items():
        found = [word for catalog in listed for word in _words(catalog)]
        parts[bit] = np.zeros(len(found), FIELDS)
        parts[bit]["key"] = hash_words([word for word, _ in found], unified=True).hashes
        parts[bit]["is"] = [is_ for _, is_ in found]
    return _table(parts)


def compile_keys(folder: Path = FOLDER) -> dict[str, bytes]:
    """Return the files with the keys of all scripts, by name."""
    return {f"{name}.keys": keys_of(_phrases(catalog)).tobytes() for name, catalog in sorted(written(folder).items())}


def _phrases(catalog: Catalog) -> Iterator[Run]:
    from corpuslint.scan.phrase_loops import BACKWARD, FORWARD

    for phrase, entry in catalog.literal.items():
        yield Run(phrase.partition("\t")[0].split(), int(FORWARD), WHOLE | (STRONG * (entry.strength in FIRM)))
    for pattern in catalog.patterns:
        firm = STRONG * (pattern.entry.strength in FIRM)
        if not pattern.slot:
            yield Run(pattern.head, int(FORWARD), WHOLE | firm)
        elif pattern.head:
            yield Run(pattern.head, int(FORWARD), HEAD | firm, _reach(pattern, len(pattern.tail)))
        else:
            yield Run(pattern.tail[::-1], int(BACKWARD), HEAD | firm, _reach(pattern, 0))


def _words(catalog: Catalog) -> Iterator[tuple[str, int]]:
    """Yield the single words of a catalog, and what they are."""
    for name in sorted(catalog.names.get("agency", ())):
        yield max(name.split(), key=len), HEAD  # all words of the name stand in the brackets: the rarest counts
    for phrase in catalog.trailing:
        if word := whole_word(phrase):
            yield word, WHOLE


def _reach(pattern: Pattern, more: int) -> int:
    return min(LONGEST_SLOT, SLOT_WORDS[pattern.slot] + more)


def whole_word(phrase: str) -> str:
    """Return the longest word of a trailing phrase that is a word of any text which holds it; "" without one.

    The first and the last word may be parts of longer ones in the text, where no sign keeps them apart.
    """
    listed = words(phrase)
    inner = listed[bool(phrase[:1].isalnum()) : len(listed) - bool(phrase[-1:].isalnum())]
    return max(inner, key=len, default="")


def keys_of(phrases: Iterator[Run]) -> NDArray[np.void]:
    """Return the keys of some phrases, one for each of their beginnings, sorted and joined: (keys,) of FIELDS."""
    import numpy as np

    from corpuslint.scan.phrase_loops import NUMBER_WORD

    runs = [run for run in phrases if run.words]
    vocabulary = sorted({word for run in runs for word in run.words})
    hashes = hash_words(vocabulary, unified=True).hashes
    hashes[[word == NUMBER or word[0].isdecimal() for word in vocabulary]] = NUMBER_WORD
    number = {word: place for place, word in enumerate(vocabulary)}
    lengths = np.array([len(run.words) for run in runs], np.int64)
    begins = np.concatenate(([0], np.cumsum(lengths)))
    flat = hashes[[number[word] for run in runs for word in run.words]]
    key = np.array([run.root for run in runs], np.uint64)
    is_ = np.array([run.is_ for run in runs], np.uint8)
    reach = np.array([run.reach for run in runs], np.uint8)
    parts = [np.zeros(0, FIELDS)]
    for place in range(int(lengths.max(initial=0))):
        at = np.flatnonzero(lengths > place)
        key[at] = _grown(key[at], flat[begins[at] + place])
        is_last = lengths[at] == place + 1
        parts.append(np.zeros(len(at), FIELDS))
        parts[-1]["key"] = key[at]
        parts[-1]["is"] = np.where(is_last, is_[at], GOES_ON)
        parts[-1]["reach"] = np.where(is_last, reach[at], 0)
    found = np.concatenate(parts)
    order, firsts = _groups(found["key"])
    joined = found[order][firsts]
    if len(joined):
        joined["is"] = np.bitwise_or.reduceat(found["is"][order], firsts)
        joined["reach"] = np.maximum.reduceat(found["reach"][order], firsts)
    return joined


def _table(parts: Mapping[int, NDArray[np.void]]) -> Table:
    """Join the keys of several scripts, and find where the keys of each bucket begin."""
    import numpy as np

    from corpuslint.scan.phrase_loops import FIRST_BITS, Table

    keys = np.concatenate([part["key"] for part in parts.values()]).astype(np.uint64)
    reach = np.concatenate([part["reach"] for part in parts.values()])
    marks = np.concatenate([_marks(part["is"], bit) for bit, part in parts.items()])
    order, firsts = _groups(keys)
    keys, marks, reach = keys[order], marks[order], reach[order]
    if len(keys):
        marks, reach = np.bitwise_or.reduceat(marks, firsts), np.maximum.reduceat(reach, firsts)
    keys = keys[firsts]
    bits = max(1, (2 * len(keys)).bit_length())
    shift = np.uint64(64 - bits)
    buckets = np.searchsorted(keys >> shift, np.arange((1 << bits) + 1, dtype=np.uint64)).astype(np.int32)
    first = np.zeros(1 << FIRST_BITS, np.uint8)
    first[(keys >> np.uint64(64 - FIRST_BITS)).astype(np.int64)] = 1
    return Table(np.packbits(first, bitorder="little"), keys, buckets, shift, marks, reach)


def _groups(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return an order that brings equal keys together, and where in it each of them comes first."""
    import numpy as np

    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return order, np.flatnonzero(is_first)


def _marks(is_: NDArray[np.uint8], script: int) -> NDArray[np.uint64]:
    """Return the marks of keys of one script: `phrase_loops` has sixteen bits for each thing that a key can be."""
    import numpy as np

    marks = np.zeros(len(is_), np.uint64)
    for place in range(4):
        marks |= ((is_ >> place) & 1).astype(np.uint64) << np.uint64(16 * place + script)
    return marks


def _grown(keys: NDArray[np.uint64], hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the keys one word longer: `phrase_loops.grow` for arrays."""
    from corpuslint.scan.phrase_loops import FACTOR, SPREAD

    keys = (keys ^ hashes) * FACTOR
    return keys ^ (keys >> SPREAD)
