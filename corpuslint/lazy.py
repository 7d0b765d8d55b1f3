"""Sequences whose items are made when they are asked for: there may be a hundred million of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class Lazy(Sequence[T]):
    """A sequence that knows its length and how one item is made; a slice is a list of items."""

    @abstractmethod
    def _one(self, place: int) -> T:
        """Make the item at a place, from 0 to the length."""

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        """Make an item, or some."""
        if isinstance(place, slice):
            return [self._one(number) for number in range(len(self))[place]]
        return self._one(range(len(self))[place])

    def __iter__(self) -> Iterator[T]:
        """Make all, one after another."""
        return map(self._one, range(len(self)))
