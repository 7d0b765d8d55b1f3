"""GitLab Code Quality: a JSON array whose fingerprints a merge request compares with those of its target branch."""

from __future__ import annotations

import json
from typing import TextIO

from corpuslint.diagnostic import Diagnostic, Severity
from corpuslint.display import visible
from corpuslint.engine import Run
from corpuslint.reporters import Style
from corpuslint.reporters.physical import RepositoryPaths, region

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(run: Run, stream: TextIO, style: Style) -> None:
    """Write the array, an object a line; an empty run is an empty array."""
    paths = RepositoryPaths(run.root)
    for number, diagnostic in enumerate(run.diagnostics):
        stream.write((",\n" if number else "[\n") + json.dumps(_issue(diagnostic, paths)))
    stream.write("\n]\n" if run.diagnostics else "[]\n")


def _issue(diagnostic: Diagnostic, paths: RepositoryPaths) -> dict[str, object]:
    place = region(diagnostic.place)
    return {
        # GitLab does not show the check's name, so the description says it.
        "description": visible(f"{diagnostic.code} {diagnostic.name}: {diagnostic.message}"),
        "check_name": diagnostic.code,
        "fingerprint": diagnostic.id,
        "severity": SEVERITIES[diagnostic.severity],
        "location": {
            "path": paths[diagnostic.place.path].encode("utf-8", "replace").decode("utf-8"),
            "lines": {"begin": place.line, "end": place.end_line},
        },
    }
