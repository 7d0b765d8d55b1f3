"""Where work runs. An executor maps a function over items; what the function does is not known here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# Called by the function before it touches a document, so that a dying worker leaves behind where it was.
At = Callable[[int, int], None]
Place = tuple[int, int]
# Given an item and the document at which its worker died (None: at no document): what to run instead, if anything.
Retry = Callable[[Item, Place | None], Item | None]


class Executor(Protocol):
    """Runs a function over items."""

    def map(
        self, function: Callable[[Item, At], Result], items: Sequence[Item], retry: Retry[Item]
    ) -> Iterator[Result]:
        """Yield the results in the order of the items; an item that is given up has none."""


def nowhere(_file: int, _index: int) -> None:
    """Note nothing: in the run's own process nobody outlives the function."""
