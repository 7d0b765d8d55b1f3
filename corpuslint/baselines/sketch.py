"""Sketch: a few numbers that tell whether two texts are versions of one text, whatever their files are called.

A renamed file is recognised by it, and stays recognised after some of its words were edited. What follows from a
likeness is for the baseline to say.
"""

from __future__ import annotations

from zlib import crc32

from corpuslint.normal import words

SHINGLE = 5  # words; an edited word changes five of a text's shingles, so most of the sketch outlives an edit
SIZE = 8  # hashes kept: the smallest, so that both versions of a text keep the same ones where they agree
DIGITS = 4  # hexadecimal digits kept of each hash; texts that share four of eight by chance: about 4 in 10**14


def sketch(text: str) -> str:
    """Return the sketch of a text as hexadecimal digits; white space, case and punctuation do not matter."""
    found = words(text) or ["".join(text.split())]
    shingles = {
        crc32(" ".join(found[first : first + SHINGLE]).encode("utf-8", "surrogatepass"))
        for first in range(max(1, len(found) - SHINGLE + 1))
    }
    # The smallest hashes begin with zeros; their last digits are the ones that differ.
    return "".join(f"{value:08x}"[-DIGITS:] for value in sorted(shingles)[:SIZE])


def parts(of: str) -> frozenset[str]:
    """Return the hashes of a sketch."""
    return frozenset(of[first : first + DIGITS] for first in range(0, len(of), DIGITS))


def alike(one: str, other: str) -> bool:
    """Say whether two sketches share at least half of their hashes."""
    left, right = parts(one), parts(other)
    return 2 * len(left & right) >= max(len(left), len(right), 1)
