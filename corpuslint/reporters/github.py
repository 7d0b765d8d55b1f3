"""GitHub workflow commands: annotations beside the lines of a pull request.

GitHub shows ten errors and ten warnings of a step and drops the rest without a word. So the worst are printed, the
others are counted, and the whole table goes to the step summary, which the command line writes.
"""

from __future__ import annotations

from itertools import islice
from typing import TextIO

from corpuslint.diagnostic import Diagnostic, Severity
from corpuslint.display import visible
from corpuslint.engine import Run
from corpuslint.reporters import Style
from corpuslint.reporters.closing import closing_lines
from corpuslint.reporters.physical import RepositoryPaths, region

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
MOST = 10  # annotations of one kind that GitHub shows for a step


def render(run: Run, stream: TextIO, style: Style) -> None:
    """Write an annotation for each of the worst findings, and say how many there are besides."""
    paths = RepositoryPaths(run.root)
    printed = 0
    for severity in Severity:
        of_kind = (diagnostic for diagnostic in run.diagnostics if diagnostic.severity is severity)
        for diagnostic in islice(of_kind, MOST):
            stream.write(_command(diagnostic, paths) + "\n")
            printed += 1
    if left := len(run.diagnostics) - printed:
        stream.write(
            f"{left} more findings are not annotated: GitHub shows {MOST} of a kind. The step summary has them.\n"
        )
    stream.writelines(line + "\n" for line in closing_lines(run, style))


def _command(diagnostic: Diagnostic, paths: RepositoryPaths) -> str:
    place = region(diagnostic.place)
    words = {"file": paths[diagnostic.place.path], "line": str(place.line), "endLine": str(place.end_line)}
    # Columns beside several lines would be taken for columns of the first one.
    if place.line == place.end_line:
        words |= {"col": str(place.column), "endColumn": str(place.end_column)}
    words["title"] = f"{diagnostic.code} {diagnostic.name}"
    properties = ",".join(f"{name}={_property(word)}" for name, word in words.items())
    return f"::{COMMANDS[diagnostic.severity]} {properties}::{_data(f'{diagnostic.message} ({diagnostic.id})')}"


def _data(text: str) -> str:
    """Escape a message: `visible` leaves no line end in it, and a percent sign begins an escape."""
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    """Escape a value of a command, in which colons and commas part the values."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
