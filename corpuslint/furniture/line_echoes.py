"""How many of a short line's words come back in the prose of its document.

A heading says what the next paragraph is about; a teaser of another article shares few words with the text around it.
Words are compared as they are, and by their first letters, since endings change.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from corpuslint.furniture.line_shape import LONG_WORD, READ

ECHOES = ("echo", "echo_next", "stem_echo", "stem_echo_next", "stem_echo_around")
STEM = 5  # letters


class Echoes:
    """The words of a document's lines, and which of them stand in prose."""

    def __init__(self, folded: Sequence[str], prose: Sequence[bool]) -> None:
        self.folded = folded
        self.known: dict[int, tuple[list[str], list[str]]] = {}
        self.sets: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        paragraphs = [n for n, is_prose in enumerate(prose) if is_prose]
        self.words = frozenset(word for n in paragraphs for word in self._meaning(n)[0])
        self.stem_words = frozenset(stem for n in paragraphs for stem in self._meaning(n)[1])
        # Of each short line, the share of its words that the prose uses; -1 for prose and for lines without words.
        self.stems = [-1.0 if p else _share(self._meaning(n)[1], self.stem_words) for n, p in enumerate(prose)]

    def of(self, n: int, before: int, behind: int) -> tuple[float, ...]:
        """Return the values of a line, in the order of ECHOES; `before` and `behind` are the prose around it."""
        words, stems = self._meaning(n)
        following, following_stems = self._set(behind)
        around = self._set(before)[1] | following_stems if words else frozenset[str]()
        return (
            _share(words, self.words),
            _share(words, following) if following else -1,
            self.stems[n],
            _share(stems, following_stems) if behind < len(self.folded) else -2,
            _share(stems, around) if around else -2,
        )

    def _meaning(self, n: int) -> tuple[list[str], list[str]]:
        if n not in self.known:
            words = _meaning(self.folded[n])
            self.known[n] = words, [word[:STEM] for word in words]
        return self.known[n]

    def _set(self, n: int) -> tuple[frozenset[str], frozenset[str]]:
        """Return the words of a paragraph and their stems; nothing beyond the document's ends."""
        if not 0 <= n < len(self.folded):
            return frozenset(), frozenset()
        if n not in self.sets:
            words, stems = self._meaning(n)
            self.sets[n] = frozenset(words), frozenset(stems)
        return self.sets[n]


def _share(words: Sequence[str], of: frozenset[str]) -> float:
    return sum(word in of for word in words) / len(words) if words else -1


def _meaning(folded: str) -> list[str]:
    """Return the words of a line that carry meaning: longer ones, and pairs of characters of unspaced scripts."""
    words = folded[:READ].split()
    long = [word for word in words if len(word) >= LONG_WORD]
    pairs = [a + b for a, b in pairwise(words) if len(a) == len(b) == 1 and a > "\u0e00" and b > "\u0e00"]
    return long + pairs
