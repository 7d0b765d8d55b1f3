"""One JSON object a finding, a line each, and nothing else: for pipes."""

from __future__ import annotations

from typing import TextIO

from corpuslint.engine import Run
from corpuslint.reporters import Style
from corpuslint.reporters.json import as_json, dump


def render(run: Run, stream: TextIO, style: Style) -> None:
    """Write the findings."""
    for diagnostic in run.diagnostics:
        stream.write(dump(as_json(diagnostic)))
        stream.write("\n")
