"""Places in a text, by example and by property."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from corpuslint.deletion import delete_fragment, delete_lines
from corpuslint.document import Document
from corpuslint.normal import normal, script_of, words
from corpuslint.text import Position, PositionIndex, Span, split_lines

TEXTS = st.text(st.sampled_from("ab أب\u064b中😀é.،[] \t\n\r\x0c\u2028"), max_size=60)


def index(text: str) -> PositionIndex:
    return PositionIndex(text, split_lines(text))


@given(TEXTS)
def test_lines_cover_the_text_and_hold_no_line_end(text: str) -> None:
    lines = split_lines(text)
    assert "".join(text[line.start : line.stop] for line in lines) == text
    assert not any(set(text[line.start : line.end]) & {"\n", "\r"} for line in lines)
    assert [text[line.start : line.end] for line in lines] == re.split("\r\n|\r|\n", text)[: len(lines)]


@given(TEXTS)
def test_positions_count_what_they_say(text: str) -> None:
    positions = index(text)
    for offset in range(len(text) + 1):
        line, column = positions.position(offset)
        before = text[offset - column + 1 : offset]
        assert line == 1 + len(re.findall("\r\n|\r|\n", text[: offset - column + 1]))
        assert positions.utf8_column(offset) == len(before.encode()) + 1
        assert positions.utf16_column(offset) == len(before.encode("utf-16-le")) // 2 + 1


def test_one_place_in_three_units() -> None:
    text = "سلام\nأهلا 😀 x"
    positions = index(text)
    at = text.index("x")
    assert positions.position(at) == Position(2, 8)
    assert (positions.utf16_column(at), positions.utf8_column(at)) == (9, 15)


def test_normal_form_unifies_what_typists_mix() -> None:
    assert words("أكّدت الوزارةُ، في ٢٥ مايــو") == words("اكدت الوزاره في 25 مايو")
    assert words("کتاب ی") == words("كتاب ي")
    assert normal("Café—CAFE\u0301 ﬁne ２０") == "café café fine 20"
    assert words("می‌شود") == words("می شود")
    assert words("新闻abc。") == ["新", "闻", "abc"]
    assert words("कि की") == ["कि", "की"]  # vowel signs make different words
    assert normal("page 3") != normal("page 4")
    assert words("***") == []


def test_scripts() -> None:
    assert [script_of(c) for c in "aБأא中あ가ก1 ."] == [
        *("LATIN", "CYRILLIC", "ARABIC", "HEBREW", "CJK", "HIRAGANA", "HANGUL", "THAI"),
        *("", "", ""),
    ]


@given(TEXTS, st.data())
def test_deleting_a_fragment_glues_no_words_and_leaves_the_rest(text: str, data: st.DataObject) -> None:
    line = data.draw(st.sampled_from(split_lines(text) or (None,)))
    if line is None or line.start == line.end:
        return
    start = data.draw(st.integers(line.start, line.end - 1))
    end = data.draw(st.integers(start + 1, line.end))
    edit = delete_fragment(text, Span(start, end))
    assert edit.start <= start
    assert edit.end >= end
    taken = text[edit.start : start] + text[end : edit.end]
    assert taken == "" or taken.isspace()
    assert not set(taken) & {"\n", "\r"}
    before, behind = text[: edit.start], text[edit.end :]
    if before[-1:].isalnum() and behind[:1].isalnum():
        assert edit.content == " "
    assert edit.content in ("", " ")


@given(TEXTS, st.data())
def test_deleting_lines_leaves_every_other_written_line(text: str, data: st.DataObject) -> None:
    document = Document("a", text)
    if not document.written_lines:
        return
    first = data.draw(st.sampled_from(document.written_lines))
    last = data.draw(st.sampled_from([n for n in document.written_lines if n >= first]))
    edit = delete_lines(document, first, last)
    left = text[: edit.start] + edit.content + text[edit.end :]
    kept = [document.line_text(n) for n in document.written_lines if not first <= n <= last]
    rest = Document("a", left)
    assert [rest.line_text(n) for n in rest.written_lines] == kept
    if kept:
        assert (left[-1] in "\r\n") == (text[-1] in "\r\n")
