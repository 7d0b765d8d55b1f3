"""corpuslint mine: find the lines that a corpus's own sites repeat, and make them phrases of the project's catalog."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from corpuslint.changing.own_files import write_own_file
from corpuslint.cli.inputs import Lists, corpus_options, run_settings, tasks
from corpuslint.cli.output import findings_stream, note
from corpuslint.display import isolated, visible
from corpuslint.engine import check
from corpuslint.mining import Candidate, candidates, catalog_text
from corpuslint.phrases import KINDS, phrase_lines
from corpuslint.reporters.json import dump
from corpuslint.rules.repeated_boilerplate import RepeatedBoilerplate

CATALOG = "corpuslint-catalog.toml"
SHOWN = 50  # candidates that a terminal shows unless told otherwise


@click.command("mine")
@corpus_options
@click.option("--least-documents", type=click.IntRange(2), help="Least number of documents that have a line.")
@click.option("--least-share", type=click.FloatRange(0, 1), help="Least share of a group's documents.")
@click.option("--limit", type=click.IntRange(1), default=SHOWN, help="How many candidates are shown.")
@click.option("--output-format", type=click.Choice(["full", "json"]), default="full", help="How they are written.")
@click.option("--accept", type=Lists(), multiple=True, help='Ids of candidates to write to the catalog, or "all".')
@click.option("--kind", type=click.Choice(KINDS), default="navigation", help="What the accepted lines are.")
@click.option("--output", type=click.Path(path_type=Path), default=CATALOG, help="The catalog file to write.")
def command(**words: Any) -> None:
    """List the lines that many documents of PATHS share; --accept writes them to a catalog of the project.

    No catalog is needed for that: how many documents have a line, and where, decides. Lines of catalogs in
    force are left out by accepting them: `catalog = ["corpuslint-catalog.toml"]` in the configuration.
    """
    found = mined(words)
    accepted = accepted_of(found, sum(words["accept"], ()))
    with findings_stream(None) as stream:
        if words["output_format"] == "json":
            stream.write(dump({"version": 1, "candidates": [candidate.as_json() for candidate in found]}) + "\n")
        else:
            stream.writelines(line + "\n" for line in listed(found, words["limit"]))
    if accepted:
        write_catalog(accepted, words["kind"], words["output"])
    sys.exit(0)


def mined(words: dict[str, Any]) -> list[Candidate]:
    """Return the candidates of the corpus that the command line names."""
    given = {name: words[name] for name in ("least_documents", "least_share") if words[name] is not None}
    settings = run_settings(words)
    rule = RepeatedBoilerplate(**{**settings.root.rules.get(RepeatedBoilerplate.code, {}), **given})
    work = [replace(task, rules=(rule,)) for task in tasks(settings, words)]
    run = check(work, settings.root.root)
    for skip in run.skips:
        note(str(skip))
    return candidates(run.diagnostics)


def accepted_of(found: Sequence[Candidate], ids: Sequence[str]) -> list[Candidate]:
    """Return the candidates with these ids; an id of no candidate is a usage error."""
    if "all" in ids:
        return list(found)
    known = {candidate.id: candidate for candidate in found}
    if unknown := [name for name in ids if name not in known]:
        raise click.UsageError(f"no candidate has the id {unknown[0]!r}; ids stand at the beginning of each line")
    return [known[name] for name in dict.fromkeys(ids)]


def listed(found: Sequence[Candidate], limit: int) -> Iterator[str]:
    """Yield the candidates as lines for a terminal."""
    for candidate in found[:limit]:
        where = ", ".join(f"{name} {count}" for name, count in candidate.positions)
        group = visible(candidate.group)
        yield f"{candidate.id}  {candidate.documents} of {candidate.of} documents of {group} ({where})"
        yield f"  │ {isolated(visible(candidate.text))}"
        yield f"  = in {visible(', '.join(candidate.examples))}"
    if len(found) > limit:
        yield f"{len(found) - limit} more; --limit {len(found)} shows them."
    yield f"{len(found)} candidate{'' if len(found) == 1 else 's'}; --accept ID,… (or all) writes them to a catalog."


def write_catalog(accepted: Sequence[Candidate], kind: str, file: Path) -> None:
    """Write accepted candidates to a catalog file, beside the phrases it has."""
    import tomllib

    known: list[tuple[str, str]] = []
    other: dict[str, Any] = {}
    if file.exists():
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise click.UsageError(f"{file}: is no catalog: {error}") from None
        known = [(s, phrase) for s, block in content.get(kind, {}).items() for phrase in phrase_lines(block)]
        other = {key: value for key, value in content.items() if isinstance(value, dict) and key != kind}
    if other:
        raise click.UsageError(f"{file}: holds other kinds ({', '.join(other)}); give another file with --output")
    try:
        write_own_file(file, catalog_text(accepted, kind, known).encode("utf-8"))
    except OSError as error:
        raise click.UsageError(f"{file}: cannot be written: {error.strerror}") from None
    note(f'{len(accepted)} lines are in {file}; the configuration loads them with: catalog = ["{file.name}"]')
