"""Where the records of a JSONL file begin, found without parsing any: a few of many records are then read by seeking.

Line feeds are looked for in blocks. What is read at a place is for `jsonl` to say.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from corpuslint.sources import RecordStart, SourceFile, Stretch, holds_records
from corpuslint.sources.jsonl import JSON_SPACE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

BLOCK = 1 << 18  # bytes that are looked through at a time
LINE_FEED = 10


class RecordStarts(NamedTuple):
    """The place of each record of a file, (records,): bytes from the file's start, line number from 1."""

    offsets: Numbers
    lines: NDArray[np.uint32]

    def stretches(self, size: int) -> Iterator[Stretch]:
        """Cut the records into stretches of about so many bytes; a larger record is one by itself."""
        import numpy as np

        cuts = np.flatnonzero(np.diff(self.offsets // size)) + 1
        bounds = [0, *cuts.tolist(), len(self.offsets)]
        for first, last in pairwise(bounds):
            yield Stretch(next(self.of([first])), last)

    def of(self, records: Iterable[int]) -> Iterator[RecordStart]:
        """Yield the places of records, without those that the file does not have."""
        there = [record for record in records if record < len(self.offsets)]
        yield from map(RecordStart, there, self.offsets[there].tolist(), self.lines[there].tolist())


class KnownStarts:
    """Where the records of files begin, looked for once in a run however many stages ask; 12 bytes a record."""

    def __init__(self) -> None:
        self._starts: dict[int, RecordStarts | None] = {}

    def of(self, number: int, file: SourceFile) -> RecordStarts | None:
        """Return the places of the records of a file, which is that of the task `number`."""
        if number not in self._starts:
            self._starts[number] = record_starts(file)
        return self._starts[number]


def record_starts(file: SourceFile) -> RecordStarts | None:
    """Find where the records of a file begin; None for a file that holds no records in lines or cannot be read."""
    if not holds_records(file.path):
        return None
    try:
        with file.open() as stream:
            return _record_starts(stream)
    except OSError:
        return None  # reading it says what is wrong


def _record_starts(stream: BinaryIO) -> RecordStarts:
    """Return the places of all lines that are not blank."""
    import numpy as np

    begins: list[Numbers] = [np.zeros(1, np.int64)]
    spaced: list[Numbers] = []  # lines that begin with a space or are empty, and may be blank
    size, last = 0, LINE_FEED
    spaces = np.zeros(256, np.bool_)
    spaces[list(JSON_SPACE)] = True
    while block := stream.read(BLOCK):
        content = np.frombuffer(block, np.uint8)
        feeds = np.flatnonzero(content == LINE_FEED)
        begins.append(feeds + (size + 1))
        firsts = feeds[: len(feeds) - (len(feeds) > 0 and int(feeds[-1]) + 1 == len(content))] + 1
        if last == LINE_FEED:
            firsts = np.append(0, firsts)
        spaced.append(firsts[spaces[content[firsts]]] + size)
        size += len(content)
        last = int(content[-1])
    offsets = np.concatenate(begins)
    offsets = offsets[offsets < size]
    blank = [place for place in np.concatenate([offsets[:0], *spaced]).tolist() if _is_blank(stream, place)]
    written = np.ones(len(offsets), np.bool_)
    written[offsets.searchsorted(np.array(blank, np.int64))] = False
    lines = np.flatnonzero(written).astype(np.uint32) + np.uint32(1)
    offsets = offsets[written]
    return _behind_bom(stream, RecordStarts(offsets, lines))


def _is_blank(stream: BinaryIO, place: int) -> bool:
    """Say whether a line holds nothing but white space."""
    stream.seek(place)
    while part := stream.readline(BLOCK):
        if part.strip(JSON_SPACE):
            return False
        if part.endswith(b"\n"):
            break
    return True


def _behind_bom(stream: BinaryIO, starts: RecordStarts) -> RecordStarts:
    """Leave a byte order mark out of the first line, which may be blank without it."""
    stream.seek(0)
    mark = len(codecs.BOM_UTF8)
    if stream.read(mark) != codecs.BOM_UTF8:
        return starts
    if _is_blank(stream, mark):
        return RecordStarts(starts.offsets[1:], starts.lines[1:])
    starts.offsets[0] = mark
    return starts
