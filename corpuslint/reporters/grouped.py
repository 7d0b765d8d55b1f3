"""Findings under a heading for each file: for looking through a corpus file by file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TextIO

import click

from corpuslint.diagnostic import Diagnostic, Place
from corpuslint.display import isolated, visible
from corpuslint.engine import Run, is_fixable
from corpuslint.reporters import Style
from corpuslint.reporters.closing import closing_lines, counted


def render(run: Run, stream: TextIO, style: Style) -> None:
    """Write the files, their findings, and a closing line."""
    files = zip(_by_file(run), map(_measured, _by_file(run)), strict=True)  # two walks: none holds a file's findings
    for (path, found), (count, width) in files:
        name = isolated(visible(path))
        heading = click.style(name, bold=True) if style.colour else name
        stream.write(f"{heading}: {counted(count, 'finding')}\n")
        for diagnostic in found:
            at = _at(diagnostic.place)
            mark = "[*] " if is_fixable(diagnostic) else ""
            known = " (known)" if diagnostic.baseline == "known" else ""
            message = visible(diagnostic.message)
            stream.write(f"  {at:<{width}}  {diagnostic.code} {mark}{message}{known} [{diagnostic.id}]\n")
        stream.write("\n")
    stream.writelines(line + "\n" for line in closing_lines(run, style))


def _by_file(run: Run) -> Iterator[tuple[str, Iterator[Diagnostic]]]:
    return groupby(run.diagnostics, key=lambda diagnostic: diagnostic.place.path)


def _measured(file: tuple[str, Iterator[Diagnostic]]) -> tuple[int, int]:
    """Return how many findings a file has, and how wide their places are written."""
    count = width = 0
    for diagnostic in file[1]:
        count, width = count + 1, max(width, len(_at(diagnostic.place)))
    return count, width


def _at(place: Place) -> str:
    record = f"[{visible(place.key.id or str(place.key.index))}]" if place.key.field else ""
    return f"{record}{place.start.line}:{place.start.column}"
