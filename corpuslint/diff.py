"""Unified diffs as `git apply` takes them, made of patches in one pass over the old content.

They are of bytes: encodings, line ends and a missing last line end stay visible. Nothing is compared, so a file of
any size needs the memory of one changed place with its context.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from corpuslint.changing.patch import Patch

CONTEXT = 3  # lines shown around a change, as git does
NO_NEWLINE = b"\\ No newline at end of file\n"


class Stretch(NamedTuple):
    """Old lines with the new lines in their place; a line that stays is a stretch of its own."""

    old: list[bytes]
    new: list[bytes]


def unified_diff(name: str, old: BinaryIO, patches: Iterable[Patch]) -> Iterator[bytes]:
    """Yield the lines of a diff between an open file and the same file with patches (sorted, not overlapping)."""
    first = True
    for line in hunks(stretches(old, patches)):
        if first:
            yield b"diff --git " + _quoted("a/" + name) + b" " + _quoted("b/" + name) + b"\n"
            yield b"--- " + _quoted("a/" + name) + b"\n+++ " + _quoted("b/" + name) + b"\n"
            first = False
        yield line


def stretches(old: BinaryIO, patches: Iterable[Patch]) -> Iterator[Stretch]:
    """Yield a content's lines in order, each unchanged or with what patches make of it."""
    region = _Region(old, patches)
    while (stretch := region.next()) is not None:
        yield from _trimmed(stretch)


class _Region:
    """Reads the old content in whole lines, as many at a time as hang together through a patch."""

    def __init__(self, old: BinaryIO, patches: Iterable[Patch]) -> None:
        # Lines end at LF only: a lone CR is a character of its line to git.
        self._lines = iter(old)
        self._patches = iter(patches)
        self._patch = next(self._patches, None)
        self._end = 0  # how far the old content was read

    def next(self) -> Stretch | None:
        """Return the next line, or the next lines that patches change together; None at the end."""
        begin = position = self._end
        lines: list[bytes] = []
        new = b""
        while line := next(self._lines, b""):
            lines.append(line)
            self._end += len(line)
            old = b"".join(lines)
            while self._patch is not None and position <= self._end and self._begins_here(line):
                new += old[position - begin : self._patch.at - begin] + self._patch.new
                position = self._patch.at + len(self._patch.old)
                self._patch = next(self._patches, None)
            if position <= self._end:
                new += line[len(line) - (self._end - position) :]
                position = self._end
                # A line that lost its end goes on in the next one.
                if not new or new.endswith(b"\n"):
                    break
        while self._patch is not None and not line:  # an insertion behind the last line
            new += self._patch.new
            self._patch = next(self._patches, None)
        return Stretch(lines, _lines(new)) if lines or new else None

    def _begins_here(self, line: bytes) -> bool:
        assert self._patch is not None
        return self._patch.at < self._end or (self._patch.at == self._end and not line.endswith(b"\n"))


def _trimmed(stretch: Stretch) -> Iterator[Stretch]:
    """Yield the stretch with the lines that are the same at its start and end as stretches of their own."""
    old, new = stretch
    least = min(len(old), len(new))
    head = 0
    while head < least and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < least - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    yield from (Stretch([line], [line]) for line in old[:head])
    if head + tail < max(len(old), len(new)):
        yield Stretch(old[head : len(old) - tail], new[head : len(new) - tail])
    yield from (Stretch([line], [line]) for line in old[len(old) - tail :])


@dataclass
class _Hunk:
    """A hunk in the making: where it begins (lines from 0), its lines, and how many unchanged ones stand at its end."""

    old_start: int
    new_start: int
    lines: list[bytes] = field(default_factory=list)
    old: int = 0
    new: int = 0
    quiet: int = 0

    def keep(self, line: bytes) -> None:
        self.lines.append(b" " + line)
        self.old, self.new, self.quiet = self.old + 1, self.new + 1, self.quiet + 1

    def change(self, stretch: Stretch) -> None:
        self.lines += [b"-" + line for line in stretch.old] + [b"+" + line for line in stretch.new]
        self.old, self.new, self.quiet = self.old + len(stretch.old), self.new + len(stretch.new), 0

    def write(self) -> Iterator[bytes]:
        surplus = max(0, self.quiet - CONTEXT)
        old, new = self.old - surplus, self.new - surplus
        yield b"@@ -%s +%s @@\n" % (_range(self.old_start, old), _range(self.new_start, new))
        for line in self.lines[: len(self.lines) - surplus]:
            yield line if line.endswith(b"\n") else line + b"\n" + NO_NEWLINE


def hunks(parts: Iterable[Stretch]) -> Iterator[bytes]:
    """Yield the lines of the hunks, with their context."""
    before: deque[bytes] = deque(maxlen=CONTEXT)
    hunk: _Hunk | None = None
    old = new = 0
    for part in parts:
        changed = part.old != part.new
        if changed and hunk is None:
            hunk = _Hunk(old - len(before), new - len(before))
            for line in before:
                hunk.keep(line)
        if hunk is not None:
            if changed:
                hunk.change(part)
            else:
                hunk.keep(part.old[0])
            if hunk.quiet > 2 * CONTEXT:
                yield from hunk.write()
                before = deque((line[1:] for line in hunk.lines[-CONTEXT:]), maxlen=CONTEXT)
                hunk = None
        else:
            before.append(part.old[0])
        old, new = old + len(part.old), new + len(part.new)
    if hunk is not None:
        yield from hunk.write()


def _range(start: int, count: int) -> bytes:
    # An empty range names the line before it.
    return b"%d,%d" % (start + 1 if count else start, count)


def _lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _quoted(name: str) -> bytes:
    """Return a path as git writes it: quoted like a C string where it needs to be."""
    raw = name.encode("utf-8", "surrogateescape")
    if all(byte >= 0x20 and byte not in (0x22, 0x5C, 0x7F) for byte in raw):
        return raw
    escapes = {0x22: b'\\"', 0x5C: b"\\\\", 0x0A: b"\\n", 0x09: b"\\t", 0x0D: b"\\r"}
    body = b"".join(escapes.get(byte, bytes([byte]) if 0x20 <= byte < 0x7F else b"\\%03o" % byte) for byte in raw)
    return b'"' + body + b'"'
