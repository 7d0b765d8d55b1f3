"""From records (document, key) to the keys that several documents have, as columns.

Records are cut into partitions by the first bits of their keys; nearly all keys stand alone and are sifted out of a
partition before it is sorted. Beyond a limit the partitions lie in a file and are taken one at a time. What a shared
key means is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.scan.compiled import loaded
from corpuslint.spill import Spill

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]
    Documents = NDArray[np.uint32]  # numbers of documents, which are below 2^32

IN_MEMORY = 1 << 20  # records that are held before they go to a file
PARTITION_BITS = 8  # 256 partitions of a file: a corpus of 10 million documents has partitions of 15 MB
SLOT_BITS = 22  # 20 MB for the table that sifts a partition; fuller slots let more through, never too little
SIFTED = 1 << 17  # records of a partition in memory: its tables stay in the processor's second cache


class Repeated(NamedTuple):
    """Keys that several documents have; key `i` has the documents `documents[starts[i]:starts[i + 1]]`.

    The documents of a key are sorted and unique.
    """

    keys: Hashes  # (keys,)
    starts: Numbers  # (keys + 1,)
    documents: Documents

    @property
    def sizes(self) -> Numbers:
        """How many documents have each key, (keys,)."""
        return self.starts[1:] - self.starts[:-1]

    def among(self, chosen: NDArray[np.bool_]) -> Repeated:
        """Return some of the keys, (keys,), with their documents."""
        import numpy as np

        starts = np.concatenate(([0], np.cumsum(self.sizes[chosen])))
        return Repeated(self.keys[chosen], starts, self.documents[np.repeat(chosen, self.sizes)])


class Grouping:
    """Collects records (document, key) and gives back the keys that documents share."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._held: list[tuple[Hashes, Documents]] = []
        self._count = 0
        self._file: Spill | None = None
        self._spilled: list[tuple[int, Numbers]] = []  # of each spill: its place in the file, bounds of its partitions

    def add(self, documents: Numbers, keys: Hashes) -> None:
        """Add a batch of records; a document may have a key twice. Raises SpillTrouble."""
        import numpy as np

        self._held.append((keys, documents.astype(np.uint32)))
        self._count += len(keys)
        if self._count > self._in_memory:
            self._spill()

    def repeated(self, least: int = 2) -> Iterator[Repeated]:
        """Yield the keys that `least` or more documents have, a partition at a time, in a fixed order."""
        for keys, documents in self._partitions():
            yield _repeated(keys, documents, least)

    def _spill(self) -> None:
        self._file = self._file or Spill()
        keys, documents, bounds = self._cut(PARTITION_BITS)
        self._spilled.append((self._file.write(keys), bounds))
        self._file.write(documents)

    def _cut(self, bits: int) -> tuple[Hashes, Documents, Numbers]:
        """Return the held records by the first bits of their keys, and where each partition begins and ends."""
        import numpy as np

        loops = loaded()
        shift, count = np.uint64(64 - bits), 1 << bits
        sizes = np.zeros(count, np.int64)
        for some, _ in self._held:
            sizes += np.bincount((some >> shift).view(np.int64), minlength=count)
        bounds = np.concatenate(([0], np.cumsum(sizes)))
        keys, documents = np.empty(self._count, np.uint64), np.empty(self._count, np.uint32)
        free = bounds[:-1].copy()  # where the next record of each partition goes
        self._held.reverse()
        while self._held:  # batch by batch, each given up, so that no more than a copy of all is made
            some, of_some = self._held.pop()
            if loops:
                # Compiled code is for one kind of array, and keys from a cache may be of another.
                loops.part_records(np.require(some, requirements=("C", "W")), of_some, shift, free, keys, documents)
                continue
            partition = (some >> shift).astype(np.uint16)
            order = np.argsort(partition, kind="stable")  # which counts, where numbers have 16 bits
            sizes = np.bincount(partition, minlength=count)
            places = np.repeat(free - (np.cumsum(sizes) - sizes), sizes) + np.arange(len(some))
            keys[places], documents[places] = some[order], of_some[order]
            free += sizes
        self._count = 0
        return keys, documents, bounds

    def _partitions(self) -> Iterator[tuple[Hashes, Documents]]:
        """Yield the records of each partition; they are gone then."""
        import numpy as np

        if self._file is None:
            bits = max(1, (self._count // SIFTED).bit_length())
            keys, documents, bounds = self._cut(min(bits, PARTITION_BITS))
            for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
                yield keys[first:last], documents[first:last]
            return
        self._spill()
        # Those of a file are as many as a large corpus needs; a smaller one takes several together.
        sizes = np.sum([np.diff(bounds) for _, bounds in self._spilled], axis=0)
        cuts = np.flatnonzero(np.diff((np.cumsum(sizes) - sizes) // SIFTED)) + 1
        for first, last in pairwise([0, *cuts.tolist(), len(sizes)]):
            yield self._read(first, last)
        self._file, self._spilled = None, []

    def _read(self, first: int, last: int) -> tuple[Hashes, Documents]:
        """Return the records of the partitions `first` to `last` (not included)."""
        import numpy as np

        assert self._file is not None
        ends = np.cumsum([int(bounds[last] - bounds[first]) for _, bounds in self._spilled]).tolist()
        keys, documents = np.empty(ends[-1], np.uint64), np.empty(ends[-1], np.uint32)
        begin = 0
        for (place, bounds), end in zip(self._spilled, ends, strict=True):
            self._file.read(place + 8 * int(bounds[first]), keys[begin:end])
            self._file.read(place + 8 * int(bounds[-1]) + 4 * int(bounds[first]), documents[begin:end])
            begin = end
        return keys, documents


def _repeated(keys: Hashes, documents: Documents, least: int) -> Repeated:
    """Return the keys that enough documents have, sorted."""
    import numpy as np

    for shift in (PARTITION_BITS, 64 - 28):  # other bits each time: two keys that share a slot rarely do so twice
        keys, documents = _sifted(keys, documents, shift)
    # Shards give their documents in order, and most runs have one; equal keys stay in the order of their documents.
    if (documents[1:] < documents[:-1]).any():
        order = np.argsort(documents, kind="stable")
        keys, documents = keys[order], documents[order]
    order = np.argsort(keys, kind="stable")
    keys, documents = keys[order], documents[order]
    begins = np.ones(len(keys), np.bool_)
    begins[1:] = keys[1:] != keys[:-1]
    unique = begins.copy()
    unique[1:] |= documents[1:] != documents[:-1]  # a document that has a key twice counts once
    keys, documents, begins = keys[unique], documents[unique], begins[unique]
    starts = np.append(np.flatnonzero(begins), len(keys))
    sizes = np.diff(starts)
    enough = sizes >= least
    chosen = np.repeat(enough, sizes)
    return Repeated(keys[starts[:-1][enough]], np.append(0, np.cumsum(sizes[enough])), documents[chosen])


def _sifted(keys: Hashes, documents: Documents, shift: int) -> tuple[Hashes, Documents]:
    """Return the records whose keys have the same slot bits as another one's: equal keys always do."""
    import numpy as np

    bits = min(max(4, (4 * len(keys)).bit_length()), SLOT_BITS)
    left, right = np.uint64(shift), np.uint64(64 - bits)
    if loops := loaded():
        count = loops.sift_records(keys, documents, left, right, np.zeros(1 << bits, np.uint8))
        return keys[:count], documents[:count]
    kept = _share_slots(((keys << left) >> right).astype(np.int64), bits)
    return keys[kept], documents[kept]


def _share_slots(slots: Numbers, bits: int) -> NDArray[np.bool_]:
    """Say of each record whether it shares its slot.

    The last record of a slot writes its number there; whoever finds another number is not alone.
    """
    import numpy as np

    numbers = np.arange(len(slots), dtype=np.uint32)
    last = np.zeros(1 << bits, np.uint32)
    last[slots] = numbers
    shared = np.zeros(1 << bits, np.bool_)
    shared[slots[last[slots] != numbers]] = True
    return shared[slots]
