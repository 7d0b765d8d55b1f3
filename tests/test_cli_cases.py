"""Whole-program cases: tests/cli/NAME.toml says files, arguments, status, output and the files afterwards."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from program import corpuslint, write

CASES = sorted((Path(__file__).parent / "cli").glob("*.toml"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(file: Path, tmp_path: Path) -> None:
    case = tomllib.loads(file.read_text(encoding="utf-8"))
    write(tmp_path, case.get("files", {}))
    (tmp_path / "corpuslint.toml").touch()  # whatever configuration lies above the folder is not seen
    outcome = corpuslint(tmp_path, *case["args"], stdin=case.get("stdin", "").encode(), **case.get("environment", {}))
    assert (outcome.status, outcome.stdout, outcome.stderr) == (
        case["status"],
        case.get("stdout", ""),
        case.get("stderr", ""),
    )
    for name, text in case.get("after", case.get("files", {})).items():
        assert (tmp_path / name).read_bytes() == text.encode(), name
