"""The files that a run looks at, as columns: a name and a status each; a task is made of one when it is asked for.

Most files share their rules, their options and their policy for fixes; a run that recalls nearly all of its results
makes no object a file. Which files there are is for `sources.walk` to say, which rules for the configuration.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter, methodcaller
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from corpuslint.cache import encoded
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.lazy import Lazy
from corpuslint.rule import Rule
from corpuslint.sources import ReadOptions, SourceFile
from corpuslint.sources.status import Statuses, status_of
from corpuslint.stages.shards import Task

BETWEEN_NAMES = "\0"  # no file's name holds it
NOTHING_MADE: Mapping[int, Task] = MappingProxyType({})


class Handling(NamedTuple):
    """What is done with a file: how it is read, its rules, what its fixes are worth."""

    options: ReadOptions
    rules: tuple[Rule, ...]
    policy: FixPolicy


class Work(Lazy[Task]):
    """The tasks of a run; `check` does not depend on their order."""

    def __init__(
        self,
        root: Path,
        names: Sequence[str],
        handlings: Sequence[Handling],
        handling: Sequence[int],
        statuses: Statuses | None = None,
        made: Mapping[int, Task] = NOTHING_MADE,
    ) -> None:
        self.root = root
        self.names = names  # in reports: below the root, or absolute
        self.handlings = handlings
        self.handling = handling  # of each file, by its place in `handlings`
        self._statuses = statuses
        self._made = made  # tasks that are there as objects, by their places

    @classmethod
    def of(cls, tasks: Sequence[Task]) -> Work:
        """Return tasks that are there as objects as such columns."""
        if isinstance(tasks, Work):
            return tasks
        handlings = Handlings()
        handling = [handlings.place(task.file.options, task.rules, task.policy) for task in tasks]
        names = [task.file.name for task in tasks]
        return cls(Path(), names, handlings.distinct, handling, made=dict(enumerate(tasks)))

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self.names)

    def _one(self, place: int) -> Task:
        """Return the task of a file."""
        if (made := self._made.get(place)) is not None:
            return made
        name = self.names[place]
        options, rules, policy = self.handlings[self.handling[place]]
        return Task(SourceFile(Path(os.path.join(self.root, name)), name, options), rules, policy)  # noqa: PTH118

    def part(self, places: Sequence[int]) -> Work:
        """Return some of the files: enough to make their tasks."""
        names = [self.names[place] for place in places]
        handling = [self.handling[place] for place in places]
        made = {new: self._made[place] for new, place in enumerate(places) if place in self._made}
        return Work(self.root, names, self.handlings, handling, made=made)

    def is_still(self, place: int) -> bool:
        """Say whether a file still has the status that it had when the run began."""
        made = self._made.get(place)
        path = made.file.path if made else os.path.join(self.root, self.names[place])  # noqa: PTH118
        return status_of(path) == self.statuses[place]

    @property
    def given(self) -> list[int]:
        """The places of tasks whose content does not lie in a file that can be looked at again."""
        return [place for place, task in self._made.items() if task.file.content is not None]

    @cached_property
    def rules(self) -> frozenset[Rule]:
        """All rules of all files."""
        return frozenset(rule for handling in self.handlings for rule in handling.rules)

    @cached_property
    def joined_names(self) -> bytes:
        """All names as the cache keeps them, one after another."""
        return encoded(BETWEEN_NAMES.join(self.names))

    @cached_property
    def encoded_names(self) -> list[bytes]:
        """The names as the cache keeps them."""
        return self.joined_names.split(encoded(BETWEEN_NAMES)) if self.names else []

    @cached_property
    def folders(self) -> Sequence[tuple[str, int]]:
        """The folders of the files, "" for the root, and how many files follow each other in each."""
        # No line of Python runs for each file.
        folders = map(itemgetter(0), map(methodcaller("rpartition", "/"), self.names))
        return [(folder, len(list(files))) for folder, files in groupby(folders)]

    @cached_property
    def statuses(self) -> Statuses:
        """The status of each file, as its folder gave it or as it is when this is first asked for."""
        if self._statuses is not None:
            return self._statuses
        statuses = Statuses()
        for task in self:
            statuses.look(str(task.file.path)) if task.file.content is None else statuses.miss()
        return statuses

    @cached_property
    def sizes(self) -> Sequence[int]:
        """The bytes of each file; 0 of what cannot be looked at: it says what is wrong when it is read."""
        sizes = self.statuses.sizes()
        if sizes and min(sizes) < 0:
            for place, size in enumerate(sizes):
                made = self._made.get(place)
                sizes[place] = max(size, len((made and made.file.content) or b""))
        return sizes

    @cached_property
    def files(self) -> Mapping[str, SourceFile]:
        """The files by their names in reports."""
        return _FilesByName(self)


class Handlings:
    """Gathers the distinct ways in which files are handled."""

    def __init__(self) -> None:
        self.distinct: list[Handling] = []
        self._by_object: dict[tuple[int, ReadOptions, int], int] = {}  # most files share their very objects
        self._by_value: dict[tuple[tuple[int, ...], ReadOptions, str], int] = {}

    def place(self, options: ReadOptions, rules: tuple[Rule, ...], policy: FixPolicy) -> int:
        """Return the place of a handling among the distinct ones."""
        objects = (id(rules), options, id(policy))
        if (place := self._by_object.get(objects)) is not None:
            return place
        values = (tuple(map(id, rules)), options, repr(policy))
        place = self._by_value.setdefault(values, len(self.distinct))
        if place == len(self.distinct):
            self.distinct.append(Handling(options, rules, policy))
        if self.distinct[place].rules is rules and self.distinct[place].policy is policy:
            self._by_object[objects] = place  # these objects live on, so that no other one can get their ids
        return place


class _FilesByName(Mapping[str, SourceFile]):
    def __init__(self, work: Work) -> None:
        self._work = work

    @cached_property
    def _places(self) -> dict[str, int]:
        return dict(zip(self._work.names, range(len(self._work)), strict=True))

    def __getitem__(self, name: str) -> SourceFile:
        return self._work[self._places[name]].file

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
