"""corpuslint check: find, and with --fix mend."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any

import click

from corpuslint.cli.gating import baseline_file, gate_options, judge, open_gate, suppressed_findings
from corpuslint.cli.inputs import corpus_options, run_settings, tasks
from corpuslint.cli.output import note
from corpuslint.cli.progress import watched
from corpuslint.cli.reports import output_options, report_files, targets, write_reports
from corpuslint.cli.sides import open_against, since_options
from corpuslint.diagnostic import Applicability, Severity
from corpuslint.engine import Run, Task, check, with_fixed
from corpuslint.executors.local import processors
from corpuslint.fixing import FixedFile, Spared
from corpuslint.reporters import MACHINE_READ


@click.command("check")
@corpus_options
@gate_options
@since_options
@click.option("--fix", is_flag=True, help="Apply safe fixes.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: apply unsafe fixes too.")
@click.option("--diff", is_flag=True, help="Print what --fix would change as a unified diff, and change nothing.")
@click.option("--fix-only", is_flag=True, help="Apply fixes and report nothing that remains.")
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
    most = Applicability.UNSAFE if words["unsafe_fixes"] else Applicability.SAFE
    spared = suppressed_findings(work, found.root.root, gate, words) if _fixes(words) else frozenset()
    if words["diff"]:
        sys.exit(_print_diff(work, most, spared))
    fixed = _fix(work, most, spared, words) if _fixes(words) else 0
    if words["fix_only"]:
        note(f"Fixed {fixed} findings.")
        sys.exit(1 if fixed and words["exit_non_zero_on_fix"] else 0)
    gate = against.with_old(gate) if against else gate
    jobs = words["jobs"] or processors()
    run = with_fixed(check(work, found.root.root, gate.preferred, jobs=jobs, watch=watched), fixed)
    if against:
        run, gate = against.narrowed(run, gate)
    for trouble in (*run.skips, *run.crashes, *run.notes):
        note(str(trouble))
    verdict = judge(run, work, gate, words)
    for message in verdict.notes:
        note(message)
    write_reports(verdict.run, words)
    sys.exit(_status(verdict.run, Severity(words["fail_on"] or found.root.fail_on), words))


def _fixes(words: dict[str, Any]) -> bool:
    return bool(words["fix"] or words["fix_only"] or words["diff"])


def _status(run: Run, fail_on: Severity, words: dict[str, Any]) -> int:
    if run.crashes or (run.skips and not words["allow_skipped"]):
        return 2
    if words["exit_non_zero_on_fix"] and run.fixed:
        return 1
    new = any(d.severity.rank <= fail_on.rank and d.baseline == "new" for d in run.diagnostics)
    return int(new and not words["exit_zero"])


def _fix(work: list[Task], most: Applicability, spared: Spared, words: dict[str, Any]) -> int:
    from corpuslint.fixing import fixed_files
    from corpuslint.writing import replace_file, rewritten

    fixed = 0
    for change in fixed_files(work, most, spared):
        _say_fights(change.fights)
        if not change.texts:
            continue
        content = rewritten(change.file, change.texts)
        if change.file.content is not None:
            # Standard input has no file to write to; the fixed text is what the caller waits for.
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        else:
            try:
                replace_file(change.file.path, content)
            except OSError as error:
                note(f"{change.file.name}: not fixed: cannot be written: {error.strerror or error}")
                continue
        fixed += len(change.applied)
        if words["show_fixes"]:
            _say_fixes(change)
    return fixed


def _print_diff(work: list[Task], most: Applicability, spared: Spared) -> int:
    from corpuslint.diff import unified_diff
    from corpuslint.fixing import fixed_files
    from corpuslint.writing import rewritten

    changed = 0
    for change in fixed_files(work, most, spared):
        _say_fights(change.fights)
        if change.texts:
            changed += 1
            content = rewritten(change.file, change.texts)
            for line in unified_diff(change.file.name, change.file.bytes(), content):
                sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
    note(f"{changed} files would change." if changed != 1 else "1 file would change.")
    return int(bool(changed))


def _say_fixes(change: FixedFile) -> None:
    counts = Counter((diagnostic.code, diagnostic.fix.title if diagnostic.fix else "") for diagnostic in change.applied)
    note(f"Fixed in {change.file.name}:")
    for (code, title), count in sorted(counts.items()):
        note(f"  {count} × {code} {title}")


def _say_fights(fights: Iterable[str]) -> None:
    for fight in fights:
        note(fight)
