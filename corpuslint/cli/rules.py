"""corpuslint rules: list every rule."""

from __future__ import annotations

import json

import click

from corpuslint.rule_description import describe
from corpuslint.rules import all_rules


@click.command("rules")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How the rules are written.")
def command(output_format: str) -> None:
    """List every rule: code, name, severity, whether it is on by default, and what it finds."""
    descriptions = [describe(rule) for rule in all_rules()]
    if output_format == "json":
        click.echo(json.dumps(descriptions, ensure_ascii=False, indent=2))
        return
    width = max(len(description["name"]) for description in descriptions)
    for description in descriptions:
        state = "on" if description["default"] else "opt-in"
        code = click.style(description["code"], bold=True)
        click.echo(
            f"{code}  {description['name']:{width}}  {description['severity']:7}  {state:6}  {description['summary']}"
        )
    click.echo("\n`corpuslint rule CODE` prints the documentation of one.", err=True)
