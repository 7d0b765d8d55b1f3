"""The figures behind the pictures, and the pictures where they can be drawn."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import copy_of, finding, place

from corpuslint.diagnostic import Severity
from corpuslint.document import Document
from corpuslint.report import charts
from corpuslint.report.changes import Changes, Point
from corpuslint.report.clusters import clusters_of
from corpuslint.report.markup import SVG_TAGS, Element, Node, text_of
from corpuslint.report.series import (
    FOLDERS,
    OTHER,
    Series,
    all_series,
    by_rule,
    document_lengths,
    folders,
    similarities,
)
from corpuslint.statistics import DocumentFacts

TEXT = "A line of text.\n"


def facts(*paths: str, text: str = TEXT) -> list[DocumentFacts]:
    return [DocumentFacts.of(Document(path, text)) for path in paths]


def everything() -> list[Series]:
    found = [
        finding(place(TEXT, 0, 5, "x/a.txt")),
        finding(place(TEXT, 0, 6, "y/b.txt"), severity=Severity.ERROR),
        copy_of(place(TEXT, 0, 15, "x/c.txt"), place(TEXT, 0, 15, "x/a.txt"), 0.83),
        copy_of(place(TEXT, 0, 15, "y/d.txt"), place(TEXT, 0, 15, "x/a.txt"), 1.0),
    ]
    changes = Changes("old", (), (), (Point("old", (1, 5, 2)), Point("now", (1, 3, 0))))
    return all_series(found, clusters_of(found), facts("x/a.txt", "y/b.txt", "x/c.txt", "y/d.txt"), changes)


def test_every_series_has_rows_of_the_same_width() -> None:
    names = [series.name for series in everything()]
    assert names == ["rules", "similarity", "clusters", "lengths", "languages", "folders", "history"]
    for series in everything():
        assert all(len(row) == len(series.columns) for row in series.rows)


def test_rules_are_counted_by_severity_most_first() -> None:
    found = [finding(place(TEXT, 0, 1), code="TST102"), finding(place(TEXT, 0, 1)), finding(place(TEXT, 2, 3))]
    assert by_rule(found).rows == (("TST101 test-rule", "warning", 2), ("TST102 test-rule", "warning", 1))


@given(st.lists(st.floats(0, 1), min_size=1))
def test_every_similarity_is_counted_once(values: list[float]) -> None:
    found = [copy_of(place(TEXT, 0, 1, f"{n}.txt"), place(TEXT, 0, 1, "k.txt"), v) for n, v in enumerate(values)]
    rows = similarities(clusters_of(found)).rows
    assert sum(int(row[1]) for row in rows) == len(values)
    assert rows[-1][0] == "1"


@given(st.lists(st.integers(0, 5000), min_size=1))
def test_every_document_is_in_one_class_of_length(lengths: list[int]) -> None:
    documents = [DocumentFacts(f"{n}.txt", Document("", "").key, length, 0, "", "") for n, length in enumerate(lengths)]
    rows = document_lengths(documents, []).rows
    assert sum(int(row[1]) + int(row[2]) for row in rows) == len(lengths)


def test_many_folders_fall_together() -> None:
    rows = folders(facts(*(f"f{n}/a.txt" for n in range(FOLDERS + 3))), []).rows
    assert len(rows) == FOLDERS + 1
    assert rows[-1][:2] == (OTHER, 3)


def test_one_folder_is_shown_by_its_files() -> None:
    assert folders(facts("x/a.txt", "x/b.txt"), []).columns[0] == "file"


def nodes(node: Node) -> list[Element]:
    return [] if isinstance(node, str) else [node, *(inner for child in node.children for inner in nodes(child))]


class TestDrawn:
    @pytest.fixture(autouse=True)
    def _drawn(self) -> None:
        pytest.importorskip("vl_convert", reason=f"pictures need {charts.INSTALL}")

    @pytest.mark.parametrize("series", everything(), ids=lambda series: series.name)
    def test_picture_is_the_same_twice_and_says_what_it_shows(self, series: Series) -> None:
        picture = charts.chart(series)
        assert picture == charts.chart(series)
        assert picture is not None
        assert dict(picture.attributes)["role"] == "img"
        assert series.title in dict(picture.attributes)["aria-label"]
        assert {node.tag for node in nodes(picture)} <= SVG_TAGS
        assert any(node.tag == "title" for node in nodes(picture))

    @settings(max_examples=10, deadline=None)
    @given(st.text(st.characters(exclude_characters="\0"), min_size=1))
    def test_any_name_can_be_drawn(self, name: str) -> None:
        for series in everything():
            rows = tuple((name + str(n), *row[1:]) for n, row in enumerate(series.rows))
            picture = charts.chart(Series(series.name, series.title, "", series.columns, rows))
            assert picture is not None
            assert {node.tag for node in nodes(picture)} <= SVG_TAGS

    def test_markup_in_a_name_is_drawn_as_text(self) -> None:
        name = "</text><script>alert(1)</script>"
        picture = charts.chart(Series("rules", "t", "", ("rule", "severity", "findings"), ((name, "error", 3),)))
        assert picture is not None
        assert "<script>" in text_of(picture)
        assert all(node.tag in SVG_TAGS for node in nodes(picture))
