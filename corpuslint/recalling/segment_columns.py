"""A segment as named columns of bytes, and back.

The bytes may have been written by somebody else: nothing is unpickled, and whatever does not fit together raises
ValueError, TypeError, KeyError or IndexError. Records are cut into pieces by key, so that a few keys can be looked up
in a large segment, and those of keys that enough documents share are held apart, so that nothing else need be read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpuslint.batch import Records
from corpuslint.recalling.segment import Segment
from corpuslint.recalling.stored_findings import as_text
from corpuslint.stages.rows import Columns, Names, Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

BETWEEN_NAMES = b"\0"  # no file's name holds it
PIECE = 1 << 13  # records that are looked up together
DIGEST_BYTES = 16
# Names of columns; those of records are followed by the code of the rule.
WHOLE = (
    *("names", "statuses", "recorded", "digests", "counts", "found"),
    *("task", "record", "characters", "text_hash", "ids", "ends", "kind", "kinds"),
)
KEY, DOCUMENT, FENCES = "key ", "document ", "fences "
SHARED_KEY, SHARED_DOCUMENT = "shared key ", "shared document "

Pieces = dict[str, Iterable[bytes]]  # the pieces of each column


def encode(segment: Segment) -> Pieces:
    """Return a segment's columns without its records."""
    columns = segment.rows.columns
    names = columns.names
    whole = {
        "names": BETWEEN_NAMES.join(segment.names),
        "statuses": segment.statuses.astype("<i8").tobytes(),
        "recorded": segment.recorded.astype("<i8").tobytes(),
        "digests": segment.digests.tobytes(),
        "counts": segment.counts.astype("<i8").tobytes(),
        "found": as_text(segment.found).encode() if segment.found else b"",
        "task": columns.task.astype("<u4").tobytes(),
        "record": columns.record.astype("<u4").tobytes() if columns.record.any() else b"",
        "characters": columns.characters.astype("<u4").tobytes(),
        "text_hash": columns.text_hash.astype("<u8").tobytes(),
    }
    if names is not None:
        whole["ids"] = names.ids
        whole["ends"] = names.ends.astype("<i8").tobytes()
        whole["kind"] = names.kind.astype("<u4").tobytes()
        whole["kinds"] = json.dumps(names.kinds).encode()
    return {name: [content] for name, content in whole.items() if content}


def encode_records(code: str, records: Records, least: int) -> Pieces:
    """Return the columns of a rule's records, those apart whose key stands in `least` records or more."""
    import numpy as np

    key, document = records.key.astype("<u8", copy=False), records.document.astype("<u4", copy=False)
    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
    counts = np.diff(np.append(starts, len(key)))
    shared = np.repeat(counts >= least, counts)
    bounds = range(0, len(key), PIECE)
    return {
        KEY + code: (key[at : at + PIECE].tobytes() for at in bounds),
        DOCUMENT + code: (document[at : at + PIECE].tobytes() for at in bounds),
        FENCES + code: [key[::PIECE].tobytes()],
        SHARED_KEY + code: [key[shared].tobytes()],
        SHARED_DOCUMENT + code: [document[shared].tobytes()],
    }


def decode(columns: Mapping[str, bytes], names: Sequence[bytes] | None = None) -> Segment:
    """Return the segment of columns, without its records; `names` are those of its files, where they are known."""
    import numpy as np

    names = names or columns["names"].split(BETWEEN_NAMES)
    statuses = np.frombuffer(columns["statuses"], "<i8").reshape(len(names), 4)
    recorded = np.frombuffer(columns["recorded"], "<i8").reshape(len(names))
    digests = np.frombuffer(columns["digests"], np.uint8).reshape(len(names), DIGEST_BYTES)
    counts = np.frombuffer(columns["counts"], "<i8").reshape(len(names), 2)
    found = [(_place(at, len(names)), list(d), list(s)) for at, d, s in json.loads(columns.get("found", b"[]"))]
    task = np.frombuffer(columns.get("task", b""), "<u4").astype(np.int64)
    count = len(task)
    if count and int(task.max()) >= len(names):
        raise ValueError("a row is of no file")
    record = np.frombuffer(columns.get("record") or bytes(4 * count), "<u4").astype(np.int64).reshape(count)
    characters = np.frombuffer(columns.get("characters", b""), "<u4").astype(np.int64).reshape(count)
    text_hash = np.frombuffer(columns.get("text_hash", b""), "<u8").astype(np.uint64).reshape(count)
    rows = Rows(Columns(task, record, characters, text_hash, _decode_names(columns, count)))
    return Segment(names, statuses, recorded, digests, counts, found, rows, {})


def _decode_names(columns: Mapping[str, bytes], count: int) -> Names | None:
    import numpy as np

    if "kinds" not in columns:
        return None
    kinds = tuple((_text(field), _text(site)) for field, site in json.loads(columns["kinds"]))
    ends = np.frombuffer(columns["ends"], "<i8").astype(np.int64).reshape(count)
    kind = np.frombuffer(columns["kind"], "<u4").astype(np.uint32).reshape(count)
    ids = columns.get("ids", b"")
    if count and (int(kind.max()) >= len(kinds) or int(ends[-1]) != len(ids) or (np.diff(ends, prepend=0) < 0).any()):
        raise ValueError("names do not fit the rows")
    return Names(ids, ends, kind, kinds)


def _place(value: object, count: int) -> int:
    if type(value) is not int or not 0 <= value < count:
        raise ValueError(f"{value!r} is no file's place")
    return value


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


@dataclass(frozen=True)
class StoredRecords:
    """One rule's records of a segment, read as far as they are asked for."""

    code: str
    rows: int  # of the segment
    read: Callable[[str, Sequence[int] | None], Sequence[bytes]]  # pieces of a column, None for all of them

    def all(self) -> Records:
        """Return all records."""
        return self._records(self.read(KEY + self.code, None), self.read(DOCUMENT + self.code, None))

    def shared(self) -> Records:
        """Return the records of the keys that enough documents of the segment have."""
        return self._records(self.read(SHARED_KEY + self.code, None), self.read(SHARED_DOCUMENT + self.code, None))

    def meeting(self, keys: Hashes) -> Records:
        """Return the records of some keys, sorted and unique; those of `shared` come again."""
        import numpy as np

        fences = np.frombuffer(b"".join(self.read(FENCES + self.code, None)), "<u8")
        if not len(fences) or not len(keys):
            return self._records((), ())
        # A key may begin in the piece before the one whose first key it is, and go on over several.
        first = np.maximum(fences.searchsorted(keys, "left") - 1, 0)
        last = np.maximum(fences.searchsorted(keys, "right"), first + 1)
        wanted = sorted({piece for a, b in zip(first.tolist(), last.tolist(), strict=True) for piece in range(a, b)})
        found = self._records(self.read(KEY + self.code, wanted), self.read(DOCUMENT + self.code, wanted))
        at = np.minimum(keys.searchsorted(found.key), len(keys) - 1)
        meets = keys[at] == found.key
        return Records(found.document[meets], found.key[meets])

    def _records(self, keys: Sequence[bytes], documents: Sequence[bytes]) -> Records:
        import numpy as np

        key = np.frombuffer(b"".join(keys), "<u8").astype(np.uint64, copy=False)
        document = np.frombuffer(b"".join(documents), "<u4").astype(np.int64).reshape(len(key))
        if len(document) and int(document.max()) >= self.rows:
            raise ValueError("a record is about no row")
        return Records(document, key)
