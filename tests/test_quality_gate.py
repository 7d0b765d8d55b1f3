"""The quality gate holds safe fixes to their floors: it must fail where they delete text, and only then."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.quality_gate import line_hash, main

FORM = ["Leave a comment", "Your email address will not be published.", "Name *", "Email *", "Website"]
PROSE = [
    f"The council met on day {n} of the month and talked about the bridge over the river for a long time."
    for n in range(3)
]


def page(number: int, label: str) -> dict[str, object]:
    lines = [{"text": text, "label": "main"} for text in PROSE] + [{"text": text, "label": label} for text in FORM]
    return {
        "id": str(number),
        "source": "made",
        "lang": "en",
        "lines": [*lines, {"text": PROSE[0] + " Again.", "label": "main"}],
    }


def data(folder: Path, *labels: str) -> Path:
    for name in ("lines", "injected"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "lines/made.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(page(n, label)) + "\n" for n, label in enumerate(labels))
    return folder


def test_floors_hold_until_a_fix_deletes_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    floors = ["--floors", str(tmp_path / "floors.toml")]
    good = data(tmp_path / "good", *["junk"] * 8)
    assert main([str(good), *floors, "--update"]) == 0
    assert "JNK101 = 1.0000  # comment-form: 40 right, 0 wrong" in (tmp_path / "floors.toml").read_text()
    assert "JNK101-en = 1.0000  # comment-form: 40 right, 0 wrong" in (tmp_path / "floors.toml").read_text()
    assert main([str(good), *floors]) == 0
    bad = data(tmp_path / "bad", *["junk"] * 7, "main")
    assert main([str(bad), *floors]) == 1  # other data are not measured by chance
    assert "--accept-data" in capsys.readouterr().out
    before = (tmp_path / "floors.toml").read_text()
    assert main([str(bad), *floors, "--update", "--accept-data"]) == 1
    assert "less than 0.99" in capsys.readouterr().out
    assert (tmp_path / "floors.toml").read_text() == before
    assert main([str(bad), *floors, "--update", "--accept-data", "--lower"]) == 1
    assert "JNK101 = 0.8750" in (tmp_path / "floors.toml").read_text()


def test_a_line_that_is_listed_as_mislabelled_counts_neither_way(tmp_path: Path) -> None:
    bad = data(tmp_path / "bad", *["junk"] * 7, "main")
    listed = "".join(f'{line_hash(text)} = "a field of a form"\n' for text in FORM)
    (tmp_path / "floors.toml").write_text(f"[mislabelled]\n{listed}")
    assert main([str(bad), "--floors", str(tmp_path / "floors.toml")]) == 0


def test_without_data_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 0
    assert "nothing was measured" in capsys.readouterr().out
