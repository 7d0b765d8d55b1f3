"""corpuslint undo: take back what a fixing run changed, byte for byte."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Any

import click

from corpuslint.changing.journal import Journal, JournalError, RunFolder, read_stage
from corpuslint.changing.transaction import recover, undo
from corpuslint.cli.inputs import run_settings
from corpuslint.cli.output import note
from corpuslint.config import Settings
from corpuslint.display import visible
from corpuslint.reporters.closing import counted


@click.command("undo")
@click.argument("run", required=False)
@click.option("--list", "only_list", is_flag=True, help="List the runs that can be undone.")
@click.option(
    "--config", type=click.Path(path_type=Path), help="Configuration file of the run (its folder holds the journal)."
)
@click.option("--isolated", is_flag=True, help="Read no configuration file.")
def command(run: str | None, only_list: bool, **words: Any) -> None:
    """Restore the files that RUN changed (default: the last run that changed any), dropped files too.

    A file that was changed since is refused and named; the others are restored. Status 1 where one was refused.
    """
    found: Settings = run_settings(words)
    journal = Journal(found.root.root)
    try:
        if only_list:
            for folder in journal.runs():
                click.echo(_line(folder))
            return
        with journal.locked(lambda: note("Waiting for another corpuslint run …")):
            recover(journal, note)
            sys.exit(_undo(journal, _chosen(journal, run)))
    except JournalError as error:
        raise click.UsageError(str(error)) from None


def _chosen(journal: Journal, run: str | None) -> RunFolder:
    runs = [folder for folder in journal.runs() if folder.state != "undone"]
    if run is not None:
        runs = [folder for folder in runs if run.isdecimal() and int(folder.id) == int(run)]
    if not runs:
        what = f"run {run!r}" if run else "run"
        raise click.UsageError(f"no {what} to undo under {journal.root}; `corpuslint undo --list` lists them")
    return runs[-1]


def _undo(journal: Journal, run: RunFolder) -> int:
    done = undo(run, journal.root)
    for name, reason in done.refused:
        note(f"{visible(name)}: not restored: {reason}")
    refused = f", {counted(len(done.refused), 'file')} refused" if done.refused else ""
    note(f"Run {run.id}: {counted(len(done.restored), 'file')} restored{refused}.")
    return int(bool(done.refused))


def _line(run: RunFolder) -> str:
    when = datetime.datetime.fromtimestamp(run.folder.stat().st_ctime).astimezone().strftime("%Y-%m-%d %H:%M")
    changes = [change for stage in run.stages for change in read_stage(stage)]
    files = len({change.name for change in changes})
    gone = sum(change.gone for change in changes)
    removed = f", {counted(gone, 'file')} removed" if gone else ""
    return (
        f"{run.id}  {when}  {counted(files, 'file')}{removed}{'  ' if run.state else '  cut off'}{run.state}".rstrip()
    )
