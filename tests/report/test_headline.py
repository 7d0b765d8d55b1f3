"""The numbers that people quote are right."""

from __future__ import annotations

from made import copy_of, deletion, finding, place

from corpuslint.diagnostic import Applicability
from corpuslint.document import Document
from corpuslint.report.headline import (
    flagged_characters,
    headline_numbers,
    removed_characters,
    worst_files,
    worst_rules,
)
from corpuslint.report.tables import percent
from corpuslint.statistics import DocumentFacts

TEXT = "One line here.\nAnother line there.\nA third.\n"


def test_overlapping_findings_count_their_text_once() -> None:
    found = [finding(place(TEXT, 0, 10)), finding(place(TEXT, 5, 20)), finding(place(TEXT, 0, 4, "b.txt"))]
    assert flagged_characters(found) == 24


def test_equal_spans_of_different_records_count_each() -> None:
    found = [finding(place(TEXT, 0, 5, "a.jsonl", "x", 0)), finding(place(TEXT, 0, 5, "a.jsonl", "y", 1))]
    assert flagged_characters(found) == 10


def test_only_safe_fixes_that_apply_together_remove_text() -> None:
    found = [
        finding(place(TEXT, 0, 10), fix=deletion((0, 10))),
        finding(place(TEXT, 5, 12), fix=deletion((5, 12))),  # overlaps: waits for the next round
        finding(place(TEXT, 20, 25), fix=deletion((20, 25), content="ab")),
        finding(place(TEXT, 30, 35), fix=deletion((30, 35), applicability=Applicability.UNSAFE)),
        finding(place(TEXT, 40, 41)),
    ]
    assert removed_characters(found) == 10 + 3


def test_numbers_of_a_small_corpus() -> None:
    found = [
        finding(place(TEXT, 0, 10), fix=deletion((0, 10))),
        finding(place(TEXT, 15, 20)),
        copy_of(place(TEXT, 0, 14, "b.txt"), place(TEXT, 0, 14, "a.txt")),
    ]
    documents = [Document(name, TEXT) for name in ("a.txt", "b.txt", "c.txt")]
    facts = {(d.path, 0): DocumentFacts.of(d) for d in documents}
    numbers = headline_numbers(found, {"documents": 3, "characters": 132, "words": 24}, facts)
    assert {number.name: (number.value, number.whole) for number in numbers} == {
        "documents": (3, None),
        "characters": (132, None),
        "words": (24, None),
        "findings": (3, None),
        "flagged_documents": (2, 3),
        "flagged_characters": (29, 132),
        "removed_characters": (10, 132),
        "copies": (1, 3),
        "copied_characters": (44, 132),
    }
    assert all(number.definition for number in numbers)


def test_what_was_not_read_is_not_known() -> None:
    numbers = {number.name: number for number in headline_numbers([finding(place(TEXT, 0, 5))], {}, {})}
    assert numbers["words"].value is None
    assert numbers["flagged_characters"].share is None


def test_worst_come_first_and_ties_go_by_text_then_name() -> None:
    found = [
        finding(place(TEXT, 0, 2, "b.txt")),
        finding(place(TEXT, 0, 2, "a.txt")),
        finding(place(TEXT, 0, 9, "c.txt"), code="TST102"),
    ]
    assert [worst.name for worst in worst_files(found)] == ["c.txt", "a.txt", "b.txt"]
    assert [(worst.name, worst.findings) for worst in worst_rules(found)] == [
        ("TST101 test-rule", 2),
        ("TST102 test-rule", 1),
    ]


def test_shares_never_round_to_nothing_or_everything() -> None:
    assert percent(0.0) == "0.0%"
    assert percent(0.00001) == "< 0.1%"
    assert percent(0.5) == "50.0%"
    assert percent(0.99999) == "> 99.9%"
    assert percent(1.0) == "100.0%"
    assert percent(None) == ""
