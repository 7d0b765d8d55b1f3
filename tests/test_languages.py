"""The language of a document, where it is known; and percentiles, which are lengths of real documents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuslint.document import Document
from corpuslint.languages import language_of
from corpuslint.statistics import percentiles

ARABIC, LATIN, HEBREW = "تصل العبّارة إلى الجزيرة", "The ferry arrives", "המעבורת מגיעה"


@pytest.mark.parametrize(
    ("path", "text", "said", "expected"),
    [
        ("no/news.txt", ARABIC, "", ""),  # a folder whose name does not fit the script
        ("data/news.txt", LATIN, "", ""),
        ("news.ar", ARABIC, "", ""),  # an extension, not a tag
        ("ar/news.txt", ARABIC, "", "ar"),
        ("fa/news.txt", ARABIC, "", "fa"),
        ("zh-Hant/a.txt", "你好世界", "", "zh-hant"),
        ("ar/news.fa.txt", ARABIC, "", "fa"),
        ("en/quotes/a.txt", LATIN, "", "en"),
        ("ar/a.jsonl", ARABIC, "ur", "ur"),
        ("x/a.txt", HEBREW, "", "he"),
        ("x/a.txt", "!!!", "", ""),
        ("x/a.txt", "", "", ""),
    ],
)
def test_language(path: str, text: str, said: str, expected: str) -> None:
    assert language_of(Document(path, text, language=said)) == expected


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_percentiles_are_real_lengths_and_rise(values: list[int]) -> None:
    found = percentiles(values)
    assert set(found) <= set(values)
    assert list(found) == sorted(found)
    assert (found[0], found[-1]) == (min(values), max(values))


def test_no_documents_have_no_percentiles() -> None:
    assert percentiles([]) == ()
