"""rdjson, reviewdog's format: ranges count UTF-8 bytes, so the documents of the findings are read once more."""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import Any, TextIO

from corpuslint.diagnostic import Diagnostic, Severity
from corpuslint.display import visible
from corpuslint.document import Document
from corpuslint.engine import Run
from corpuslint.reporters import Style
from corpuslint.reporters.physical import RepositoryPaths, region

SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def render(run: Run, stream: TextIO, style: Style) -> None:
    """Write one document with all findings, a finding a line."""
    paths = RepositoryPaths(run.root)
    offsets: dict[str, set[int]] = {}
    for diagnostic in run.diagnostics:
        if diagnostic.place.record is None:
            offsets.setdefault(diagnostic.place.path, set()).update(_offsets(diagnostic))
    ranges = run.revisit.facts(
        ((path, 0) for path in offsets), lambda document: byte_positions(document, sorted(offsets[document.path]))
    )
    stream.write('{"source": {"name": "corpuslint"},\n"diagnostics": [')
    for number, diagnostic in enumerate(run.diagnostics):
        found = _diagnostic(diagnostic, paths, ranges.get((diagnostic.place.path, 0), {}))
        stream.write((",\n" if number else "\n") + json.dumps(found))
    stream.write("\n]}\n" if run.diagnostics else "]}\n")


def byte_positions(document: Document, offsets: list[int]) -> dict[int, dict[str, int]]:
    """Return line and column (in UTF-8 bytes), both from 1, of offsets that are sorted; each line is read once."""
    starts = [line.start for line in document.lines] or [0]
    found: dict[int, dict[str, int]] = {}
    line, at, size = -1, 0, 0
    for offset in offsets:
        if offset > len(document.text):
            continue  # the file has changed since it was checked
        if (number := bisect_right(starts, offset)) != line:
            line, at, size = number, starts[number - 1], 0
        size += len(document.text[at:offset].encode("utf-8", "surrogatepass"))
        at = offset
        found[offset] = {"line": line, "column": size + 1}
    return found


def _offsets(diagnostic: Diagnostic) -> set[int]:
    edits = diagnostic.fix.edits if diagnostic.fix else ()
    return {*diagnostic.place.span, *(edit.start for edit in edits), *(edit.end for edit in edits)}


def _diagnostic(diagnostic: Diagnostic, paths: RepositoryPaths, positions: dict[int, dict[str, int]]) -> dict[str, Any]:
    place = diagnostic.place
    start, end = positions.get(place.span.start), positions.get(place.span.end)
    found: dict[str, Any] = {
        "message": visible(f"{diagnostic.message} ({diagnostic.id})"),
        "location": {
            "path": visible(paths[place.path]),
            "range": {"start": start, "end": end} if start and end else {"start": {"line": region(place).line}},
        },
        "severity": SEVERITIES[diagnostic.severity],
        "code": {"value": diagnostic.code},
    }
    if diagnostic.fix is not None and all(offset in positions for offset in _offsets(diagnostic)):
        found["suggestions"] = [
            {"range": {"start": positions[edit.start], "end": positions[edit.end]}, "text": _encodable(edit.content)}
            for edit in diagnostic.fix.edits
        ]
    return found


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
