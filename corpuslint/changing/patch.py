"""Changes of a file's bytes: a patch says what stood at an offset and what stands there now, so it can be undone.

Patches are applied to a stream, so that a file of any size needs the memory of one patch. Writing is not here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO, RawIOBase
from typing import BinaryIO, NamedTuple

from corpuslint.diagnostic import Edit

CHUNK = 1 << 20  # bytes that are copied at a time


class Patch(NamedTuple):
    """Replace the bytes `old`, which stand `at` bytes behind the old content's start, by `new`."""

    at: int
    old: bytes
    new: bytes


class ContentChanged(Exception):
    """A file does not hold what it held when the change was planned."""


def splice(stream: BinaryIO, patches: Iterable[Patch]) -> Iterator[bytes]:
    """Yield a content with patches (sorted, not overlapping) applied; raises ContentChanged where one does not fit."""
    position = 0
    for patch in patches:
        yield from _copied(stream, patch.at - position)
        if stream.read(len(patch.old)) != patch.old:
            raise ContentChanged
        position = patch.at + len(patch.old)
        yield patch.new
    while chunk := stream.read(CHUNK):
        yield chunk


def _copied(stream: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0:
        chunk = stream.read(min(CHUNK, length))
        if not chunk:
            raise ContentChanged
        length -= len(chunk)
        yield chunk


def patched(content: bytes, patches: Iterable[Patch]) -> bytes:
    """Return a content with its patches applied; raises ContentChanged."""
    return b"".join(splice(BytesIO(content), patches))


def reversed_patches(patches: Iterable[Patch]) -> Iterator[Patch]:
    """Yield the patches that lead from the new content back to the old one."""
    moved = 0
    for patch in patches:
        yield Patch(patch.at + moved, patch.new, patch.old)
        moved += len(patch.new) - len(patch.old)


def edit_patches(text: str, edits: Iterable[Edit], encode: Callable[[str], bytes], start: int) -> Iterator[Patch]:
    """Yield the edits of a text (sorted) as patches of its bytes, which begin `start` bytes into the file."""
    at, position = start, 0
    for edit in edits:
        at += len(encode(text[position : edit.start]))
        old = encode(text[edit.start : edit.end])
        yield Patch(at, old, encode(edit.content))
        at, position = at + len(old), edit.end


def digest(stream: BinaryIO) -> str:
    """Return the SHA-256 of what is left of a stream."""
    hashed = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        hashed.update(chunk)
    return hashed.hexdigest()


class Witness(RawIOBase):
    """A raw stream that hashes what is read through it, from the first byte to the last."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        """Say that the stream can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read into a buffer."""
        content = self._stream.read(len(buffer))
        buffer[: len(content)] = content
        self._hash.update(content)
        return len(content)

    def digest(self) -> str:
        """Return the SHA-256 of all that was read."""
        return self._hash.hexdigest()
