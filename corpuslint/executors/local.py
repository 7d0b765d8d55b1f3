"""Runs work on this machine: in this process, or in several that each take the next item when they are free.

Nothing here depends on which worker was faster. Starting, feeding and burying the processes is for `processes`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Self

from corpuslint.executors import At, Item, Result, Retry, nowhere

if TYPE_CHECKING:
    from corpuslint.executors.processes import Pool


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Local:
    """Runs items in `jobs` processes; `start_method` is multiprocessing's ("fork", "spawn"), its default where None.

    Where it is told to `keep` its processes, those of one `map` work on for the next, until it is left as a context:
    a process that starts late has more memory to copy from, or everything to import again.
    """

    def __init__(self, jobs: int = 1, start_method: str | None = None, *, keep: bool = False) -> None:
        self._jobs = jobs
        self._start_method = start_method
        self._keep = keep
        self._pool: Pool | None = None

    def __enter__(self) -> Self:
        """Keep the processes until this is left."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End the processes; those of a later `map` end with it."""
        self._keep = False
        if self._pool:
            self._pool.end()
            self._pool = None

    def map(
        self, function: Callable[[Item, At], Result], items: Sequence[Item], retry: Retry[Item]
    ) -> Iterator[Result]:
        """Yield the results in the order of the items; an item that is given up has none."""
        if self._jobs == 1 or len(items) < 2:
            return (function(item, nowhere) for item in items)
        # A run in one process does not pay for the import of multiprocessing.
        from corpuslint.executors.processes import Pool

        pool = self._pool or Pool(self._start_method, self._jobs)
        if self._keep:
            self._pool = pool
        return pool.run(function, items, retry, keep=self._keep)
