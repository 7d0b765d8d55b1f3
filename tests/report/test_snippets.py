"""Corpus text on a page: controls written out, long texts cut with a count, directions found."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuslint.diagnostic import Edit
from corpuslint.display import visible
from corpuslint.report.snippets import RIGHT_TO_LEFT, UNSEEN, EditView, direction, shortened, shown


def test_every_character_that_is_written_out_is_known_to_the_quick_test() -> None:
    for code in range(0x110000):
        character = chr(code)
        if character not in "\n\t":
            assert bool(UNSEEN.match(character)) == (visible(character) != character), hex(code)


def test_every_right_to_left_letter_is_known_to_the_quick_test() -> None:
    letters = (chr(code) for code in range(0x110000) if unicodedata.bidirectional(chr(code)) in {"R", "AL"})
    assert [hex(ord(letter)) for letter in letters if not RIGHT_TO_LEFT.match(letter) and letter != "\u200f"] == []


@given(st.text())
def test_lines_and_tabs_stay_and_nothing_else_that_commands(text: str) -> None:
    result = shown(text)
    assert not {c for c in result if unicodedata.category(c) in {"Cc", "Cs"}} - set("\n\t")
    assert shown(result) == result


@given(st.text(), st.integers(2, 40))
def test_what_is_cut_is_counted(text: str, length: int) -> None:
    short = shortened(text, length)
    if len(text) <= length:
        assert short == text
        return
    head, rest = short.split(" […", 1) if not text.startswith(" […") else ("", short[3:])
    assert text.startswith(head)
    assert "characters…]" in rest


def test_words_are_not_cut() -> None:
    assert (
        shortened("The ferry leaves the island at nine in the morning.", 24) == "The ferry […34 characters…] morning."
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[in Afghanistan] قال الوزير إن الاتفاق سيوقع اليوم", "rtl"),
        ("The word سلام means peace.", "ltr"),
        ("שלום", "rtl"),
        ("你好", "ltr"),
        ("123", "ltr"),
        ("", "ltr"),
    ],
)
def test_most_letters_decide_the_direction(text: str, expected: str) -> None:
    assert direction(text) == expected


def test_an_edit_is_seen_with_what_stands_around_it() -> None:
    text = "before " * 10 + "gone" + " after" * 10
    view = EditView.of(text, Edit(70, 74, "new"))
    assert (view.removed, view.inserted) == ("gone", "new")
    assert view.before.startswith("…")
    assert view.after.endswith("…")
    assert view.before[1:] in text
