"""The intake: documents of files in batches, taken from bytes to code points by the compiled loops.

Files and records that are written the usual way become drafts. All others are read by `sources`, one at a time, which
also say what is wrong with them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from corpuslint.document import Document
from corpuslint.scan.code_points import points_of
from corpuslint.scan.record_columns import FIELDS, LINE, STOP
from corpuslint.scan.texts import Texts
from corpuslint.sources import ReadOptions, RecordStart, Skip, SourceFile, Stretch, read_text
from corpuslint.sources.jsonl import LANGUAGE_FIELDS, JsonLines, RecordLine, record_line
from corpuslint.stages.documents import Documents, Draft

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpuslint.executors import At
    from corpuslint.scan.compiled import Loops
    from corpuslint.stages.shards import Task

    Bytes = NDArray[np.uint8]
    Numbers = NDArray[np.int64]

ROOM = 1 << 20  # code points of a batch, line feeds between them included
MOST = 4096  # documents of a batch: a million empty ones are no batch
BLOCK = 1 << 18  # bytes of a file, or of files, that are taken at a time
FIRST = RecordStart()


class Intake:
    """Collects documents; gives them away whenever a batch of them is there."""

    def __init__(self, loops: Loops, skips: list[tuple[int, Skip]], at: At) -> None:
        self._loops = loops
        self._skips = skips
        self._at = at
        self._points = np.empty(ROOM, np.uint32)
        self._records = np.empty((MOST, FIELDS + 3 * (3 + len(LANGUAGE_FIELDS))), np.int64)
        self._waiting: list[tuple[int, Task, bytes]] = []  # files that are one document each
        self._waiting_bytes = 0
        self._clear()

    def _clear(self) -> None:
        self._tasks: list[Task] = []
        self._numbers: list[int] = []
        self._drafts: list[Draft | Document] = []
        self._ends: list[int] = [0]  # how far the points are filled behind each document

    def text(self, number: int, task: Task, content: bytes) -> Iterator[Documents]:
        """Take a file that is one document."""
        if len(content) >= ROOM:
            yield from self._take_waiting()
            yield from self._add(number, task, read_text(task.file, content))
            return
        self._waiting.append((number, task, content))
        self._waiting_bytes += len(content) + 1
        if self._waiting_bytes > BLOCK:
            yield from self._take_waiting()

    def whole(self, number: int, task: Task, document: Document) -> Iterator[Documents]:
        """Take a document that was read by itself."""
        yield from self._take_waiting()
        yield from self._add(number, task, document)

    def records(
        self, number: int, task: Task, stream: BinaryIO, stretch: Stretch | None, names: tuple[Bytes, Numbers]
    ) -> Iterator[Documents]:
        """Take the records of a file, or of a stretch of it; `names` are those of `field_names`. Raises OSError."""
        yield from self._take_waiting()
        start = stretch.start if stretch else FIRST
        stream.seek(start.offset)
        while (not stretch or start.record < stretch.stop) and (block := stream.read(BLOCK)):
            block += stream.readline()
            most = stretch.stop - start.record if stretch else len(block)
            start = yield from self._take_block(number, task, block, start, most, names)

    def records_at(
        self, number: int, task: Task, stream: BinaryIO, starts: Sequence[RecordStart], names: tuple[Bytes, Numbers]
    ) -> Iterator[Documents]:
        """Take records of a file that begin at known places. Raises OSError."""
        yield from self._take_waiting()
        some: list[tuple[RecordStart, bytes]] = []
        size = 0
        for start in starts:
            stream.seek(start.offset)
            line = stream.readline()
            if line and not line.isspace():  # else the file was written to since the places were found
                some.append((start, line if line.endswith(b"\n") else line + b"\n"))
                size += len(line)
            if size > BLOCK:
                yield from self._take_lines(number, task, some, names)
                some, size = [], 0
        yield from self._take_lines(number, task, some, names)

    def rest(self) -> Iterator[Documents]:
        """Give away what is left."""
        yield from self._take_waiting()
        yield from self._give()

    def _take_block(
        self, number: int, task: Task, block: bytes, start: RecordStart, most: int, names: tuple[Bytes, Numbers]
    ) -> Generator[Documents, None, RecordStart]:
        """Take at most so many records from whole lines of a file; returns where the next block begins."""
        record, offset, line = start
        last = record + most
        at = 0
        while at < len(block) and record < last:
            self._at(number, record)
            at, line, found = yield from self._take_usual(block, at, line, last - record, names)
            self._keep(number, task, range(record, record + len(found)), found, block)
            record += len(found)
            if at < len(block) and record < last and not self._is_full:
                end = block.find(b"\n", at) + 1 or len(block)
                unusual = record_line(line, record, offset + at, block[at:end])
                if unusual:
                    self._at(number, record)
                    yield from self._add(number, task, _document(task.file, unusual))
                    record += 1
                at = end
                line += 1
        return RecordStart(record, offset + len(block), line)

    def _take_lines(
        self, number: int, task: Task, some: Sequence[tuple[RecordStart, bytes]], names: tuple[Bytes, Numbers]
    ) -> Iterator[Documents]:
        """Take records that do not follow each other; each is one line."""
        block = b"".join(line for _, line in some)
        behind = np.cumsum([len(line) for _, line in some]).tolist()
        at = first = 0
        while first < len(some):
            self._at(number, some[first][0].record)
            at, _, found = yield from self._take_usual(block, at, 0, len(some) - first, names)
            starts = [start for start, _ in some[first : first + len(found)]]
            found[:, LINE] = [start.line for start in starts]
            self._keep(number, task, [start.record for start in starts], found, block)
            first += len(found)
            if first < len(some) and not self._is_full:
                start, line = some[first]
                unusual = RecordLine(start.line, start.record, start.offset, line)
                yield from self._add(number, task, _document(task.file, unusual))
                at = behind[first]
                first += 1

    @property
    def _is_full(self) -> bool:
        return len(self._drafts) >= MOST

    def _take_usual(
        self, block: bytes, at: int, line: int, most: int, names: tuple[Bytes, Numbers]
    ) -> Generator[Documents, None, tuple[int, int, Numbers]]:
        """Take records until one is unusual, so many are taken, or the batch is full.

        Returns where the next record begins, the number of its line, and what was found in those that were taken.
        """
        if len(block) >= ROOM:  # too large for a batch: not even copied for the line feed at its end
            yield from self._give()
            return at, line, self._records[:0]
        yield from self._make_room(len(block) + 1 - at)
        content = np.frombuffer(block if block.endswith(b"\n") else block + b"\n", np.uint8)
        records = self._records[: min(most, MOST - len(self._drafts))]
        at, line, taken = self._loops.take_records(content, at, line, *names, self._points, self._ends[-1], records)
        return at, line, records[:taken]

    def _keep(self, number: int, task: Task, records: Iterable[int], found: Numbers, content: bytes) -> None:
        """Keep records that were taken."""
        rows = zip(records, found.tolist(), strict=True)
        self._drafts += [Draft(task.file, record, row, content) for record, row in rows]
        self._ends += found[:, STOP].tolist()
        self._tasks += [task] * len(found)
        self._numbers += [number] * len(found)

    def _take_waiting(self) -> Iterator[Documents]:
        """Take the files that wait."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if not waiting:
            return
        content = np.frombuffer(b"\0".join((*(content for _, _, content in waiting), b"")), np.uint8)
        ends = np.cumsum([len(content) + 1 for _, _, content in waiting]) - 1
        stops = np.empty(len(waiting), np.int64)
        first = 0
        while first < len(waiting):
            yield from self._make_room(len(content), len(waiting) - first)
            self._at(waiting[first][0], 0)
            behind = self._loops.take_texts(content, ends, first, self._points, self._ends[-1], stops)
            self._drafts += [Draft(task.file) for _, task, _ in waiting[first:behind]]
            self._ends += stops[first:behind].tolist()
            self._tasks += [task for _, task, _ in waiting[first:behind]]
            self._numbers += [number for number, _, _ in waiting[first:behind]]
            first = behind
            if first < len(waiting):
                number, task, unusual = waiting[first]
                yield from self._add(number, task, read_text(task.file, unusual))
                first += 1

    def _make_room(self, points: int, documents: int = 1) -> Iterator[Documents]:
        """Give a batch away where it has no room for so many code points and documents more."""
        if self._ends[-1] + points > ROOM or len(self._drafts) + documents > MOST:
            yield from self._give()

    def _add(self, number: int, task: Task, item: Document | Skip) -> Iterator[Documents]:
        if isinstance(item, Skip):
            self._skips.append((number, item))
            return
        size = len(item.text) + 1
        yield from self._make_room(size)
        if size > ROOM:
            yield Documents([task], [number], [item])  # too large for a batch: it is scanned in portions
            return
        end = self._ends[-1] + size
        self._points[self._ends[-1] : end] = points_of(item.text + "\n")
        self._tasks.append(task)
        self._numbers.append(number)
        self._drafts.append(item)
        self._ends.append(end)

    def _give(self) -> Iterator[Documents]:
        if self._drafts:
            texts = Texts.filled(self._points, np.array(self._ends, np.int64))
            yield Documents(self._tasks, self._numbers, self._drafts, texts)
            self._clear()


def _document(file: SourceFile, line: RecordLine) -> Document | Skip:
    found = JsonLines().record(file, line)
    return found if isinstance(found, Skip) else found.document


@cache
def field_names(options: ReadOptions) -> tuple[Bytes, Numbers] | None:
    """Return the names of the fields that a record's draft needs, joined, and where each ends.

    None where names are paths, or two fields have the same one.
    """
    names = [options.text_field, options.id_field, options.site_field, *LANGUAGE_FIELDS]
    if len({*names}) < len(names) or any("." in name for name in names):
        return None
    written = [name.encode("utf-8", "surrogatepass") for name in names]
    return np.frombuffer(b"".join(written), np.uint8), np.cumsum([len(name) for name in written])
