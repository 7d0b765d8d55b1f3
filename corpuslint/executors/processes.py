"""A pool of worker processes that survives the death of a worker.

A worker that dies (a signal, no memory left) takes only the document with it that it was at: the caller is asked
what to run instead, and the run goes on in a new worker. What the work is, is not known here.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

from corpuslint.executors import At, Retry

# Items that may be ahead of the one whose result is awaited, for each worker: results wait in memory until then.
AHEAD = 4


class WorkerFailed(RuntimeError):
    """The function raised in a worker; the message is the worker's traceback."""


class _Worker:
    """A process with its pipe and the shared note of which document it is at."""

    def __init__(self, context: BaseContext, function: Callable[..., Any]) -> None:
        self.pipe, theirs = context.Pipe()
        # A forked worker inherits our end too, and must close it, or it would not notice that we are gone.
        inherited = self.pipe if context.get_start_method() == "fork" else None
        self._at = context.RawArray("q", (-1, -1))
        self.process: BaseProcess = context.Process(  # type: ignore[attr-defined]
            target=_work, args=(theirs, inherited, self._at, function), daemon=True
        )
        self.process.start()
        theirs.close()  # so that the worker's death ends the pipe

    @property
    def at(self) -> tuple[int, int] | None:
        """The document that the worker is at, None between documents."""
        file, index = self._at
        return None if file < 0 else (file, index)


class Pool:
    """Hands out items in order, and holds results back until those before them are there."""

    def __init__(self, start_method: str | None, function: Callable[..., Any], retry: Retry[Any], count: int) -> None:
        self._context = multiprocessing.get_context(start_method)
        self._function = function
        self._retry = retry
        self._count = count
        self._busy: dict[Connection, tuple[_Worker, int, Any]] = {}
        self._free: list[_Worker] = []

    def run(self, items: Sequence[Any]) -> Iterator[Any]:
        """Yield the results in the order of the items; an item that is given up has none."""
        fresh = enumerate(items)  # an item may be made when its turn comes
        waiting: deque[tuple[int, Any]] = deque(islice(fresh, 1))
        done: dict[int, list[Any]] = {}  # the result of an item, or nothing where it was given up
        upcoming = 0
        try:
            while True:
                while upcoming in done:
                    yield from done.pop(upcoming)
                    upcoming += 1
                while waiting and len(self._busy) < self._count and waiting[0][0] < upcoming + AHEAD * self._count:
                    self._give(*waiting.popleft())
                    waiting = waiting or deque(islice(fresh, 1))
                if not self._busy:
                    return
                ready = wait(list(self._busy))
                for pipe in [pipe for pipe in self._busy if pipe in ready]:
                    worker, number, item = self._busy.pop(pipe)
                    answer = self._answer(worker)
                    if answer is not None:
                        self._free.append(worker)
                        done[number] = [answer[0]]
                        continue
                    again = self._retry(item, worker.at)
                    if again is None:
                        done[number] = []
                    else:
                        waiting.appendleft((number, again))
        finally:
            for worker in (*self._free, *(busy[0] for busy in self._busy.values())):
                worker.process.terminate()
                worker.process.join()
                worker.pipe.close()

    def _give(self, number: int, item: Any) -> None:
        worker = self._free.pop() if self._free else _Worker(self._context, self._function)
        self._busy[worker.pipe] = (worker, number, item)
        # A worker that died while it was idle is noticed by `wait`, as one that dies at work.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            worker.pipe.send(item)

    def _answer(self, worker: _Worker) -> tuple[Any] | None:
        """Return the result in a tuple, None where the worker died; raises WorkerFailed."""
        try:
            succeeded, value = worker.pipe.recv()
        except (EOFError, ConnectionResetError):
            worker.process.join()
            worker.pipe.close()
            return None
        if not succeeded:
            raise WorkerFailed(value)
        return (value,)


def _work(pipe: Connection, inherited: Connection | None, place: Any, function: Callable[[Any, At], Any]) -> None:
    """Run items until the pipe ends: the loop of a worker process."""
    if inherited is not None:
        inherited.close()
    # Ctrl-C reaches every process of the terminal; the parent ends the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def at(file: int, index: int) -> None:
        place[0], place[1] = file, index

    while True:
        try:
            item = pipe.recv()
        except (EOFError, ConnectionResetError):
            return
        at(-1, -1)
        try:
            answer = (True, function(item, at))
        except Exception:  # what a rule raises was caught before; this is a bug of corpuslint itself
            import traceback

            answer = (False, traceback.format_exc())
        try:
            pipe.send(answer)
        except (BrokenPipeError, ConnectionResetError):
            return
