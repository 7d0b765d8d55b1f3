"""A progress bar on standard error: on a terminal only, and only for work that takes longer than a second.

It is drawn as results pass through; what the work is, is not known here.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from typing import TextIO, TypeVar

T = TypeVar("T")

PATIENCE = 1.0  # seconds without a bar: quick work would only make it flicker
BETWEEN = 0.1  # seconds between two drawings
WIDTH = 30  # characters of the bar
CLEAR = "\r\x1b[K"


def watched(
    results: Iterator[T],
    total: int,
    *,
    counted: Callable[[T], int] = lambda _result: 1,
    what: str = "parts",
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[T]:
    """Yield results as they come, of `total` in all, and show on a terminal how far they are and how fast.

    `counted` says how much of `what` a result stands for.
    """
    stream = stream or sys.stderr
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield from results
        return
    begin = clock()
    drawn = begin + PATIENCE - BETWEEN
    shown = False
    done = 0
    try:
        for count, result in enumerate(results, 1):
            done += counted(result)
            yield result
            if clock() - drawn >= BETWEEN and count < total:
                drawn, shown = clock(), True
                seconds = drawn - begin
                left = _spoken(seconds / count * (total - count))
                stream.write(f"{CLEAR}{_bar(count, total)}, {done / seconds:,.0f} {what} a second, {left} left")
                stream.flush()
    finally:
        # Findings and notes that follow stand on a clean line, also after Ctrl-C.
        if shown:
            stream.write(CLEAR)
            stream.flush()


def _bar(count: int, total: int) -> str:
    filled = WIDTH * count // total
    return f"Checking {'█' * filled}{'░' * (WIDTH - filled)} {100 * count // total}%"


def _spoken(seconds: float) -> str:
    """Return a duration as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


# Watches the results of shards.
documents_pass = partial(watched, counted=attrgetter("documents"), what="documents")
