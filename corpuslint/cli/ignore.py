"""corpuslint ignore ID --reason "…": suppress one finding in corpuslint-ignore.toml."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import click

from corpuslint import suppress
from corpuslint.cli.auditing import suppression_for
from corpuslint.cli.finding import find_finding
from corpuslint.cli.inputs import corpus_options
from corpuslint.display import excerpt, visible
from corpuslint.suppress import SuppressionError

EXCERPT = 60  # code points of the flagged text that the answer repeats


@click.command("ignore")
@click.argument("id")
@corpus_options
@click.option("--reason", required=True, help="Why the finding is meant to stay.")
@click.option(
    "--expires", type=click.DateTime(["%Y-%m-%d"]), help="Last day (YYYY-MM-DD) on which the suppression counts."
)
def command(**words: Any) -> None:
    """Suppress the finding with this ID (or the beginning of one); nobody has to write into its file."""
    if not words["reason"].strip():
        raise click.UsageError("--reason is empty; say why the finding is meant to stay")
    found = find_finding(words["id"], words)
    diagnostic = found.diagnostic
    if any(diagnostic.id == other.id for other in found.verdict.suppressed):
        click.echo(f"{diagnostic.id} is suppressed already.")
        return
    expires: datetime.datetime | None = words["expires"]
    suppression = replace(suppression_for(diagnostic, words["reason"].strip()), expires=expires and expires.date())
    file = found.config.root / suppress.FILE_NAME
    try:
        suppress.append(file, suppression)
    except (SuppressionError, OSError) as error:
        raise click.UsageError(str(error)) from None
    text = visible(excerpt(diagnostic.place.text, EXCERPT))
    click.echo(f"{file.name}: {diagnostic.id} {diagnostic.code} in {visible(diagnostic.place.path)} ({text})")
