"""Where output goes and how: findings on stdout or into a file as UTF-8, everything else on stderr."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import click


@contextlib.contextmanager
def findings_stream(file: Path | None) -> Iterator[TextIO]:
    """Open the stream for findings; text that UTF-8 cannot hold becomes an escape, a closed pipe ends quietly."""
    if file is None:
        stream = TextIOWrapper(
            sys.stdout.buffer, encoding="utf-8", errors="backslashreplace", newline="", write_through=False
        )
        try:
            yield stream
            stream.flush()
        except BrokenPipeError:
            # The reader has seen enough (`| head`); Python would complain once more at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        finally:
            with contextlib.suppress(BrokenPipeError, ValueError):
                stream.detach()
        return
    try:
        with file.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            yield stream
    except OSError as error:
        raise click.UsageError(f"{file}: cannot be written: {error.strerror}") from None


def has_colour(file: Path | None) -> bool:
    """Say whether findings go to a stream that shows colour."""
    if os.environ.get("FORCE_COLOR"):
        return True
    if os.environ.get("NO_COLOR") or file is not None:
        return False
    return sys.stdout.isatty()


def note(message: str) -> None:
    """Say something beside the findings."""
    with contextlib.suppress(BrokenPipeError):
        click.echo(message, err=True)
