"""corpuslint stats: what a corpus holds, without looking for defects."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from corpuslint.cli.inputs import corpus_options, run_settings, tasks
from corpuslint.cli.output import findings_stream, note
from corpuslint.display import isolated, visible
from corpuslint.reporters.json import dump
from corpuslint.sources import Skip
from corpuslint.statistics import PERCENTILES, DocumentFacts, Share, Statistics, read_facts


@click.command("stats")
@corpus_options
@click.option(
    "--output-format",
    type=click.Choice(["full", "json"]),
    default="full",
    help="How the numbers are written.",
)
@click.option("--output-file", type=click.Path(path_type=Path), help="Write the numbers into a file.")
@click.option("--allow-skipped", is_flag=True, help="Input that cannot be read does not change the exit status.")
def command(**words: Any) -> None:
    """Count the documents, characters, words, scripts and languages of PATHS, and show how long documents are."""
    work = tasks(run_settings(words), words, [file for file in (words["output_file"],) if file])
    facts: list[DocumentFacts] = []
    skipped = 0
    for item in read_facts(task.file for task in work):
        if isinstance(item, Skip):
            skipped += 1
            note(str(item))
        else:
            facts.append(item)
    found = Statistics.of(facts, len(work), skipped)
    with findings_stream(words["output_file"]) as stream:
        if words["output_format"] == "json":
            stream.write(dump({"version": 1, **found.as_json()}) + "\n")
        else:
            stream.writelines(line + "\n" for line in table(found))
    sys.exit(2 if skipped and not words["allow_skipped"] else 0)


def table(found: Statistics) -> Iterator[str]:
    """Yield the numbers as lines for a terminal."""
    rows = (
        ("files", found.files),
        ("documents", found.documents),
        ("characters", found.characters),
        ("words", found.words),
    )
    for name, value in rows:
        yield f"{name:<12}{value:>16,}"
    yield from _groups("script", found.scripts, found.characters)
    yield from _groups("language", found.languages, found.characters)
    if found.characters_percentiles:
        yield ""
        yield f"{'length':<12}{'characters':>16}{'words':>12}"
        for percent, characters, words in zip(
            PERCENTILES, found.characters_percentiles, found.words_percentiles, strict=True
        ):
            name = {0: "least", 50: "median", 100: "most"}.get(percent, f"{percent}%")
            yield f"{name:<12}{characters:>16,}{words:>12,}"


def _groups(kind: str, groups: tuple[tuple[str, Share], ...], total: int) -> Iterator[str]:
    if not groups:
        return
    yield ""
    yield f"{kind:<12}{'documents':>16}{'characters':>16}{'share':>8}"
    for name, share in groups:
        part = 100 * share.characters / total if total else 0.0
        label = isolated(visible(name.lower() if kind == "script" else name)) or "unknown"
        yield f"{label:<12}{share.documents:>16,}{share.characters:>16,}{part:>7.1f}%"
