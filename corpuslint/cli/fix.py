"""corpuslint fix REPORT: apply the fixes of an earlier JSON report, all or chosen, where the text is still the same."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import click

from corpuslint.cli import fixing_flow as flow
from corpuslint.cli.inputs import run_settings, tasks
from corpuslint.cli.output import note
from corpuslint.config import Settings
from corpuslint.corpus_rule import KeyedRule
from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.display import visible
from corpuslint.engine import Task, check
from corpuslint.fixes.chosen_fixes import Chosen, Reported, ReportError, read_report
from corpuslint.reporters.closing import counted


@click.command("fix")
@click.argument("report", type=click.Path(path_type=Path))
@click.option(
    "--id", "ids", multiple=True, help="Id of a finding to fix (its first digits are enough); may stand several times."
)
@click.option("--unsafe-fixes", is_flag=True, help="Apply unsafe fixes too.")
@click.option("--diff", is_flag=True, help="Print what would change as a unified diff, and change nothing.")
@click.option("--allow-shrink", is_flag=True, help="Apply fixes even if they take more than 20% of the corpus.")
@click.option("--show-fixes", is_flag=True, help="List the fixes that were applied.")
@click.option("--text-field", help="JSONL field with the text (dotted path; default: text).")
@click.option("--id-field", help="JSONL field with the document's own id (default: id).")
@click.option("--config", type=click.Path(path_type=Path), help="Configuration file to use for all files.")
@click.option("--isolated", is_flag=True, help="Read no configuration file.")
def command(report: Path, ids: tuple[str, ...], **words: Any) -> None:
    """Apply the safe fixes of REPORT, or those of the findings that --id names.

    Each finding is looked for again; a fix is applied only where it is still the same finding with the same fix.
    Status 1 where a fix could not be applied.
    """
    most = Applicability.UNSAFE if words["unsafe_fixes"] else Applicability.SAFE
    wanted = _wanted(report, most, ids)
    codes = sorted({reported.code for reported in wanted.values()})
    found = run_settings({**words, "select": (tuple(codes),)})
    work = _tasks(found, wanted, words)
    findings = _found_again([*work, *_compared_with(work, found, words)], found, wanted)
    chosen = Chosen.of(findings)
    asked = flow.FixWords(most, words["allow_shrink"], words["show_fixes"])
    if words["diff"]:
        changed = flow.diff(work, chosen.decide, asked)
        note(f"{counted(changed, 'file')} would change.")
        sys.exit(int(bool(changed)))
    fixed = flow.fix(work, found.root.root, chosen.decide, asked)
    for finding in findings:
        if finding.id not in chosen.done:
            note(f"{finding.id} {visible(finding.place.path)}: not fixed: it overlaps another fix; check again")
    if not fixed.findings:
        note("Nothing was fixed.")
    sys.exit(2 if fixed.failed else int(fixed.findings < len(wanted)))


def _wanted(file: Path, most: Applicability, ids: Collection[str]) -> dict[str, Reported]:
    try:
        reported = read_report(json.loads(file.read_bytes()), most)
    except OSError as error:
        raise click.UsageError(f"{file}: cannot be read: {error.strerror}") from None
    except (ReportError, RecursionError) as error:
        raise click.UsageError(f"{file}: {error}") from None
    except ValueError as error:
        raise click.UsageError(f"{file}: is not JSON: {error}") from None
    for word in ids:
        matches = [id_ for id_ in reported if id_.startswith(word)]
        if len(matches) != 1 or not word:
            how_many = "several findings" if matches else "no finding with such a fix (unsafe ones need --unsafe-fixes)"
            raise click.UsageError(f"{file}: --id {word!r} means {how_many}")
    return {id_: row for id_, row in reported.items() if not ids or id_.startswith(tuple(ids))}


def _tasks(found: Settings, wanted: Mapping[str, Reported], words: Mapping[str, Any]) -> list[Task]:
    root = found.root.root
    paths = []
    for path in sorted({reported.path for reported in wanted.values()}):
        if (root / path).is_file():
            paths.append(str(root / path))
        else:
            note(f"{visible(path)}: not fixed: there is no such file any more")
    return tasks(found, {**words, "paths": paths}) if paths else []


def _compared_with(work: list[Task], found: Settings, words: Mapping[str, Any]) -> list[Task]:
    """Return the other files of the root where a finding depends on the whole corpus; they are read, never changed."""
    if not any(isinstance(rule, KeyedRule) for task in work for rule in task.rules):
        return []
    names = {task.file.name for task in work}
    everything = tasks(found, {**words, "paths": [str(found.root.root)]})
    return [task for task in everything if task.file.name not in names]


def _found_again(work: list[Task], found: Settings, wanted: Mapping[str, Reported]) -> list[Diagnostic]:
    """Return the wanted findings as a check finds them now; say which are not found or differ."""
    run = check(work, found.root.root)
    now = {diagnostic.id: diagnostic for diagnostic in run.diagnostics}
    again = []
    for id_, reported in wanted.items():
        diagnostic = now.get(id_)
        if diagnostic is not None and reported.matches(diagnostic):
            again.append(diagnostic)
        elif (found.root.root / reported.path).is_file():
            note(f"{id_} {visible(reported.path)}: not fixed: the text there is no longer the same")
    return again
