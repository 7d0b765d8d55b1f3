"""Which files belong to the corpus: files, folders and globs to one sorted list without doubles.

Hidden entries, what .gitignore names, link loops and what corpuslint itself writes are left out of folders;
a file named outright is always taken.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

EXTENSIONS = (".txt", ".md", ".jsonl", ".ndjson")
OWN_FILES = "corpuslint-*.jsonl"


class NoSuchPath(ValueError):
    """A path on the command line names nothing."""


@dataclass(frozen=True)
class Walk:
    """How folders are read: which extensions, which patterns are left out, whether .gitignore counts."""

    root: Path
    extensions: tuple[str, ...] = EXTENSIONS
    exclude: tuple[str, ...] = ()
    own_files: frozenset[Path] = frozenset()

    def find(self, paths: Sequence[str]) -> list[Path]:
        """Return the corpus files behind the paths, absolute, sorted by their names in reports; raises NoSuchPath."""
        found: set[Path] = set()
        for argument in paths:
            for path in self._expand(argument):
                found.update(self._folder(path) if path.is_dir() else [path])
        return sorted(found, key=self.name)

    def would_find(self, path: Path, arguments: Sequence[str]) -> bool:
        """Say of a file that may not exist whether `find` would take it, .gitignore aside."""
        for argument in arguments:
            top = Path(os.path.abspath(argument))  # noqa: PTH100  # as in `find`
            if path == top:
                return True
            if path.is_relative_to(top) and path.suffix.lower() in self.extensions:
                below = [
                    top.joinpath(*path.relative_to(top).parts[: n + 1]) for n in range(len(path.parts) - len(top.parts))
                ]
                return not any(folder.name.startswith(".") or self._left_out(folder) for folder in below)
        return False

    def name(self, path: Path) -> str:
        """Return a file's name in reports: relative to the root with "/", absolute where it lies outside."""
        # Asked for every file of a corpus: Path.relative_to would take most of the time of a run that changed nothing.
        text = path.as_posix()
        return text[len(self._prefix) :] if text.startswith(self._prefix) else "." if path == self.root else text

    @cached_property
    def _prefix(self) -> str:
        return self.root.as_posix().rstrip("/") + "/"

    def _expand(self, argument: str) -> list[Path]:
        path = Path(os.path.abspath(argument))  # noqa: PTH100  # resolve() would follow links and change the name
        if os.path.lexists(path):
            return [path]
        matches = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207  # takes absolute patterns too
        if not matches:
            raise NoSuchPath(f"{argument}: no such file or folder")
        return [Path(os.path.abspath(match)) for match in matches]  # noqa: PTH100

    def _folder(self, top: Path) -> Iterator[Path]:
        ignored = _GitIgnore(top)
        seen: set[tuple[int, int]] = set()
        pending = [top]
        while pending:
            folder = pending.pop()
            try:
                status = folder.stat()
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError:
                # A folder that vanishes or may not be entered holds no document that could be named.
                continue
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            ignored.enter(folder)
            for entry in entries:
                path = Path(entry.path)
                is_folder = _is_folder(entry)
                if entry.name.startswith(".") or self._left_out(path) or ignored.holds(path, is_folder):
                    continue
                if is_folder:
                    pending.append(path)
                elif path.suffix.lower() in self.extensions and not _is_broken_link(entry):
                    yield path

    def _left_out(self, path: Path) -> bool:
        if path in self.own_files or fnmatchcase(path.name, OWN_FILES):
            return True
        if not self.exclude:
            return False
        name = self.name(path)
        return any(
            fnmatchcase(name, pattern) or fnmatchcase(path.name, pattern.rstrip("/")) for pattern in self.exclude
        )


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_broken_link(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink() and not entry.is_file()
    except OSError:
        return True


class _GitIgnore:
    """The .gitignore files that apply below a folder, from the repository's top downward."""

    def __init__(self, top: Path) -> None:
        self._files: list[Path] = []
        repository = next((folder for folder in (top, *top.parents) if (folder / ".git").exists()), None)
        if repository is not None:
            for folder in reversed((top, *top.parents)):
                if folder != top and folder.is_relative_to(repository):
                    self.enter(folder)

    def enter(self, folder: Path) -> None:
        """Take a folder's .gitignore into account."""
        if (folder / ".gitignore").is_file():
            self._files.append(folder / ".gitignore")

    def holds(self, path: Path, is_folder: bool) -> bool:
        """Say whether a path is ignored."""
        verdict = None
        for file in self._files:
            if path.is_relative_to(file.parent):
                name = path.relative_to(file.parent).as_posix() + ("/" if is_folder else "")
                inner = self._specs.get(file).check_file(name).include
                verdict = verdict if inner is None else inner
        return bool(verdict)

    @cached_property
    def _specs(self) -> _Specs:
        return _Specs()


class _Specs:
    """Parsed .gitignore files; the parser is imported only where there is one to parse."""

    def __init__(self) -> None:
        self._parsed: dict[Path, GitIgnoreSpec] = {}

    def get(self, file: Path) -> GitIgnoreSpec:
        from pathspec import GitIgnoreSpec

        if file not in self._parsed:
            try:
                lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:
                lines = []
            self._parsed[file] = GitIgnoreSpec.from_lines(lines)
        return self._parsed[file]
