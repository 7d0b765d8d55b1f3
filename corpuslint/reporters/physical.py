"""Where a finding stands as tools outside see it: the file's path in its repository, and lines and columns of the file.

For a record of a many-document container that is the record's line; lines of its text mean nothing there.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest
from pathlib import Path
from typing import NamedTuple

from corpuslint.diagnostic import Diagnostic, Place


class Region(NamedTuple):
    """Lines and columns of the file, all from 1; the end column is exclusive, columns count code points."""

    line: int
    column: int
    end_line: int
    end_column: int


def region(place: Place) -> Region:
    """Return the region of a place in its file."""
    if place.record is not None:
        return Region(place.record.number, 1, place.record.number, place.record.width + 1)
    return Region(place.start.line, place.start.column, place.end.line, place.end.column)


def repository_path(root: Path, path: str) -> str:
    """Return a path relative to the repository that holds the run's root; absolute where it lies outside."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    whole = root / path  # an absolute path stays itself
    return whole.relative_to(top).as_posix() if whole.is_relative_to(top) else whole.as_posix()


class RepositoryPaths(dict[str, str]):
    """Paths in the repository by paths in the run, each computed once."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def __missing__(self, path: str) -> str:
        self[path] = found = repository_path(self._root, path)
        return found


def worst_first(diagnostics: Iterable[Diagnostic], most: int) -> list[Diagnostic]:
    """Return the worst findings, so many at the most: by severity, then in the order of the report."""
    return nsmallest(most, diagnostics, key=lambda diagnostic: (diagnostic.severity.rank, diagnostic.sort_key))
