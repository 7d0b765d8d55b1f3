"""Makes the planned change of one file: the file is then either as it was or as planned, at every instant.

A changed file is written beside the old one, flushed, compared with what was read, and renamed over it; mode, owner
and extended attributes go along, a symbolic link stays one. What is to change comes from a journal.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from corpuslint.changing.journal import FileChange, sync_folder
from corpuslint.changing.patch import CHUNK, ContentChanged, Patch, Witness, digest, reversed_patches, splice


class NotChanged(Exception):
    """A change that was not made; the file is as it was. The message says why."""


@dataclass
class Survivors:
    """Checks that the kept copies of what is removed still stand, as they were when the removal was planned.

    A file that was verified is hashed again only when its status changed.
    """

    root: Path
    written: dict[str, str] = field(default_factory=dict)  # hashes of files that this run itself changed
    _seen: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)

    def verify(self, kept: Mapping[str, str]) -> None:
        """Raise NotChanged unless every kept file can be read and holds what it held."""
        for name, planned in kept.items():
            wanted = self.written.get(name, planned)
            try:
                with (self.root / name).open("rb") as stream:
                    self._verify(name, wanted, stream)
            except OSError as error:
                raise NotChanged(f"the kept copy {name} cannot be read: {error.strerror or error}") from None

    def _verify(self, name: str, wanted: str, stream: BinaryIO) -> None:
        # Whoever changes or removes a file holds it exclusively, and only then looks at what it keeps: of two runs
        # that each want to remove what the other keeps, at least one sees the other.
        if not lock(stream, exclusive=False):
            raise NotChanged(f"the kept copy {name} is being changed by another run")
        # Another run may have removed it between opening and locking: then what was opened stands nowhere.
        if not os.path.samestat(os.fstat(stream.fileno()), (self.root / name).stat()):
            raise NotChanged(f"the kept copy {name} was replaced by another run")
        seen = _signature(os.fstat(stream.fileno()))
        if self._seen.get((name, wanted)) == seen:
            stream.read(1)
            return
        if digest(stream) != wanted:
            raise NotChanged(f"the kept copy {name} is no longer what it was when the documents were compared")
        self._seen[name, wanted] = seen


def _signature(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def make(root: Path, change: FileChange, survivors: Survivors) -> None:
    """Make a planned change; raises NotChanged and leaves the file as it was then."""
    path = root / change.name
    with _said():
        if change.created:
            _create(path, change.temporary, (patch.new for patch in change.patches()))
        elif change.gone:
            _remove(path, change, survivors)
        else:
            survivors.written[change.name] = _rewrite(path, change, survivors)


def revert(root: Path, change: FileChange) -> bool:
    """Undo a change; False where it was never made. Raises NotChanged where the file holds something else by now."""
    path = root / change.name
    with _said():
        if change.gone:
            return _bring_back(path, change)
        if change.created:
            return _take_back(path, change)
        with path.open("rb") as stream:
            if digest(stream) == change.before:
                return False
        _rewrite(path, change, Survivors(root), back=True)
        return True


@contextlib.contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except ContentChanged:
        raise NotChanged("it was changed by somebody else in the meantime") from None
    except OSError as error:
        raise NotChanged(f"cannot be written: {error.strerror or error}") from None


def _rewrite(path: Path, change: FileChange, survivors: Survivors, *, back: bool = False) -> str:
    """Replace a file's content and return the new hash; `back` goes the way back."""
    target = path.resolve(strict=True)
    temporary = target.parent / change.temporary
    patches = reversed_patches(change.patches()) if back else change.patches()
    with _held(target) as old:
        status = os.fstat(old.fileno())
        _refuse_unreplaceable(status)
        try:
            with _created(temporary) as new:
                _keep_meaning(old, status, new)
                read, result = _copy(old, new, patches)
            # Forward, what was read must be what was planned on; backward, the result must be what once stood here.
            if (result if back else read) != change.before:
                raise ContentChanged
            survivors.verify({name: kept for name, kept in change.kept.items() if name != change.name})
            _compare(target, old, read)
            temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    sync_folder(target.parent)
    return result


def _copy(old: BinaryIO, new: BinaryIO, patches: Iterator[Patch]) -> tuple[str, str]:
    """Write the patched content, flush it to disk, and return the hashes of what was read and of what was written."""
    witness = Witness(old)
    written = hashlib.sha256()
    for chunk in splice(BufferedReader(witness, CHUNK), patches):
        written.update(chunk)
        new.write(chunk)
    new.flush()
    os.fsync(new.fileno())
    return witness.digest(), written.hexdigest()


def _compare(path: Path, stream: BinaryIO, read: str) -> None:
    """Raise ContentChanged unless a path still names the open file, and the file still holds what was read from it."""
    stream.seek(0)
    if digest(stream) != read or not os.path.samestat(os.fstat(stream.fileno()), path.lstat()):
        raise ContentChanged


def _remove(path: Path, change: FileChange, survivors: Survivors) -> None:
    with _held(path) as old:
        _refuse_unreplaceable(os.fstat(old.fileno()))
        survivors.verify(change.kept)
        _compare(path, old, change.before)
        path.unlink()
    sync_folder(path.parent)


def _bring_back(path: Path, change: FileChange) -> bool:
    if os.path.lexists(path):
        with path.open("rb") as stream:
            if digest(stream) == change.before:
                return False
        raise ContentChanged
    content = b"".join(patch.old for patch in change.patches())
    if digest(BytesIO(content)) != change.before:
        raise NotChanged("the journal is damaged")
    path.parent.mkdir(parents=True, exist_ok=True)
    _create(path, change.temporary, [content], change.meta)
    return True


def _take_back(path: Path, change: FileChange) -> bool:
    if not os.path.lexists(path):
        return False
    planned = hashlib.sha256()
    for patch in change.patches():
        planned.update(patch.new)
    with path.open("rb") as stream:
        if digest(stream) != planned.hexdigest():
            raise ContentChanged
    path.unlink()
    sync_folder(path.parent)
    return True


def _create(path: Path, temporary_name: str, content: Iterable[bytes], meta: Mapping[str, Any] | None = None) -> None:
    """Make a file that does not exist yet, whole or not at all."""
    temporary = path.parent / temporary_name
    try:
        with _created(temporary) as new:
            new.writelines(content)
            new.flush()
            _set_meta(new.fileno(), meta) if meta else os.fchmod(new.fileno(), 0o666 & ~_umask())
            os.fsync(new.fileno())
        _name(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    sync_folder(path.parent)


def _name(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)  # unlike a rename it never replaces a file that came up in the meantime
    except OSError:
        if os.path.lexists(path):
            raise
        temporary.replace(path)  # a file system without hard links


def meta_of(status: os.stat_result) -> dict[str, Any]:
    """Return what undo needs to know about a file that goes, beside its content."""
    return {
        "mode": stat.S_IMODE(status.st_mode),
        "times": [status.st_atime_ns, status.st_mtime_ns],
        "owner": [status.st_uid, status.st_gid],
    }


def _set_meta(handle: int, meta: Mapping[str, Any]) -> None:
    with contextlib.suppress(OSError):
        os.fchown(handle, *meta["owner"])
    os.fchmod(handle, meta["mode"])
    os.utime(handle, ns=tuple(meta["times"]))


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _held(path: Path) -> Iterator[BinaryIO]:
    """Open a file and hold it exclusively against other runs, under whatever root they run."""
    with path.open("rb") as stream:
        if not lock(stream, exclusive=True):
            raise NotChanged("another run is changing it")
        yield stream


def lock(stream: BinaryIO, *, exclusive: bool) -> bool:
    """Lock a file until it is closed; False where another run holds it."""
    import fcntl

    try:
        fcntl.flock(stream, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: the comparisons and the root's lock remain
    return True


def _created(temporary: Path) -> BinaryIO:
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    return os.fdopen(handle, "wb", buffering=1 << 20)


def _refuse_unreplaceable(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotChanged("it is no regular file")
    if status.st_nlink > 1:
        # A rename would part the names: one keeps the old text, and nobody would know.
        raise NotChanged(
            f"it has {status.st_nlink} hard links, which replacing it would part; make it a file of its own"
        )


def _keep_meaning(old: BinaryIO, status: os.stat_result, new: BinaryIO) -> None:
    """Give the new file the owner, the extended attributes and the mode of the old one; raises NotChanged."""
    own = os.fstat(new.fileno())
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        try:
            os.fchown(new.fileno(), status.st_uid, status.st_gid)
        except OSError:
            raise NotChanged("it belongs to somebody else, and its owner could not be kept") from None
    for name in _attributes(old):
        try:
            os.setxattr(new.fileno(), name, os.getxattr(old.fileno(), name))
        except OSError:
            if not name.startswith(("security.", "trusted.", "system.nfs")):  # the system sets these itself
                raise NotChanged(f"its extended attribute {name} could not be kept") from None
    os.fchmod(new.fileno(), stat.S_IMODE(status.st_mode))


def _attributes(stream: BinaryIO) -> list[str]:
    if not hasattr(os, "listxattr"):
        return []
    try:
        return os.listxattr(stream.fileno())
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOSYS):
            return []
        raise
