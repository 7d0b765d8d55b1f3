"""Excerpts of texts for reports: on one line, never too long, cut between words where there are any."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpuslint.display import excerpt

SENTENCE = "The relief boat could not land for eleven weeks and three men lived on flour and dried peas."


def test_short_text_is_whole() -> None:
    assert excerpt("two\n words ", 20) == "two words"


def test_long_text_is_cut_between_words() -> None:
    cut = excerpt(SENTENCE, 40)
    assert cut == "The relief boat … and dried peas."
    assert set(cut.split()) - {"…"} <= set(SENTENCE.split())


def test_text_without_spaces_is_cut_anywhere() -> None:
    assert excerpt("船" * 100, 11) == "船船船船 … 船船船船"


@given(st.text(), st.integers(min_value=5, max_value=60))
def test_never_longer_than_asked(text: str, length: int) -> None:
    assert len(excerpt(text, length)) <= length
