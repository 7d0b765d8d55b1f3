"""The evidence of candidates, by document: sets of numbers in memory, in a file where they are much.

What the numbers mean is for the rules to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.comparing.overlap import Sets
from corpuslint.scan.distinct import distinct
from corpuslint.spill import Spill

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.scan.compiled import Loops

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

EVIDENCE_IN_MEMORY = 32 << 20  # bytes; more goes to a file
MOST_ROOM = 1 << 30  # bytes: the system may refuse room for more than it has, even if it is never filled


class Pairs(NamedTuple):
    """Some sets, and pairs of places in them."""

    sets: Sets
    lefts: Numbers
    rights: Numbers


class Evidence:
    """One set of 64-bit numbers a document; all are added before the first is asked for."""

    def __init__(self, in_memory: int = EVIDENCE_IN_MEMORY) -> None:
        self._most = min(in_memory, MOST_ROOM) // 8
        self._filled = 0
        self._numbers: list[Numbers] = []
        self._sizes: list[Numbers] = []
        self._file: Spill | None = None

    @cached_property
    def _held(self) -> Hashes:
        """Room for what is held in memory: it takes memory as it is filled, and nothing is ever moved."""
        import numpy as np

        return np.empty(self._most, np.uint64)

    def add(self, numbers: Numbers, sets: Sets) -> None:
        """Add the evidence of some documents; raises SpillTrouble."""
        self._numbers.append(numbers)
        self._sizes.append(sets.sizes)
        end = self._filled + len(sets.hashes)
        if self._file is None and end <= self._most:
            self._held[self._filled : end] = sets.hashes
            self._filled = end
        else:
            self._file = self._file or Spill()
            self._file.write(sets.hashes)

    def pairs(self, lefts: Numbers, rights: Numbers, together: int, loops: Loops | None = None) -> Iterator[Pairs]:
        """Yield pairs of documents with their sets: at once from memory, else about `together` numbers at a time."""
        import numpy as np

        left, right = self._places(lefts), self._places(rights)
        if self._file is None:
            yield Pairs(Sets(self._held[: self._filled], self._starts, loops), left, right)
            return
        sizes = np.diff(self._starts)
        cuts = np.flatnonzero(np.diff(np.cumsum(sizes[left] + sizes[right]) // together, prepend=0)).tolist()
        for first, last in zip([0, *cuts], [*cuts, len(left)], strict=True):
            some = distinct(np.concatenate((left[first:last], right[first:last])))
            sets = self._taken(some, loops)
            yield Pairs(sets, some.searchsorted(left[first:last]), some.searchsorted(right[first:last]))

    def sets(self, numbers: Numbers) -> Sets:
        """Return the evidence of documents, one after another; nothing for one that could not be read again."""
        return self._taken(self._places(numbers))

    def sizes(self, numbers: Numbers) -> Numbers:
        """Return how many numbers the evidence of documents has."""
        places = self._places(numbers)
        sizes: Numbers = self._starts[places + 1] - self._starts[places]
        return sizes

    def _places(self, numbers: Numbers) -> Numbers:
        """Return where the sets of documents stand among all; behind the last is an empty one for all others."""
        import numpy as np

        known, order = self._known
        if not len(known):
            return np.zeros(len(numbers), np.int64)
        places = np.minimum(known.searchsorted(numbers), len(known) - 1)
        return np.where(known[places] == numbers, order[places], len(known))

    @cached_property
    def _known(self) -> tuple[Numbers, Numbers]:
        """The documents, sorted, and the place of each."""
        import numpy as np

        numbers = np.concatenate([np.zeros(0, np.int64), *self._numbers])
        order = np.argsort(numbers, kind="stable")
        return numbers[order], order

    @cached_property
    def _starts(self) -> Numbers:
        """Where each set begins, in memory and then in the file, and an empty one behind them, (documents + 2,)."""
        import numpy as np

        sizes = np.concatenate([np.zeros(1, np.int64), *self._sizes, np.zeros(1, np.int64)])
        starts: Numbers = np.cumsum(sizes)
        return starts

    def _taken(self, places: Numbers, loops: Loops | None = None) -> Sets:
        """Return some of the sets, one after another."""
        import numpy as np

        firsts, ends = self._starts[places], self._starts[places + 1]
        starts = np.append(0, np.cumsum(ends - firsts))
        hashes = np.empty(starts[-1], np.uint64)
        columns = (firsts.tolist(), ends.tolist(), starts[:-1].tolist(), starts[1:].tolist())
        for first, end, begin, behind in zip(*columns, strict=True):
            if end <= self._filled:
                hashes[begin:behind] = self._held[first:end]
            elif self._file is not None:
                self._file.read(8 * (first - self._filled), hashes[begin:behind])
        return Sets(hashes, starts, loops)
