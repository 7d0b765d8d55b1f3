"""What goes to files for want of memory comes back as it was, and a limit is said and kept to."""

from __future__ import annotations

import random
import resource
from pathlib import Path

import click
import pytest
from corpora import rendered, tasks
from program import corpuslint

from corpuslint.cli.limits import shared_out
from corpuslint.engine import check
from corpuslint.memory import Budget, TooLittleMemory, fitting_jobs, least, parse_size
from corpuslint.rules.duplicate_document import DuplicateDocument
from corpuslint.rules.near_duplicate_document import NearDuplicateDocument
from corpuslint.rules.repeated_boilerplate import RepeatedBoilerplate

TINY = Budget(records=7, evidence=40, compared=30, heads=900, members=2, findings=3000, reported=3000)


def texts() -> list[str]:
    """Documents of some families, a hot group and a footer among them."""
    rng = random.Random(4)
    words = [f"{a}{b}" for a in ("ka", "lo", "mi", "nu", "pe") for b in ("ra", "sto", "vin", "dal", "")]
    made: list[str] = []
    for number in range(90):
        own = [rng.choice(words) for _ in range(60)] if number % 3 or not made else rng.choice(made[-9:]).split()[:60]
        row = [word if rng.random() > 0.02 else rng.choice(words) for word in own]
        made.append(" ".join(row) + "\nRead on at our office in the harbour\nCall us on any day")
    return [*made, *["The same text stands in twenty files, which is a hot group of equal ones."] * 20]


def test_findings_are_the_same_however_little_is_held(tmp_path: Path) -> None:
    rules = (DuplicateDocument(), NearDuplicateDocument(min_shingles=3), RepeatedBoilerplate())
    work = tasks(tmp_path, texts(), rules)
    expected = check(work, tmp_path)
    assert {diagnostic.code for diagnostic in expected.diagnostics} == {"DUP201", "DUP202", "DUP204"}
    assert rendered(check(work, tmp_path, budget=TINY)) == rendered(expected)


@pytest.mark.parametrize(
    ("words", "size"),
    [("500M", 500 << 20), ("2G", 2 << 30), ("1.5 GiB", 3 << 29), ("300mb", 300 << 20), ("1T", 1 << 40), ("7", 7)],
)
def test_sizes_as_people_write_them(words: str, size: int) -> None:
    assert parse_size(words) == size


@pytest.mark.parametrize("words", ["", "M", "-1M", "1,5G", "2 X", "10Q", "1e9"])
def test_what_is_no_size(words: str) -> None:
    with pytest.raises(ValueError, match="is no size; write 500M or 2G"):
        parse_size(words)


def test_more_memory_is_more_of_everything() -> None:
    for jobs in (1, 2, 8):
        smaller, larger = Budget.of(least(jobs), jobs), Budget.of(2 * least(jobs), jobs)
        assert all(0 < less < more for less, more in zip(smaller, larger, strict=True))
        with pytest.raises(TooLittleMemory):
            Budget.of(least(jobs) - 1, jobs)


def test_processes_are_as_many_as_fit_unless_somebody_says_how_many() -> None:
    assert fitting_jobs(least(3), 8) == 3
    assert fitting_jobs(1, 8) == 1
    assert shared_out(least(1), None)[0] == 1
    assert shared_out(least(4), 4)[0] == 4
    with pytest.raises(click.BadParameter, match="250M with --jobs 1"):
        shared_out(least(4) - 1, 4)


def test_too_little_memory_is_one_line(tmp_path: Path) -> None:
    outcome = corpuslint(tmp_path, "check", ".", "--max-memory", "10M", "--jobs", "1")
    assert outcome.status == 2
    assert "'--max-memory': 10M is too little; a check takes at least 250M" in outcome.stderr


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no limit of a file's size on this system")
def test_no_room_for_temporary_files_is_one_line(tmp_path: Path) -> None:
    rng = random.Random(1)
    for number in range(40):
        (tmp_path / f"{number}.txt").write_text(" ".join(f"{rng.randrange(10**6)}" for _ in range(20_000)))
    for number in range(40, 80):
        (tmp_path / f"{number}.txt").write_text((tmp_path / f"{number - 40}.txt").read_text() + " end")
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({1 << 20},) * 2)"
    (tmp_path / "sitecustomize.py").write_text(limited)
    root = Path(__file__).parent.parent
    paths = f"{tmp_path}:{root}"
    words = ("--max-memory", "250M", "--select", "DUP202", "--no-cache", "--jobs", "1")
    outcome = corpuslint(tmp_path, "check", ".", *words, PYTHONPATH=paths)
    assert outcome.status == 2
    assert outcome.stderr.startswith("Error: temporary files in ")
    assert outcome.stderr.count("\n") == 1
    assert "TMPDIR" in outcome.stderr
