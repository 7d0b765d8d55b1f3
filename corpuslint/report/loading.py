"""A run read back from the JSON that `check --output-format json` and `report` write.

The file is untrusted: every value is checked, and what does not fit is one clear error. Reading the documents
again is not here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpuslint.diagnostic import Applicability, Diagnostic, Edit, Fix, Place, Related, Severity
from corpuslint.document import DocumentKey
from corpuslint.text import Position, Span

VERSION = 1
ID = re.compile(r"[0-9a-f]{8,64}")


class NotARunError(ValueError):
    """The file holds no run; the message says where it goes wrong."""


@dataclass(frozen=True)
class SavedRun:
    """A run from a file: its summary, its findings, and what an earlier report measured ("numbers", "statistics")."""

    summary: Mapping[str, int]
    diagnostics: tuple[Diagnostic, ...]
    numbers: Mapping[str, float] = field(default_factory=dict)
    statistics: Mapping[str, Any] = field(default_factory=dict)


def load_run(file: Path) -> SavedRun:
    """Read a run; raises NotARunError and OSError."""
    try:
        value = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise NotARunError(f"{file}: is not JSON: {error}") from None
    try:
        return run_of(value)
    except NotARunError as error:
        raise NotARunError(f"{file}: is not a run of corpuslint: {error}") from None


def run_of(value: Any) -> SavedRun:
    """Return the run that a JSON value describes; raises NotARunError."""
    table = _table(value, "the file")
    if table.get("version") != VERSION:
        raise NotARunError(f"version is {table.get('version')!r}, not {VERSION}")
    summary = {str(k): v for k, v in _table(table.get("summary"), "summary").items() if _is_whole(v)}
    found = _list(table.get("diagnostics"), "diagnostics")
    diagnostics = tuple(_diagnostic(item, f"diagnostics[{n}]") for n, item in enumerate(found))
    numbers = {
        str(k): v
        for k, v in _table(table.get("numbers", {}), "numbers").items()
        if isinstance(v, int | float) and not isinstance(v, bool)
    }
    return SavedRun(summary, diagnostics, numbers, _table(table.get("statistics", {}), "statistics"))


def _diagnostic(value: Any, where: str) -> Diagnostic:
    table = _table(value, where)
    place = _place(table, where, _text(table, "text", where))
    id_ = _text(table, "id", where)
    if not ID.fullmatch(id_):
        raise NotARunError(f"{where}.id is not a finding's id")
    related = _list(table.get("related", []), f"{where}.related")
    return Diagnostic(
        _text(table, "code", where),
        _text(table, "name", where),
        _one_of(Severity, table, "severity", where),
        _text(table, "message", where),
        place,
        tuple(_related(item, f"{where}.related[{n}]") for n, item in enumerate(related)),
        dict(_table(table.get("data", {}), f"{where}.data")),
        _fix(table.get("fix"), f"{where}.fix"),
        id=id_,
        baseline=_text(table, "baseline", where),
    )


def _related(value: Any, where: str) -> Related:
    table = _table(value, where)
    return Related(_place(table, where, ""), _text(table, "message", where))


def _place(table: Mapping[str, Any], where: str, text: str) -> Place:
    document = _table(table.get("document"), f"{where}.document")
    span, at = _table(table.get("span"), f"{where}.span"), _table(table.get("location"), f"{where}.location")
    context = _table(table.get("context", {}), f"{where}.context")
    start, end = _whole(span, "start", where), _whole(span, "end", where)
    if start > end:
        raise NotARunError(f"{where}.span ends before it starts")
    return Place(
        _text(table, "path", where),
        DocumentKey(
            _whole(document, "index", where),
            _text_or_none(document, "id", where),
            _text_or_none(document, "field", where),
        ),
        Span(start, end),
        Position(_whole(at, "line", where), _whole(at, "column", where)),
        Position(_whole(at, "end_line", where), _whole(at, "end_column", where)),
        _text(context, "text", where) if "text" in context else text,
        _text(context, "before", where) if "before" in context else "",
        _text(context, "after", where) if "after" in context else "",
    )


def _fix(value: Any, where: str) -> Fix | None:
    if value is None:
        return None
    table = _table(value, where)
    edits = [_table(edit, f"{where}.edits[{n}]") for n, edit in enumerate(_list(table.get("edits"), f"{where}.edits"))]
    return Fix(
        _text(table, "title", where),
        tuple(
            Edit(_whole(edit, "start", where), _whole(edit, "end", where), _text(edit, "content", where))
            for edit in edits
        ),
        _one_of(Applicability, table, "applicability", where),
    )


def _table(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotARunError(f"{where} is not an object")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise NotARunError(f"{where} is not a list")
    return value


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str):
        raise NotARunError(f"{where}.{key} is not text")
    return value


def _text_or_none(table: Mapping[str, Any], key: str, where: str) -> str | None:
    return None if table.get(key) is None else _text(table, key, where)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _whole(table: Mapping[str, Any], key: str, where: str) -> int:
    value = table.get(key)
    if not _is_whole(value):
        raise NotARunError(f"{where}.{key} is not a whole number")
    return int(value)  # type: ignore[arg-type]


def _one_of(kind: Any, table: Mapping[str, Any], key: str, where: str) -> Any:
    try:
        return kind(table.get(key))
    except ValueError:
        raise NotARunError(f"{where}.{key} is none of {', '.join(kind)}") from None
