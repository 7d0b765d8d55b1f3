"""corpuslint check: find, and with --fix mend."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from corpuslint.cli.inputs import corpus_options, run_settings, tasks
from corpuslint.cli.output import findings_stream, has_colour, note
from corpuslint.config import Settings
from corpuslint.diagnostic import Severity
from corpuslint.engine import Fixed, Run, Task, check, with_fixed
from corpuslint.reporters import FORMATS, Style, reporter
from corpuslint.reporters.closing import counted


@click.command("check")
@corpus_options
@click.option("--fix", is_flag=True, help="Apply safe fixes.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: apply unsafe fixes too.")
@click.option("--diff", is_flag=True, help="Print what --fix would change as a unified diff, and change nothing.")
@click.option("--fix-only", is_flag=True, help="Apply fixes and report nothing that remains.")
@click.option("--interactive", is_flag=True, help="With --fix: show each fix and ask.")
@click.option("--allow-shrink", is_flag=True, help="Apply fixes even if they take more than 20% of the corpus.")
@click.option("--show-fixes", is_flag=True, help="List the fixes that were applied.")
@click.option("--output-format", type=click.Choice(FORMATS), default="full", help="How findings are written.")
@click.option("--output-file", type=click.Path(path_type=Path), help="Write findings into a file.")
@click.option("--statistics", is_flag=True, help="Close with a table of the findings by rule.")
@click.option(
    "--fail-on",
    type=click.Choice(list(Severity)),
    help="Least severity that ends with status 1 (default: warning).",
)
@click.option("--exit-zero", is_flag=True, help="End with status 0 even if there are findings.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="End with status 1 if anything was fixed.")
@click.option("--allow-skipped", is_flag=True, help="Input that cannot be read does not change the exit status.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, help="Number of processes.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
def command(**words: Any) -> None:
    """Check PATHS (files, folders, globs, - for standard input; default: the current folder).

    Status 0: nothing found. 1: findings. 2: a usage error, or input that could not be read.
    """
    found = run_settings(words)
    own_files = [file for file in (words["output_file"],) if file]
    work = tasks(found, words, own_files)
    if not work:
        note("No documents found: folders give files with the extensions " + ", ".join(found.root.extension) + ".")
        return
    fixed = _fix(found, work, words)
    if words["fix_only"]:
        sys.exit(2 if fixed.failed else int(bool(fixed.findings and words["exit_non_zero_on_fix"])))
    run = with_fixed(check(work, found.root.root), fixed.findings)
    _report(run, words)
    sys.exit(2 if fixed.failed else _status(run, Severity(words["fail_on"] or found.root.fail_on), words))


def _fix(found: Settings, work: list[Task], words: dict[str, Any]) -> Fixed:
    """Fix or print the diff, where either is asked for."""
    if not (words["fix"] or words["fix_only"] or words["diff"]):
        return Fixed()
    from corpuslint.cli import fixing_flow as flow

    asked = flow.fix_words(words)
    decide = flow.by_rules(asked, lambda _diagnostic: True)
    if words["diff"]:
        changed = flow.diff(work, decide, asked)
        note(f"{counted(changed, 'file')} would change.")
        sys.exit(int(bool(changed)))
    return flow.fix(work, found.root.root, decide, asked)


def _report(run: Run, words: dict[str, Any]) -> None:
    for trouble in (*run.skips, *run.crashes):
        note(str(trouble))
    style = Style(has_colour(words["output_file"]), words["show_fixes"], words["statistics"])
    with findings_stream(words["output_file"]) as stream:
        reporter(words["output_format"]).render(run, stream, style)
    if words["statistics"] and words["output_format"] in {"json", "jsonl"}:
        from corpuslint.reporters.closing import statistics_lines

        for line in statistics_lines(run):
            note(line)


def _status(run: Run, fail_on: Severity, words: dict[str, Any]) -> int:
    if run.crashes or (run.skips and not words["allow_skipped"]):
        return 2
    if words["exit_non_zero_on_fix"] and run.fixed:
        return 1
    new = any(d.severity.rank <= fail_on.rank and d.baseline == "new" for d in run.diagnostics)
    return int(new and not words["exit_zero"])
