"""corpuslint check: find, and with --fix mend."""

from __future__ import annotations

import sys
from typing import Any

import click

from corpuslint.cli.gating import Gate, baseline_file, gate_options, judge, open_gate, suppressed_findings
from corpuslint.cli.inputs import corpus_options, run_settings, tasks
from corpuslint.cli.output import note
from corpuslint.cli.progress import watched
from corpuslint.cli.reports import output_options, report_files, targets, write_reports
from corpuslint.cli.sides import open_against, since_options
from corpuslint.config import Settings
from corpuslint.diagnostic import Severity
from corpuslint.engine import Fixed, Run, Task, check, with_fixed
from corpuslint.executors.local import processors
from corpuslint.reporters import MACHINE_READ
from corpuslint.reporters.closing import counted


@click.command("check")
@corpus_options
@gate_options
@since_options
@click.option("--fix", is_flag=True, help="Apply safe fixes.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: apply unsafe fixes too.")
@click.option("--diff", is_flag=True, help="Print what --fix would change as a unified diff, and change nothing.")
@click.option("--fix-only", is_flag=True, help="Apply fixes and report nothing that remains.")
@click.option("--interactive", is_flag=True, help="With --fix: show each fix and ask.")
@click.option("--allow-shrink", is_flag=True, help="Apply fixes even if they take more than 20% of the corpus.")
@click.option("--show-fixes", is_flag=True, help="List the fixes that were applied.")
@output_options
@click.option("--statistics", is_flag=True, help="Close with a table of the findings by rule.")
@click.option(
    "--fail-on",
    type=click.Choice(list(Severity)),
    help="Least severity that ends with status 1 (default: warning).",
)
@click.option("--exit-zero", is_flag=True, help="End with status 0 even if there are findings.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="End with status 1 if anything was fixed.")
@click.option("--allow-skipped", is_flag=True, help="Input that cannot be read does not change the exit status.")
@click.option("--jobs", type=click.IntRange(min=1), help="Number of processes (default: one for each processor).")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
def command(**words: Any) -> None:
    """Check PATHS (files, folders, globs, - for standard input; default: the current folder).

    Status 0: nothing new. 1: new findings. 2: a usage error, or input that could not be read.
    """
    found = run_settings(words)
    gate = open_gate(found, words)
    own_files = [*report_files(words), baseline_file(found, words)]
    against = open_against(found, words, own_files)
    work = against.work if against else tasks(found, words, own_files)
    if not work:
        note("No documents found: folders give files with the extensions " + ", ".join(found.root.extension) + ".")
        if all(target.format not in MACHINE_READ for target in targets(words)):
            return
    fixed = _fix(found, gate, work, words)
    if words["fix_only"]:
        sys.exit(2 if fixed.failed else int(bool(fixed.findings and words["exit_non_zero_on_fix"])))
    gate = against.with_old(gate) if against else gate
    jobs = words["jobs"] or processors()
    run = with_fixed(check(work, found.root.root, gate.preferred, jobs=jobs, watch=watched), fixed.findings)
    if against:
        run, gate = against.narrowed(run, gate)
    for trouble in (*run.skips, *run.crashes, *run.notes):
        note(str(trouble))
    verdict = judge(run, work, gate, words)
    for message in verdict.notes:
        note(message)
    write_reports(verdict.run, words)
    sys.exit(2 if fixed.failed else _status(verdict.run, Severity(words["fail_on"] or found.root.fail_on), words))


def _fix(found: Settings, gate: Gate, work: list[Task], words: dict[str, Any]) -> Fixed:
    """Fix or print the diff, where either is asked for; a suppressed finding is never fixed."""
    if not (words["fix"] or words["fix_only"] or words["diff"]):
        return Fixed()
    from corpuslint.cli import fixing_flow as flow

    asked = flow.fix_words(words)
    spared = suppressed_findings(work, found.root.root, gate, words)
    decide = flow.by_rules(asked, spared)
    if words["diff"]:
        changed = flow.diff(work, decide, asked)
        note(f"{counted(changed, 'file')} would change.")
        sys.exit(int(bool(changed)))
    return flow.fix(work, found.root.root, decide, asked)


def _status(run: Run, fail_on: Severity, words: dict[str, Any]) -> int:
    if run.crashes or (run.skips and not words["allow_skipped"]):
        return 2
    if words["exit_non_zero_on_fix"] and run.fixed:
        return 1
    new = any(d.severity.rank <= fail_on.rank and d.baseline == "new" for d in run.diagnostics)
    return int(new and not words["exit_zero"])
