"""Laws that hold for every rule, applied to every fixture, so that no author writes them."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fixtures import (
    DOCUMENT_RULES,
    FIRING,
    SILENT,
    Case,
    cases,
    document,
    findings,
    fixed,
    fixture_file,
    places,
)

from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.fixer import RANK
from corpuslint.rule import HEADINGS, DocumentRule, Rule
from corpuslint.rules import all_rules
from corpuslint.text import split_lines

EVERY = [*SILENT, *FIRING]
by_name = pytest.mark.parametrize("case", EVERY, ids=str)
firing = pytest.mark.parametrize("case", FIRING, ids=str)
every_rule = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
document_rule = pytest.mark.parametrize("rule", DOCUMENT_RULES, ids=lambda rule: rule.code)


@pytest.mark.parametrize("case", SILENT, ids=str)
def test_silent_texts_stay_silent(case: Case) -> None:
    assert [d.place.text for d in findings(case.text, case.instance())] == []


@firing
def test_firing_texts_give_the_named_slices(case: Case) -> None:
    found = findings(case.text, case.instance())
    assert [d.place.text for d in found] == list(case.found)


@firing
def test_fixing_gives_the_fixed_text(case: Case) -> None:
    assert fixed(case.text, case.instance()) == (case.text if case.fixed is None else case.fixed)


@firing
def test_fixed_text_no_longer_fires_where_a_fix_could_be_applied(case: Case) -> None:
    again = findings(fixed(case.text, case.instance()), case.instance())
    assert [d.place.text for d in again if d.fix and d.fix.applicability is not Applicability.DISPLAY] == []


@by_name
def test_fixing_again_changes_nothing(case: Case) -> None:
    once = fixed(case.text, case.instance())
    assert fixed(once, case.instance()) == once


@by_name
def test_spans_and_edits_lie_in_the_text_and_slice_it(case: Case) -> None:
    for d in findings(case.text, case.instance()):
        start, end = d.place.span
        assert 0 <= start <= end <= len(case.text)
        assert case.text[start:end] == d.place.text
        for related in d.related:
            assert case.text[related.place.span.start : related.place.span.end] == related.place.text
        previous = 0
        for edit in d.fix.edits if d.fix else ():
            assert previous <= edit.start <= edit.end <= len(case.text)
            previous = edit.end


@by_name
def test_running_twice_gives_the_same(case: Case) -> None:
    assert findings(case.text, case.instance()) == findings(case.text, case.instance())


@by_name
def test_a_rule_finds_the_same_without_its_triggers(case: Case) -> None:
    rule = case.instance()
    assert isinstance(rule, DocumentRule)
    unguarded = sorted(rule.check(document(case.text)), key=lambda d: d.sort_key)
    assert findings(case.text, rule) == unguarded


@by_name
@pytest.mark.parametrize("line_end", ["\r\n", "\r"], ids=["CRLF", "CR"])
def test_other_line_ends_give_the_same_findings_at_mapped_spans(case: Case, line_end: str) -> None:
    if "\r" in case.text:
        pytest.skip("the text has line ends of its own")
    text = case.text.replace("\n", line_end)
    extra = len(line_end) - 1

    def mapped(offset: int) -> int:
        return offset + extra * case.text.count("\n", 0, offset)

    expected = [(code, mapped(start), mapped(end)) for code, start, end in places(findings(case.text, case.instance()))]
    assert places(findings(text, case.instance())) == expected
    assert fixed(text, case.instance()) == fixed(case.text, case.instance()).replace("\n", line_end)


@firing
def test_form_feed_and_unicode_separators_are_no_line_ends(case: Case) -> None:
    first_end = case.text.find("\n")
    if first_end < 0:
        pytest.skip("one line only")
    blank = "\x0c\u0085\u2028"
    text = case.text[:first_end] + blank + case.text[first_end:]
    before = [(d.code, d.place.start.line) for d in findings(case.text, case.instance())]
    assert [(d.code, d.place.start.line) for d in findings(text, case.instance())] == before


@firing
def test_a_byte_order_mark_inside_the_text_hides_nothing(case: Case) -> None:
    text = case.text + ("" if case.text.endswith("\n") else "\n") + "\ufeff"
    assert len(findings(text, case.instance())) >= len([d for d in case.found if d])


@every_rule
def test_rule_shape(rule: type[Rule]) -> None:
    assert re.fullmatch(r"[A-Z]{3}\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
    assert rule.summary().endswith(".")
    assert tuple(rule.documentation()) == HEADINGS
    assert all(rule.documentation().values())
    assert rule.__module__.rsplit(".", 1)[1] == rule.name.replace("-", "_")
    assert rule.code not in rule.yields_to
    for option in rule.options():
        assert option.metadata["help"], option.name


def test_codes_and_names_are_unique() -> None:
    rules = all_rules()
    assert len({rule.code for rule in rules}) == len({rule.name for rule in rules}) == len(rules)


@document_rule
def test_fixture_file_has_silent_texts_before_firing_ones(rule: type[Rule]) -> None:
    file = fixture_file(rule)
    assert file.exists(), f"{rule.code} has no fixtures: write {file}"
    text = file.read_text(encoding="utf-8")
    assert text.rindex("[[silent]]") < text.index("[[firing]]")
    assert len(cases(rule, "silent")) >= 3
    assert len(cases(rule, "firing")) >= 3
    assert all(case.found and case.origin for case in cases(rule, "firing"))


@document_rule
def test_example_of_the_documentation_fires_and_its_mended_form_is_clean(rule: type[Rule]) -> None:
    sections = rule.documentation()
    assert findings(sections["Example"], rule())
    assert not findings(sections["Instead"], rule())


def test_overlaps_settle_the_same_in_any_order_of_the_rules() -> None:
    rules = [rule() for rule in DOCUMENT_RULES]
    for case in FIRING:
        assert places(findings(case.text, *rules)) == places(findings(case.text, *reversed(rules)))


def test_fixes_of_all_rules_together_come_to_rest_in_any_order_of_the_rules() -> None:
    rules = [rule() for rule in DOCUMENT_RULES]
    for case in EVERY:
        for most in (Applicability.SAFE, Applicability.UNSAFE):
            text = fixed(case.text, *rules, most=most)
            assert text == fixed(case.text, *reversed(rules), most=most), str(case)
            assert not [d for d in findings(text, *rules) if d.fix and RANK[d.fix.applicability] <= RANK[most]], str(
                case
            )


PUMPS = {
    "opening brackets": "[",
    "bracket pairs": "[a",
    "insertions": "[in a] ",
    "glued insertions": "[in a]",
    "insertions in lines": "عربي [in a] عربي\n",
    "closing brackets": "a]",
    "nested brackets": "[a[",
    "spaces": " ",
    "spaces before a letter": " " * 50 + "x",
    "commas": "a, ",
    "bars": " | a",
    "dashes": " - a",
    "stars": "* ",
    "digits": "1",
    "dates": "12/10/2024 ",
    "colons": "Photo: ",
    "round brackets": "(AFP) (",
    "Arabic marks": "\u064b",
    "Arabic words": "التعليق ",
    "credits": "Getty Images ",
    "joined words": "a-b'",
    "blank lines": "\n",
    "short lines": "a\n",
    "two lines in turn": "Leave a comment\n\nName *\n",
    "one long line": "word ",
}
PUMPED = 200_000  # code points: what takes more than linear time takes hours here
HANG = 60  # seconds until a pumped text counts as a hang; linear rules need less than one


@contextmanager
def hang_guard() -> Iterator[None]:
    def stop(_signal: int, _frame: object) -> None:
        raise AssertionError("takes more than linear time")

    previous = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


@document_rule
@pytest.mark.parametrize("pump", PUMPS)
def test_no_text_takes_more_than_linear_time(rule: type[Rule], pump: str) -> None:
    instance = rule()
    assert isinstance(instance, DocumentRule)
    around = ("", "نص عربي طويل ليكون للنص خط\n", "A line of text before it.\n")
    with hang_guard():
        for before in around:
            text = before + PUMPS[pump] * (PUMPED // len(PUMPS[pump])) + "\nend"
            assert all(isinstance(d, Diagnostic) for d in instance.check(document(text)))


def test_lines_end_at_lf_crlf_and_cr_only() -> None:
    text = "a\nb\r\nc\rd\x0b\x0c\x1c\x1d\x1e\u0085\u2028\u2029e"
    assert [text[line.start : line.end] for line in split_lines(text)] == [
        "a",
        "b",
        "c",
        "d\x0b\x0c\x1c\x1d\x1e\u0085\u2028\u2029e",
    ]
