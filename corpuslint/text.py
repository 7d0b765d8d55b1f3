"""Places in a text: spans, lines and positions.

Every span counts code points of the ORIGINAL text; nothing here looks at what the text says.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

# A line ends at LF, CRLF or CR and at nothing else: str.splitlines() also splits at form feeds, U+0085 and
# U+2028, which occur inside scraped paragraphs and would move every later line number.
LARGE = 1 << 20  # code points of a text about which facts are held as columns: objects for each line would be many
LINE_END = re.compile(r"\r\n|\n|\r")


class Span(NamedTuple):
    """A half-open range ``[start, end)`` of code points."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Say whether the two spans share a code point."""
        return self.start < other.end and other.start < self.end


class Line(NamedTuple):
    """A line: its text is ``[start, end)``, its line end ``[end, stop)``."""

    start: int
    end: int
    stop: int

    @property
    def span(self) -> Span:
        """The line without its line end."""
        return Span(self.start, self.end)


class Position(NamedTuple):
    """A place as people read it: line and column, both from 1, the column in code points."""

    line: int
    column: int


class LineTable(Sequence[Line]):
    """The lines of a large text as columns: a line is made when it is asked for, and takes 12 bytes until then."""

    def __init__(self, text: str) -> None:
        kind = "I" if len(text) < 1 << 32 else "Q"
        self._starts, self._ends, self._stops = array(kind), array(kind), array(kind)
        for line in _lines(text):
            self._starts.append(line.start)
            self._ends.append(line.end)
            self._stops.append(line.stop)

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self._starts)

    def __iter__(self) -> Iterator[Line]:
        """Make the lines one after another."""
        return map(Line, self._starts, self._ends, self._stops)

    @overload
    def __getitem__(self, number: int) -> Line: ...
    @overload
    def __getitem__(self, number: slice) -> list[Line]: ...
    def __getitem__(self, number: int | slice) -> Line | list[Line]:
        """Make a line."""
        if isinstance(number, slice):
            return [self[place] for place in range(len(self))[number]]
        return Line(self._starts[number], self._ends[number], self._stops[number])

    @property
    def starts(self) -> Sequence[int]:
        """Where each line starts."""
        return self._starts


def split_lines(text: str) -> Sequence[Line]:
    """Split a text at LF, CRLF and CR; a final line end opens no further line."""
    return tuple(_lines(text)) if len(text) < LARGE else LineTable(text)


def _lines(text: str) -> Iterator[Line]:
    start = 0
    for end in LINE_END.finditer(text):
        yield Line(start, end.start(), end.end())
        start = end.end()
    if start < len(text):
        yield Line(start, len(text), len(text))


def line_end(text: str, start: int) -> int:
    """Return where the line ends in which a code point stands, without its line end."""
    feed = text.find("\n", start)
    end = len(text) if feed < 0 else feed
    carriage_return = text.find("\r", start, end)
    return end if carriage_return < 0 else carriage_return


def trim(text: str, span: Span) -> Span:
    """Shrink a span so that no white space stands at its ends (to an empty span where it holds nothing else)."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


class PositionIndex:
    """Translates code points of one text to lines and columns, UTF-16 units and UTF-8 bytes.

    Consumers count differently: JSON and SARIF in code points, LSP in UTF-16 units, rdjson in UTF-8 bytes.
    """

    def __init__(self, text: str, lines: Sequence[Line]) -> None:
        self._text = text
        starts = lines.starts if isinstance(lines, LineTable) else [line.start for line in lines]
        self._starts = starts or [0]

    def position(self, offset: int) -> Position:
        """Return line and column of a code point; the text's end lies behind the last character."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def utf16_column(self, offset: int) -> int:
        """Return the column (from 1) in UTF-16 units."""
        before = self._before(offset)
        return len(before) + sum(character > "\uffff" for character in before) + 1

    def utf8_column(self, offset: int) -> int:
        """Return the column (from 1) in UTF-8 bytes."""
        return len(self._before(offset).encode("utf-8", "surrogatepass")) + 1

    def _before(self, offset: int) -> str:
        return self._text[self._starts[bisect_right(self._starts, offset) - 1] : offset]
