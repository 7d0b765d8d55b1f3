"""Killing `--fix` and `undo` at any instant leaves every file old or new (the full form: python tests/killing.py)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from killing import FIX_PHASES, UNDO_PHASES, campaign

FILES, MEGABYTES, KILLS = 200, 5, 30


def test_every_kill_leaves_each_file_old_or_new(tmp_path: Path) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc to name open files")
    # Flushing to a disk takes most of the time and shows nothing here: a killed process leaves the page cache.
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else tmp_path))
    try:
        hits = campaign(folder, FILES, MEGABYTES, KILLS, seed=4)
    finally:
        shutil.rmtree(folder)
    assert all(hits[phase] for phase in (*FIX_PHASES, *UNDO_PHASES)), hits
    assert sum(hits.values()) == KILLS
