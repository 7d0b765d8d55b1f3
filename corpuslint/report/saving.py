"""The run as JSON with what a later report wants of it: numbers, statistics, and the text around each place.

It is the format of `check --output-format json` with keys added, so whatever reads that reads this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from corpuslint.diagnostic import Diagnostic, Place
from corpuslint.report.headline import Number
from corpuslint.reporters.json import VERSION, as_json, dump


def write_run(
    diagnostics: Sequence[Diagnostic],
    summary: Mapping[str, int],
    numbers: Sequence[Number],
    statistics: Mapping[str, Any],
    stream: TextIO,
) -> None:
    """Write the run, one finding a line."""
    values = {number.name: number.value for number in numbers if number.value is not None}
    stream.write(f'{{"version": {VERSION},\n "summary": {dump(dict(summary))},\n "numbers": {dump(values)},\n')
    stream.write(f' "statistics": {dump(dict(statistics))},\n "diagnostics": [')
    for number, diagnostic in enumerate(diagnostics):
        stream.write((",\n  " if number else "\n  ") + dump(_with_context(diagnostic)))
    stream.write("]}\n" if not diagnostics else "\n]}\n")


def _with_context(diagnostic: Diagnostic) -> dict[str, Any]:
    value = as_json(diagnostic)
    value["context"] = _context(diagnostic.place)
    for described, related in zip(value["related"], diagnostic.related, strict=True):
        described["context"] = {**_context(related.place), "text": related.place.text}
    return value


def _context(place: Place) -> dict[str, str]:
    return {"before": place.before, "after": place.after}
