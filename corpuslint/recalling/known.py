"""Holds the files of a run against stored segments: which results still stand, as one result.

A file's status stands for its content only where it was written well before it was read; else its bytes are hashed.
Files are compared as columns; only those that changed are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from corpuslint.batch import Records
from corpuslint.cache import Cache, file_hash
from corpuslint.recalling.segment import Segment, chosen_rows, moved
from corpuslint.recalling.segment_columns import WHOLE, StoredRecords, decode
from corpuslint.recalling.stored_findings import read_diagnostic, read_skip
from corpuslint.scan.distinct import distinct
from corpuslint.stages.document_stage import ShardResult
from corpuslint.stages.rows import Rows
from corpuslint.stages.work import Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]
    Mask = NDArray[np.bool_]

# A file that is written within one tick of the clock of its file system after it was read looks unchanged (2 s on FAT).
TICK = 2_000_000_000  # nanoseconds
# Records are looked up in a stored segment where one key comes on so many rows; else all of them are read.
LOOKED_UP = 8


@dataclass
class Recalled:
    """What was known: of which tasks nothing is, and the result of all others but for their records."""

    is_unknown: Mask  # (tasks,)
    result: ShardResult = field(default_factory=ShardResult)
    # The records of each stored segment by code, and each of its rows' number among the known ones or -1.
    stored: list[tuple[Mapping[str, StoredRecords], Numbers]] = field(default_factory=list)

    @property
    def unknown(self) -> list[int]:
        """The numbers of the tasks of which nothing is known."""
        import numpy as np

        numbers: list[int] = np.flatnonzero(self.is_unknown).tolist()
        return numbers

    @property
    def covers_most(self) -> bool:
        """Whether so few of a run's files are unknown that what is known need not be gone through."""
        return len(self.unknown) * LOOKED_UP <= len(self.is_unknown)

    def records(self, code: str, fresh: Sequence[Hashes] | None) -> Iterator[Records]:
        """Yield those of a rule's known records that can matter next to fresh keys, all for None.

        A key that is in one known document only, and not among the fresh ones, makes no group. Raises CacheTrouble.
        """
        import numpy as np

        if not self.stored:
            return
        largest, *others = sorted(self.stored, key=lambda stored: -len(stored[1]))
        keys = list(fresh or ())
        for stored, rows in others:
            records = moved(stored[code].all(), rows)
            keys.append(records.key)
            yield records
        stored, rows = largest
        wanted = distinct(np.concatenate([np.zeros(0, np.uint64), *keys]))
        if fresh is None or len(wanted) * LOOKED_UP > len(rows):
            yield moved(stored[code].all(), rows)
        else:
            yield moved(stored[code].shared(), rows)
            yield moved(stored[code].meeting(wanted), rows)


class Matching:
    """A run's files and what is known of them."""

    def __init__(self, cache: Cache, work: Work, codes: Sequence[str], started: int) -> None:
        import numpy as np

        self.known = Recalled(np.ones(len(work), np.bool_))
        self.digests = np.zeros((len(work), 16), np.uint8)  # of each recalled file
        self.changed: list[int] = []  # tasks whose files were stored with another content
        self._cache = cache
        self._work = work
        self._codes = codes
        self._started = started
        self._statuses = np.frombuffer(work.statuses.numbers, np.int64).reshape(-1, 4)

    def match(self, setup: int, left: Mask) -> Iterator[Segment]:
        """Take what is known of the files in `left` and leave the unknown ones there; yield what was only touched."""
        import numpy as np

        for held in self._cache.segments(setup):
            if not left.any():
                return
            columns = self._cache.columns(held.id, WHOLE)
            # Most runs look at the very files of the run before: then no name is looked at by itself.
            are_ours = columns["names"] == self._work.joined_names
            segment = decode(columns, self._work.encoded_names if are_ours else None)
            place = np.arange(len(segment.names)) if are_ours else self._places(segment.names)
            mine = (place >= 0) & left[place]
            holds, touched = self._hold(segment, place, mine)
            left[place[mine]] = False
            stored = stored_records(self._cache, held.id, len(segment.rows), self._codes)
            if touched:
                yield self._touched(segment, place, touched, stored)
            if holds.any():
                self._take(segment, place, holds, stored)

    def _places(self, names: Sequence[bytes]) -> Numbers:
        """Return the task of each name, -1 where it has none."""
        import numpy as np

        return np.fromiter(map(self._tasks.get, names, (-1 for _ in names)), np.int64, len(names))

    @cached_property
    def _tasks(self) -> dict[bytes, int]:
        return dict(zip(self._work.encoded_names, range(len(self._work)), strict=True))

    def _hold(self, segment: Segment, place: Numbers, mine: Mask) -> tuple[Mask, list[int]]:
        """Return which of a segment's files are as they were, and the places of those that were only touched."""
        import numpy as np

        same = (segment.statuses == self._statuses[place]).all(axis=1)
        written = segment.statuses[:, 1:3].max(axis=1)
        holds: Mask = mine & same & (written < segment.recorded - TICK)
        touched = []
        for at in np.flatnonzero(mine & ~holds).tolist():
            number = int(place[at])
            size = int(self._statuses[number, 0])
            if size == int(segment.statuses[at, 0]) and self._hash(number) == segment.digests[at].tobytes():
                touched.append(at)
            else:
                self.changed.append(number)
        holds[touched] = True
        return holds, touched

    def _hash(self, number: int) -> bytes:
        return file_hash(self._work[number].file)

    def _touched(
        self, segment: Segment, place: Numbers, touched: list[int], stored: Mapping[str, StoredRecords]
    ) -> Segment:
        """Return the results of files with their present statuses."""
        import numpy as np

        mask = np.zeros(len(segment.names), np.bool_)
        mask[touched] = True
        row_place = chosen_rows(segment.rows, mask)[1]
        return replace(
            segment.chosen(mask),
            statuses=self._statuses[place[mask]],
            recorded=np.full(len(touched), self._started),
            records={code: moved(records.all(), row_place) for code, records in stored.items()},
        )

    def _take(self, segment: Segment, place: Numbers, holds: Mask, stored: Mapping[str, StoredRecords]) -> None:
        """Add the results of the files that are as they were."""
        import numpy as np

        numbers = place[holds]
        self.digests[numbers] = segment.digests[holds]
        self.known.is_unknown[numbers] = False
        result = self.known.result
        rows, row_place = chosen_rows(segment.rows, holds)
        self.known.stored.append((stored, np.where(row_place < 0, -1, row_place + len(result.rows))))
        result.rows.extend(Rows(rows.columns._replace(task=numbers[rows.task])))
        documents, characters = segment.counts[holds].sum(axis=0).tolist()
        result.documents += documents
        result.characters += characters
        for at, diagnostics, skips in segment.found:
            if holds[at]:
                number = int(place[at])
                path = self._work.names[number]
                result.diagnostics += [read_diagnostic(path, values) for values in diagnostics]
                result.skips += [(number, read_skip(path, values)) for values in skips]


def stored_records(cache: Cache, segment: int, rows: int, codes: Sequence[str]) -> dict[str, StoredRecords]:
    """Return what reads the records of a stored segment, by code."""

    def read(name: str, wanted: Sequence[int] | None) -> Sequence[bytes]:
        return cache.pieces(segment, name, wanted)

    return {code: StoredRecords(code, rows, read) for code in codes}
