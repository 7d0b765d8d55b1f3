"""One line a finding: place, code, message, id. For editors, grep and quick looks."""

from __future__ import annotations

from typing import TextIO

from corpuslint.diagnostic import Diagnostic, Place
from corpuslint.display import isolated, visible
from corpuslint.engine import Run, is_fixable
from corpuslint.reporters import Style
from corpuslint.reporters.closing import closing_lines


def render(run: Run, stream: TextIO, style: Style) -> None:
    """Write the findings and a closing line."""
    for diagnostic in run.diagnostics:
        stream.write(one_line(diagnostic) + "\n")
    stream.writelines(line + "\n" for line in closing_lines(run, style))


def one_line(diagnostic: Diagnostic) -> str:
    """Return a finding in one line."""
    mark = "[*] " if is_fixable(diagnostic) else ""
    known = " (known)" if diagnostic.baseline == "known" else ""
    place = where(diagnostic.place)
    return f"{place}: {diagnostic.code} {mark}{visible(diagnostic.message)}{known} [{diagnostic.id}]"


def where(place: Place) -> str:
    """Return path, line and column; the record where the container holds many."""
    path = isolated(visible(place.path))
    record = f"[{visible(place.key.id or str(place.key.index))}]" if place.key.field else ""
    return f"{path}{record}:{place.start.line}:{place.start.column}"
