"""What `check` does before it reports: --fix, --diff and --drop-duplicates. Nothing of it is loaded without them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from corpuslint.cli.gating import Gate, judge, suppressed_findings
from corpuslint.cli.output import note
from corpuslint.cli.progress import documents_pass
from corpuslint.config import Settings
from corpuslint.diagnostic import Diagnostic
from corpuslint.engine import Fixed, Task, check
from corpuslint.executors.local import processors
from corpuslint.reporters.closing import counted

if TYPE_CHECKING:
    from corpuslint.cli.dropping_flow import Dropping

F = TypeVar("F", bound=Callable[..., Any])
REMOVED = "corpuslint-removed.jsonl"


def fix_options(function: F) -> F:
    """Add the options that say what is changed, and how."""
    for decorate in reversed(
        (
            click.option("--fix", is_flag=True, help="Apply safe fixes."),
            click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: apply unsafe fixes too."),
            click.option("--diff", is_flag=True, help="Print what --fix would change, and change nothing."),
            click.option("--fix-only", is_flag=True, help="Apply fixes and report nothing that remains."),
            click.option("--interactive", is_flag=True, help="With --fix: show each fix and ask."),
            click.option("--drop-duplicates", is_flag=True, help="With --fix: remove duplicates, one of each stays."),
            click.option("--removed", type=click.Path(path_type=Path), help=f"Removed documents go here ({REMOVED})."),
            click.option("--allow-shrink", is_flag=True, help="Apply fixes that take more than 20% of the corpus."),
            click.option("--show-fixes", is_flag=True, help="List the fixes that were applied."),
        )
    ):
        function = decorate(function)
    return function


def removed_file(found: Settings, words: Mapping[str, Any]) -> Path:
    """Return where removed documents are written down."""
    return Path(words.get("removed") or found.root.root / REMOVED).absolute()


def mend(
    found: Settings,
    gate: Gate,
    work: Sequence[Task],
    words: Mapping[str, Any],
    asked_for: Collection[str] | None = None,
) -> Fixed:
    """Fix or print the diff, where either is asked for; a suppressed finding is never fixed.

    `asked_for` names the files that may change, where others are only compared with (None: all).
    """
    if not (words["fix"] or words["fix_only"] or words["diff"]):
        if words["drop_duplicates"] or words["interactive"]:
            raise click.UsageError("--drop-duplicates and --interactive go with --fix")
        return Fixed()
    from corpuslint.cli import fixing_flow as flow

    asked = flow.fix_words(words)
    dropping = _dropping(found, gate, work, words) if words["drop_duplicates"] else None
    spared = suppressed_findings(work, found.root.root, gate, words)
    repeated = flow.counted_for_fixes(work, asked.most, words["jobs"] or processors())
    decide = flow.by_rules(asked, spared, repeated)
    ours = [task for task in work if asked_for is None or task.file.name in asked_for]
    if words["diff"]:
        changed = flow.diff(ours, decide, asked)
        note(f"{counted(changed, 'file')} would change.")
        sys.exit(int(bool((dropping.list() if dropping else 0) + changed)))
    return flow.fix(ours, found.root.root, decide, asked, dropping.remove if dropping else None)


def left_over(work: Sequence[Task], fixed: Fixed) -> Sequence[Task]:
    """Return the files that are still there; where any was written, all are looked at again."""
    if not fixed.files and not fixed.gone:
        return work
    return [task for task in work if task.file.name not in fixed.gone]


def _dropping(found: Settings, gate: Gate, work: Sequence[Task], words: Mapping[str, Any]) -> Dropping:
    from corpuslint.cli.dropping_flow import Dropping

    if words.get("since") or any(task.file.content is not None for task in work):
        raise click.UsageError("--drop-duplicates compares files with each other; leave out --since and -")

    def copies() -> Sequence[Diagnostic]:
        jobs = words["jobs"] or processors()
        run = check(work, found.root.root, gate.preferred, jobs=jobs, watch=documents_pass)
        return judge(run, work, gate, words).run.diagnostics

    return Dropping(copies, {task.file.name: task.file for task in work}, removed_file(found, words))
