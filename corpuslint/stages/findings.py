"""Findings on their way from rules to reports: held in memory, and beyond a limit in files, a few at a time.

Those that come in any order are sorted in runs, and the runs are merged. Those that are in the order of reports are
read from their file as often as somebody looks at them. What a finding says is not known here.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import merge
from itertools import chain, islice
from operator import attrgetter
from typing import overload

from corpuslint.diagnostic import Diagnostic
from corpuslint.lazy import Lazy
from corpuslint.spill import Spill

# Bytes of a finding besides its texts, and of another place that it names, which others mostly name as well. Source:
# measured with tracemalloc over findings with a fix, 2,100 bytes with one place that nothing else names.
A_FINDING, A_PLACE = 1500, 200
IN_MEMORY = 16 << 20  # bytes of findings
LARGE = 1 << 20  # bytes of one finding, nearly all of it text
PIECE = 1 << 17  # bytes of findings that are written and read together
MOST_RUNS = 16  # sorted runs before they are merged into a longer one: each takes a piece when it is read

BY_PLACE = attrgetter("sort_key")


class Filed(Lazy[Diagnostic]):
    """Findings in a file, in the order in which they were given; each look reads them anew."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Write them; raises SpillTrouble."""
        import pickle

        self._file = Spill()
        self._places = array("q", [0])  # in the file, of each piece and of the end
        self._firsts = array("q", [0])  # the number of the first finding of each piece, and how many there are
        for piece in _pieces(diagnostics):
            # Straight into the file: of a text of 100 MB there would be two copies more.
            pickle.Pickler(self._file, pickle.HIGHEST_PROTOCOL).dump(piece)
            self._places.append(self._file.size)
            self._firsts.append(self._firsts[-1] + len(piece))

    def __len__(self) -> int:
        """Return the number of findings."""
        return self._firsts[-1]

    def __iter__(self) -> Iterator[Diagnostic]:
        """Yield them; raises SpillTrouble."""
        for piece in range(len(self._places) - 1):
            yield from self._read(piece)

    def _one(self, place: int) -> Diagnostic:
        piece = bisect_right(self._firsts, place) - 1
        return self._read(piece)[place - self._firsts[piece]]

    def __reduce__(self) -> tuple[Callable[..., Filed], tuple[list[bytearray], array[int]]]:
        """Travel as it is written."""
        return _filed_again, ([self._content(piece) for piece in range(len(self._places) - 1)], self._firsts)

    def _content(self, piece: int) -> bytearray:
        first, last = self._places[piece : piece + 2]
        content = bytearray(last - first)
        self._file.read(first, content)
        return content

    def _read(self, piece: int) -> list[Diagnostic]:
        import pickle

        content = self._content(piece)
        # The file was written by this process and has no name: nobody else can have put anything into it.
        read: list[Diagnostic] = pickle.loads(content)
        return read


def _filed_again(pieces: list[bytearray], firsts: array[int]) -> Filed:
    filed = Filed(())
    for content in pieces:
        filed._file.write(content)
        filed._places.append(filed._file.size)
    filed._firsts = firsts
    return filed


class Findings:
    """Collects findings in any order and gives them away in that of reports; equal places keep the order they had."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._held: list[Diagnostic] = []
        self._bytes = 0
        self._runs: list[list[Filed]] = []  # by how often they were merged

    def add(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add findings; raises SpillTrouble."""
        for diagnostic in diagnostics:
            self._bytes += weight(diagnostic, self._held[-1] if self._held else None)
            self._held.append(diagnostic)
            if self._bytes > self._in_memory:
                self._keep(Filed(self._sorted()))

    def take(self, run: Filed) -> None:
        """Add findings that are sorted and in a file already; raises SpillTrouble."""
        if self._held:
            self._keep(Filed(self._sorted()))
        self._keep(run)

    def in_order(self) -> Iterator[Diagnostic]:
        """Give all findings away; raises SpillTrouble."""
        runs = [run for of_a_kind in reversed(self._runs) for run in of_a_kind]  # the longer ones came first
        self._runs = []
        return merge(*runs, self._sorted(), key=BY_PLACE) if runs else self._sorted()

    def _sorted(self) -> Iterator[Diagnostic]:
        held, self._held, self._bytes = sorted(self._held, key=BY_PLACE), [], 0
        return emptied(held)

    def _keep(self, run: Filed, kind: int = 0) -> None:
        """Keep a run; where there are many of its kind, they become one."""
        if kind == len(self._runs):
            self._runs.append([])
        self._runs[kind].append(run)
        if len(self._runs[kind]) == MOST_RUNS:
            runs, self._runs[kind] = self._runs[kind], []
            self._keep(Filed(merge(*runs, key=BY_PLACE)), kind + 1)


def held_or_filed(diagnostics: Iterable[Diagnostic], in_memory: int = IN_MEMORY) -> Sequence[Diagnostic]:
    """Return findings, in their order, to be looked at again and again: a tuple, or a file where they are many."""
    held: list[Diagnostic] = []
    size = 0
    left = iter(diagnostics)
    for diagnostic in left:
        size += (own := weight(diagnostic, held[-1] if held else None))
        held.append(diagnostic)
        if size > in_memory or own > LARGE:  # what is written of a large one takes several times its memory
            return Filed(chain(emptied(held), left))
    return tuple(held)


LEFT_OUT, NEW, KNOWN = range(3)  # states, a byte each
NAMES = ("", "new", "known")


class Marked(Sequence[Diagnostic]):
    """Some of many findings, each with what a baseline says of it, made when it is looked at."""

    def __init__(self, findings: Sequence[Diagnostic], states: bytes) -> None:
        """Take all findings and the state of each."""
        self._findings = findings
        self._states = states

    def __len__(self) -> int:
        """Return the number of those that are not left out."""
        return len(self._states) - self._states.count(LEFT_OUT)

    def __iter__(self) -> Iterator[Diagnostic]:
        """Yield them in order."""
        for diagnostic, state in zip(self._findings, self._states, strict=True):
            if state != LEFT_OUT:
                name = NAMES[state]
                yield diagnostic if diagnostic.baseline == name else replace(diagnostic, baseline=name)

    @overload
    def __getitem__(self, place: int) -> Diagnostic: ...
    @overload
    def __getitem__(self, place: slice) -> list[Diagnostic]: ...
    def __getitem__(self, place: int | slice) -> Diagnostic | list[Diagnostic]:
        """Walk there: reports go through all of them in order anyway."""
        if isinstance(place, slice):
            return list(self)[place]
        return next(islice(self, range(len(self))[place], None))


def marked(findings: Sequence[Diagnostic], states: bytes) -> Sequence[Diagnostic]:
    """Return the findings that are not left out, with their states."""
    chosen = Marked(findings, states)
    return tuple(chosen) if isinstance(findings, tuple) else chosen


def weight(diagnostic: Diagnostic, before: Diagnostic | None = None) -> int:
    """Return about how many bytes of memory a finding takes beside the one before it."""
    texts = sys.getsizeof(diagnostic.place.text)
    if before is not None and diagnostic.related is before.related:
        return A_FINDING + texts  # all copies of a document name the same other ones
    for related in diagnostic.related:
        texts += sys.getsizeof(related.place.text) + A_PLACE
    return A_FINDING + texts


def emptied(held: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Give findings away in order, so that what becomes of them takes their place in memory."""
    held.reverse()
    while held:
        yield held.pop()


def _pieces(diagnostics: Iterable[Diagnostic]) -> Iterator[list[Diagnostic]]:
    piece: list[Diagnostic] = []
    size = 0
    for diagnostic in diagnostics:
        size += weight(diagnostic, piece[-1] if piece else None)
        piece.append(diagnostic)
        if size > PIECE:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece
