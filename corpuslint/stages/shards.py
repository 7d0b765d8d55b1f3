"""Shards: how a run is cut into work that one process does at a time, and a large JSONL file into stretches of records.

What is done with a shard is for the document stage to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from corpuslint.corpus_rule import KeyedRule
from corpuslint.executors import At
from corpuslint.fixes.fix_policy import FixPolicy
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


@dataclass(frozen=True)
class Shard:
    """Files that one worker takes together, or one part of a large file: a stretch of its records."""

    tasks: tuple[tuple[int, Task], ...]  # with the task's number in the run
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
    held: list[tuple[int, Task]] = []
    weight = 0
    for number in numbers:
        task, size = tasks[number], sizes[number]
        if size > SHARD:
            stretches = _stretches(starts.of(number, task.file))
            shards += [
                make(((number, task),), part=part, parts=len(stretches), stretch=stretch)
                for part, stretch in enumerate(stretches)
            ]
            continue
        held.append((number, task))
        weight += size + 1024  # opening a file costs about as much as reading a kilobyte
        if weight > SHARD:
            shards.append(make(tuple(held), whole=whole))
            held, weight = [], 0
    if held:
        shards.append(make(tuple(held), whole=whole))
    return [replace(shards[0], alone=True)] if len(shards) == 1 and not whole else shards


def _stretches(starts: RecordStarts | None) -> Sequence[Stretch | None]:
    """Cut a large file; None for one that is read as a whole."""
    return [*starts.stretches(PART)] if starts is not None and len(starts.offsets) else [None]
