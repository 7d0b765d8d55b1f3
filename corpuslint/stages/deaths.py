"""What becomes of work at which a worker died: the document that it was at is named and left out, the rest goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self, TypeVar

from corpuslint.sources import Skip
from corpuslint.stages.shards import Task

MOST_DEATHS = 100  # of workers in a run: a machine that kills that many will not let the rest through


class CanGoOn(Protocol):
    """Work that can be done without one of its documents."""

    @property
    def tasks(self) -> Sequence[tuple[Any, ...]]:
        """The files it is about, each with its number first."""

    def without(self, place: tuple[int, int]) -> Self:
        """Return the work without a document."""


W = TypeVar("W", bound=CanGoOn)


class Deaths:
    """Says what to run instead of an item whose worker died: the same without the document that it was at."""

    def __init__(self, tasks: Sequence[Task], skips: list[tuple[int, Skip]]) -> None:
        self._tasks = tasks
        self._skips = skips
        self._deaths = 0

    @property
    def deaths(self) -> int:
        """How many workers have died."""
        return self._deaths

    def __call__(self, item: W, place: tuple[int, int] | None) -> W | None:
        """Note the death; None where it would only be repeated."""
        number, index = place or (item.tasks[0][0], 0)
        self._deaths += 1
        what = f"the process that worked on record {index} died; the record is left out"
        self._skips.append((number, Skip(self._tasks[number].file.name, what)))
        return item.without(place) if place and self._deaths < MOST_DEATHS else None
