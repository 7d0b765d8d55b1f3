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
from corpuslint.document_stage import ShardResult
from corpuslint.rows import Columns, Names, Rows
from corpuslint.sources import Skip
from corpuslint.text import Position, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROW = [("record", "<u4"), ("characters", "<u4"), ("text_hash", "<u8")]  # of a document, as numpy writes it
ROW_BYTES = 16
COUNT = struct.Struct("<I")

Name = tuple[str | None, str | None, str | None]  # a document's id, field and site


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
    bounds = {task: (first, last) for task, first, last in result.rows.runs()}
    stored_rows = _packed(result.rows)
    columns = [_Columns(result.records.get(code, ())) for code in codes]
    for number, reading in result.readings.items():
        if number in crashed:
            continue
        first, last = bounds.get(number, (0, 0))
        yield (
            number,
            Stored(
                reading.documents,
                reading.characters,
                _names(result.rows, first, last),
                _found(found.get(number, ()), skips.get(number, ())),
                stored_rows[ROW_BYTES * first : ROW_BYTES * last],
                b"".join(column.cut(first, last) for column in columns),
            ),
        )


def _packed(rows: Rows) -> bytes:
    import numpy as np

    packed = np.empty(len(rows), ROW)
    if rows:
        packed["record"], packed["characters"], packed["text_hash"] = rows.record, rows.characters, rows.text_hash
    return packed.tobytes()


def _names(rows: Rows, first: int, last: int) -> str | None:
    """Return ids, fields and sites of a run of rows as JSON; None where there are none."""
    if first == last or rows.columns.names is None:
        return None
    keys = [rows.key(number) for number in range(first, last)]
    return json.dumps([(key.id, key.field, key.site) for key in keys]) if any(map(_is_named, keys)) else None


def _is_named(key: DocumentKey) -> bool:
    return key.id is not None or key.field is not None or key.site is not None


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
    _count: int = 0  # documents so far
    _packed: list[bytes] = field(default_factory=list)
    _tasks: list[int] = field(default_factory=list)
    _documents: list[int] = field(default_factory=list)  # of each task
    _names: dict[int, list[Name]] = field(default_factory=dict)  # by the number of the first document that has them
    _keys: dict[str, list[bytes]] = field(default_factory=dict)
    _rows: dict[str, list[bytes]] = field(default_factory=dict)
    _counts: dict[str, list[int]] = field(default_factory=dict)
    _starts: dict[str, list[int]] = field(default_factory=dict)

    def add(self, number: int, name: str, stored: Stored) -> None:
        """Add the result of a file; raises DamagedEntry, and adds nothing then."""
        try:
            diagnostics, skips = _read_found(name, stored.found)
            documents, names = len(memoryview(stored.rows)) // ROW_BYTES, _read_names(stored)
            if len(stored.rows) % ROW_BYTES or len(names or ()) not in (0, documents):
                raise DamagedEntry("rows are cut off")
            records = list(self._read_records(stored.records, documents))
        except (ValueError, TypeError, KeyError, IndexError, struct.error, RecursionError) as error:
            raise DamagedEntry(f"it is damaged ({error}); `corpuslint clean` removes it") from None
        if type(stored.documents) is not int or type(stored.characters) is not int:
            raise DamagedEntry("it is damaged; `corpuslint clean` removes it")
        start = self._count
        for code, count, of_rows, keys in records:
            self._keys.setdefault(code, []).append(keys)
            self._rows.setdefault(code, []).append(of_rows)
            self._counts.setdefault(code, []).append(count)
            self._starts.setdefault(code, []).append(start)
        if names:
            self._names[start] = names
        self._packed.append(stored.rows)
        self._tasks.append(number)
        self._documents.append(documents)
        self._count += documents
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
        rows = np.frombuffer(b"".join(self._packed), ROW)
        task = np.repeat(np.array(self._tasks, np.int64), self._documents)
        record, characters = rows["record"].astype(np.int64), rows["characters"].astype(np.int64)
        text_hash = rows["text_hash"].astype(np.uint64)
        self.result.rows = Rows(Columns(task, record, characters, text_hash, self._all_names()))
        return self.result

    def _all_names(self) -> Names | None:
        names: list[Name] = [(None, None, None)] * self._count if self._names else []
        for first, own in self._names.items():
            names[first : first + len(own)] = own
        return Names.of([name[0] for name in names], [name[1:] for name in names])


def _read_names(stored: Stored) -> list[Name] | None:
    if stored.names is None:
        return None
    return [
        (_text_or_none(own), _text_or_none(field_), _text_or_none(site))
        for own, field_, site in json.loads(stored.names)
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
