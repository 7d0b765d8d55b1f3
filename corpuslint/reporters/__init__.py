"""Output formats, one module each, found by name: `render(run, stream)` writes a run's findings.

A reporter changes nothing and decides nothing; the exit status is the command line's.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Protocol, TextIO

from corpuslint.engine import Run

FORMATS = ("full", "concise", "json", "jsonl")


@dataclass(frozen=True)
class Style:
    """What the stream can show, and what the user asked to see beside the findings."""

    colour: bool = False
    show_fixes: bool = False
    statistics: bool = False


class Reporter(Protocol):
    """A module with one function."""

    def render(self, run: Run, stream: TextIO, style: Style) -> None:
        """Write a run's findings."""


def reporter(format_name: str) -> Reporter:
    """Return the reporter of a format in FORMATS."""
    return importlib.import_module(f"{__name__}.{format_name}")
