"""Which files belong to the corpus: files, folders and globs to one sorted list without doubles.

Hidden entries, what .gitignore names, link loops and what corpuslint itself writes are left out of folders;
a file named outright is always taken.
"""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import islice
from operator import attrgetter, itemgetter, lt
from pathlib import Path
from typing import TYPE_CHECKING

from corpuslint.sources.status import Statuses

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

EXTENSIONS = (".txt", ".md", ".jsonl", ".ndjson")
OWN_PREFIX = "corpuslint-"
OWN_FILES = OWN_PREFIX + "*.jsonl"
SPECIAL = "." + OWN_PREFIX[0]  # how names begin that are looked at more closely


LeavesOut = Callable[[str, bool], bool] | None  # says of a name in a folder, and whether it is one, if it is left out


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
        return [Path(self.root, name) for name in self.look(paths)[0]]

    def look(self, paths: Sequence[str]) -> tuple[list[str], Statuses]:
        """Return the sorted names of the corpus files behind the paths, with their statuses; raises NoSuchPath."""
        names: list[str] = []
        statuses = Statuses()
        for argument in paths:
            for path in self._expand(argument):
                if path.is_dir():
                    self._folder(path, names, statuses)
                else:
                    names.append(self.name(path))
                    statuses.look(str(path))
        if all(map(lt, names, islice(names, 1, None))):
            return names, statuses
        place = dict(zip(names, range(len(names)), strict=True))  # a name that comes twice is one file
        ordered = sorted(place)
        return ordered, statuses.chosen([place[name] for name in ordered])

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
                return not any(
                    folder.name.startswith(".") or self._left_out(self.name(folder), folder.name) for folder in below
                )
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

    def _folder(self, top: Path, names: list[str], statuses: Statuses) -> None:
        """Add the names and statuses of the files below a folder."""
        ignored = _GitIgnore(top)
        seen: set[tuple[int, int]] = set()
        pending = [str(top)]
        found: list[tuple[str, list[str], Statuses]] = []
        while pending:
            folder = pending.pop()
            before = self.name(Path(folder, "_"))[:-1]
            # A folder that vanishes or may not be entered holds no document that could be named.
            with contextlib.suppress(OSError), _entered(folder) as (status, entries):
                if (status.st_dev, status.st_ino) in seen:
                    continue
                seen.add((status.st_dev, status.st_ino))
                files, folders = self._parted(entries, before, ignored.enter(folder))
                pending += [os.path.join(folder, name) for name in folders]  # noqa: PTH118
                held = Statuses()
                held.add(files)
                found.append((before, [before + entry.name for entry in files], held))
        # Taken by the folders' names, the files' names mostly are in order already.
        for _, held_names, held in sorted(found, key=itemgetter(0)):
            names += held_names
            statuses.extend(held)

    def _parted(
        self, entries: Iterable[os.DirEntry[str]], before: str, leaves_out: LeavesOut
    ) -> tuple[list[os.DirEntry[str]], list[str]]:
        """Return the files of the corpus among a folder's entries, and the names of its folders.

        Every file of a corpus passes here, so what can be asked of all files at once is not asked of each.
        """
        files: list[os.DirEntry[str]] = []
        folders: list[str] = []
        extensions = self.extensions
        asks = bool(self.exclude)
        own = {path.name for path in self.own_files}
        is_asked = asks or leaves_out
        for entry in entries:
            name = entry.name
            is_special = is_asked or name[0] in SPECIAL or name in own
            if name[0] == ".":
                continue
            try:
                is_plain = not is_special and name.endswith(extensions) and entry.is_file(follow_symlinks=False)
                is_folder = not is_plain and entry.is_dir()
            except OSError:
                is_plain = is_folder = False
            if is_plain:
                files.append(entry)  # as nearly all of them
                continue
            dot = name.rfind(".")
            if not is_folder and (name[dot:].lower() if 0 < dot < len(name) - 1 else "") not in extensions:
                continue
            if (asks or name in own or name.startswith(OWN_PREFIX)) and self._left_out(before + name, name):
                continue
            if leaves_out and leaves_out(name, is_folder):
                continue
            if is_folder:
                folders.append(name)
            elif not entry.is_symlink() or _is_file(entry):
                files.append(entry)
        return files, folders

    def _left_out(self, name: str, last: str) -> bool:
        """Say whether a name, whose last part is given too, is left out of folders."""
        if fnmatchcase(last, OWN_FILES) or name in self._own_names:
            return True
        return any(fnmatchcase(name, pattern) or fnmatchcase(last, pattern.rstrip("/")) for pattern in self.exclude)

    @cached_property
    def _own_names(self) -> frozenset[str]:
        return frozenset(map(self.name, self.own_files))


@contextlib.contextmanager
def _entered(folder: str) -> Iterator[tuple[os.stat_result, list[os.DirEntry[str]]]]:
    """Open a folder and yield its status and its entries by name; raises OSError.

    Entries are looked at from inside the open folder: by their whole paths it takes the system twice as long.
    """
    by_name = attrgetter("name")
    if os.scandir not in os.supports_fd:
        yield os.stat(folder), sorted(os.scandir(folder), key=by_name)  # noqa: PTH116
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield os.fstat(handle), sorted(os.scandir(handle), key=by_name)
    finally:
        os.close(handle)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


class _GitIgnore:
    """The .gitignore files that apply below a folder, from the repository's top downward."""

    def __init__(self, top: Path) -> None:
        self._folders: list[str] = []  # those that have one, with "/" at the end
        self._parsed: dict[str, GitIgnoreSpec] = {}
        repository = next((folder for folder in (top, *top.parents) if (folder / ".git").exists()), None)
        if repository is not None:
            for folder in reversed((top, *top.parents)):
                if folder != top and folder.is_relative_to(repository):
                    self.enter(str(folder))

    def enter(self, folder: str) -> LeavesOut:
        """Take a folder's .gitignore into account; return what says whether one of its entries is left out, if any."""
        folder = os.path.join(folder, "")  # noqa: PTH118
        if os.path.isfile(folder + ".gitignore"):  # noqa: PTH113
            self._folders.append(folder)
        above = [(self._spec(other), folder[len(other) :]) for other in self._folders if folder.startswith(other)]

        def leaves_out(name: str, is_folder: bool) -> bool:
            verdict = None
            for spec, below in above:
                inner = spec.check_file(below + name + ("/" if is_folder else "")).include
                verdict = verdict if inner is None else inner
            return bool(verdict)

        return leaves_out if above else None

    def _spec(self, folder: str) -> GitIgnoreSpec:
        """Return a parsed .gitignore; the parser is imported only where there is one to parse."""
        if folder not in self._parsed:
            from pathspec import GitIgnoreSpec

            try:
                lines = Path(folder, ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:
                lines = []
            self._parsed[folder] = GitIgnoreSpec.from_lines(lines)
        return self._parsed[folder]
