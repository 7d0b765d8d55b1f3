"""Texts: many texts as one array of code points, and one of them as a string where somebody wants to read it."""

from __future__ import annotations

from codecs import utf_32_le_decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from corpuslint.scan.code_points import begins_of, points_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.uint32]
    Numbers = NDArray[np.int64]


ENOUGH = 512  # code points: most first lines are shorter


@dataclass(frozen=True)
class Texts:
    """Text `i` is `points[begins[i] : begins[i + 1] - 1]`, with a line feed behind it.

    The array is not written to, and its owner may write over it when the texts are done with.
    """

    points: Points
    begins: Numbers  # (texts + 1,)

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Put texts one after another."""
        return cls(points_of("\n".join(texts) + "\n"), begins_of(texts))

    @classmethod
    def filled(cls, points: Points, begins: Numbers) -> Self:
        """Take texts that stand in an array already."""
        points = points[: int(begins[-1])]
        points.flags.writeable = False  # as in the other case: compiled code is for one kind of array
        return cls(points, begins)

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.begins) - 1

    def __getitem__(self, number: int) -> str:
        """Return a text."""
        points = self.points[self.begins[number] : self.begins[number + 1] - 1]
        return points.tobytes().decode("utf-32-le", "surrogatepass")

    def begin(self, number: int, take: Callable[[str], str]) -> str:
        """Return what `take` takes of a text's begin, where more of the text would not change it."""
        begin, end, size = self._bounds[number], self._bounds[number + 1] - 1, ENOUGH
        while True:
            points = self._bytes[4 * begin : 4 * min(end, begin + size)]
            text, _ = utf_32_le_decode(points, "surrogatepass", True)
            taken = take(text)
            if len(taken) < len(text) or len(text) < size:
                return taken
            size *= 8

    @cached_property
    def _bytes(self) -> memoryview:
        return self.points.data.cast("B")

    @cached_property
    def _bounds(self) -> list[int]:
        bounds: list[int] = self.begins.tolist()
        return bounds

    def points_of(self, number: int) -> Points:
        """Return the code points of a text."""
        return self.points[self.begins[number] : self.begins[number + 1] - 1]

    @property
    def sizes(self) -> Numbers:
        """How many code points each text has, (texts,)."""
        return np.diff(self.begins) - 1
