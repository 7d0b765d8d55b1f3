"""corpuslint show ID: one finding with everything that is known about it."""

from __future__ import annotations

import sys
from typing import Any

import click

from corpuslint.cli.finding import Found, find_finding
from corpuslint.cli.inputs import corpus_options
from corpuslint.diagnostic import Applicability, Fix
from corpuslint.display import isolated, visible
from corpuslint.reporters.full import finding_text
from corpuslint.rules import all_rules


@click.command("show")
@click.argument("id")
@corpus_options
def command(**words: Any) -> None:
    """Show the finding with this ID (or the beginning of one), wherever in PATHS it is."""
    found = find_finding(words["id"], words)
    diagnostic = found.diagnostic
    click.echo(finding_text(diagnostic, colour=sys.stdout.isatty()))
    click.echo()
    for line in visible_lines(diagnostic.place.text):
        click.echo(f"  │ {line}")
    for related in diagnostic.related:
        place = related.place
        click.echo(f"\n  {visible(related.message)}, {visible(place.path)}:{place.start.line}:{place.start.column}")
        for line in visible_lines(place.text):
            click.echo(f"  │ {line}")
    if diagnostic.fix is not None:
        click.echo(f"\n  {_fix(diagnostic.fix)}")
    click.echo(f"\n  {_state(found)}")
    rule = next(rule for rule in all_rules() if rule.code == diagnostic.code)
    click.echo(f"  {rule.summary()} `corpuslint rule {rule.code}` says more.")


def visible_lines(text: str) -> list[str]:
    """Return a text's lines as a terminal may show them."""
    return [isolated(visible(line)) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _fix(fix: Fix) -> str:
    commands = {
        Applicability.SAFE: "`corpuslint check --fix` applies it",
        Applicability.UNSAFE: "`corpuslint check --fix --unsafe-fixes` applies it",
        Applicability.DISPLAY: "it is for a person to decide",
    }
    return f"Fix: {visible(fix.title)}; {commands[fix.applicability]}."


def _state(found: Found) -> str:
    suppressed = {diagnostic.id for diagnostic in found.verdict.suppressed}
    if found.diagnostic.id in suppressed:
        reasons = [s.reason for s in found.gate.suppressions if s.matches(found.diagnostic)]
        return f"Suppressed: {visible(reasons[0])}" if reasons else "Suppressed by a comment in the document."
    if found.diagnostic.baseline == "known":
        return "Known: it stands in the baseline."
    return f'New. `corpuslint ignore {found.diagnostic.id} --reason "…"` suppresses it.'
