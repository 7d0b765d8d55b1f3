"""A progress bar on standard error: on a terminal only, and only for work that takes longer than a second.

It is drawn as results pass through; what the work is, is not known here.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import TextIO, TypeVar

T = TypeVar("T")

PATIENCE = 1.0  # seconds without a bar: quick work would only make it flicker
BETWEEN = 0.1  # seconds between two drawings
WIDTH = 30  # characters of the bar
CLEAR = "\r\x1b[K"


def watched(
    results: Iterator[T], total: int, *, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[T]:
    """Yield results as they come, of `total` in all, and show on a terminal how far they are."""
    stream = stream or sys.stderr
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield from results
        return
    drawn = clock() + PATIENCE - BETWEEN
    shown = False
    try:
        for count, result in enumerate(results, 1):
            yield result
            if clock() - drawn >= BETWEEN and count < total:
                drawn, shown = clock(), True
                stream.write(CLEAR + _bar(count, total))
                stream.flush()
    finally:
        # Findings and notes that follow stand on a clean line, also after Ctrl-C.
        if shown:
            stream.write(CLEAR)
            stream.flush()


def _bar(count: int, total: int) -> str:
    filled = WIDTH * count // total
    return f"Checking {'█' * filled}{'░' * (WIDTH - filled)} {100 * count // total}%"
