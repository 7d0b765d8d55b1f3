"""The evidence of candidates, by document: arrays of numbers in memory, in a file where they are much.

What the numbers mean is for the rules to say.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from corpuslint.overlap import Sets
from corpuslint.spill import Spill

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

EVIDENCE_IN_MEMORY = 32 << 20  # bytes; more goes to a file


class Evidence:
    """One array of 64-bit numbers a document; all are added before the first is asked for."""

    def __init__(self, in_memory: int = EVIDENCE_IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._held: list[Hashes] = []
        self._bytes = 0
        self._numbers = array("q")
        self._sizes = array("q")
        self._file: Spill | None = None
        self._finished: tuple[Numbers, Numbers, Numbers] | None = None
        self._joined: Hashes | None = None

    def add(self, number: int, hashes: Hashes) -> None:
        """Add a document's evidence; raises SpillTrouble."""
        self._numbers.append(number)
        self._sizes.append(len(hashes))
        self._held.append(hashes)
        self._bytes += hashes.nbytes
        if self._bytes > self._in_memory:
            self._spill()

    def sets(self, numbers: Numbers) -> Sets:
        """Return the evidence of documents, one after another; nothing for one that could not be read again."""
        import numpy as np

        known, starts, sizes = self._places()
        if not len(known):
            return Sets.of([np.zeros(0, np.uint64)] * len(numbers))
        places = np.minimum(known.searchsorted(numbers), len(known) - 1)
        there = known[places] == numbers
        firsts, counts = starts[places].tolist(), np.where(there, sizes[places], 0).tolist()
        return Sets.of([self._slice(first, count) for first, count in zip(firsts, counts, strict=True)])

    def sizes(self, numbers: Numbers) -> Numbers:
        """Return how many numbers the evidence of documents has."""
        import numpy as np

        known, _, sizes = self._places()
        if not len(known):
            return np.zeros(len(numbers), np.int64)
        places = np.minimum(known.searchsorted(numbers), len(known) - 1)
        return np.where(known[places] == numbers, sizes[places], 0)

    def _slice(self, first: int, count: int) -> Hashes:
        import numpy as np

        if self._file is None or not count:
            assert self._joined is not None
            return self._joined[first : first + count]
        return np.frombuffer(self._file.read(8 * first, 8 * count), np.uint64)

    def _places(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return the documents, sorted, with the place and the size of each one's evidence."""
        import numpy as np

        if self._finished is None:
            numbers, sizes = np.array(self._numbers, np.int64), np.array(self._sizes, np.int64)
            order = np.argsort(numbers, kind="stable")
            self._finished = numbers[order], (np.cumsum(sizes) - sizes)[order], sizes[order]
            if self._file is not None:
                self._spill()
            self._joined = np.concatenate([np.zeros(0, np.uint64), *self._held])
            self._held = []
        return self._finished

    def _spill(self) -> None:
        self._file = self._file or Spill()
        self._file.write(b"".join(hashes.tobytes() for hashes in self._held))
        self._held, self._bytes = [], 0
