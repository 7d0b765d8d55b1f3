"""The progress bar: on a terminal only, after a second, gone in the end, and never in the way of a result."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from itertools import count

import pytest

from corpuslint.cli.progress import CLEAR, watched


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def run(stream: StringIO, seconds_each: float, items: int = 10) -> str:
    ticks = count()
    clock = [0.0]

    def results() -> Iterator[int]:
        for _ in range(items):
            clock[0] += seconds_each
            yield next(ticks)

    assert list(watched(results(), items, stream=stream, clock=lambda: clock[0])) == list(range(items))
    return stream.getvalue()


def test_long_work_on_a_terminal_is_shown() -> None:
    output = run(Terminal(), 0.5)
    assert "Checking" in output
    assert "90%" in output
    assert output.endswith(CLEAR)


def test_rate_and_time_left_stand_beside_the_bar() -> None:
    clock = [0.0]

    def results() -> Iterator[int]:
        for _ in range(10):
            clock[0] += 60
            yield 3000

    stream = Terminal()
    list(watched(results(), 10, counted=int, what="documents", stream=stream, clock=lambda: clock[0]))
    assert "20%, 50 documents a second, 8 min left" in stream.getvalue()
    assert "90%, 50 documents a second, 60 s left" in stream.getvalue()


def test_a_second_passes_before_anything_is_shown() -> None:
    assert run(Terminal(), 0.09) == ""


def test_a_pipe_sees_nothing() -> None:
    assert run(StringIO(), 9) == ""


def test_a_dumb_terminal_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert run(Terminal(), 9) == ""


def test_the_line_is_cleared_when_the_work_is_given_up() -> None:
    stream = Terminal()
    clock = iter(range(1000))
    results = watched(iter(range(10)), 10, stream=stream, clock=lambda: float(next(clock)))
    for result in results:
        if result == 5:
            break
    results.close()  # type: ignore[attr-defined]
    assert stream.getvalue().endswith(CLEAR)
