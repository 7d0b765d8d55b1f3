"""What a fixing run is about to change, written down and flushed to disk before it changes anything.

A journal lives in `.corpuslint/journal/RUN/` of the root: one file a stage, one JSON object a line, for every file
to change the patches with the bytes that stand there now. Only the changed bytes are kept, however large the file;
a file that goes is kept whole. What a file holds says whether its change was made: what it held before is named by
its SHA-256, so a run that was killed needs no further notes. Changing files is not here.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from corpuslint.changing.patch import Patch

FOLDER = ".corpuslint"
VERSION = 1  # of the stage files; another one is refused
UNDONE, DONE = "undone", "done"


class JournalError(Exception):
    """A journal that cannot be written or read; the message says which and why."""


@dataclass(frozen=True)
class FileChange:
    """A planned change of one file; `name` is relative to the root, or absolute where the file lies outside it."""

    name: str
    stage: Path
    offset: int  # of the first patch in the stage file, in bytes
    temporary: str  # name of the temporary file beside it
    before: str  # SHA-256 of the content it was planned on
    gone: bool = False  # the file is to be deleted
    created: bool = False  # the file is to be made
    meta: Mapping[str, Any] = field(default_factory=dict)  # of a file that goes: mode, times
    kept: Mapping[str, str] = field(default_factory=dict)  # files that must still stand, with their SHA-256

    def patches(self) -> Iterator[Patch]:
        """Yield the patches from the stage file."""
        with self.stage.open("rb") as stream:
            stream.seek(self.offset)
            for line in stream:
                row = json.loads(line)
                if "at" not in row:
                    return
                yield Patch(row["at"], b64decode(row["old"]), b64decode(row["new"]))


class StageWriter:
    """Writes the changes of one stage, file after file; `finish` makes them durable."""

    def __init__(self, path: Path) -> None:
        """Open the stage file; raises JournalError."""
        self._path = path
        self._draft = path.with_suffix(".draft")
        try:
            self._stream: BinaryIO = self._draft.open("wb")
        except OSError as error:
            raise JournalError(_unwritable(path, error)) from None
        self._token = secrets.token_hex(4)
        self._changes: list[FileChange] = []
        self._open: FileChange | None = None
        self._line({"corpuslint": "journal", "version": VERSION, "token": self._token})

    def begin(self, name: str, **flags: Any) -> None:
        """Begin the change of a file."""
        self._line({"file": name, **flags})
        temporary = f".corpuslint-{self._token}-{len(self._changes)}"
        self._open = FileChange(name, self._path, self._stream.tell(), temporary, "", **flags)

    def patch(self, patch: Patch) -> None:
        """Add a patch of the file that was begun; patches come sorted."""
        self._line({"at": patch.at, "old": b64encode(patch.old).decode(), "new": b64encode(patch.new).decode()})

    def end(self, before: str, kept: Mapping[str, str] | None = None) -> None:
        """End the change of a file that held the content with the hash `before`."""
        assert self._open is not None
        self._line({"before": before, "kept": dict(kept or {})})
        self._changes.append(replace(self._open, before=before, kept=kept or {}))
        self._open = None

    def drop(self) -> None:
        """Forget the file that was begun."""
        assert self._open is not None
        self._line({"forget": True})
        self._open = None

    def finish(self) -> tuple[FileChange, ...]:
        """Flush everything to disk and return the changes; before that none may be made. Raises JournalError."""
        try:
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._stream.close()
            self._draft.replace(self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            raise JournalError(_unwritable(self._path, error)) from None
        return tuple(self._changes)

    def abandon(self) -> None:
        """Throw the stage away."""
        with contextlib.suppress(OSError):  # what a full disk could not take was not worth keeping
            self._stream.close()
        self._draft.unlink(missing_ok=True)

    def _line(self, row: Mapping[str, Any]) -> None:
        try:
            # ASCII, so that file names that are no UTF-8 come back as they were.
            self._stream.write(json.dumps(row).encode("ascii") + b"\n")
        except OSError as error:
            raise JournalError(_unwritable(self._path, error)) from None


def read_stage(path: Path) -> tuple[FileChange, ...]:
    """Read the changes of a finished stage; raises JournalError."""
    changes: list[FileChange] = []
    begun: FileChange | None = None
    try:
        with path.open("rb") as stream:
            head = json.loads(stream.readline())
            if head.get("version") != VERSION:
                raise JournalError(f"{path}: journal version {head.get('version')!r} is not read by this corpuslint")
            while line := stream.readline():
                if line.startswith(b'{"at":'):
                    continue
                row = json.loads(line)
                if "file" in row:
                    temporary = f".corpuslint-{head['token']}-{len(changes)}"
                    begun = FileChange(row.pop("file"), path, stream.tell(), temporary, "", **row)
                elif begun is not None and "before" in row:
                    changes.append(replace(begun, before=row["before"], kept=row["kept"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise JournalError(f"{path}: cannot be read: {error}") from None
    return tuple(changes)


@dataclass(frozen=True)
class RunFolder:
    """The journal of one run."""

    folder: Path

    @property
    def id(self) -> str:
        """The name under which `corpuslint undo` knows the run."""
        return self.folder.name

    @property
    def state(self) -> str:
        """ "done", "undone", or "" for a run that was cut off."""
        return next((state for state in (UNDONE, DONE) if (self.folder / state).exists()), "")

    @property
    def stages(self) -> tuple[Path, ...]:
        """The finished stages in the order in which they were made."""
        return tuple(sorted(self.folder.glob("*.jsonl")))

    def stage(self) -> StageWriter:
        """Begin the next stage."""
        begun = len(self.stages) + len(tuple(self.folder.glob("*.draft")))
        return StageWriter(self.folder / f"{begun + 1}.jsonl")

    def mark(self, state: str) -> None:
        """Note that the run was done or undone."""
        with (self.folder / state).open("wb") as stream:
            os.fsync(stream.fileno())
        sync_folder(self.folder)

    def discard(self) -> None:
        """Delete the journal of a run that changed nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Journal:
    """The journal of a root."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where the runs lie."""
        return self.root / FOLDER / "journal"

    def runs(self) -> tuple[RunFolder, ...]:
        """Return the journaled runs, oldest first."""
        names = [path for path in self.folder.glob("*") if path.name.isdecimal() and path.is_dir()]
        return tuple(RunFolder(path) for path in sorted(names, key=lambda path: int(path.name)))

    def begin(self) -> RunFolder:
        """Make the folder of a new run; raises JournalError."""
        number = max((int(run.id) for run in self.runs()), default=0) + 1
        folder = self.folder / f"{number:04}"
        try:
            folder.mkdir(parents=True)
            sync_folder(self.folder)
        except OSError as error:
            raise JournalError(_unwritable(folder, error)) from None
        return RunFolder(folder)

    @contextlib.contextmanager
    def locked(self, waiting: Callable[[], None]) -> Iterator[None]:
        """Let only one run at a time change files under this root; call `waiting` where there is another one.

        Raises JournalError where the folder cannot be written.
        """
        import fcntl

        home = self.root / FOLDER
        try:
            home.mkdir(exist_ok=True)
            if not (home / ".gitignore").exists():
                (home / ".gitignore").write_text("*\n", encoding="utf-8")
            stream = (home / "lock").open("ab")
        except OSError as error:
            raise JournalError(_unwritable(home, error)) from None
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(stream, fcntl.LOCK_EX)
            except OSError as error:
                raise JournalError(
                    f"{home / 'lock'}: cannot be locked, so nothing was changed: {error.strerror}"
                ) from None
            yield


def _unwritable(path: Path, error: OSError) -> str:
    return f"{path}: the undo journal cannot be written, so nothing was changed: {error.strerror or error}"


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk: after this a rename in it survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
