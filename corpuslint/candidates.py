"""From keys to candidates: documents that share a key, as pairs, or as a hot group where they are too many for pairs.

Sorting by key brings equal keys together. Up to a limit the records are sorted in memory; beyond it they are
partitioned by key into files, and one partition is sorted at a time. Whether candidates are alike is not known here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from corpuslint.scan.distinct import distinct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

IN_MEMORY = 1 << 21  # records (16 bytes each, as much again to sort them) that are held before they go to files
PARTITION_BITS = 6  # 64 files: a corpus of 10 million documents has partitions of 80 MB


class Grouping:
    """Collects records (document, key) and gives back the groups of documents that share a key."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._held: list[NDArray[np.uint64]] = []
        self._count = 0
        self._files: list[IO[bytes]] = []

    def add(self, documents: Numbers, keys: Hashes) -> None:
        """Add a batch of records; a document may have a key twice."""
        import numpy as np

        self._held.append(np.column_stack((keys, documents.astype(np.uint64))))
        self._count += len(keys)
        if self._count > self._in_memory:
            self._spill()

    def _spill(self) -> None:
        import numpy as np

        if not self._files:
            self._files = [tempfile.TemporaryFile() for _ in range(1 << PARTITION_BITS)]  # noqa: SIM115
        rows = np.concatenate(self._held)
        partition = (rows[:, 0] >> np.uint64(64 - PARTITION_BITS)).astype(np.int64)
        rows = rows[np.argsort(partition, kind="stable")]
        bounds = np.searchsorted(np.sort(partition), np.arange(len(self._files) + 1))
        for number, file in enumerate(self._files):
            file.write(rows[bounds[number] : bounds[number + 1]].tobytes())
        self._held, self._count = [], 0

    def groups(self) -> Iterator[Numbers]:
        """Yield the documents of each key that two or more documents have, sorted and unique, in a fixed order."""
        for _, documents in self.keyed_groups():
            yield documents

    def keyed_groups(self) -> Iterator[tuple[int, Numbers]]:
        """Yield the groups with their keys."""
        import numpy as np

        for rows in self._partitions():
            if not len(rows):
                continue
            rows = rows[np.argsort(rows[:, 0])]
            # Nearly all keys stand alone; they go before the costlier sort by key and document.
            same = rows[1:, 0] == rows[:-1, 0]
            rows = rows[np.append(same, False) | np.append(False, same)]
            rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
            rows = rows[np.append(True, (rows[1:] != rows[:-1]).any(axis=1))[: len(rows)]]
            starts = np.flatnonzero(np.append(True, rows[1:, 0] != rows[:-1, 0])[: len(rows)])
            documents = rows[:, 1].astype(np.int64)
            for key, group in zip(rows[starts, 0].tolist(), np.split(documents, starts[1:]), strict=False):
                if len(group) > 1:  # a document that has a key twice is no group
                    yield key, group

    def _partitions(self) -> Iterator[NDArray[np.uint64]]:
        import numpy as np

        if not self._files:
            if self._held:
                yield np.concatenate(self._held)
            return
        if self._held:
            self._spill()
        for file in self._files:
            file.seek(0)
            rows = np.frombuffer(file.read(), np.uint64).reshape(-1, 2)
            file.close()
            if len(rows):
                yield rows


@dataclass(frozen=True)
class Candidates:
    """Who is to be compared with whom; documents are numbers in the order in which they would be kept.

    `rights[starts[i]:starts[i + 1]]` are the later documents that share a small group with `lefts[i]`. The members of
    a hot group are compared only with those of them that are kept, one after another.
    """

    lefts: Numbers
    starts: Numbers
    rights: Numbers
    hot_groups: tuple[Numbers, ...]

    @classmethod
    def of(cls, grouping: Grouping, star_above: int, ranks: Numbers | None = None) -> Candidates:
        """Make candidates of the groups; one with more than `star_above` documents is hot.

        `ranks` are the documents' places in the order of keeping, by their numbers in the grouping (default: equal).
        """
        import numpy as np

        small: dict[int, list[Numbers]] = {}
        hot: dict[bytes, Numbers] = {}  # equal groups (a template gives the same one in every band) count once
        for numbers in grouping.groups():
            group = numbers if ranks is None else np.sort(ranks[numbers])
            if len(group) > star_above:
                hot.setdefault(group.tobytes(), group)
            else:
                small.setdefault(len(group), []).append(group)
        pairs = [np.zeros((0, 2), np.int64)]
        for size, groups in sorted(small.items()):
            first, second = np.triu_indices(size, 1)
            table = np.unique(np.stack(groups), axis=0)
            pairs.append(np.stack((table[:, first].ravel(), table[:, second].ravel()), axis=1))
        # Documents are below 2^32, so that a pair is one number to sort by.
        joined = distinct(np.concatenate([(pair[:, 0] << 32) | pair[:, 1] for pair in pairs]))
        lefts, starts = np.unique(joined >> 32, return_index=True)
        return cls(lefts, np.append(starts, len(joined)), joined & 0xFFFFFFFF, tuple(hot.values()))

    @property
    def documents(self) -> Numbers:
        """All documents that have a candidate, sorted."""
        import numpy as np

        return distinct(np.concatenate((self.lefts, self.rights, *self.hot_groups)))
