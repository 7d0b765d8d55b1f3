"""The limit of memory on the command line: how it is written, and how many processes it is shared out among."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from corpuslint.cli.output import note
from corpuslint.executors.local import processors
from corpuslint.memory import Budget, TooLittleMemory, fitting_jobs, parse_size
from corpuslint.spill import SpillTrouble


class Size(click.ParamType[int]):
    """A number of bytes as people write it."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it."""
        try:
            return parse_size(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(str(error), param, ctx)


def shared_out(size: int | None, jobs: int | None) -> tuple[int, Budget]:
    """Return the number of processes and what is held in memory; too little memory is a usage error.

    Where nobody says how many processes there are to be, there are as many as fit.
    """
    if size is None:
        return jobs or processors(), Budget.of()
    count = jobs or fitting_jobs(size, processors())
    try:
        return count, Budget.of(size, count)
    except TooLittleMemory as error:
        raise click.BadParameter(str(error), param_hint="'--max-memory'") from None


@contextmanager
def room_for_files() -> Iterator[None]:
    """End with status 2 and one line where temporary files find no room."""
    try:
        yield
    except SpillTrouble as trouble:
        note(f"Error: {trouble}")
        sys.exit(2)
