"""The first lines of documents that a report may name, by document number: in memory, in a file where they are many.

How a report describes a document is for the rules to say.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from corpuslint.spill import Spill
from corpuslint.stages.rereading import Head

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

A_HEAD = 400  # bytes of one besides its text
IN_MEMORY = 8 << 20  # bytes of heads


class Heads:
    """One head a document; a second one of the same document counts."""

    def __init__(self, documents: int, in_memory: int = IN_MEMORY) -> None:
        """Make room for the heads of so many documents: 16 bytes each."""
        import numpy as np

        self._in_memory = in_memory
        self._held: dict[int, Head] = {}
        self._bytes = 0
        self._file: Spill | None = None
        self._places = np.full(documents, -1, np.int64)  # in the file
        self._sizes = np.zeros(documents, np.int64)

    @property
    def known(self) -> Numbers:
        """The documents that have a head, sorted."""
        import numpy as np

        known = self._places >= 0
        known[list(self._held)] = True
        return np.flatnonzero(known)

    def add(self, heads: Mapping[int, Head]) -> None:
        """Add some by document number; raises SpillTrouble."""
        self._held.update(heads)
        self._bytes += sum(A_HEAD + sys.getsizeof(head.text) for head in heads.values())
        if self._bytes > self._in_memory:
            self._spill()

    def get(self, number: int) -> Head | None:
        """Return the head of a document; raises SpillTrouble."""
        if (held := self._held.get(number)) is not None:
            return held
        place = int(self._places[number])
        if self._file is None or place < 0:
            return None
        content = bytearray(int(self._sizes[number]))
        self._file.read(place, content)
        # The file was written by this process and has no name: nobody else can have put anything into it.
        return Head(*pickle.loads(content))

    def _spill(self) -> None:
        self._file = self._file or Spill()
        written = [pickle.dumps(tuple(head), pickle.HIGHEST_PROTOCOL) for head in self._held.values()]
        place = self._file.write(b"".join(written))
        for number, content in zip(self._held, written, strict=True):
            self._places[number], self._sizes[number] = place, len(content)
            place += len(content)
        self._held, self._bytes = {}, 0
