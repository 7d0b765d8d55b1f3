"""Findings and skips of the document stage as lists of JSON, and back.

What comes back may come from a file that somebody else wrote: only numbers, strings and lists are read, and whatever
does not fit raises a ValueError or TypeError. Where the lists are kept is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from corpuslint.diagnostic import Applicability, Diagnostic, Edit, Fix, Place, Related, Severity
from corpuslint.document import ContainerLine, DocumentKey
from corpuslint.sources import Skip
from corpuslint.stages.document_stage import ShardResult
from corpuslint.text import Position, Span

PLAIN = [0, None, None, None]  # the key of a text file that is one document
PLAIN_KEY = DocumentKey(0)

Lists = tuple[int, list[Any], list[Any]]


def as_text(values: Any) -> str:
    """Return JSON with every script as it is: escapes are three times as long; a lone surrogate stays one."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace").decode()


def found_lists(result: ShardResult, places: Mapping[str, int], places_of_tasks: Mapping[int, int]) -> list[Lists]:
    """Return findings and skips of files that have any, by the files' places; those of other files are left out."""
    found: dict[int, tuple[list[Any], list[Any]]] = {}
    for diagnostic in result.found():
        if (place := places.get(diagnostic.place.path)) is not None:
            found.setdefault(place, ([], []))[0].append(diagnostic_list(diagnostic))
    for number, skip in result.skips:
        if (place := places_of_tasks.get(number)) is not None:
            found.setdefault(place, ([], []))[1].append((skip.reason, skip.line))
    return [(place, *lists) for place, lists in sorted(found.items())]


def read_skip(path: str, values: Any) -> Skip:
    """Return a skip."""
    reason, line = values
    return Skip(path, _text(reason), None if line is None else _number(line))


def diagnostic_list(d: Diagnostic) -> list[Any]:
    """Return a finding without its path as a list of JSON."""
    related = [(place_list(other.place), other.message) for other in d.related]
    fix = d.fix and (d.fix.title, [(e.start, e.end, e.content) for e in d.fix.edits], d.fix.applicability.value)
    place = place_list(d.place)
    return [d.code, d.name, d.severity.value, d.message, place, related, dict(d.data), fix, d.identity, d.content]


def read_diagnostic(path: str, values: Any, others: Sequence[Any] | None = None) -> Diagnostic:
    """Return a finding in the file at `path`; `others` are the paths of related places that lie in other files."""
    code, name, severity, message, place, related, data, fix, identity, content = values
    if not isinstance(data, dict):
        raise ValueError("data is no object")
    return Diagnostic(
        _text(code),
        _text(name),
        Severity(severity),
        _text(message),
        read_place(path, place),
        tuple(
            Related(read_place(_text(where), other), _text(what))
            for where, (other, what) in zip(others or [path] * len(related), related, strict=True)
        ),
        data,
        fix and _fix(*fix),
        _text(identity),
        _text(content),
    )


def path_list(d: Diagnostic) -> list[Any]:
    """Return a finding that names several files as a list of JSON."""
    return [d.place.path, [other.place.path for other in d.related], diagnostic_list(d)]


def read_paths(values: Any) -> Diagnostic:
    """Return a finding that names several files."""
    path, others, own = values
    return read_diagnostic(_text(path), own, others)


def _fix(title: Any, edits: Any, applicability: Any) -> Fix:
    made = tuple(Edit(_number(start), _number(end), _text(content)) for start, end, content in edits)
    return Fix(_text(title), made, Applicability(applicability))


def place_list(place: Place) -> list[Any]:
    key, record = place.key, place.record
    at = (key.index, key.id, key.field, key.site)
    line = record and (record.number, record.width)
    return [at, place.span, place.start, place.end, place.text, place.before, place.after, line]


def read_place(path: str, values: Any) -> Place:
    key, (first, last), (line, column), (end_line, end_column), text, before, after, record = values
    # All at once: a recalled run does little else than this.
    if not all(type(number) is int for number in (first, last, line, column, end_line, end_column)):
        raise ValueError("a place is none")
    if not type(text) is type(before) is type(after) is str:
        raise ValueError("a text is none")
    return Place(
        path,
        PLAIN_KEY if key == PLAIN else _key(*key),
        Span(first, last),
        Position(line, column),
        Position(end_line, end_column),
        text,
        before,
        after,
        record and ContainerLine(*map(_number, record)),
    )


def _key(index: Any, id_: Any, field_: Any, site: Any) -> DocumentKey:
    return DocumentKey(_number(index), _text_or_none(id_), _text_or_none(field_), _text_or_none(site))


def _number(value: Any) -> int:
    if type(value) is not int:
        raise ValueError(f"{value!r} is no number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)
