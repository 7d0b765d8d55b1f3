"""What every line rule must hold, over the fixtures of tests/line_rules/."""

from __future__ import annotations

import json
import random
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from corpora import rendered, tasks

from corpuslint.changing.pieces import EditedText
from corpuslint.engine import Run, check
from corpuslint.line_rule import LineRule
from corpuslint.rule import Rule
from corpuslint.rules import all_rules
from corpuslint.rules.repeated_boilerplate import RepeatedBoilerplate
from corpuslint.rules.title_suffix import TitleSuffix
from corpuslint.sources import SourceFile
from corpuslint.stages.shards import Task

FOLDER = Path(__file__).parent / "line_rules"
LINE_RULES = tuple(rule for rule in all_rules() if issubclass(rule, LineRule))


@dataclass(frozen=True)
class LineCase:
    """Some documents with the flagged texts by the document's number."""

    rule: type[Rule]
    name: str
    documents: tuple[str, ...]
    found: tuple[tuple[int, str], ...] = ()
    data: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule.code}: {self.name}"


def cases(kind: str) -> list[LineCase]:
    made = []
    for rule in LINE_RULES:
        content = tomllib.loads((FOLDER / f"{rule.name.replace('-', '_')}.toml").read_text(encoding="utf-8"))
        for entry in content[kind]:
            texts = tuple(entry.get("before", "") + text + entry.get("behind", "") for text in entry["documents"])
            found = tuple((number, text) for number, text in entry.get("found", ()))
            made.append(LineCase(rule, entry["name"], texts, found, entry.get("data", {})))
    return made


def run(folder: Path, texts: tuple[str, ...], *rules: Rule, **how: Any) -> Run:
    return check(tasks(folder, texts, rules), folder, **how)


firing = pytest.mark.parametrize("case", cases("firing"), ids=str)


@pytest.mark.parametrize("case", cases("silent"), ids=str)
def test_silent_cases_stay_silent(case: LineCase, tmp_path: Path) -> None:
    assert [d.place.text for d in run(tmp_path, case.documents, case.rule()).diagnostics] == []


@firing
def test_firing_cases_give_the_named_texts(case: LineCase, tmp_path: Path) -> None:
    found = run(tmp_path, case.documents, case.rule()).diagnostics
    assert [(int(Path(d.place.path).stem), d.place.text) for d in found] == list(case.found)
    assert {key: found[0].data[key] for key in case.data} == case.data
    for diagnostic in found:
        text = case.documents[int(Path(diagnostic.place.path).stem)]
        assert text[diagnostic.place.span.start : diagnostic.place.span.end] == diagnostic.place.text


@firing
def test_fixed_documents_no_longer_fire(case: LineCase, tmp_path: Path) -> None:
    texts = list(case.documents)
    for number, text in enumerate(texts):
        found = run(tmp_path, case.documents, case.rule()).diagnostics
        mine = [d for d in found if int(Path(d.place.path).stem) == number]
        texts[number] = EditedText.of(text).apply([edit for d in mine if d.fix for edit in d.fix.edits]).text
    assert not run(tmp_path, tuple(texts), case.rule()).diagnostics


@firing
def test_the_order_of_files_and_the_number_of_processes_change_nothing(case: LineCase, tmp_path: Path) -> None:
    work = tasks(tmp_path, case.documents, [case.rule()])
    expected = rendered(check(work, tmp_path))
    random.Random(1).shuffle(work)
    assert rendered(check(work, tmp_path)) == expected
    assert rendered(check(work, tmp_path, jobs=2, parallel_from=0)) == expected


@firing
def test_other_line_ends_give_the_same_lines(case: LineCase, tmp_path: Path) -> None:
    expected = [d.place.text for d in run(tmp_path, case.documents, case.rule()).diagnostics]
    texts = tuple(text.replace("\n", "\r\n") for text in case.documents)
    found = [d.place.text.replace("\r\n", "\n") for d in run(tmp_path, texts, case.rule()).diagnostics]
    assert found == expected


def test_a_site_is_a_group_of_its_own(tmp_path: Path) -> None:
    """Two of a hundred records share lines: they are all of their site, and nothing of the container."""
    rng = random.Random(2)
    words = [a + b for a in "bdfgklmn" for b in ("a", "e", "ima", "oru")]
    records = []
    for number in range(100):
        text = " ".join(rng.choice(words) for _ in range(30)) + "."
        if number in (10, 20):
            text += "\nRiver Post, every Sunday\nWrite to the desk"
        records.append({"id": number, "site": "a" if number in (10, 20) else "b", "text": text})
    found = {}
    for sites in (True, False):
        file = tmp_path / f"{sites}.jsonl"
        rows = [record if sites else {"id": record["id"], "text": record["text"]} for record in records]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        outcome = check([Task(SourceFile(file, file.name), (RepeatedBoilerplate(),))], tmp_path)
        found[sites] = [(d.place.key.id, d.data["group"], d.data["of"]) for d in outcome.diagnostics]
    assert found == {True: [("10", "site a", 2), ("20", "site a", 2)], False: []}


def test_equal_documents_count_as_one(tmp_path: Path) -> None:
    """Three copies of a page say nothing about its lines; beside other pages they are found like any."""
    page = "Our paper\nOur town\nThe story of the {} tells how it came to be mended before the winter came again."
    copies = (page.format("ferry"),) * 3
    assert not run(tmp_path, copies, RepeatedBoilerplate()).diagnostics
    found = run(tmp_path, (*copies, page.format("mill")), RepeatedBoilerplate()).diagnostics
    assert [(d.data["documents"], d.data["of"]) for d in found] == [(2, 2)] * 4


@pytest.mark.parametrize("jobs", [1, 2])
def test_titles_that_two_folders_share_count_in_both_whatever_the_order(jobs: int, tmp_path: Path) -> None:
    work = []
    for number in range(12):
        name = "a" if number % 2 else "b"
        (tmp_path / name).mkdir(exist_ok=True)
        path = tmp_path / name / f"{number:02}.txt"
        path.write_text(f"The old mill {number // 2} opens again - Tidewater Mornings\nStory {number} of the coast.\n")
        work.append(Task(SourceFile(path, f"{name}/{path.name}"), (TitleSuffix(),)))
    expected = rendered(check(work, tmp_path))
    assert expected.count("as in 6 of 6 documents of a.") == expected.count("as in 6 of 6 documents of b.") == 6
    for seed in range(3):
        random.Random(seed).shuffle(work)
        assert rendered(check(work, tmp_path, jobs=jobs, parallel_from=0)) == expected


def test_the_same_line_everywhere_costs_no_more_than_its_documents(tmp_path: Path) -> None:
    texts = tuple(f"Story {number} " + "tells of the sea. " * 5 + "\nOur paper\nOur town\n" for number in range(500))
    outcome = run(tmp_path, texts, RepeatedBoilerplate())
    assert len(outcome.diagnostics) == 500
