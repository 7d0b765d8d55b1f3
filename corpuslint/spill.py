"""A temporary file for what does not fit in memory: written once, from its start to its end, and read in any order.

Read, not mapped: the pages of a mapped file count as the process's own memory. What is in it is for its owner to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Held = NDArray[Any] | bytes | bytearray


class SpillTrouble(Exception):
    """A temporary file that cannot be written or read; the message says why and what helps."""


class Spill:
    """A file that is gone with this object."""

    def __init__(self) -> None:
        import tempfile  # where it is needed: most runs spill nothing

        try:
            # What is written or read is large, and a buffer would only be one more copy.
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # closed when dropped
        except OSError as error:
            raise _trouble(error) from None
        self.size = 0  # bytes that were written

    def write(self, held: Held) -> int:
        """Add bytes, or those of an array, at the end and return where they begin; raises SpillTrouble."""
        content = _bytes(held)
        begin = self.size
        try:
            self._file.seek(begin)
            while self.size < begin + len(content):
                self.size += self._file.write(content[self.size - begin :])
        except OSError as error:
            raise _trouble(error) from None
        return begin

    def read(self, place: int, room: Held) -> None:
        """Fill an array, or a bytearray, with what was written at a place; raises SpillTrouble."""
        content = _bytes(room)
        done = 0
        try:
            self._file.seek(place)
            while done < len(content):
                more = self._file.readinto(content[done:])
                if not more:
                    break
                done += more
        except OSError as error:
            raise _trouble(error) from None
        if done != len(content):
            raise SpillTrouble(f"a temporary file gave {done} of {len(content)} bytes that were written to it")


def _bytes(held: Held) -> memoryview:
    # Python does not cast the view of an array without numbers.
    return memoryview(held) if isinstance(held, (bytes, bytearray)) else held.view("u1").data


def _trouble(error: OSError) -> SpillTrouble:
    import tempfile

    return SpillTrouble(
        f"temporary files in {tempfile.gettempdir()} cannot be used: {error.strerror or error}; "
        "name a folder with more room by TMPDIR, or allow more with --max-memory"
    )
