"""Where the time of a run went: seconds by stage and by rule, added up over all processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Spent:
    """Seconds by name, in the order in which the names were first met, and how often each was measured."""

    seconds: dict[str, float] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """Measure what runs inside."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - begin)

    def add(self, name: str, seconds: float, times: int = 1) -> None:
        """Add to a name."""
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        self.times[name] = self.times.get(name, 0) + times

    def merge(self, other: Spent) -> None:
        """Add all of another one."""
        for name, seconds in other.seconds.items():
            self.add(name, seconds, other.times[name])
