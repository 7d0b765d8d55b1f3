"""The interface of Arabic, Persian, Hebrew and Urdu sites: floors for what is caught, none for what must stay.

The lines are data: tests/interface_lines/LANGUAGE.toml. How they are laid out on a page is the benchmark's business.
"""

from __future__ import annotations

import pytest

from benchmarks.interface_lines import LANGUAGES, outcomes, read
from corpuslint.rule import DocumentRule
from corpuslint.rule_selection import select

RULES = tuple(rule() for rule in select(("JNK",), (), ()) if issubclass(rule, DocumentRule))
# Shares of the interface lines: measured, less about three in a hundred for phrases that turn out to claim too much.
CAUGHT, DELETED = 0.95, 0.65
LINES, ARTICLE = 300, 100  # lines of a language, at least


@pytest.mark.parametrize("language", LANGUAGES)
class TestInterfaceLines:
    def test_the_list_is_long_enough_and_repeats_nothing(self, language: str) -> None:
        lines = read(language)
        junk = [text for texts in lines.junk.values() for text in texts]
        assert len(junk) == len(set(junk)) >= LINES
        assert len(lines.article) == len(set(lines.article)) >= ARTICLE
        assert not set(junk) & set(lines.article)

    def test_the_share_that_is_caught(self, language: str) -> None:
        junk = [outcome for outcome in outcomes(language, RULES) if outcome.kind != "article"]
        assert sum(outcome.found for outcome in junk) >= CAUGHT * len(junk)
        assert sum(outcome.deleted for outcome in junk) >= DELETED * len(junk)

    def test_no_line_of_an_article_is_called_junk(self, language: str) -> None:
        article = [outcome for outcome in outcomes(language, RULES) if outcome.kind == "article"]
        assert [outcome.text for outcome in article if outcome.deleted] == []
        assert [outcome.text for outcome in article if outcome.found] == []
