"""corpuslint report: a run as a page to pass around, with a summary and the files that programs read."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import click

from corpuslint.cli.gating import baseline_file, judge, open_gate
from corpuslint.cli.inputs import corpus_options, run_settings, tasks
from corpuslint.cli.output import note
from corpuslint.config import Config, Settings
from corpuslint.engine import Counts, Run, check
from corpuslint.report import FILES, Request, write_report
from corpuslint.report.changes import labels
from corpuslint.report.loading import NotARunError, SavedRun, load_run
from corpuslint.report.material import gather
from corpuslint.sources import SourceFile
from corpuslint.statistics import Statistics


@click.command("report")
@corpus_options
@click.option("--baseline", type=click.Path(path_type=Path), help="Baseline (default: the one in the root).")
@click.option("--no-baseline", is_flag=True, help="Say of no finding whether it is known.")
@click.option("--no-suppressions", is_flag=True, help="Show suppressed findings too.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default="reports", help="Folder of the report.")
@click.option(
    "--compare",
    "earlier",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Earlier report.json to compare with; several, the oldest first, are drawn as a history.",
)
@click.option("--title", default="Corpus report", help="Heading of the page.")
@click.option("--allow-skipped", is_flag=True, help="Input that cannot be read does not change the exit status.")
def command(**words: Any) -> None:
    """Write a report of PATHS, or of a run saved by `check --output-format json`, into a folder.

    The folder gets index.html, report.json, report.sarif, summary.md and corpuslint-clusters.jsonl.
    """
    found = run_settings(words)
    paths = [Path(path) for path in words["paths"]]
    saved = len(paths) == 1 and paths[0].suffix == ".json" and paths[0].is_file()
    try:
        earlier = list(zip(labels(words["earlier"]), map(load_run, words["earlier"]), strict=True))
        request = _of_run(load_run(paths[0]), found) if saved else _of_paths(found, words)
        write_report(replace(request, earlier=earlier, title=words["title"]), words["output"])
    except NotARunError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}") from None
    note(f"Wrote {words['output'] / FILES[0]}: {len(request.material.diagnostics):,} findings.")
    broken = request.run.crashes or (request.run.skips and not words["allow_skipped"])
    sys.exit(2 if broken else 0)


def _of_paths(found: Settings, words: dict[str, Any]) -> Request:
    gate = replace(open_gate(found, words), show_known=True)
    own_files = [*(words["output"] / name for name in FILES), baseline_file(found, words)]
    work = tasks(found, words, own_files)
    run = check(work, found.root.root, gate.preferred)
    for trouble in (*run.skips, *run.crashes):
        note(str(trouble))
    # A report shows what is known too, marked as such: it says how the corpus is, not what a change broke.
    verdict = judge(run, work, gate, words)
    for message in verdict.notes:
        note(message)
    run = verdict.run
    read = gather([task.file for task in work], run.diagnostics)
    statistics = Statistics.of(read.documents, len(work), len(read.skips)).as_json()
    return Request(run, read, run.summary(), statistics)


def _of_run(saved: SavedRun, found: Settings) -> Request:
    """Read again the files that the run names and that are still there; their text is shown around the findings."""
    config = found.root
    places = [place for d in saved.diagnostics for place in (d.place, *(related.place for related in d.related))]
    files = [
        SourceFile(config.root / name, name, found.for_file(config.root / name).read_options)
        for name in sorted({place.path for place in places})
        if _is_corpus_file(config, name)
    ]
    read = gather(files, saved.diagnostics)
    counts = Counts(*(saved.summary.get(name, 0) for name in ("files", "documents", "characters")))
    codes = tuple(sorted({diagnostic.code for diagnostic in saved.diagnostics}))
    run = Run(config.root, read.diagnostics, counts=counts, codes=codes)
    return Request(run, read, saved.summary, saved.statistics)


def _is_corpus_file(config: Config, name: str) -> bool:
    """Say whether a path of a saved run may be read: a run from a stranger must not bring other files into a report."""
    path = PurePosixPath(name)
    if "\0" in name or path.is_absolute() or path.suffix.lower() not in config.extension:
        return False
    if any(part.startswith(".") for part in path.parts):
        return False
    file = config.root / path
    return file.is_file() and file.resolve().is_relative_to(config.root.resolve())
