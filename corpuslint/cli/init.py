"""corpuslint init: look at a corpus and write a commented configuration for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from corpuslint.cli.output import note
from corpuslint.config import config_file
from corpuslint.survey import Survey, survey
from corpuslint.toml import toml_value

FILE = "corpuslint.toml"


@click.command("init")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def command(paths: tuple[Path, ...]) -> None:
    """Look at PATHS (default: the current folder) and write a commented corpuslint.toml into the current folder."""
    file = Path(FILE)
    other = config_file(Path.cwd())
    if other is not None and other.name != FILE:
        raise click.UsageError(f"{other.name} configures this folder already; a {FILE} would hide that.")
    try:
        # "x" refuses what is there, even if it appeared while the corpus was read.
        seen = survey([path.absolute() for path in paths] or [Path.cwd()]) if not file.exists() else Survey()
        with file.open("x", encoding="utf-8") as stream:
            stream.write("\n".join(configuration_lines(seen)) + "\n")
    except FileExistsError:
        raise click.UsageError(f"{FILE} is already there; change it, or move it away first.") from None
    except OSError as error:
        raise click.UsageError(f"{FILE} cannot be written: {error.strerror}") from None
    note(f"Wrote {FILE} after a look at {seen.files} files. `corpuslint config` shows what is in force.")


def configuration_lines(seen: Survey) -> Iterator[str]:
    """Yield a configuration for what was seen, each setting with its reason."""
    yield "# Configuration of corpuslint. `corpuslint config --show` prints what is in force;"
    yield "# `corpuslint rules` lists the rules, `corpuslint rule CODE` explains one."
    yield ""
    if seen.files:
        counts = ", ".join(f"{count} {extension}" for extension, count in seen.extensions.items())
        yield f"# Seen: {counts}."
    if seen.scripts:
        yield ("# Scripts of the documents looked at: " + ", ".join(f"{s} {n}" for s, n in seen.scripts.items()) + ".")
    yield "# The extensions of the files that folders give."
    yield f"extension = {toml_value(list(seen.extensions) or ['.txt', '.md', '.jsonl', '.ndjson'])}"
    yield ""
    if seen.records:
        yield f"# Fields of JSONL records, judged by {seen.records} of them."
        yield _setting("text-field", seen.text_field, "text")
        yield _setting("id-field", seen.id_field, "id")
        yield ""
    yield "# Rules to leave out, and rules that are off unless they are named."
    yield "# ignore = []"
    yield "# extend-select = []"
    yield ""
    yield "# Findings that end a check with status 1: error, warning or info, and what is worse."
    yield '# fail-on = "warning"'
    yield ""
    yield "# Files and folders to leave out, and rules that stay silent in some files."
    yield "# exclude = []"
    yield "# [per-file-ignores]"
    yield '# "poems/*" = ["repeated-block"]'


def _setting(key: str, value: str | None, default: str) -> str:
    """Return a setting, commented out where nothing was found or the default is right."""
    return f"# {key} = {toml_value(default)}" if value in (None, default) else f"{key} = {toml_value(value)}"
