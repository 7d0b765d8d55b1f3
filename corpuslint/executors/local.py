"""Runs work on this machine: in this process, or in several that each take the next item when they are free.

Nothing here depends on which worker was faster. Starting, feeding and burying the processes is for `processes`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpuslint.executors import At, Item, Result, Retry, nowhere


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Local:
    """Runs items in `jobs` processes; `start_method` is multiprocessing's ("fork", "spawn"), its default where None."""

    jobs: int = 1
    start_method: str | None = None

    def map(
        self, function: Callable[[Item, At], Result], items: Sequence[Item], retry: Retry[Item]
    ) -> Iterator[Result]:
        """Yield the results in the order of the items; an item that is given up has none."""
        if self.jobs == 1 or len(items) < 2:
            return (function(item, nowhere) for item in items)
        # A run in one process does not pay for the import of multiprocessing.
        from corpuslint.executors.processes import Pool

        return Pool(self.start_method, function, retry, min(self.jobs, len(items))).run(items)
