"""The evidence of candidates, by document: arrays of numbers in memory, in a file where they are much.

What the numbers mean is for the rules to say.
"""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

EVIDENCE_IN_MEMORY = 64 << 20  # bytes; more goes to a file


class Evidence:
    """One array of 64-bit numbers a document; all are added before the first is asked for."""

    def __init__(self, in_memory: int = EVIDENCE_IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._held: list[Hashes] = []
        self._bytes = 0
        self._places: dict[int, tuple[int, int]] = {}
        self._end = 0
        self._file: IO[bytes] | None = None
        self._joined: Hashes | None = None

    def add(self, number: int, array: Hashes) -> None:
        """Add a document's evidence."""
        self._places[number] = (self._end, self._end + len(array))
        self._end += len(array)
        self._held.append(array)
        self._bytes += array.nbytes
        if self._bytes > self._in_memory:
            self._spill()

    def get(self, number: int) -> Hashes:
        """Return a document's evidence; nothing for a document that could not be read again."""
        first, last = self._places.get(number, (0, 0))
        return self._all()[first:last]

    def _spill(self) -> None:
        import numpy as np

        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed when dropped
        self._file.write(np.concatenate(self._held).tobytes())
        self._held, self._bytes = [], 0

    def _all(self) -> Hashes:
        import numpy as np

        if self._joined is None:
            if self._file is None:
                self._joined = np.concatenate([np.zeros(0, np.uint64), *self._held])
            else:
                if self._held:
                    self._spill()
                self._file.flush()
                self._joined = np.memmap(self._file, np.uint64, "r")
            self._held = []
        return self._joined
