"""What each code point becomes in the normal form, as a table, and many texts as one array of code points.

The table says for a single character what `normal.fold` says; a flag marks the few characters for which more than one
look-up is needed. It is filled as characters are met: all of Unicode would take a second. Words are not known here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from corpuslint.normal import fold, fold_apart

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    CodePoints = NDArray[np.int32]
    Numbers = NDArray[np.int64]

CODE_POINTS = 0x110000

# What the table holds besides the folded code point itself.
DROPPED = 0  # the character is no part of the normal form (a mark, a joiner)
SPACE = 32  # it stands between words
SINGLE = 1 << 24  # flag: it is a word of its own (scripts without spaces)
SEVERAL = 1 << 25  # it becomes several characters ("ß"): the text is rewritten and looked up again
UNNORMALISED = 1 << 26  # flag: NFKC may join it with what stands before it; the other bits hold for a text in NFKC
UNKNOWN = -1  # not asked for yet


@cache
def fold_table(unified: bool) -> CodePoints:  # noqa: ARG001  # a table each
    """Return the table of folded code points, (CODE_POINTS,); every entry is UNKNOWN until it is asked for."""
    import numpy as np

    return np.full(CODE_POINTS, UNKNOWN, np.int32)


def entry_of(point: int, unified: bool) -> int:
    """Return the table's entry for a code point; `unified` as `normal.fold`, else as `normal.fold_apart`."""
    becomes = fold_all(chr(point), unified)
    if not becomes:
        entry = DROPPED
    elif becomes.isspace():  # "…" is three points in NFKC
        entry = SPACE
    elif len(becomes) == 1:
        entry = ord(becomes)
    elif len(becomes) == 3 and becomes[0] == becomes[2] == " ":
        entry = ord(becomes[1]) | SINGLE
    else:
        entry = SEVERAL
    return entry | UNNORMALISED if _may_join(chr(point)) else entry


def fold_all(character: str, unified: bool) -> str:
    """Return what a character becomes; for one of SEVERAL entry, this stands for itself (a test holds it)."""
    return "".join(map(fold if unified else fold_apart, unicodedata.normalize("NFKC", character)))


def _may_join(character: str) -> bool:
    """Say whether NFKC may join a character with what stands before it; all others it changes by themselves.

    Only marks and conjoining jamo join. Arabic vowel marks join nothing; their order may change, but they are
    dropped anyway, and nearly every Arabic article has one.
    """
    if "\u064b" <= character <= "\u0652" or character == "\u0670":
        return False
    return any(
        unicodedata.category(part).startswith("M") or "\u1100" <= part <= "\u11ff"
        for part in unicodedata.normalize("NFKC", character)
    )


def points_of(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text."""
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def begins_of(texts: Sequence[str]) -> Numbers:
    """Return where each text begins among the joined ones, and where a further one would begin, (texts + 1,)."""
    import numpy as np

    begins = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) + 1 for text in texts], out=begins[1:])
    return begins
