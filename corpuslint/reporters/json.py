"""One JSON document with a summary and all findings: the format that scripts, baselines and reports read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, TextIO

from corpuslint.diagnostic import Diagnostic, Place
from corpuslint.engine import Run
from corpuslint.reporters import Style

LARGE = 1 << 20  # code points of a flagged text
SURROGATE = re.compile("[\ud800-\udfff]")
VERSION = 1  # of the format; grows only when a reader of the old one would go wrong


def render(run: Run, stream: TextIO, style: Style) -> None:
    """Write the document, one finding a line so that diffs stay readable."""
    stream.write(f'{{"version": {VERSION},\n "summary": {dump(run.summary())},\n "diagnostics": [')
    for number, diagnostic in enumerate(run.diagnostics):
        stream.write(",\n  " if number else "\n  ")
        stream.writelines(written(diagnostic))
    stream.write("]}\n" if not run.diagnostics else "\n]}\n")


def written(diagnostic: Diagnostic) -> Iterable[str]:
    """Return a finding as JSON; one of many megabytes in parts, since each copy of the whole takes as much again."""
    if len(diagnostic.place.text) < LARGE:
        return (dump(as_json(diagnostic)),)
    return map(_readable, json.JSONEncoder(ensure_ascii=False).iterencode(as_json(diagnostic)))


def dump(value: Any) -> str:
    """Return JSON with every script readable; a lone surrogate stays an escape."""
    return _readable(json.dumps(value, ensure_ascii=False))


def _readable(text: str) -> str:
    if text.isascii() or (len(text) > LARGE and not SURROGATE.search(text)):
        return text  # without copies
    return text.encode("utf-8", "backslashreplace").decode()


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return a finding as plain values."""
    fix = diagnostic.fix
    return {
        "id": diagnostic.id,
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        **_place(diagnostic.place),
        "text": diagnostic.place.text,
        "related": [{**_place(related.place), "message": related.message} for related in diagnostic.related],
        "data": dict(diagnostic.data),
        "fix": fix
        and {
            "applicability": str(fix.applicability),
            "title": fix.title,
            "edits": [{"start": edit.start, "end": edit.end, "content": edit.content} for edit in fix.edits],
        },
        "baseline": diagnostic.baseline,
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "path": place.path,
        "document": {"index": place.key.index, "id": place.key.id, "field": place.key.field},
        "span": place.span._asdict(),
        "location": {
            "line": place.start.line,
            "column": place.start.column,
            "end_line": place.end.line,
            "end_column": place.end.column,
        },
    }
