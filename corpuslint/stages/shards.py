"""Shards: how a run is cut into work that one process does at a time, and a large JSONL file into stretches of records.

What is done with a shard is for the document stage to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol, runtime_checkable

from corpuslint.corpus_rule import KeyedRule
from corpuslint.executors import At
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.lazy import Lazy
from corpuslint.rule import Rule
from corpuslint.scan.compiled import is_worth_it
from corpuslint.sources import SourceFile, Stretch
from corpuslint.sources.starts import KnownStarts, RecordStarts

SHARD = 4 << 20  # bytes of files in a shard: large enough to pay for its way to a worker
PART = 8 << 20  # bytes of a part of a large file: the fewer, the more a worker that ends early is missed


@dataclass(frozen=True)
class Task:
    """A file of the corpus with the rules that look at it."""

    file: SourceFile
    rules: tuple[Rule, ...]
    policy: FixPolicy = field(default_factory=FixPolicy)


@runtime_checkable
class Columns(Protocol):
    """Tasks that are held as columns, and of which a part is made without an object for each."""

    def part(self, places: Sequence[int]) -> Sequence[Task]:
        """Return some of the tasks."""


class Files(Lazy[tuple[int, Task]]):
    """Some files of a run, each with its task's number; a task is made when it is asked for.

    They travel to a worker without the others: as columns, where the run holds them so.
    """

    def __init__(self, numbers: Sequence[int], tasks: Sequence[Task], places: Sequence[int] | None = None) -> None:
        """Take the numbers of tasks, and the tasks of the run; `places` say where each is among them, if not there."""
        self._numbers = numbers
        self._tasks = tasks
        self._places = numbers if places is None else places

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._numbers)

    def _one(self, place: int) -> tuple[int, Task]:
        return self._numbers[place], self._tasks[self._places[place]]

    def __reduce__(self) -> tuple[type[Files], tuple[Sequence[int], Sequence[Task], Sequence[int]]]:
        """Leave the other files of the run behind."""
        tasks = self._tasks
        some = tasks.part(self._places) if isinstance(tasks, Columns) else [tasks[place] for place in self._places]
        return Files, (self._numbers, some, range(len(self)))


@dataclass(frozen=True)
class Shard:
    """Files that one worker takes together, or one part of a large file: a stretch of its records."""

    tasks: Sequence[tuple[int, Task]]  # with the task's number in the run
    corpus_rules: tuple[KeyedRule, ...] = ()
    part: int = 0
    parts: int = 1
    stretch: Stretch | None = None  # None for whole files
    alone: bool = False  # the run has no other shard
    compiled: bool = False  # the run is large enough for the compiled loops
    whole: bool = False  # files are read whole, so that the hash of their content is that of what was checked
    left_out: frozenset[tuple[int, int]] = frozenset()  # task and record at which a worker died

    def holds(self, number: int, index: int) -> bool:
        """Say whether a record of a task is this shard's."""
        return (number, index) not in self.left_out

    def wanted(self, number: int, at: At) -> Callable[[int], bool]:
        """Return what says whether a record of a task is to be read, and tells `at` of each that is."""

        def wanted(index: int) -> bool:
            if not self.holds(number, index):
                return False
            at(number, index)
            return True

        return wanted

    def without(self, place: tuple[int, int]) -> Shard:
        """Return the shard without a document."""
        return replace(self, left_out=self.left_out | {place})


def make_shards(
    tasks: Sequence[Task],
    corpus_rules: tuple[KeyedRule, ...],
    sizes: Sequence[int],
    wanted: Sequence[int] | None = None,
    starts: KnownStarts | None = None,
) -> list[Shard]:
    """Cut a run into shards of about SHARD bytes; a larger file of many records becomes parts of about PART bytes.

    `wanted` are the tasks whose results are not there already; None where nothing remembers results. `starts`
    remembers where records begin.
    """
    starts = starts or KnownStarts()
    whole = wanted is not None
    numbers = range(len(tasks)) if wanted is None else wanted
    make = partial(Shard, corpus_rules=corpus_rules, compiled=is_worth_it(sum(map(sizes.__getitem__, numbers))))
    shards: list[Shard] = []
    held: list[int] = []
    weight = 0
    for number in numbers:
        size = sizes[number]
        if size > SHARD:
            task = tasks[number]
            stretches = _stretches(starts.of(number, task.file))
            shards += [
                make(((number, task),), part=part, parts=len(stretches), stretch=stretch)
                for part, stretch in enumerate(stretches)
            ]
            continue
        held.append(number)
        weight += size + 1024  # opening a file costs about as much as reading a kilobyte
        if weight > SHARD:
            shards.append(make(Files(held, tasks), whole=whole))
            held, weight = [], 0
    if held:
        shards.append(make(Files(held, tasks), whole=whole))
    return [replace(shards[0], alone=True)] if len(shards) == 1 and not whole else shards


def _stretches(starts: RecordStarts | None) -> Sequence[Stretch | None]:
    """Cut a large file; None for one that is read as a whole."""
    return [*starts.stretches(PART)] if starts is not None and len(starts.offsets) else [None]
