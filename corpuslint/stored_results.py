"""What the document stage found in one file, as plain numbers and JSON, and back.

What comes back may come from a file that somebody else wrote: only numbers, strings and lists are read, and whatever
does not fit raises DamagedEntry. Where the bytes are kept is not known here.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from corpuslint.cache import CacheTrouble, Stored
from corpuslint.corpus_rule import Records
from corpuslint.diagnostic import Applicability, Diagnostic, Edit, Fix, Place, Related, Severity
from corpuslint.document import ContainerLine, DocumentKey
from corpuslint.document_stage import Row, ShardResult
from corpuslint.sources import Skip
from corpuslint.text import Position, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROW = struct.Struct("<IIQ")  # record index, code points, hash of the text
COUNT = struct.Struct("<I")
PLAIN = DocumentKey()  # of a file that is one document


class DamagedEntry(CacheTrouble, ValueError):
    """What was stored is no result."""


def split(result: ShardResult, codes: Sequence[str]) -> Iterator[tuple[int, Stored]]:
    """Yield the result of each file of a shard, by its task's number; `codes` are those of the corpus rules, sorted.

    A file in which a rule raised is left out: the next run is to meet the same bug and say it again.
    """
    paths = {reading.name: number for number, reading in result.readings.items()}
    crashed = {paths.get(crash.path) for crash in result.crashes}
    found: dict[int, list[Diagnostic]] = {}
    for diagnostic in result.diagnostics:
        found.setdefault(paths.get(diagnostic.place.path, -1), []).append(diagnostic)
    skips: dict[int, list[Skip]] = {}
    for number, skip in result.skips:
        skips.setdefault(number, []).append(skip)
    bounds: dict[int, tuple[int, int]] = {}
    for place, row in enumerate(result.rows):
        bounds[row.task] = (bounds.get(row.task, (place, place))[0], place + 1)
    columns = [_Columns(result.records.get(code, ())) for code in codes]
    for number, reading in result.readings.items():
        if number in crashed:
            continue
        first, last = bounds.get(number, (0, 0))
        rows = result.rows[first:last]
        names = [(row.key.id, row.key.field, row.key.site) for row in rows]
        yield (
            number,
            Stored(
                reading.documents,
                reading.characters,
                json.dumps(names) if any(row.key != PLAIN for row in rows) else None,
                _found(found.get(number, ()), skips.get(number, ())),
                b"".join(ROW.pack(row.key.index, row.characters, row.text_hash) for row in rows),
                b"".join(column.cut(first, last) for column in columns),
            ),
        )


class _Columns:
    """One rule's records of a shard, sorted by row, to be cut by files."""

    def __init__(self, batches: Iterable[Records]) -> None:
        import numpy as np

        batches = list(batches)
        documents = np.concatenate([np.zeros(0, np.int64), *(batch.document for batch in batches)])
        order = np.argsort(documents, kind="stable")
        self._documents: NDArray[np.int64] = documents[order]
        self._keys = np.concatenate([np.zeros(0, np.uint64), *(batch.key for batch in batches)])[order]

    def cut(self, first: int, last: int) -> bytes:
        """Return the records of a run of rows: their number, the row of each where there are several, the keys."""
        begin, end = self._documents.searchsorted((first, last)).tolist()
        rows = (self._documents[begin:end] - first).astype("<u4").tobytes() if last - first > 1 else b""
        return b"".join((COUNT.pack(end - begin), rows, self._keys[begin:end].astype("<u8").tobytes()))


@dataclass
class Gathered:
    """Stored results of many files, put together again; columns of numbers are joined once, at the end."""

    codes: Sequence[str]
    result: ShardResult = field(default_factory=ShardResult)
    _keys: dict[str, list[bytes]] = field(default_factory=dict)
    _rows: dict[str, list[bytes]] = field(default_factory=dict)
    _counts: dict[str, list[int]] = field(default_factory=dict)
    _starts: dict[str, list[int]] = field(default_factory=dict)

    def add(self, number: int, name: str, stored: Stored) -> None:
        """Add the result of a file; raises DamagedEntry, and adds nothing then."""
        try:
            diagnostics, skips = _read_found(name, stored.found)
            rows = _read_rows(number, stored)
            records = list(self._read_records(stored.records, len(rows)))
        except (ValueError, TypeError, KeyError, IndexError, struct.error, RecursionError) as error:
            raise DamagedEntry(f"it is damaged ({error}); `corpuslint clean` removes it") from None
        if type(stored.documents) is not int or type(stored.characters) is not int:
            raise DamagedEntry("it is damaged; `corpuslint clean` removes it")
        start = len(self.result.rows)
        for code, count, of_rows, keys in records:
            self._keys.setdefault(code, []).append(keys)
            self._rows.setdefault(code, []).append(of_rows)
            self._counts.setdefault(code, []).append(count)
            self._starts.setdefault(code, []).append(start)
        self.result.rows += rows
        self.result.diagnostics += diagnostics
        self.result.skips += ((number, skip) for skip in skips)
        self.result.documents += stored.documents
        self.result.characters += stored.characters

    def _read_records(self, content: bytes, rows: int) -> Iterator[tuple[str, int, bytes, bytes]]:
        place = 0
        for code in self.codes:
            (count,) = COUNT.unpack_from(content, place)
            middle = place + COUNT.size + (4 * count if rows > 1 else 0)
            end = middle + 8 * count
            if end > len(content) or (count and not rows):
                raise DamagedEntry("records are cut off")
            of_rows = content[place + COUNT.size : middle]
            if rows > 1 and count and max(memoryview(of_rows).cast("I")) >= rows:
                raise DamagedEntry("a record is about no row")
            yield code, count, of_rows or bytes(4 * count), content[middle:end]
            place = end
        if place != len(content):
            raise DamagedEntry("there are more records than rules")

    def finish(self) -> ShardResult:
        """Return all of it as one result."""
        import numpy as np

        for code, keys in self._keys.items():
            document = np.frombuffer(b"".join(self._rows[code]), "<u4").astype(np.int64)
            document += np.repeat(np.array(self._starts[code], np.int64), self._counts[code])
            key = np.frombuffer(b"".join(keys), "<u8").astype(np.uint64, copy=False)
            self.result.records[code] = [Records(document, key)]
        return self.result


def _read_rows(number: int, stored: Stored) -> list[Row]:
    if stored.names is None:
        return [
            Row(number, PLAIN if index == 0 else DocumentKey(index), characters, text_hash)
            for index, characters, text_hash in ROW.iter_unpack(stored.rows)
        ]
    names = json.loads(stored.names)
    return [
        Row(number, _key(index, *own), characters, text_hash)
        for own, (index, characters, text_hash) in zip(names, ROW.iter_unpack(stored.rows), strict=True)
    ]


def _found(diagnostics: Sequence[Diagnostic], skips: Sequence[Skip]) -> str | None:
    if not diagnostics and not skips:
        return None
    lists = [_diagnostic_list(diagnostic) for diagnostic in diagnostics]
    return json.dumps([lists, [(skip.reason, skip.line) for skip in skips]], separators=(",", ":"))


def _read_found(path: str, content: str | None) -> tuple[list[Diagnostic], list[Skip]]:
    if content is None:
        return [], []
    diagnostics, skips = json.loads(content)
    return [_diagnostic(path, each) for each in diagnostics], [
        Skip(path, _text(reason), None if line is None else _number(line)) for reason, line in skips
    ]


def _diagnostic_list(d: Diagnostic) -> list[Any]:
    related = [(place_list(other.place), other.message) for other in d.related]
    fix = d.fix and (d.fix.title, [(e.start, e.end, e.content) for e in d.fix.edits], d.fix.applicability.value)
    place = place_list(d.place)
    return [d.code, d.name, d.severity.value, d.message, place, related, dict(d.data), fix, d.identity, d.content]


def _diagnostic(path: str, values: Any) -> Diagnostic:
    code, name, severity, message, place, related, data, fix, identity, content = values
    if not isinstance(data, dict):
        raise DamagedEntry("data is no object")
    return Diagnostic(
        _text(code),
        _text(name),
        Severity(severity),
        _text(message),
        read_place(path, place),
        tuple(Related(read_place(path, other), _text(what)) for other, what in related),
        data,
        fix and _fix(*fix),
        _text(identity),
        _text(content),
    )


def _fix(title: Any, edits: Any, applicability: Any) -> Fix:
    made = tuple(Edit(_number(start), _number(end), _text(content)) for start, end, content in edits)
    return Fix(_text(title), made, Applicability(applicability))


def place_list(place: Place) -> list[Any]:
    key, record = place.key, place.record
    at = (key.index, key.id, key.field, key.site)
    line = record and (record.number, record.width)
    return [at, place.span, place.start, place.end, place.text, place.before, place.after, line]


def read_place(path: str, values: Any) -> Place:
    key, span, start, end, text, before, after, line = values
    return Place(
        path,
        _key(*key),
        Span(*map(_number, span)),
        Position(*map(_number, start)),
        Position(*map(_number, end)),
        _text(text),
        _text(before),
        _text(after),
        line and ContainerLine(*map(_number, line)),
    )


def _key(index: Any, id_: Any, field_: Any, site: Any) -> DocumentKey:
    return DocumentKey(_number(index), _text_or_none(id_), _text_or_none(field_), _text_or_none(site))


def _number(value: Any) -> int:
    if type(value) is not int:
        raise DamagedEntry(f"{value!r} is no number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise DamagedEntry(f"{value!r} is no text")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)
