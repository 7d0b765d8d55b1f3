"""`check --against`: opens the old corpus (an index, a folder, a Redis server) and adds what repeats it to a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpuslint.cli.inputs import tasks
from corpuslint.config import Settings
from corpuslint.engine import Run, Task
from corpuslint.executors.local import Local
from corpuslint.sources import SourceFile
from corpuslint.sources.walk import Walk
from corpuslint.stages.findings import Findings, held_or_filed
from corpuslint.stages.numbering import numbered

if TYPE_CHECKING:
    from corpuslint.indexes.index import Index, Old, Rules
    from corpuslint.indexes.repeats import Describe

REDIS = ("redis://", "rediss://")


def index_rules(found: Settings) -> Rules:
    """Return the rules of an index with the options of the run's root, whether they are selected or not."""
    from corpuslint.indexes.index import Rules
    from corpuslint.rules.duplicate_document import DuplicateDocument
    from corpuslint.rules.near_duplicate_document import NearDuplicateDocument

    options = found.root.rules
    return Rules(DuplicateDocument(**options.get("DUP201", {})), NearDuplicateDocument(**options.get("DUP202", {})))


def with_repeats(run: Run, work: Sequence[Task], found: Settings, against: str, jobs: int) -> Run:
    """Return the run with a finding for each document that repeats the old corpus; a wrong index is a usage error."""
    from corpuslint.indexes.index import IndexTrouble, sign
    from corpuslint.indexes.repeats import find_repeats, reading_again

    rules = index_rules(found)
    executor = Local(jobs)
    given = {str(task.file.path): task.file for task in work}
    walk = Walk(found.root.root)

    def file_of(document: Old) -> SourceFile:
        return given.get(document.path) or replace(document.file, name=walk.name(Path(document.path)))

    notes: list[str] = []
    describe: Describe = reading_again(executor, file_of)
    try:
        new = sign([task for task in work if _compares(task, rules)], rules, executor)
        if against.startswith(REDIS):
            from corpuslint.indexes.redis_index import RedisIndex

            old: Any = RedisIndex.open(against, rules)
            describe = old.describing(describe, walk.name)
            notes += old.notes
        else:
            old = _open(against, found, rules, jobs)
        outcome = find_repeats(new, old, rules, run.codes, describe)
    except IndexTrouble as trouble:
        raise click.UsageError(str(trouble)) from None
    except OSError as error:
        raise click.UsageError(f"{against}: cannot be read: {error.strerror or error}") from None
    # A document that repeats the old corpus is said to do so once, whatever it has in common with other new ones.
    said = {(d.place.path, d.place.key.index) for d in outcome.diagnostics}
    codes = {rules.equal.code, rules.near.code}
    both = Findings()
    both.add(d for d in run.diagnostics if d.code not in codes or (d.place.path, d.place.key.index) not in said)
    both.add(outcome.diagnostics)
    return replace(
        run, diagnostics=held_or_filed(numbered(both.in_order())), notes=(*run.notes, *outcome.notes, *notes)
    )


def _compares(task: Task, rules: Rules) -> bool:
    return any(rule.code in (rules.equal.code, rules.near.code) for rule in task.rules)


def _open(against: str, found: Settings, rules: Rules, jobs: int) -> Index:
    """Open an index file, or index a folder or a container for this run only."""
    from corpuslint.indexes.index import Index, sign
    from corpuslint.indexes.index_file import MAGIC, read_index

    path = Path(against)
    if path.is_file():
        with path.open("rb") as stream:
            magic = stream.read(len(MAGIC))
        if magic == MAGIC or path.suffix.lower() not in found.root.extension:
            return read_index(path, rules)
    elif not path.exists():
        raise click.UsageError(f"{against}: no such index or folder; make one with `corpuslint index build`")
    return Index(sign(tasks(found, {"paths": (against,)}), rules, Local(jobs)))
