"""corpuslint baseline: adopt a corpus with what it has, keep the list true, pay it down."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from corpuslint import baseline
from corpuslint.baseline import Entries, entries_for, sketch_of
from corpuslint.baselines.baseline_file import BaselineError, read_bytes
from corpuslint.baselines.sketch import alike
from corpuslint.cli.gating import Gate, Verdict, baseline_file, judge, open_gate
from corpuslint.cli.inputs import corpus_options, run_settings, tasks
from corpuslint.cli.output import note
from corpuslint.config import Settings
from corpuslint.diagnostic import Diagnostic
from corpuslint.display import visible
from corpuslint.engine import Run, check
from corpuslint.executors.local import processors
from corpuslint.reporters.closing import counted

F = TypeVar("F", bound=Callable[..., Any])


@click.group("baseline")
def command() -> None:
    """Keep the list of findings that a corpus is known to have; `check` then fails on new ones only."""


def baseline_options(function: F) -> F:
    """Add what the subcommands that read a corpus share."""
    skipped = click.option(
        "--allow-skipped", is_flag=True, help="Input that cannot be read does not change the exit status."
    )
    return corpus_options(baseline_option(skipped(function)))


def baseline_option(function: F) -> F:
    """Add the option that names the file."""
    option = click.option("--baseline", type=click.Path(path_type=Path), help="The file (default: in the root).")
    return option(function)


@command.command("create")
@baseline_options
@click.option("--force", is_flag=True, help="Replace a baseline that is already there.")
def create(**words: Any) -> None:
    """Write down all findings in PATHS as known."""
    found = run_settings(words)
    file = baseline_file(found, words)
    if file.exists() and not words["force"]:
        raise click.UsageError(f"{file} is already there; `corpuslint baseline update` changes it, --force replaces it")
    gate = replace(open_gate(found, {**words, "no_baseline": True}), entries=None)
    verdict = checked(found, gate, words)
    entries = entries_for(verdict.kept, verdict.run.revisit)
    write(file, entries)
    click.echo(f"Wrote {counted(len(entries), 'finding')} to {visible(str(file))}.")
    _suggest_union_merge(file)
    finish(verdict.run, words)


@command.command("update")
@baseline_options
@click.option("--accept-new", is_flag=True, help="Add new findings; without it they are only counted.")
def update(**words: Any) -> None:
    """Drop what is gone and follow renamed files; nothing new is added unless --accept-new says so.

    Status 1: there are new findings that were not added.
    """
    found = run_settings(words)
    gate = open_known_gate(found, words)
    verdict = checked(found, gate, words)
    new = [diagnostic for diagnostic in verdict.kept if diagnostic.baseline == "new"]
    stay = verdict.kept if words["accept_new"] else [diagnostic for diagnostic in verdict.kept if diagnostic not in new]
    entries = updated(gate.entries or {}, verdict, stay)
    write(baseline_file(found, words), entries)
    added = len(new) if words["accept_new"] else 0
    moved, gone = len(verdict.comparison.moved), len(verdict.comparison.gone)
    click.echo(f"{added} added, {gone} gone, {moved} moved; {counted(len(entries), 'finding')} known.")
    if left := len(new) - added:
        click.echo(f"{counted(left, 'new finding')} left out; --accept-new adds them, `corpuslint check` shows them.")
    finish(verdict.run, words, int(left > 0))


@command.command("prune")
@baseline_options
def prune(**words: Any) -> None:
    """Drop the entries whose findings are gone, and change nothing else."""
    found = run_settings(words)
    gate = open_known_gate(found, words)
    verdict = checked(found, gate, words)
    entries = {id_: entry for id_, entry in (gate.entries or {}).items() if id_ not in verdict.comparison.gone}
    write(baseline_file(found, words), entries)
    click.echo(f"{len(verdict.comparison.gone)} gone; {len(entries)} left in the baseline.")
    finish(verdict.run, words)


@command.command("stats")
@baseline_option
@click.option("--since", metavar="REV", help="Compare with the baseline as it was in a git revision.")
@click.option(
    "--depth", type=click.IntRange(min=1), default=1, show_default=True, help="How deep folders are told apart."
)
@click.option("--config", type=click.Path(path_type=Path), help="Configuration file to use.")
@click.option("--isolated", is_flag=True, help="Read no configuration file.")
def stats(**words: Any) -> None:
    """Count the entries by rule and by folder, now and in a git revision."""
    from corpuslint.baselines.burn_down import folder_of, rule_of, table
    from corpuslint.baselines.git import GitError, file_at

    found = run_settings(words)
    file = baseline_file(found, words)
    now = open_known_gate(found, words).entries or {}
    before: Entries | None = None
    if words["since"]:
        try:
            content = file_at(file, words["since"])
            before = read_bytes(content, f"{words['since']}:{file.name}") if content is not None else {}
        except (GitError, BaselineError) as error:
            raise click.UsageError(str(error)) from None
    for title, key in (("rule", rule_of), ("folder", lambda entry: folder_of(entry, words["depth"]))):
        for line in table(title, key, now, before):
            click.echo(visible(line))
        click.echo()
    if before is None:
        click.echo(f"{len(now)} known.")
    else:
        new, gone = len(now.keys() - before.keys()), len(before.keys() - now.keys())
        click.echo(f"{len(before)} then, {len(now)} now: {gone} gone, {new} added since {words['since']}.")


@command.command("audit")
@baseline_options
def audit(**words: Any) -> None:
    """Walk through the known findings of PATHS and decide on each: keep, suppress with a reason, or fix."""
    from corpuslint.cli.auditing import walk

    found = run_settings(words)
    gate = open_known_gate(found, words)
    walk(found, gate, checked(found, gate, words), words)


def open_known_gate(found: Settings, words: Mapping[str, Any]) -> Gate:
    """Read the baseline that a subcommand is about; that there is none is a usage error."""
    file = baseline_file(found, words)
    if not file.exists():
        raise click.UsageError(f"{file}: there is no baseline; `corpuslint baseline create` writes one")
    return open_gate(found, {**words, "baseline": file})


def checked(found: Settings, gate: Gate, words: Mapping[str, Any]) -> Verdict:
    """Check the corpus as `check` does, and hold it against the gate."""
    work = tasks(found, words, [baseline_file(found, words)])
    run = check(work, found.root.root, gate.preferred, jobs=processors())
    for trouble in (*run.skips, *run.crashes):
        note(str(trouble))
    verdict = judge(run, work, gate, words)
    for message in verdict.notes:
        note(message)
    return verdict


def updated(entries: Entries, verdict: Verdict, stay: Iterable[Diagnostic]) -> Entries:
    """Return a baseline without what is gone, moved or suppressed, and with the findings that stay.

    The line of a finding that was known stays as it is, so that an update changes few lines; only where its document
    became another text, which a rename would not be recognised by, is it written anew.
    """
    comparison = verdict.comparison
    dropped = comparison.gone | set(comparison.moved.values()) | {diagnostic.id for diagnostic in verdict.suppressed}
    result = {id_: entry for id_, entry in entries.items() if id_ not in dropped}
    for id_, fresh in entries_for(stay, verdict.run.revisit).items():
        known = result.get(id_)
        if known is None or not alike(sketch_of(known), sketch_of(fresh)):
            result[id_] = fresh
    return result


def write(file: Path, entries: Entries) -> None:
    """Write a baseline; that it cannot be written is a usage error."""
    try:
        baseline.write(file, entries)
    except OSError as error:
        raise click.UsageError(f"{file}: cannot be written: {error.strerror or error}") from None


def finish(run: Run, words: Mapping[str, Any], status: int = 0) -> None:
    """End with status 2 where something could not be read, so that nobody takes a part for the whole."""
    sys.exit(2 if run.crashes or (run.skips and not words["allow_skipped"]) else status)


def _suggest_union_merge(file: Path) -> None:
    from corpuslint.baselines.git import attribute

    if attribute(file, "merge") == "unspecified":
        note(f"So that git merges it line by line, add to .gitattributes: {baseline.FILE_NAME} merge=union")
