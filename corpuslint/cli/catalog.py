"""corpuslint catalog: what a catalog of interface phrases would do to a corpus."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from corpuslint.catalog_trial import Catch, try_catalog
from corpuslint.catalogs import from_toml
from corpuslint.cli.inputs import corpus_options, run_settings, tasks
from corpuslint.cli.output import note
from corpuslint.display import isolated, visible
from corpuslint.document import Document
from corpuslint.sources import Skip, SourceFile, read

LONGEST = 80  # code points of a line that is shown


@click.group("catalog")
def command() -> None:
    """Work on the phrases by which leftovers of web pages are known."""


@command.command("test")
@click.argument("file", type=click.Path(path_type=Path))
@corpus_options
@click.option("--show", type=click.IntRange(min=0), default=5, help="How many different lines are shown a group.")
@click.option("--allow-skipped", is_flag=True, help="Input that cannot be read does not change the exit status.")
def test(file: Path, show: int, **words: Any) -> None:
    """Show which lines of PATHS the phrases of the catalog FILE are, and which of them stand inside articles."""
    try:
        catalog = from_toml(file)
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from None
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise click.UsageError(f"{file}: {error}") from None
    skipped: list[Skip] = []
    catches = try_catalog(catalog, _documents((task.file for task in tasks(run_settings(words), words)), skipped))
    for line in table(catches, show):
        click.echo(line)
    sys.exit(2 if skipped and not words["allow_skipped"] else 0)


def _documents(files: Iterator[SourceFile], skipped: list[Skip]) -> Iterator[Document]:
    for file in files:
        for item in read(file):
            if isinstance(item, Skip):
                skipped.append(item)
                note(str(item))
            else:
                yield item


def table(catches: list[Catch], show: int) -> Iterator[str]:
    """Yield what the phrases of each kind and strength are, for a terminal."""
    if not catches:
        yield "No line of these documents is a phrase of the catalog."
    for catch in catches:
        yield click.style(f"{catch.kind} {catch.strength}", bold=True) + (
            f": {catch.lines} lines in {catch.documents} documents; {catch.known} known already, "
            f"{catch.inside} between two paragraphs"
        )
        rest = catch.texts - catch.inside_texts
        yield from _lines("", rest, show)
        yield from _lines("between two paragraphs: ", catch.inside_texts, show)


def _lines(label: str, texts: Any, show: int) -> Iterator[str]:
    for text, count in sorted(texts.items(), key=lambda item: (-item[1], item[0]))[:show]:
        shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        yield f"{count:8}  {label}{isolated(visible(shown))}"
