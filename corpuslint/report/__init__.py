"""The report that people pass around: a run of checks as a page, a summary, and the files that programs read.

`build` says what the report says, `write_report` writes its files; one module an idea. What is found and what is
fixed is decided before this package is asked.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpuslint.engine import Run
from corpuslint.report.changes import changes_since
from corpuslint.report.clusters import clusters_of, write_clusters
from corpuslint.report.headline import headline_numbers
from corpuslint.report.loading import SavedRun
from corpuslint.report.markdown import summary_lines
from corpuslint.report.material import Material
from corpuslint.report.overview import Report
from corpuslint.report.page import write_page
from corpuslint.report.saving import write_run
from corpuslint.report.series import all_series

FILES = ("index.html", "report.json", "report.sarif", "summary.md", "corpuslint-clusters.jsonl")


@dataclass(frozen=True)
class Request:
    """What a report is made of: the run, what its documents add, and what it is compared with."""

    run: Run
    material: Material
    summary: Mapping[str, int]
    statistics: Mapping[str, Any] = field(default_factory=dict)  # of the whole corpus, where it was read
    earlier: Sequence[tuple[str, SavedRun]] = ()
    title: str = "Corpus report"


def build(request: Request, file: str = "report.json") -> Report:
    """Return what the report says; `file` is how its commands name the run."""
    material = request.material
    whole = bool(request.statistics)  # a saved run names only the files with findings; half a corpus is not drawn
    totals = {
        name: int(value)
        for name in ("documents", "characters", "words")
        if isinstance(value := request.statistics.get(name, request.summary.get(name)), int)
    }
    numbers = headline_numbers(material.diagnostics, totals, material.facts)
    clusters = clusters_of(material.diagnostics)
    changes = changes_since(request.earlier, material.diagnostics, numbers)
    documents = material.documents if whole else ()
    return Report(
        request.title,
        material,
        tuple(numbers),
        tuple(clusters),
        tuple(all_series(material.diagnostics, clusters, documents, changes)),
        changes,
        request.summary.get("gone", 0),
        request.summary.get("suppressed", 0),
        file,
        request.summary.get("skipped", 0),
    )


def write_report(request: Request, folder: Path) -> None:
    """Write the files of a report into a folder; raises OSError."""
    from corpuslint.reporters import FORMATS, Style, reporter

    named = folder if not folder.is_absolute() else Path(folder.name)
    report = build(request, shlex.quote(str(named / "report.json")))
    folder.mkdir(parents=True, exist_ok=True)
    with _open(folder / "index.html") as stream:
        stream.writelines(write_page(report))
    with _open(folder / "report.json") as stream:
        write_run(report.material.diagnostics, request.summary, report.numbers, request.statistics, stream)
    with _open(folder / "summary.md") as stream:
        stream.writelines(line + "\n" for line in summary_lines(report))
    with _open(folder / "corpuslint-clusters.jsonl") as stream:
        write_clusters(report.clusters, stream)
    if "sarif" in FORMATS:
        with _open(folder / "report.sarif") as stream:
            reporter("sarif").render(request.run, stream, Style())


def _open(path: Path) -> Any:
    # A lone surrogate of a file name becomes an escape instead of an error.
    return path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")
