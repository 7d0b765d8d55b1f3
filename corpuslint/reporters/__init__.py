"""Output formats, one module each, found by name: `render(run, stream)` writes a run's findings.

A reporter changes nothing and decides nothing; the exit status is the command line's.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TextIO

from corpuslint.engine import Run

FORMATS = (
    "full",
    "concise",
    "grouped",
    "json",
    "jsonl",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "rdjson",
    "markdown",
)
MACHINE_READ = frozenset({"json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson"})  # nothing may stand beside


def _say_nothing(_message: str) -> None:
    """Drop a message."""


@dataclass(frozen=True)
class Style:
    """What the stream can show, and what the user asked to see beside the findings."""

    colour: bool = False
    show_fixes: bool = False
    statistics: bool = False
    say: Callable[[str], None] = _say_nothing  # for what a format cannot hold, as "the rest was left out"


class Reporter(Protocol):
    """A module with one function."""

    def render(self, run: Run, stream: TextIO, style: Style) -> None:
        """Write a run's findings."""


def reporter(format_name: str) -> Reporter:
    """Return the reporter of a format in FORMATS."""
    return importlib.import_module(f"{__name__}.{format_name}")
