"""What a report leaves out is counted, and nothing is left out silently; clusters are written whole."""

from __future__ import annotations

import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import copy_of, finding, page_of, place, report_of

from corpuslint.diagnostic import Severity
from corpuslint.report import browser, charts
from corpuslint.report import page as page_module
from corpuslint.report.clusters import clusters_of, write_clusters
from corpuslint.report.material import COMPARED_PAIRS, compared_pairs

TEXT = "Some text stands here."


@given(st.lists(st.sampled_from(Severity)), st.integers(0, 10))
def test_of_too_many_findings_the_most_severe_are_browsed(severities: list[Severity], capacity: int) -> None:
    found = [finding(place(TEXT, 0, 4), severity=severity) for severity in severities]
    numbers = browser.chosen(found, capacity)
    assert numbers == sorted(set(numbers))
    assert len(numbers) == min(capacity, len(found))
    left_out = [found[n].severity.rank for n in range(len(found)) if n not in numbers]
    assert all(found[n].severity.rank <= rank for n in numbers for rank in left_out)


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "available", lambda: False)
    monkeypatch.setattr(page_module.browser, "chosen", lambda _found: [0, 1])
    page = page_of([finding(place(TEXT, n, n + 1)) for n in range(5)])
    assert "browse 2 of 5 findings" in page
    assert "3 are left out" in page


def test_without_pictures_the_figures_are_tables_and_the_page_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(charts, "available", lambda: False)
    page = page_of([finding(place(TEXT, 0, 4))])
    assert charts.INSTALL.replace('"', "&quot;") in page
    assert "<figure" in page
    assert 'class="chart"' not in page
    assert "<summary>The figures</summary>" not in page


def test_blocks_of_cards_hold_every_finding_once() -> None:
    found = [finding(place(TEXT, 0, 4), message=f"Number {n}.", id=f"{n:08x}") for n in range(browser.BLOCK + 7)]
    page = page_of(found)
    blocks = re.findall(r'<script type="application/json" id="findings-\d+">(.*?)</script>', page)
    assert [len(json.loads(block)) for block in blocks] == [browser.BLOCK, 7]


def test_the_pairs_side_by_side_are_bounded_and_every_cluster_has_its_turn() -> None:
    found = [
        copy_of(place(TEXT, 0, 4, f"{cluster}/{n}.txt"), place(TEXT, 0, 4, f"{cluster}/kept.txt"))
        for cluster in range(COMPARED_PAIRS // 2)
        for n in range(5)
    ]
    pairs = compared_pairs(clusters_of(found))
    assert len(pairs) == COMPARED_PAIRS
    assert len({kept for kept, _ in pairs}) == COMPARED_PAIRS // 2


def test_clusters_are_written_with_every_copy() -> None:
    found = [
        copy_of(place(TEXT, 0, 4, f"{n}.txt"), place(TEXT, 0, 4, "kept.txt"), n / 100, 101, id=f"{n:08x}")
        for n in range(100)
    ]
    stream = io.StringIO()
    write_clusters(report_of(found).clusters, stream)
    [line] = map(json.loads, stream.getvalue().splitlines())
    assert line["kept"]["path"] == "kept.txt"
    assert line["reason"] == "it comes first by path and record"
    assert line["size"] == 101
    assert [copy["id"] for copy in line["copies"]] == [f"{n:08x}" for n in reversed(range(100))]
