"""What sets of numbers have in common, counted exactly, for many pairs at once.

The sets lie one after another in one array, each sorted; a pair is two of their places. How much makes two sets alike
is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.scan.compiled import Loops

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

TOGETHER = 1 << 18  # numbers of a side that are compared at a time: their arrays (2 MB each) stay in the cache
MOST_PAIRS = 1 << 14  # pairs that are compared at a time: their numbers leave 50 bits of a hash


class Overlap(NamedTuple):
    """What two documents have in common, counted exactly."""

    shared: int
    union: int

    @property
    def similarity(self) -> float:
        """Shared by union, from 0 to 1 (Jaccard)."""
        return self.shared / self.union


class Overlaps(NamedTuple):
    """What pairs of documents have in common, (pairs,) each; the counts of a pair that is not alike say nothing."""

    alike: NDArray[np.bool_]
    shared: Numbers
    union: Numbers


class Sets(NamedTuple):
    """Set `i` is `hashes[starts[i]:starts[i + 1]]`; what `shared` counts in is sorted, no number twice."""

    hashes: Hashes
    starts: Numbers  # (sets + 1,)
    loops: Loops | None = None  # compiled loops, where the run is worth them

    @classmethod
    def of(cls, arrays: Sequence[Hashes], loops: Loops | None = None) -> Sets:
        """Put sets one after another."""
        import numpy as np

        starts = np.cumsum([0, *map(len, arrays)], dtype=np.int64)
        return cls(np.concatenate([np.zeros(0, np.uint64), *arrays]), starts, loops)

    def each(self) -> Iterator[Hashes]:
        """Yield the numbers of each set."""
        for first, last in pairwise(self.starts.tolist()):
            yield self.hashes[first:last]

    @property
    def sizes(self) -> Numbers:
        """How many numbers each set has, (sets,)."""
        return self.starts[1:] - self.starts[:-1]

    def shared(self, lefts: Numbers, rights: Numbers) -> Numbers:
        """Return how many numbers both sets of each pair have, (pairs,); `lefts` and `rights` are places of sets."""
        import numpy as np

        result = np.zeros(len(lefts), np.int64)
        if self.loops:
            self.loops.count_shared(self.hashes, self.starts, lefts, rights, result)
            return result
        for first, last in self._cuts(lefts, rights):
            result[first:last] = self._shared(lefts[first:last], rights[first:last])
        return result

    def _cuts(self, lefts: Numbers, rights: Numbers) -> Iterator[tuple[int, int]]:
        """Cut pairs where about TOGETHER numbers of a side are together."""
        import numpy as np

        sizes = self.sizes
        ends = np.cumsum(np.maximum(sizes[lefts], sizes[rights]))
        first = 0
        while first < len(lefts):
            before = int(ends[first - 1]) if first else 0
            last = int(ends.searchsorted(before + TOGETHER, "right"))
            last = min(max(last, first + 1), first + MOST_PAIRS)
            yield first, last
            first = last

    def _shared(self, lefts: Numbers, rights: Numbers) -> Numbers:
        import numpy as np

        others, owners = self._gathered(rights)
        if (lefts == lefts[0]).all():  # a document and all that may be its copies
            mine = self.hashes[self.starts[lefts[0]] : self.starts[lefts[0] + 1]]
            found = _among(others, mine)
        else:
            # A pair's number before the first bits of a hash: all pairs are looked up at once, each only in its own.
            bits = np.uint64(len(lefts).bit_length())
            before = np.uint64(64) - bits
            mine, own = self._gathered(lefts)
            tagged = own.astype(np.uint64) << before | mine >> bits
            if (tagged[1:] == tagged[:-1]).any():  # two hashes that differ only in the bits that are cut off
                return self._one_by_one(lefts, rights)
            sought = owners.astype(np.uint64) << before | others >> bits
            places = np.minimum(tagged.searchsorted(sought), max(len(tagged) - 1, 0))
            found = (tagged[places] == sought) & (mine[places] == others) if len(tagged) else np.zeros(0, np.bool_)
        return np.bincount(owners[found], minlength=len(lefts)) if len(found) else np.zeros(len(lefts), np.int64)

    def _one_by_one(self, lefts: Numbers, rights: Numbers) -> Numbers:
        import numpy as np

        parts = [self._shared(lefts[n : n + 1], rights[n : n + 1]) for n in range(len(lefts))]
        return np.concatenate(parts)

    def _gathered(self, places: Numbers) -> tuple[Hashes, Numbers]:
        """Return the numbers of some sets, and which of the places each belongs to, from 0."""
        import numpy as np

        sizes = self.sizes[places]
        owners = np.repeat(np.arange(len(places)), sizes)
        begins = np.cumsum(sizes) - sizes
        return self.hashes[np.arange(len(owners)) + (self.starts[places] - begins)[owners]], owners


def _among(numbers: Hashes, sorted_ones: Hashes) -> NDArray[np.bool_]:
    """Say of each number whether it is among others."""
    import numpy as np

    if not len(sorted_ones):
        return np.zeros(len(numbers), np.bool_)
    places = np.minimum(sorted_ones.searchsorted(numbers), len(sorted_ones) - 1)
    found: NDArray[np.bool_] = sorted_ones[places] == numbers
    return found
