"""The evidence of candidates, by document: sets of numbers in memory, in a file where they are much.

What the numbers mean is for the rules to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.overlap import Sets
from corpuslint.scan.distinct import distinct
from corpuslint.spill import Spill

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.scan.compiled import Loops

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

EVIDENCE_IN_MEMORY = 32 << 20  # bytes; more goes to a file


class Pairs(NamedTuple):
    """Some sets, and pairs of places in them."""

    sets: Sets
    lefts: Numbers
    rights: Numbers


class Evidence:
    """One set of 64-bit numbers a document; all are added before the first is asked for."""

    def __init__(self, in_memory: int = EVIDENCE_IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._held: list[Hashes] = []
        self._bytes = 0
        self._numbers: list[Numbers] = []
        self._sizes: list[Numbers] = []
        self._file: Spill | None = None

    def add(self, numbers: Numbers, sets: Sets) -> None:
        """Add the evidence of some documents; raises SpillTrouble."""
        self._numbers.append(numbers)
        self._sizes.append(sets.sizes)
        self._held.append(sets.hashes)
        self._bytes += sets.hashes.nbytes
        if self._bytes > self._in_memory:
            self._spill()

    def pairs(self, lefts: Numbers, rights: Numbers, together: int, loops: Loops | None = None) -> Iterator[Pairs]:
        """Yield pairs of documents with their sets, in order; of sets in a file, about `together` numbers at a time."""
        import numpy as np

        left, right = self._places(lefts), self._places(rights)
        if self._file is None:
            yield Pairs(Sets(self._joined, self._starts, loops), left, right)
            return
        sizes = np.diff(self._starts)
        cuts = np.flatnonzero(np.diff(np.cumsum(sizes[left] + sizes[right]) // together, prepend=0)).tolist()
        for first, last in zip([0, *cuts], [*cuts, len(left)], strict=True):
            some = distinct(np.concatenate((left[first:last], right[first:last])))
            sets = self._read(some, loops)
            yield Pairs(sets, some.searchsorted(left[first:last]), some.searchsorted(right[first:last]))

    def sets(self, numbers: Numbers) -> Sets:
        """Return the evidence of documents, one after another; nothing for one that could not be read again."""
        places = self._places(numbers)
        if self._file is not None:
            return self._read(places)
        bounds = zip(self._starts[places].tolist(), self._starts[places + 1].tolist(), strict=True)
        return Sets.of([self._joined[first:end] for first, end in bounds])

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
        """Where each set begins, and an empty one behind them, (documents + 2,)."""
        import numpy as np

        sizes = np.concatenate([np.zeros(1, np.int64), *self._sizes, np.zeros(1, np.int64)])
        starts: Numbers = np.cumsum(sizes)
        return starts

    @cached_property
    def _joined(self) -> Hashes:
        """All numbers, where none are in a file."""
        import numpy as np

        joined = np.concatenate([np.zeros(0, np.uint64), *self._held])
        self._held = []
        return joined

    def _read(self, places: Numbers, loops: Loops | None = None) -> Sets:
        import numpy as np

        assert self._file is not None
        if self._held:
            self._spill()
        firsts, sizes = self._starts[places], self._starts[places + 1] - self._starts[places]
        starts = np.append(0, np.cumsum(sizes))
        hashes = np.empty(starts[-1], np.uint64)
        for first, begin, end in zip((8 * firsts).tolist(), starts[:-1].tolist(), starts[1:].tolist(), strict=True):
            self._file.read(first, hashes[begin:end])
        return Sets(hashes, starts, loops)

    def _spill(self) -> None:
        self._file = self._file or Spill()
        for hashes in self._held:
            self._file.write(hashes)
        self._held, self._bytes = [], 0
