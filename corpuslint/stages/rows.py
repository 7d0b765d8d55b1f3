"""The documents of a run as columns: four numbers a document, and names only where documents have any.

A table grows by whole columns, is joined without a loop over documents, and travels to another process as a few
arrays: 32 bytes for a text file that is one document, about 20 more and its id for a record. Which file a task is,
and what the texts say, is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.document import DocumentKey

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Hashes = NDArray[np.uint64]

Kind = tuple[str | None, str | None]  # field and site of a document: many documents share one pair
NO_KINDS: tuple[Kind, ...] = ((None, None),)  # those of documents without names
NO_ID = b"\xff"  # stands for a document without an id among the ids: no UTF-8 text holds this byte


class Names(NamedTuple):
    """Ids, fields and sites of some documents; document `i` has the id `ids[ends[i - 1]:ends[i]]`."""

    ids: bytes  # UTF-8, one after another
    ends: Numbers  # (documents,)
    kind: NDArray[np.uint32]  # (documents,): places in `kinds`
    kinds: tuple[Kind, ...]

    @classmethod
    def of(cls, ids: Sequence[bytes | None], kinds: Sequence[Kind]) -> Names | None:
        """Gather what documents are called, (documents,) each, ids in UTF-8; None where no document has a name."""
        import numpy as np

        distinct = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
        if distinct.keys() <= {(None, None)} and all(own is None for own in ids):
            return None
        written = [NO_ID if own is None else own for own in ids]
        ends = np.cumsum(np.fromiter(map(len, written), np.int64, len(written)))
        kind = np.fromiter(map(distinct.__getitem__, kinds), np.uint32, len(kinds))
        return cls(b"".join(written), ends, kind, tuple(distinct))

    @classmethod
    def none(cls, count: int) -> Names:
        """Return the names of so many documents that have none."""
        import numpy as np

        return cls(NO_ID * count, np.arange(1, count + 1), np.zeros(count, np.uint32), NO_KINDS)

    @classmethod
    def joined(cls, parts: Sequence[Names]) -> Names:
        """Put names one after another."""
        import numpy as np

        place: dict[Kind, int] = {}
        kinds = []
        for part in parts:
            moved = [place.setdefault(kind, len(place)) for kind in part.kinds]
            kinds.append(np.array(moved, np.uint32)[part.kind])
        lengths = np.cumsum([0, *(len(part.ids) for part in parts)])
        ends = [part.ends + before for part, before in zip(parts, lengths[:-1].tolist(), strict=True)]
        ids = b"".join(part.ids for part in parts)
        return cls(ids, np.concatenate(ends), np.concatenate(kinds), tuple(place))

    def chosen(self, mask: NDArray[np.bool_]) -> Names:
        """Return the names of some of the documents."""
        import numpy as np

        lengths = np.diff(self.ends, prepend=0)
        written = np.frombuffer(self.ids, np.uint8)[np.repeat(mask, lengths)]
        return Names(written.tobytes(), np.cumsum(lengths[mask]), self.kind[mask], self.kinds)

    def id(self, number: int) -> str | None:
        """Return the id of a document."""
        own = self.ids[int(self.ends[number - 1]) if number else 0 : int(self.ends[number])]
        return None if own == NO_ID else own.decode("utf-8", "surrogatepass")


class Columns(NamedTuple):
    """What the corpus stage knows about documents besides their keys, (documents,) each."""

    task: Numbers  # number of the file's task in the run
    record: Numbers  # index in the container, from 0
    characters: Numbers  # code points of the text
    text_hash: Hashes  # of its words
    names: Names | None = None  # None where no document has an id, a field or a site


class Rows:
    """A table of documents; a document's number is its place."""

    def __init__(self, columns: Columns | None = None) -> None:
        self._parts: list[Columns] = [] if columns is None else [columns]
        self._count = 0 if columns is None else len(columns.task)

    @classmethod
    def of(
        cls,
        tasks: Sequence[int],
        records: Sequence[int],
        names: Names | None,
        characters: Sequence[int],
        text_hashes: Hashes,
    ) -> Rows:
        """Make a table of what is known of each document."""
        import numpy as np

        task, record, size = (np.array(column, np.int64) for column in (tasks, records, characters))
        return cls(Columns(task, record, size, text_hashes, names))

    def __len__(self) -> int:
        """Return the number of documents."""
        return self._count

    def __reduce__(self) -> tuple[type[Rows], tuple[Columns | None]]:
        """Travel as one part."""
        return Rows, (self.columns if self._parts else None,)

    def extend(self, other: Rows) -> None:
        """Number on with the documents of another table; what was joined before is joined again when next asked for."""
        self._parts += other._parts
        self._count += other._count

    @property
    def columns(self) -> Columns:
        """All documents in one part."""
        if len(self._parts) != 1:
            self._parts = [_joined(self._parts)]
        return self._parts[0]

    @property
    def task(self) -> Numbers:
        """The number of each document's task, (documents,)."""
        return self.columns.task

    @property
    def record(self) -> Numbers:
        """The index of each document in its container, from 0, (documents,)."""
        return self.columns.record

    @property
    def characters(self) -> Numbers:
        """The code points of each document, (documents,)."""
        return self.columns.characters

    @property
    def text_hash(self) -> Hashes:
        """The hash of each document's words, (documents,)."""
        return self.columns.text_hash

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The pairs of field and site that documents have."""
        names = self.columns.names
        return NO_KINDS if names is None else names.kinds

    @property
    def task_and_kind(self) -> Numbers:
        """The number of each document's task times that of the kinds, plus the place of its own one, (documents,)."""
        names = self.columns.names
        return self.task if names is None else self.task * len(names.kinds) + names.kind

    def key(self, number: int) -> DocumentKey:
        """Return the key of a document."""
        columns = self.columns
        record = int(columns.record[number])
        names = columns.names
        if names is None:
            return DocumentKey(record)
        field, site = names.kinds[int(names.kind[number])]
        return DocumentKey(record, names.id(number), field, site)

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Yield each task with the numbers of its first document and of the one after its last, in order."""
        import numpy as np

        starts = np.flatnonzero(np.diff(self.task, prepend=-1))
        yield from zip(
            self.task[starts].tolist(), starts.tolist(), np.append(starts, len(self))[1:].tolist(), strict=True
        )


def _joined(parts: Sequence[Columns]) -> Columns:
    import numpy as np

    if not parts:
        none = np.zeros(0, np.int64)
        return Columns(none, none, none, np.zeros(0, np.uint64))
    named = any(part.names is not None for part in parts)
    return Columns(
        np.concatenate([part.task for part in parts]),
        np.concatenate([part.record for part in parts]),
        np.concatenate([part.characters for part in parts]),
        np.concatenate([part.text_hash for part in parts]),
        Names.joined([part.names or Names.none(len(part.task)) for part in parts]) if named else None,
    )
