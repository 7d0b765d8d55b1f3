"""`--since REV` and `--staged`: what is checked on the new side, and what the old side already had.

Corpus rules see the whole corpus of each side, since a staged file may repeat one that nobody touched; findings are
reported for the paths that were asked for. Document rules need the changed files of the old side only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from corpuslint.baselines.comparison import on_disk
from corpuslint.baselines.git import GitError
from corpuslint.baselines.since import (
    GitFile,
    Sides,
    corpus_rules,
    document_rules,
    old_entries,
    since_last_commit,
    since_revision,
    unchanged_entries,
)
from corpuslint.cli.gating import Gate
from corpuslint.cli.inputs import task_for, tasks
from corpuslint.config import Settings
from corpuslint.config_values import ConfigError
from corpuslint.engine import Run, Task, check
from corpuslint.sources import ReadOptions
from corpuslint.sources.walk import Walk
from corpuslint.stages.findings import LEFT_OUT, NEW, marked

F = TypeVar("F", bound=Callable[..., Any])


def since_options(function: F) -> F:
    """Add the options that compare with git."""
    since = click.option("--since", metavar="REV", help="Report only findings that a git revision does not have.")
    staged = click.option("--staged", is_flag=True, help="Check what is staged; report only what HEAD does not have.")
    return since(staged(function))


@dataclass(frozen=True)
class Against:
    """A check of a new side against an old one: the new side's tasks, and what was asked for."""

    sides: Sides
    root: Path
    work: list[Task]  # corpus rules on the whole corpus, document rules on what was asked for
    old_work: list[Task]  # the same for the old side, without document rules where nothing changed
    asked: frozenset[str]  # names of the new side's files that were asked for

    def with_old(self, gate: Gate, jobs: int) -> Gate:
        """Return the gate with the old side's findings in it."""
        exists = self.sides.exists(self.root) if self.sides.index is not None else on_disk(self.root)
        run = check(self.old_work, self.root, gate.preferred, jobs=jobs)
        known = gate.entries or {}
        entries = {**old_entries(run.diagnostics, run.revisit, exists), **known}
        old = frozenset(task.file.name for task in self.old_work)
        return replace(gate, entries=entries, exists=exists, counted=frozenset(known), older=old)

    def narrowed(self, run: Run, gate: Gate) -> tuple[Run, Gate]:
        """Return the run with the findings that were asked for, and the gate with those of unchanged files in it."""
        unchanged = frozenset(
            task.file.name
            for task in self.work
            if (task.file.content is None or isinstance(task.file, GitFile))
            and self.sides.is_unchanged(self.root / task.file.name)
        )
        codes = {rule.code for task in self.work for rule in document_rules(task.rules)}
        asked = bytes(NEW if d.place.path in self.asked else LEFT_OUT for d in run.diagnostics)
        shown = marked(run.diagnostics, asked)
        entries = {**unchanged_entries(shown, unchanged, codes), **(gate.entries or {})}
        return replace(run, diagnostics=shown), replace(gate, entries=entries)


def open_against(found: Settings, words: Mapping[str, Any], own_files: Sequence[Path]) -> Against | None:
    """Return what `--since` or `--staged` asks for, None without them; what git cannot answer is a usage error."""
    if not words.get("since") and not words.get("staged"):
        return None
    if words.get("since") and words.get("staged"):
        raise click.UsageError("--since and --staged exclude each other: --staged compares with HEAD")
    if words.get("staged") and any(words.get(name) for name in ("fix", "fix_only", "diff")):
        raise click.UsageError("--staged reads the index, which --fix and --diff do not write; leave one of them out")
    try:
        return _against(found, words, own_files)
    except (GitError, ConfigError) as error:
        raise click.UsageError(str(error)) from None


def _against(found: Settings, words: Mapping[str, Any], own_files: Sequence[Path]) -> Against:
    config = found.root
    root = config.root
    walk = Walk(root, config.extension, config.exclude, frozenset(path.absolute() for path in own_files))
    arguments = tuple(words.get("paths") or (".",))
    comparing = bool(corpus_rules(config.selected))

    def options(path: Path) -> ReadOptions:
        return found.for_file(path).read_options

    if words.get("staged"):
        sides = since_last_commit(Path.cwd())
        files = list(sides.staged_files(root, options))
        new = [task_for(found, file) for file in files if walk.would_find(file.path, (str(root), *arguments))]
        asked = frozenset(task.file.name for task in new if walk.would_find(task.file.path, arguments))
    else:
        sides = since_revision(Path.cwd(), words["since"])
        new = tasks(found, words, own_files)
        asked = frozenset(task.file.name for task in new)
        if comparing:
            everything = tasks(found, {"paths": (str(root),)}, own_files)
            new += [task for task in everything if task.file.name not in asked]
    old = [task_for(found, file) for file in sides.old_files(root, options)]
    old = [task for task in old if walk.would_find(task.file.path, (str(root), *arguments))]
    gone = _is_gone(sides)
    in_full = [
        # A file that is gone may have been renamed into the paths that were asked for.
        not sides.is_unchanged(task.file.path) and (walk.would_find(task.file.path, arguments) or gone(task.file.path))
        for task in old
    ]
    return Against(
        sides,
        root,
        sorted(_with_rules(new, [task.file.name in asked for task in new]), key=lambda task: task.file.name),
        sorted(_with_rules(old, in_full), key=lambda task: task.file.name),
        asked,
    )


def _is_gone(sides: Sides) -> Callable[[Path], bool]:
    index = sides.index
    return (lambda path: not path.exists()) if index is None else (lambda path: sides.name(path) not in index)


def _with_rules(work: Sequence[Task], in_full: Sequence[bool]) -> list[Task]:
    """Return tasks with all their rules or with corpus rules only; those without any are left out."""
    cut = [
        task if full else replace(task, rules=corpus_rules(task.rules))
        for task, full in zip(work, in_full, strict=True)
    ]
    return [task for task in cut if task.rules]
