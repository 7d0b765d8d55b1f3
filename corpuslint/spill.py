"""A temporary file for what does not fit in memory: written once, from its start to its end, and read in any order.

Read, not mapped: the pages of a mapped file count as the process's own memory. What is in it is for its owner to say.
"""

from __future__ import annotations

import tempfile


class SpillTrouble(Exception):
    """A temporary file that cannot be written or read; the message says why and what helps."""


class Spill:
    """A file that is gone with this object."""

    def __init__(self) -> None:
        try:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed when dropped
        except OSError as error:
            raise _trouble(error) from None
        self._size = 0

    def write(self, content: bytes) -> int:
        """Add bytes at the end and return where they begin; raises SpillTrouble."""
        try:
            self._file.seek(self._size)
            self._file.write(content)
            self._file.flush()
        except OSError as error:
            raise _trouble(error) from None
        self._size += len(content)
        return self._size - len(content)

    def read(self, place: int, size: int) -> bytes:
        """Return some of its bytes; raises SpillTrouble."""
        try:
            self._file.seek(place)
            content = self._file.read(size)
        except OSError as error:
            raise _trouble(error) from None
        if len(content) != size:
            raise SpillTrouble(f"a temporary file gave {len(content)} of {size} bytes that were written to it")
        return content


def _trouble(error: OSError) -> SpillTrouble:
    return SpillTrouble(
        f"temporary files in {tempfile.gettempdir()} cannot be used: {error.strerror or error}; "
        "name a folder with more room by TMPDIR, or allow more with --max-memory"
    )
