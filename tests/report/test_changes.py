"""What changed since earlier reports, and runs that are read back."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from made import copy_of, deletion, finding, labels, place

from corpuslint.report.changes import changes_since
from corpuslint.report.headline import headline_numbers
from corpuslint.report.loading import NotARunError, load_run, run_of
from corpuslint.report.saving import write_run

TEXT = "One line here.\nAnother line there.\n"
RUN: dict[str, Any] = {"version": 1, "summary": {"documents": 1}, "diagnostics": []}


def saved(*diagnostics: Any) -> dict[str, Any]:
    stream = io.StringIO()
    write_run(diagnostics, {"documents": 2}, headline_numbers(diagnostics, {"documents": 2}, {}), {"words": 3}, stream)
    value: dict[str, Any] = json.loads(stream.getvalue())
    return value


def test_a_saved_run_comes_back_whole() -> None:
    found = [
        finding(place(TEXT, 0, 3), fix=deletion((0, 4)), data={"lines": 1}),
        copy_of(place(TEXT, 0, 14, "b.jsonl", "r", 3), place(TEXT, 0, 14)),
    ]
    run = run_of(saved(*found))
    assert [d.place.text for d in run.diagnostics] == [d.place.text for d in found]
    assert run.diagnostics[0].fix == found[0].fix
    assert run.diagnostics[1].related[0].place.text == "One line here."
    assert saved(*run.diagnostics) == saved(*found)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["version"], 2, "version is 2"),
        (["diagnostics"], {}, "diagnostics is not a list"),
        (["summary"], None, "summary is not an object"),
        (["diagnostics", 0, "id"], "$(touch x)", "id is not a finding's id"),
        (["diagnostics", 0, "severity"], "bad", "severity is none of error, warning, info"),
        (["diagnostics", 0, "span", "start"], -1, "start is not a whole number"),
        (["diagnostics", 0, "span", "start"], True, "start is not a whole number"),
        (["diagnostics", 0, "span", "start"], 9, "ends before it starts"),
        (["diagnostics", 0, "path"], 7, "path is not text"),
        (["diagnostics", 0, "fix", "edits"], 7, "edits is not a list"),
        (["diagnostics", 0, "related"], [3], "related[0] is not an object"),
        (["diagnostics", 0, "location"], [], "location is not an object"),
    ],
)
def test_what_is_no_run_is_one_clear_error(path: list[Any], value: Any, said: str) -> None:
    run = saved(finding(place(TEXT, 0, 3), fix=deletion((0, 4))))
    inside: Any = run
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    with pytest.raises(NotARunError, match=said.replace("[", r"\[").replace("]", r"\]").replace("$", r"\$")):
        run_of(run)


@pytest.mark.parametrize("content", [b"", b"\xff", b"[" * 100_000, b"[]", b"{}", b"3"])
def test_a_file_that_holds_no_run(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(NotARunError, match=r"run\.json"):
        load_run(tmp_path / "run.json")


def test_new_and_gone_are_told_by_id() -> None:
    old = [finding(place(TEXT, 0, 3), id="aaaaaaaa"), finding(place(TEXT, 4, 6), id="bbbbbbbb")]
    now = [finding(place(TEXT, 4, 6), id="bbbbbbbb"), finding(place(TEXT, 0, 2), id="cccccccc", code="TST102")]
    numbers = headline_numbers(now, {"documents": 5}, {})
    changes = changes_since([("before", run_of(saved(*old)))], now, numbers)
    assert changes is not None
    assert (changes.new, changes.gone) == (1, 1)
    assert [tuple(rule) for rule in changes.rules] == [
        ("TST101 test-rule", 2, 1, 0, 1),
        ("TST102 test-rule", 0, 1, 1, 0),
    ]
    assert ("Documents", 2, 5) in changes.numbers
    assert [point.findings for point in changes.history] == [(0, 2, 0), (0, 2, 0)]


def test_nothing_to_compare_with() -> None:
    assert changes_since([], [], []) is None


def test_reports_are_called_by_their_folders() -> None:
    assert labels([Path("may/report.json"), Path("june.json")]) == ["may", "june"]
