"""Finds one finding of the corpus by its id, or by the beginning of it: shared by `show` and `ignore`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import click

from corpuslint.cli.gating import Gate, Verdict, judge, open_gate
from corpuslint.cli.inputs import run_settings, tasks
from corpuslint.config import Config
from corpuslint.diagnostic import Diagnostic
from corpuslint.display import visible
from corpuslint.engine import check
from corpuslint.executors.local import processors

SHORTEST = 4  # characters of an id that may stand for it


class Found(NamedTuple):
    """A finding, the configuration of the root, and what the run was held against."""

    diagnostic: Diagnostic
    config: Config
    gate: Gate
    verdict: Verdict


def find_finding(wanted: str, words: Mapping[str, Any]) -> Found:
    """Check the corpus and return the finding that an id means; none or several are a usage error."""
    if len(wanted) < SHORTEST:
        raise click.UsageError(f"{visible(wanted)!r} is too short for an id; give at least {SHORTEST} characters")
    found = run_settings(words)
    gate = open_gate(found, words)
    work = tasks(found, words)
    run = check(work, found.root.root, gate.preferred, jobs=processors())
    verdict = judge(run, work, gate, words)
    matching = [d for d in (*verdict.kept, *verdict.suppressed) if d.id.startswith(wanted.lower())]
    if not matching:
        raise click.UsageError(_unknown(wanted, gate))
    if len(matching) > 1:
        raise click.UsageError(f"{wanted} is the beginning of several ids: {', '.join(d.id for d in matching[:5])}")
    return Found(matching[0], found.root, gate, verdict)


def _unknown(wanted: str, gate: Gate) -> str:
    for entry in (gate.entries or {}).values():
        if entry["id"].startswith(wanted.lower()):
            where = f"{entry['code']} in {visible(entry['path'])}"
            return f"the baseline knows {entry['id']} ({where}), but it is gone from the corpus"
    return (
        f"no finding has the id {visible(wanted)}; an opt-in rule's finding needs --select, "
        "and PATHS must hold its file"
    )
