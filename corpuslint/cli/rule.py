"""corpuslint rule: print the documentation of one rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import indent
from typing import Any

import click

from corpuslint.rule_description import describe, option_note
from corpuslint.rule_selection import UnknownRule, find_rule
from corpuslint.toml import toml_value


@click.command("rule")
@click.argument("rule", metavar="CODE|NAME")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How the rule is written.")
def command(rule: str, output_format: str) -> None:
    """Print what a rule finds, what it leaves alone, and its options."""
    try:
        description = describe(find_rule(rule))
    except UnknownRule as error:
        raise click.UsageError(str(error)) from None
    if output_format == "json":
        click.echo(json.dumps(description, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(rule_lines(description)))


def rule_lines(description: dict[str, Any]) -> Iterator[str]:
    """Yield the documentation of a rule for a terminal."""
    state = "on by default" if description["default"] else "opt-in"
    yield (
        click.style(f"{description['code']} {description['name']}", bold=True)
        + f" ({description['severity']}, {state})"
    )
    yield description["summary"]
    for heading, text in description["documentation"].items():
        yield ""
        yield click.style(heading, bold=True)
        yield indent(text, "    ")
    if description["options"]:
        yield ""
        yield click.style("Options", bold=True)
    for option in description["options"]:
        yield f"    {option['name']} = {toml_value(option['default'])}"
        yield f"        {option['help'].rstrip('.')} ({option_note(option)})"
    if description["yields_to"]:
        yield ""
        yield "Yields to " + ", ".join(description["yields_to"]) + " where both find the same text."
