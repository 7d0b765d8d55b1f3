"""The document stage's results on many files as columns: what is stored of a run, and put together again.

A segment holds files, their documents as rows, and the records of the corpus rules sorted by key. Choosing files and
joining segments are done to whole columns, so that a run that changed one file of many does nothing a file. Where
columns lie is for `cache` to say, when they still hold for `recall`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from corpuslint.batch import Records
from corpuslint.recalling.stored_findings import found_lists
from corpuslint.stages.document_stage import ShardResult
from corpuslint.stages.rows import Columns, Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Mask = NDArray[np.bool_]

DOCUMENTS, CHARACTERS = 0, 1  # columns of `counts`
Found = tuple[int, list[Any], list[Any]]  # a file's place, its findings and its skips as lists of JSON


@dataclass(frozen=True)
class Segment:
    """Results of some files; (files,) or (files, …) each, where nothing else is said."""

    names: Sequence[bytes]
    statuses: Numbers  # (files, 4), as `Statuses` holds them
    recorded: Numbers  # nanoseconds since 1970, before the file was read
    digests: NDArray[np.uint8]  # (files, 16), of the content
    counts: Numbers  # (files, 2): documents and code points
    found: Sequence[Found]  # of the files that have any
    rows: Rows  # of the corpus rules' documents; `task` is the place of the file
    records: Mapping[str, Records]  # by code, sorted by key; `document` is the row's number

    def chosen(self, mask: Mask) -> Segment:
        """Return the results of some of the files."""
        import numpy as np

        if mask.all():
            return self
        place = np.cumsum(mask) - 1
        rows, row_place = chosen_rows(self.rows, mask)
        return Segment(
            [name for name, chosen in zip(self.names, mask.tolist(), strict=True) if chosen],
            self.statuses[mask],
            self.recorded[mask],
            self.digests[mask],
            self.counts[mask],
            [(int(place[at]), *found) for at, *found in self.found if mask[at]],  # type: ignore[misc]
            rows,
            {code: moved(records, row_place) for code, records in self.records.items()},
        )

    @classmethod
    def joined(cls, parts: Sequence[Segment]) -> Segment:
        """Put segments of one setup together; their records are left out, `joined_records` takes them code by code."""
        import numpy as np

        rows = Rows()
        found: list[Found] = []
        files = 0
        for part in parts:
            found += [(files + at, diagnostics, skips) for at, diagnostics, skips in part.found]
            rows.extend(Rows(part.rows.columns._replace(task=part.rows.task + files)))
            files += len(part.names)
        return cls(
            [name for part in parts for name in part.names],
            np.concatenate([part.statuses for part in parts]),
            np.concatenate([part.recorded for part in parts]),
            np.concatenate([part.digests for part in parts]),
            np.concatenate([part.counts for part in parts]),
            found,
            rows,
            {},
        )

    def in_order(self) -> Segment:
        """Return the same with the files in the order of their names, as a run looks at them; rows stay in place."""
        import numpy as np

        order = sorted(range(len(self.names)), key=self.names.__getitem__)
        if order == list(range(len(order))):
            return self
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        rows = self.rows.columns
        return replace(
            self,
            names=[self.names[at] for at in order],
            statuses=self.statuses[order],
            recorded=self.recorded[order],
            digests=self.digests[order],
            counts=self.counts[order],
            found=sorted(((int(place[at]), d, skips) for at, d, skips in self.found), key=itemgetter(0)),
            rows=Rows(rows._replace(task=place[rows.task])),
        )

    def as_one_file(self) -> Segment:
        """Return the parts of one large file as that file."""
        import numpy as np

        diagnostics = [diagnostic for _, found, _ in self.found for diagnostic in found]
        skips = [skip for *_, found in self.found for skip in found]
        rows = Rows(self.rows.columns._replace(task=np.zeros(len(self.rows), np.int64)))
        counts = self.counts.sum(axis=0, keepdims=True)
        found: list[Found] = [(0, diagnostics, skips)] if diagnostics or skips else []
        first = (self.names[:1], self.statuses[:1], self.recorded[:1], self.digests[:1])
        return Segment(*first, counts, found, rows, self.records)


def chosen_rows(rows: Rows, files: Mask) -> tuple[Rows, Numbers]:
    """Return the rows of some files, and the new number of each old one, -1 where it is not among them."""
    import numpy as np

    mask = files[rows.task]
    place = np.where(mask, np.cumsum(mask) - 1, -1)
    columns = rows.columns
    names = columns.names and columns.names.chosen(mask)
    new_files = np.cumsum(files) - 1
    task = new_files[columns.task[mask]]
    numbers = columns.record[mask], columns.characters[mask], columns.text_hash[mask]
    return Rows(Columns(task, *numbers, names)), place


def moved(records: Records, place: Numbers) -> Records:
    """Return records with new numbers of their documents, without those of documents that have none (-1)."""
    document = place[records.document]
    stay = document >= 0
    return (
        records if stay.all() and (document == records.document).all() else Records(document[stay], records.key[stay])
    )


def joined(batches: Sequence[Records]) -> Records:
    """Put records of one numbering of documents together."""
    import numpy as np

    if not batches:
        return none()
    return Records(
        np.concatenate([batch.document for batch in batches]), np.concatenate([batch.key for batch in batches])
    )


def joined_records(parts: Iterable[Records], rows_before: Iterable[int]) -> Records:
    """Put records of several segments together, sorted by key; `rows_before` are the rows of the segments before.

    Parts are taken one by one: those of a large corpus would be a third of the memory that a run may take.
    """
    import numpy as np

    keys, documents = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint32)]
    for part, before in zip(parts, rows_before, strict=True):
        keys.append(part.key)
        documents.append((part.document + before).astype(np.uint32))
        del part
    key = np.concatenate(keys)
    keys.clear()
    document = np.concatenate(documents)
    documents.clear()
    order = np.argsort(key, kind="stable")
    key = key[order]
    document = document[order]
    del order
    return Records(document.astype(np.int64), key)


def segment_of(
    result: ShardResult, codes: Sequence[str], waiting: Mapping[int, tuple[bytes, Sequence[int], bytes]], recorded: int
) -> Segment | None:
    """Return what is stored of a shard's result; `codes` are those of the corpus rules.

    `waiting` holds what is known of a file by its task: name, status, and the digest where no worker computes it. A
    file in which a rule raised is left out: the next run is to meet the same bug and say it again.
    """
    import numpy as np

    crashed = {crash.path for crash in result.crashes}
    numbers = sorted(n for n, reading in result.readings.items() if n in waiting and reading.name not in crashed)
    numbers = [n for n in numbers if result.readings[n].digest or waiting[n][2]]
    if not numbers:
        return None
    place = {number: at for at, number in enumerate(numbers)}
    readings = [result.readings[number] for number in numbers]
    digests = b"".join(reading.digest or waiting[n][2] for n, reading in zip(numbers, readings, strict=True))
    rows, row_place = _rows_of_files(result.rows, np.array(numbers, np.int64))
    return Segment(
        [waiting[number][0] for number in numbers],
        np.array([waiting[number][1] for number in numbers], np.int64).reshape(-1, 4),
        np.full(len(numbers), recorded),
        np.frombuffer(digests, np.uint8).reshape(len(numbers), -1),
        np.array([(reading.documents, reading.characters) for reading in readings], np.int64).reshape(-1, 2),
        found_lists(result, {reading.name: at for at, reading in enumerate(readings)}, place),
        rows,
        {
            code: joined_records([moved(part, row_place) for part in result.records.get(code, ())] or [none()], zeros)
            for code in codes
            for zeros in [[0] * max(1, len(result.records.get(code, ())))]
        },
    )


def none() -> Records:
    """Return no records."""
    import numpy as np

    return Records(np.zeros(0, np.int64), np.zeros(0, np.uint64))


def _rows_of_files(rows: Rows, numbers: Numbers) -> tuple[Rows, Numbers]:
    """Return the rows of some tasks with the tasks' places as such, and each old row's new number or -1."""
    import numpy as np

    at = np.minimum(np.searchsorted(numbers, rows.task), len(numbers) - 1)
    mask = numbers[at] == rows.task
    placed = Rows(rows.columns._replace(task=np.where(mask, at, len(numbers))))
    return chosen_rows(placed, np.append(np.ones(len(numbers), np.bool_), False))
