"""What the directory says about files, as columns: size, times and inode, four numbers a file in one array.

A run of 75,000 files that changed nothing does little else than fill this. What the numbers prove is for `recall`.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable
from typing import NamedTuple

WIDTH = 4
UNKNOWN = (-1, 0, 0, 0)  # of what cannot be looked at
INODE_BITS = (1 << 63) - 1  # some file systems have longer ones


class Status(NamedTuple):
    """What a file's directory entry says; equal ones mean equal content, unless the file was only just written."""

    size: int
    mtime: int  # nanoseconds since 1970, as is the next
    ctime: int
    inode: int


class Statuses:
    """The statuses of some files, by their places."""

    def __init__(self) -> None:
        self.numbers = array("q")

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self.numbers) // WIDTH

    def __getitem__(self, place: int) -> Status | None:
        """Return the status of a file, None where it is unknown."""
        found = Status(*self.numbers[WIDTH * place : WIDTH * place + WIDTH])
        return None if found.size < 0 else found

    def add(self, entries: Iterable[os.DirEntry[str]]) -> None:
        """Add files that their folder has just named."""
        extend = self.numbers.extend
        for entry in entries:
            try:
                found = entry.stat()
            except OSError:
                extend(UNKNOWN)  # reading it says what is wrong
            else:
                extend((found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino & INODE_BITS))

    def look(self, path: str) -> None:
        """Look at a file and add it."""
        self.numbers.extend(status_of(path) or UNKNOWN)

    def miss(self) -> None:
        """Add something that is no file."""
        self.numbers.extend(UNKNOWN)

    def extend(self, other: Statuses) -> None:
        """Add the files of another one."""
        self.numbers.extend(other.numbers)

    def chosen(self, places: Iterable[int]) -> Statuses:
        """Return the statuses of some files, in the order of the places."""
        found = Statuses()
        for place in places:
            found.numbers.extend(self.numbers[WIDTH * place : WIDTH * place + WIDTH])
        return found

    def sizes(self) -> array[int]:
        """Return the size of each file in bytes, -1 where it is unknown."""
        return self.numbers[::WIDTH]


def status_of(path: str | os.PathLike[str]) -> Status | None:
    """Return the status of a file, None where it cannot be looked at."""
    try:
        found = os.stat(path)  # noqa: PTH116  # a Path's own method costs as much as the look itself
    except (OSError, ValueError):
        return None
    return Status(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino & INODE_BITS)
