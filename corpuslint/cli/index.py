"""corpuslint index: keep what is needed of a corpus to find its repeats later."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpuslint.cli.inputs import corpus_options, run_settings, tasks
from corpuslint.cli.output import note
from corpuslint.cli.repeating import REDIS, index_rules
from corpuslint.executors.local import Local, processors

if TYPE_CHECKING:
    from corpuslint.indexes.index import Rules, Signed


@click.group("index")
def command() -> None:
    """Index a corpus, so that `check NEW --against INDEX` finds what repeats it without reading it again."""


@command.command("build")
@corpus_options
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Index file to write.")
@click.option("--storage", metavar="URL", help="Keep the index in Redis: redis://HOST:PORT/DB?prefix=NAME.")
@click.option("--jobs", type=click.IntRange(min=1), help="Number of processes (default: one for each processor).")
def build(output: Path | None, storage: str | None, **words: Any) -> None:
    """Index the documents of PATHS. In Redis, a build that was interrupted goes on where it ended."""
    if (output is None) == (storage is None):
        raise click.UsageError("name where the index goes: -o INDEX or --storage redis://…")
    rules, signed = _signed(words, [output] if output else [])
    with _usage_errors(str(output or "")):
        if storage:
            _store(storage, rules, signed)
        elif output:
            _write(output, signed, rules)
    sys.exit(2 if signed.skips else 0)


@command.command("add")
@click.argument("index")
@corpus_options
@click.option("--jobs", type=click.IntRange(min=1), help="Number of processes (default: one for each processor).")
def add(index: str, **words: Any) -> None:
    """Add the documents of PATHS to INDEX (a file, or redis://…); a file that is in it is taken as it is now."""
    from corpuslint.indexes.index import joined
    from corpuslint.indexes.index_file import read_index

    file = Path(index)
    rules, signed = _signed(words, [] if index.startswith(REDIS) else [file])
    with _usage_errors(index):
        if index.startswith(REDIS):
            _store(index, rules, signed)
        else:
            _write(file, joined(read_index(file, rules).signed, signed), rules)
    sys.exit(2 if signed.skips else 0)


@command.command("info")
@click.argument("index")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How it is printed.")
def info(index: str, output_format: str) -> None:
    """Say how INDEX was made and how many documents it holds."""
    from corpuslint.indexes.index_file import read_header

    with _usage_errors(index):
        if index.startswith(REDIS):
            from corpuslint.indexes.redis_index import read_redis_header

            header = read_redis_header(index)
        else:
            header = read_header(Path(index))[0]
    shown = {"documents": header["documents"], **header["scheme"]}
    if output_format == "json":
        click.echo(json.dumps(shown, indent=2))
        return
    for name, value in shown.items():
        click.echo(f"{name.replace('_', ' ')}: {value}")


@command.command("export")
@click.argument("index", type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(["datasketch"]), default="datasketch", help="What is written.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="File to write.")
@click.option("--config", type=click.Path(path_type=Path), help="Configuration file to use.")
@click.option("--isolated", is_flag=True, help="Read no configuration file.")
def export(index: Path, format_: str, output: Path, **words: Any) -> None:  # noqa: ARG001
    """Write the signatures of INDEX as datasketch's LeanMinHash: a JSON line a document with path, index, id, minhash.

    `minhash` holds the bytes of LeanMinHash.serialize, little-endian, in base64.
    """
    from corpuslint.changing.own_files import write_own_file
    from corpuslint.indexes.index_file import export_lines, read_index

    rules = index_rules(run_settings(words))
    with _usage_errors(str(index)):
        opened = read_index(index, rules)
        write_own_file(output, b"".join(export_lines(opened)))
    note(f"Wrote {len(opened.signed.documents)} signatures to {output}.")


def _signed(words: dict[str, Any], own_files: Sequence[Path]) -> tuple[Rules, Signed]:
    from corpuslint.indexes.index import sign

    found = run_settings(words)
    jobs = words["jobs"] or processors()
    rules = index_rules(found)
    signed = sign(tasks(found, words, own_files), rules, Local(jobs))
    for skip in signed.skips:
        note(str(skip))
    return rules, signed


def _write(file: Path, signed: Signed, rules: Rules) -> None:
    from corpuslint.indexes.index_file import write_index

    write_index(file, signed, rules)
    note(f"{file} holds {len(signed.documents)} documents.")


def _store(url: str, rules: Rules, signed: Signed) -> None:
    from corpuslint.indexes.redis_index import store

    added, count = store(url, rules, signed)
    note(f"Added {added} documents; the index holds {count}.")


@contextlib.contextmanager
def _usage_errors(where: str) -> Iterator[None]:
    """Turn what is wrong with an index into a usage error."""
    from corpuslint.indexes.index import IndexTrouble

    try:
        yield
    except IndexTrouble as trouble:
        raise click.UsageError(str(trouble)) from None
    except OSError as error:
        raise click.UsageError(f"{error.filename or where}: {error.strerror or error}") from None
