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

from corpuslint.executors import Retry

# Items that may be ahead of the one whose result is awaited, for each worker: results wait in memory until then.
AHEAD = 4


class WorkerFailed(RuntimeError):
    """The function raised in a worker; the message is the worker's traceback."""


class _Worker:
    """A process with its pipe and the shared note of which document it is at."""

    def __init__(self, context: BaseContext) -> None:
        self.pipe, theirs = context.Pipe()
        # A forked worker inherits our end too, and must close it, or it would not notice that we are gone.
        inherited = self.pipe if context.get_start_method() == "fork" else None
        self._at = context.RawArray("q", (-1, -1))
        self.process: BaseProcess = context.Process(  # type: ignore[attr-defined]
            target=_work, args=(theirs, inherited, self._at), daemon=True
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

    def __init__(self, start_method: str | None, jobs: int) -> None:
        self._context = multiprocessing.get_context(start_method)
        self._jobs = jobs
        self._busy: dict[Connection, tuple[_Worker, int, Any]] = {}
        self._free: list[_Worker] = []

    def run(
        self, function: Callable[..., Any], items: Sequence[Any], retry: Retry[Any], *, keep: bool
    ) -> Iterator[Any]:
        """Yield the results in the order of the items; an item that is given up has none.

        The workers end with it, unless they are kept for another run.
        """
        try:
            yield from self._results(function, items, retry)
        except BaseException:
            keep = False
            raise
        finally:
            if not keep:
                self.end()

    def end(self) -> None:
        """End the workers."""
        workers = (*self._free, *(busy[0] for busy in self._busy.values()))
        self._free, self._busy = [], {}
        for worker in workers:
            worker.process.terminate()
            worker.process.join()
            worker.pipe.close()

    def _results(self, function: Callable[..., Any], items: Sequence[Any], retry: Retry[Any]) -> Iterator[Any]:
        self._free = [worker for worker in self._free if worker.process.is_alive()]
        count = min(self._jobs, len(items))
        fresh = enumerate(items)  # an item may be made when its turn comes
        waiting: deque[tuple[int, Any]] = deque(islice(fresh, 1))
        done: dict[int, list[Any]] = {}  # the result of an item, or nothing where it was given up
        upcoming = 0
        while True:
            while upcoming in done:
                yield from done.pop(upcoming)
                upcoming += 1
            while waiting and len(self._busy) < count and waiting[0][0] < upcoming + AHEAD * count:
                self._give(function, *waiting.popleft())
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
                again = retry(item, worker.at)
                if again is None:
                    done[number] = []
                else:
                    waiting.appendleft((number, again))

    def _give(self, function: Callable[..., Any], number: int, item: Any) -> None:
        worker = self._free.pop() if self._free else _Worker(self._context)
        self._busy[worker.pipe] = (worker, number, item)
        # A worker that died while it was idle is noticed by `wait`, as one that dies at work.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            worker.pipe.send((function, item))

    def _answer(self, worker: _Worker) -> tuple[Any] | None:
        """Return the result in a tuple, None where the worker died; raises WorkerFailed."""
        try:
            succeeded, value = worker.pipe.recv()
        except (EOFError, ConnectionResetError):
            worker.process.join()
            worker.pipe.close()
            return None
        if not succeeded:
            self._free.append(worker)  # nothing is wrong with the process
            raise WorkerFailed(value)
        return (value,)


def _work(pipe: Connection, inherited: Connection | None, place: Any) -> None:
    """Run items until the pipe ends: the loop of a worker process."""
    if inherited is not None:
        inherited.close()
    # Ctrl-C reaches every process of the terminal; the parent ends the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def at(file: int, index: int) -> None:
        place[0], place[1] = file, index

    while True:
        try:
            function, item = pipe.recv()
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
