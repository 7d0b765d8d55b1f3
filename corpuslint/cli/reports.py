"""Writes a run's findings in the formats that were asked for, each to its own place.

`--output-format sarif=out.sarif --output-format full` writes a file and the terminal from one run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from corpuslint.cli.output import findings_stream, has_colour, note
from corpuslint.engine import Run
from corpuslint.reporters import FORMATS, MACHINE_READ, Style, reporter

F = TypeVar("F", bound=Callable[..., Any])

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"  # the file that GitHub shows as a job's summary


class Target(NamedTuple):
    """A format and the file it goes to, None for standard output."""

    format: str
    file: Path | None


class TargetType(click.ParamType[Any]):
    """FORMAT or FORMAT=FILE."""

    name = "format"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Split at the first "="; an unknown format is a usage error."""
        if isinstance(value, Target):
            return value
        name, equals, file = value.partition("=")
        if name not in FORMATS:
            self.fail(f"{name!r} is not one of {', '.join(FORMATS)}.", param, ctx)
        if equals and not file:
            self.fail(f"{value!r} names no file.", param, ctx)
        return Target(name, Path(file) if file else None)


def output_options(function: F) -> F:
    """Add the options that say how and where findings are written."""
    for decorate in (
        click.option("--output-file", type=click.Path(path_type=Path), help="Write findings into a file."),
        click.option(
            "--output-format",
            type=TargetType(),
            multiple=True,
            metavar="FORMAT[=FILE]",
            help=f"How findings are written, and where; may stand several times: {', '.join(FORMATS)}.",
        ),
    ):
        function = decorate(function)
    return function


def targets(words: Mapping[str, Any]) -> list[Target]:
    """Return the formats with their files; two for one place are a usage error."""
    default = words.get("output_file")
    asked = words.get("output_format") or (Target("full", None),)
    found = [Target(target.format, target.file or default) for target in asked]
    places = [target.file.absolute() if target.file else None for target in found]
    for place in places:
        if places.count(place) > 1:
            where = f"the file {place}" if place else "standard output; name a file: --output-format FORMAT=FILE"
            raise click.UsageError(f"--output-format: two formats go to {where}")
    return found


def report_files(words: Mapping[str, Any]) -> list[Path]:
    """Return the files that reports are written to: they are no part of the corpus."""
    return [target.file for target in targets(words) if target.file]


def write_reports(run: Run, words: Mapping[str, Any]) -> None:
    """Write a run in each format."""
    chosen = targets(words)
    for target in chosen:
        style = Style(has_colour(target.file), bool(words.get("show_fixes")), bool(words.get("statistics")), note)
        with findings_stream(target.file) as stream:
            reporter(target.format).render(run, stream, style)
        if target.format == "github":
            _write_step_summary(run)
    if words.get("statistics") and all(target.format in MACHINE_READ for target in chosen):
        from corpuslint.reporters.closing import statistics_lines

        for line in statistics_lines(run):
            note(line)


def _write_step_summary(run: Run) -> None:
    """Append the whole table to the job's summary on GitHub, where annotations hold only the first few findings."""
    from corpuslint.reporters.markdown import SUMMARY_BYTES, summary

    if file := os.environ.get(STEP_SUMMARY):
        try:
            with Path(file).open("a", encoding="utf-8", errors="backslashreplace", newline="") as stream:
                stream.write(summary(run, SUMMARY_BYTES))
        except OSError as error:
            note(f"{file}: the step summary cannot be written: {error.strerror or error}")
