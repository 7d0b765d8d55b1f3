"""--profile: where the time went, on standard error only."""

from __future__ import annotations

from pathlib import Path

from program import corpuslint

from corpuslint.cli.profile import profile
from corpuslint.spent import Spent


def test_stages_and_rules_stand_in_a_table_behind_the_report(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A line of text.\nLeave a comment\nName\nEmail\n", encoding="utf-8")
    plain = corpuslint(tmp_path, "check", "--output-format", "json")
    profiled = corpuslint(tmp_path, "check", "--output-format", "json", "--profile")
    assert (profiled.stdout, profiled.status) == (plain.stdout, plain.status)
    assert "for 1 documents" in profiled.stderr
    for name in ("reading", "JNK101", "DUP101"):
        assert f"× {name}\n" in profiled.stderr


def test_what_took_longest_comes_first_with_its_share() -> None:
    spent = Spent()
    spent.add("reading", 1.0, 10)
    spent.add("DUP101", 2.0)
    other = Spent()
    other.add("DUP101", 1.0, 4)
    spent.merge(other)
    head, *rows = profile(spent, 2.5, 10)
    assert head == "2.50 s for 10 documents; of 4.00 s of work in all processes:"
    assert [row.split() for row in rows] == [
        ["3.000", "s", "75.0%", "5", "×", "DUP101"],
        ["1.000", "s", "25.0%", "10", "×", "reading"],
    ]


def test_no_work_takes_no_share() -> None:
    spent = Spent()
    with spent.on("reading"):
        pass
    spent.seconds["reading"] = 0.0
    assert list(profile(spent, 0.0, 0))[1].split()[2] == "0.0%"
