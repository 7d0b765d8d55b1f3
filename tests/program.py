"""Runs the command line as a user does, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What a call left: exit status and both streams."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.stdout)
        return value


def corpuslint(folder: Path, *arguments: str, stdin: bytes = b"", **environment: str) -> Outcome:
    """Run corpuslint in a folder; no configuration above the folder is seen, no colour is forced."""
    keep = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    run = subprocess.run(
        [sys.executable, "-m", "corpuslint", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        env={**keep, "PYTHONPATH": str(Path(__file__).parent.parent), **environment},
        check=False,
    )
    return Outcome(run.returncode, run.stdout.decode("utf-8"), run.stderr.decode("utf-8", "replace"))


def write(folder: Path, files: dict[str, str]) -> None:
    """Write texts below a folder, byte for byte."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
