"""corpuslint check: find, and with --fix mend."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

import click

from corpuslint.cli.gating import baseline_file, gate_options, judge, open_gate
from corpuslint.cli.inputs import corpus_options, run_settings, work_of
from corpuslint.cli.limits import Size, room_for_files, shared_out
from corpuslint.cli.mending import fix_options, left_over, mend, removed_file
from corpuslint.cli.output import note
from corpuslint.cli.progress import documents_pass
from corpuslint.cli.reports import output_options, report_files, targets, write_reports
from corpuslint.cli.sides import open_against, since_options
from corpuslint.diagnostic import Severity
from corpuslint.engine import Run, Task, check, with_fixed
from corpuslint.recalling.recall import Recall
from corpuslint.reporters import MACHINE_READ


@click.command("check")
@corpus_options
@gate_options
@since_options
@fix_options
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
@click.option(
    "--max-memory",
    type=Size(),
    help="Memory that the run may take, as 500M or 2G (default: 400M, and 220M for each worker process); findings and "
    "what documents are compared by go to temporary files beyond it. Rows of documents (60 bytes each) come on top.",
)
@click.option("--against", metavar="OLD", help="Report what repeats an old corpus: an index, a folder or redis://….")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option("--profile", is_flag=True, help="Close with the time that each stage and each rule took.")
@click.option("-v", "--verbose", is_flag=True, help="Say which files the cache knew, and why not the others.")
def command(**words: Any) -> None:
    """Check PATHS (files, folders, globs, - for standard input; default: the current folder).

    Status 0: nothing new. 1: new findings. 2: a usage error, or input that could not be read.
    """
    begin = time.perf_counter()
    jobs, budget = shared_out(words["max_memory"], words["jobs"])
    found = run_settings(words)
    gate = open_gate(found, words)
    own_files = [*report_files(words), baseline_file(found, words), removed_file(found, words)]
    against = open_against(found, words, own_files)
    work: Sequence[Task] = against.work if against else work_of(found, words, own_files)
    if not work:
        note("No documents found: folders give files with the extensions " + ", ".join(found.root.extension) + ".")
        if all(target.format not in MACHINE_READ for target in targets(words)):
            return
    fixed = mend(found, gate, work, words, against.asked if against else None)
    if words["fix_only"]:
        sys.exit(2 if fixed.failed else int(bool(fixed.findings and words["exit_non_zero_on_fix"])))
    work = left_over(work, fixed)
    gate = against.with_old(gate, jobs) if against else gate
    recall = None if words["no_cache"] else Recall(found.root.root, verbose=words["verbose"])
    with room_for_files():
        outcome = check(
            work, found.root.root, gate.preferred, jobs=jobs, watch=documents_pass, recall=recall, budget=budget
        )
        run = with_fixed(outcome, fixed.findings)
        if words["against"]:
            from corpuslint.cli.repeating import with_repeats

            run = with_repeats(run, work, found, words["against"], jobs)
        if against:
            run, gate = against.narrowed(run, gate)
        for trouble in (*run.skips, *run.crashes, *run.notes):
            note(str(trouble))
        verdict = judge(run, work, gate, words)
        for message in verdict.notes:
            note(message)
        write_reports(verdict.run, words)
    if words["profile"]:
        from corpuslint.cli.profile import profile

        for line in profile(outcome.spent, time.perf_counter() - begin, outcome.counts.documents):
            note(line)
    sys.exit(2 if fixed.failed else _status(verdict.run, Severity(words["fail_on"] or found.root.fail_on), words))


def _status(run: Run, fail_on: Severity, words: dict[str, Any]) -> int:
    if run.crashes or (run.skips and not words["allow_skipped"]):
        return 2
    if words["exit_non_zero_on_fix"] and run.fixed:
        return 1
    new = any(d.severity.rank <= fail_on.rank and d.baseline == "new" for d in run.diagnostics)
    return int(new and not words["exit_zero"])
