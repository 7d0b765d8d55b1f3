"""Every catalog file has the shape that the junk rules read, and no phrase stands twice in it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import corpuslint
from corpuslint.normal import normal, script_of, words
from corpuslint.phrases import mark

CATALOG = Path(corpuslint.__file__).parent / "catalog"
FILES = sorted(CATALOG.glob("*.toml"))

KINDS = {
    "comment-form",
    "page-control",
    "share-bar",
    "navigation",
    "cookie-consent",
    "newsletter",
    "related-links",
    "read-more",
    "login",
    "copyright",
    "advertisement",
    "photo-credit",
    "agency-mark",
    "contact-block",
    "pagination",
    "app-promotion",
    "syndication",
    "page-metadata",
}
STRENGTHS = {"alone", "beside", "edge", "trailing"}
# Tables of names, not of phrases: agencies, words by which sites are named, dates, introductions of bylines.
NAMES = {"agency", "site-word", "month", "weekday", "byline"}

SLOT = re.compile(r"\{([^}]*)\}")
VARIABLE_SLOTS = {"date", "name", "text"}
LEAST_CATALOGS = 25

# Catalogs that still repeat phrases; the strongest one counts, the others only cost time at the start.
REPEATING: set[str] = set()
REPEATS_KNOWN = [
    pytest.param(
        path,
        id=path.stem,
        marks=[pytest.mark.xfail(strict=True, reason="repeats phrases")] if path.stem in REPEATING else [],
    )
    for path in FILES
]


def lines_of(block: str) -> list[str]:
    """Return the phrases of a block without empty lines and comments."""
    return [line for line in block.split("\n") if line and not line.startswith("#")]


def folded(phrase: str) -> tuple[str, ...]:
    """Return the normalised words of a phrase, its slots as they are written."""
    parts = re.split(r"(\{[^}]*\})", phrase)
    return tuple(word for part in parts for word in ([part] if part.startswith("{") else words(part)))


def signs_of(phrase: str) -> str:
    """Return what the signs of a phrase prove: "See also:" is a label where "See also" can be a heading."""
    before, _, slot = phrase.partition("{")
    if slot:
        return ":" if before.rstrip().endswith((":", "：")) else ""
    return mark(phrase, normal(phrase))


def load(path: Path) -> dict[str, Any]:
    """Parse one catalog."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def phrases_of(content: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return kind, strength and text of every phrase of a catalog."""
    return [
        (kind, strength, phrase)
        for kind in KINDS & content.keys()
        for strength, block in content[kind].items()
        for phrase in lines_of(block)
    ]


def test_many_languages_are_known() -> None:
    assert len(FILES) >= LEAST_CATALOGS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestCatalog:
    def test_head_names_language_and_scripts(self, path: Path) -> None:
        content = load(path)
        assert content["language"] == path.stem
        assert content["name"]
        assert content["scripts"]
        assert all(script == script.upper() for script in content["scripts"])

    def test_only_known_tables_and_strengths(self, path: Path) -> None:
        content = load(path)
        tables = {key for key, value in content.items() if isinstance(value, dict)}
        assert tables <= KINDS | NAMES
        assert {strength for kind in KINDS & tables for strength in content[kind]} <= STRENGTHS
        assert all(set(content[names]) == {"names"} for names in NAMES & tables)

    def test_most_letters_are_of_the_catalogs_scripts(self, path: Path) -> None:
        content = load(path)
        scripts = Counter(script_of(c) for _, _, phrase in phrases_of(content) for c in SLOT.sub("", phrase))
        del scripts[""]
        own = sum(scripts[script] for script in content["scripts"])
        assert own >= 0.8 * sum(scripts.values())

    def test_slots_are_well_formed(self, path: Path) -> None:
        for _, _, phrase in phrases_of(load(path)):
            slots = SLOT.findall(phrase)
            assert set(slots) <= VARIABLE_SLOTS | {"n"}, phrase
            assert sum(slot in VARIABLE_SLOTS for slot in slots) <= 1, phrase
            assert phrase.count("{") == phrase.count("}") == len(slots), phrase

    def test_every_phrase_has_a_word_of_its_own(self, path: Path) -> None:
        for _, strength, phrase in phrases_of(load(path)):
            assert phrase == phrase.strip(), phrase
            if strength != "beside":  # "1 2 3" is a pager next to "Next page", and nothing by itself
                assert any(not word.startswith("{") for word in folded(phrase)), phrase


@pytest.mark.parametrize("path", REPEATS_KNOWN)
def test_nothing_stands_twice(path: Path) -> None:
    content = load(path)
    # `trailing` phrases are fragments of lines and may repeat a phrase that is a line.
    lines = [phrase for _, strength, phrase in phrases_of(content) if strength != "trailing"]
    phrases = Counter((signs_of(phrase), *folded(phrase)) for phrase in lines)
    names = Counter(
        (table, *folded(name)) for table in NAMES & content.keys() for name in lines_of(content[table]["names"])
    )
    assert [repeated for repeated, count in (phrases + names).items() if count > 1] == []
