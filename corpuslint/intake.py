"""The intake: documents of files in batches, taken from bytes to code points by the compiled loops.

Files and records that are written the usual way become drafts. All others are read by `sources`, one at a time, which
also say what is wrong with them.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from functools import cache
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from corpuslint.document import Document
from corpuslint.documents import Documents, Draft
from corpuslint.scan.code_points import points_of
from corpuslint.scan.record_loops import ABSENT, FIELDS, INTEGER, LINE, OTHER, STOP, STRING, WIDTH
from corpuslint.scan.texts import Texts
from corpuslint.sources import ReadOptions, RecordStart, Skip, SourceFile, Stretch, read_text
from corpuslint.sources.jsonl import LANGUAGE_FIELDS, JsonLines, RecordLine, language_tag, record_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpuslint.executors import At
    from corpuslint.scan.compiled import Loops
    from corpuslint.shards import Task

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
        content = np.frombuffer(block if block.endswith(b"\n") else block + b"\n", np.uint8)
        at = 0
        while at < len(block) and record < last:
            taken = 0
            self._at(number, record)
            if len(content) <= ROOM:
                yield from self._make_room(len(content) - at)
                records = self._records[: min(last - record, MOST - len(self._drafts))]
                at, line, taken = self._loops.take_records(
                    content, at, line, *names, self._points, self._ends[-1], records
                )
                self._drafts += _drafts(task, record, records[:taken], block)
                self._ends += records[:taken, STOP].tolist()
                self._tasks += [task] * taken
                self._numbers += [number] * taken
                record += taken
                if taken == len(records):
                    continue
            if at < len(block) and record < last:
                end = block.find(b"\n", at) + 1 or len(block)
                unusual = record_line(line, record, offset + at, block[at:end])
                if unusual:
                    self._at(number, record)
                    yield from self._add(number, task, _document(task.file, unusual))
                    record += 1
                at = end
                line += 1
        return RecordStart(record, offset + len(block), line)

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


def _drafts(task: Task, first: int, records: Numbers, content: bytes) -> Iterator[Draft]:
    """Yield the drafts of records that follow each other."""
    for record, row in enumerate(records.tolist(), first):
        own_id, site, *languages = (
            None if kind in (ABSENT, OTHER) else _value(content[start:end], kind)
            for start, end, kind in zip(row[FIELDS + 3 :: 3], row[FIELDS + 4 :: 3], row[FIELDS + 5 :: 3], strict=True)
        )
        yield Draft(
            task.file,
            record,
            None if own_id is None else str(own_id),
            site if isinstance(site, str) else None,
            (row[LINE], row[WIDTH]),
            language_tag(languages),
        )


def _value(source: bytes, kind: int) -> str | int:
    """Return what a JSON string or integer says."""
    if kind == STRING:
        return source[1:-1].decode("utf-8")
    value: str | int = int(source) if kind == INTEGER else json.loads(source)
    return value
