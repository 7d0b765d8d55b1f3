"""Findings under a heading for each file: for looking through a corpus file by file."""

from __future__ import annotations

from itertools import groupby
from typing import TextIO

import click

from corpuslint.display import isolated, visible
from corpuslint.engine import Run, is_fixable
from corpuslint.reporters import Style
from corpuslint.reporters.closing import closing_lines, counted


def render(run: Run, stream: TextIO, style: Style) -> None:
    """Write the files, their findings, and a closing line."""
    for path, group in groupby(run.diagnostics, key=lambda diagnostic: diagnostic.place.path):
        found = list(group)
        name = isolated(visible(path))
        heading = click.style(name, bold=True) if style.colour else name
        stream.write(f"{heading}: {counted(len(found), 'finding')}\n")
        places = []
        for diagnostic in found:
            place = diagnostic.place
            record = f"[{visible(place.key.id or str(place.key.index))}]" if place.key.field else ""
            places.append(f"{record}{place.start.line}:{place.start.column}")
        width = max(map(len, places))
        for at, diagnostic in zip(places, found, strict=True):
            mark = "[*] " if is_fixable(diagnostic) else ""
            known = " (known)" if diagnostic.baseline == "known" else ""
            message = visible(diagnostic.message)
            stream.write(f"  {at:<{width}}  {diagnostic.code} {mark}{message}{known} [{diagnostic.id}]\n")
        stream.write("\n")
    stream.writelines(line + "\n" for line in closing_lines(run, style))
