"""`corpuslint catalog test`: what a catalog's phrases would catch, and what stands inside an article."""

from __future__ import annotations

from pathlib import Path

import pytest
from program import corpuslint

PROSE = "The council voted on Tuesday to build the tram line along the river, at a cost of forty million."
CATALOG = """language = "en"
name = "English"
scripts = ["LATIN"]

[related-links]
alone = '''
From our archive: {text}
Read also
'''
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en.toml").write_text(CATALOG, "utf-8")
    (tmp_path / "a.txt").write_text(f"{PROSE}\nRead also\n{PROSE}\nFrom our archive: the old bridge\n", "utf-8")
    (tmp_path / "b.txt").write_text(f"{PROSE}\nFrom our archive: the old bridge\n", "utf-8")
    return tmp_path


def test_lines_are_counted_and_those_inside_articles_are_named(folder: Path) -> None:
    run = corpuslint(folder, "catalog", "test", "en.toml", ".", "--isolated")
    assert run.status == 0
    assert "related-links alone: 3 lines in 2 documents; 1 known already, 1 between two paragraphs" in run.stdout
    assert "between two paragraphs: Read also" in run.stdout
    assert "       2  From our archive: the old bridge" in run.stdout


def test_a_catalog_that_matches_nothing_says_so(folder: Path) -> None:
    (folder / "en.toml").write_text(
        CATALOG.replace("Read also", "Nobody says this").replace("archive", "attic"), "utf-8"
    )
    run = corpuslint(folder, "catalog", "test", "en.toml", ".", "--isolated")
    assert run.stdout == "No line of these documents is a phrase of the catalog.\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[relatd-links]\nalone = 'Read also'\n", "unknown table [relatd-links]"),
        ("[login]\nalone = 'By {name} {text}'\n", "at most one of"),
        ("[login\n", "en.toml"),
    ],
)
def test_a_wrong_catalog_is_a_usage_error(folder: Path, content: str, said: str) -> None:
    (folder / "en.toml").write_text(content, "utf-8")
    run = corpuslint(folder, "catalog", "test", "en.toml", ".", "--isolated")
    assert run.status == 2
    assert said in run.stderr
