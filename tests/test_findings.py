"""Findings that go to files come back as they were and in the same order, and every report says the same of them."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

import pytest
from corpora import rendered as rendered_run
from corpora import tasks
from fixtures import DOCUMENT_RULES, FIRING, document
from runs import finding, rendered, run

from corpuslint.diagnostic import Diagnostic
from corpuslint.document import ContainerLine, Document, DocumentKey
from corpuslint.engine import Run, check
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.reporters import FORMATS
from corpuslint.rule import DocumentRule
from corpuslint.stages import document_stage
from corpuslint.stages.document_check import check_document, check_large
from corpuslint.stages.findings import (
    KNOWN,
    LEFT_OUT,
    MOST_RUNS,
    NEW,
    Filed,
    Findings,
    Marked,
    held_or_filed,
    marked,
    weight,
)
from corpuslint.stages.numbering import numbered

RULES = tuple(rule() for rule in DOCUMENT_RULES)


def some(count: int) -> list[Diagnostic]:
    """Return findings in a random order; many share a place, and what they say apart from it is their own."""
    rng = random.Random(count)
    made = []
    for number in range(count):
        text = f"One li\ud800ne {rng.randrange(5)}.\nOne line \U0001f600 again.\n"
        found = finding(path=f"{rng.randrange(9)}.txt", text=text, span=(14, 14 + rng.randrange(9)))
        made.append(replace(found, data={"number": number, "of": (1, None, {"share": 0.5})}))
    return made


def test_what_is_made_often_has_no_dictionary_of_its_own() -> None:
    found = finding(record="r")
    parts = (found, found.place, found.related[0], found.fix, DocumentKey(), ContainerLine(1, 2))
    assert not [part for part in parts if hasattr(part, "__dict__")]


def test_a_finding_travels_whole() -> None:
    [found] = run(finding(record="r", message="with \udcff")).diagnostics
    again = pickle.loads(pickle.dumps(found))
    assert again == found
    assert (type(again.place), type(again.severity), type(again.fix)) == (
        type(found.place),
        type(found.severity),
        type(found.fix),
    )


@pytest.mark.parametrize("in_memory", [1, 4 * weight(finding()), 1 << 30])
def test_the_order_is_that_of_one_sort_however_few_are_held(in_memory: int) -> None:
    made = some(2 * MOST_RUNS**2)
    collected = Findings(in_memory)
    for first in range(0, len(made), 7):
        collected.add(iter(made[first : first + 7]))
    # Findings of one place stay in the order in which they came: their data shows it.
    assert list(collected.in_order()) == sorted(made, key=attrgetter("sort_key"))
    assert list(collected.in_order()) == []


def test_those_in_a_file_are_a_sequence_that_is_read_again_and_again() -> None:
    made = some(300)
    filed = held_or_filed(iter(made), 10 * weight(made[0]))
    assert isinstance(filed, Filed)
    assert len(filed) == 300
    assert list(filed) == list(filed) == made
    assert [filed[0], filed[149], filed[-1]] == [made[0], made[149], made[-1]]
    assert filed[290:] == made[290:]
    with pytest.raises(IndexError):
        filed[300]
    assert held_or_filed(iter(made)) == tuple(made)
    assert list(Filed([])) == []


def test_marks_are_the_same_on_those_in_a_file() -> None:
    made = tuple(some(200))
    states = bytes(random.Random(3).choices((LEFT_OUT, NEW, KNOWN), k=len(made)))
    held, filed = marked(made, states), marked(Filed(made), states)
    assert isinstance(held, tuple)
    assert isinstance(filed, Marked)
    assert tuple(filed) == held
    assert len(filed) == len(held) < 200
    assert (filed[0], filed[-1], filed[5:9]) == (held[0], held[-1], list(held[5:9]))
    assert {d.baseline for d in held} == {"new", "known"}
    assert marked(made, bytes(len(made))) == ()
    assert not marked(Filed(made), bytes(len(made)))


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_writes_the_same_bytes_from_a_file(format_name: str) -> None:
    outcome = run(*some(400))
    states = bytes(random.Random(5).choices((NEW, NEW, KNOWN), k=len(outcome.diagnostics)))
    of_memory = replace(outcome, diagnostics=marked(outcome.diagnostics, states))
    of_file = replace(outcome, diagnostics=marked(Filed(outcome.diagnostics), states))
    assert of_file.summary() == of_memory.summary()
    assert rendered(of_file, format_name) == rendered(of_memory, format_name)


def test_equal_texts_are_counted_in_a_file_and_not_beyond_it() -> None:
    records = ("r", "", None, "r", None, "")
    found = [
        replace(one, place=one.place._replace(path=path, key=DocumentKey(number, record)))
        for path in ("a.jsonl", "b.jsonl")
        for number, record in enumerate(records)
        for one in (finding(), replace(finding(), code="DUP999"))
    ]
    ordinals = [(d.place.key.id, d.code, d.ordinal) for d in numbered(found) if d.place.path == "b.jsonl"]
    assert ordinals == [
        (record, code, records[:number].count(record))
        for number, record in enumerate(records)
        for code in ("DUP101", "DUP999")
    ]


def test_a_run_counts_its_findings_once() -> None:
    outcome = Run(run().root, Filed(run(*some(50)).diagnostics))
    assert outcome.summary()["new"] == outcome.summary()["diagnostics"] == 50
    assert outcome.tally is outcome.tally


def test_a_large_document_has_the_findings_that_others_have() -> None:
    for case in FIRING:
        expected = check_document(document(case.text), RULES)
        assert list(check_large(document(case.text), RULES, FixPolicy())) == sorted(
            (found for found in expected if isinstance(found, Diagnostic)), key=attrgetter("sort_key")
        )


def test_a_large_document_names_the_rule_that_fails() -> None:
    @dataclass(frozen=True)
    class Failing(DocumentRule):
        """Rule that fails behind its first finding."""

        code = "TST101"
        name = "failing"

        def check(self, document: Document) -> Iterator[Diagnostic]:
            yield replace(finding(path=document.path), code="TST101")
            raise RuntimeError("its own bug")

    found = list(check_large(Document("a.txt", "text"), (Failing(),), FixPolicy()))
    assert found == check_document(Document("a.txt", "text"), (Failing(),))[::-1]
    assert [type(item).__name__ for item in found] == ["RuleCrash", "Diagnostic"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_findings_of_a_shard_may_be_in_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    texts = [f"Own line {n} of this page.\nShare on Facebook\n\nPhoto: Ann Lee\n" for n in range(40)]
    texts += [f"{line}\n\n{line}\n" for line in texts[:9]]
    work = tasks(tmp_path, texts, RULES)
    expected = check(work, tmp_path)
    assert len(expected.diagnostics) > 50
    monkeypatch.setattr(document_stage, "FINDINGS", 5000)
    assert rendered_run(check(work, tmp_path, jobs=jobs, parallel_from=0, start_method="fork")) == rendered_run(
        expected
    )


def test_a_file_of_findings_travels_as_it_is() -> None:
    made = some(200)
    filed = Filed(made)
    again = pickle.loads(pickle.dumps(filed))
    assert list(again) == made
    assert again[77] == made[77]
    collected = Findings()
    collected.add(made[:50])
    collected.take(Filed(sorted(made[50:], key=attrgetter("sort_key"))))
    collected.add(made[:3])
    assert list(collected.in_order()) == sorted([*made, *made[:3]], key=attrgetter("sort_key"))


@pytest.mark.parametrize("format_name", ["json", "jsonl"])
def test_a_large_finding_is_written_in_parts(format_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(*some(30))
    expected = rendered(outcome, format_name)
    monkeypatch.setattr("corpuslint.reporters.json.LARGE", 1)
    assert rendered(outcome, format_name) == expected
