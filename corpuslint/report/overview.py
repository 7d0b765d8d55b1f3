"""The first screen: the numbers that people quote, the worst rules and files, what changed.

The pictures and the findings are on the page below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from corpuslint.report.changes import Changes
from corpuslint.report.clusters import Cluster
from corpuslint.report.headline import Number, Worst, worst_files, worst_rules
from corpuslint.report.markup import Element, Node, element
from corpuslint.report.material import Material
from corpuslint.report.series import Series, Value
from corpuslint.report.snippets import shown
from corpuslint.report.tables import percent, table

WORST = 5


@dataclass(frozen=True)
class Report:
    """What a report says, before it becomes a page or a text."""

    title: str
    material: Material
    numbers: tuple[Number, ...]
    clusters: tuple[Cluster, ...]
    series: tuple[Series, ...]
    changes: Changes | None
    gone: int = 0  # entries of the baseline that no finding matches
    suppressed: int = 0  # findings that are meant to stay, and are not shown
    file: str = "report.json"  # how a command names the run, from where the report was made
    skipped: int = 0  # files and records that could not be read


def section(id_: str, title: str, *children: Node | None) -> Element:
    """Return a part of the page with its heading."""
    return element("section", element("h2", title, id=f"{id_}-title"), *children, id=id_)


def overview(report: Report) -> Element:
    found = report.material.diagnostics
    return section(
        "overview",
        "Overview",
        element("dl", *(_number(number) for number in report.numbers if number.value is not None), class_="numbers"),
        _skipped(report.skipped),
        _suppressed(report.suppressed),
        element(
            "div",
            _worst("Rules that fire most", "rule", worst_rules(found)),
            _worst("Files with most findings", "file", worst_files(found)),
            class_="pair",
        )
        if found
        else element("p", "No findings: every rule that ran is content with every document.", class_="good"),
        _baseline(report),
        _changes(report.changes) if report.changes else None,
    )


def _number(number: Number) -> Element:
    value = f"{number.value:,}"
    share = percent(number.share)
    big, small = (share, f"{value} of {number.whole:,}") if share else (value, "")
    return element(
        "div",
        element("dt", element("abbr", number.label, title=number.definition)),
        element("dd", element("strong", big), element("small", f" {small}") if small else None),
        class_=f"number is-{number.name.replace('_', '-')}",
    )


def _skipped(count: int) -> Element | None:
    if not count:
        return None
    what = "1 file or record" if count == 1 else f"{count:,} files or records"
    return element("p", f"{what} could not be read and is in none of these numbers.", class_="warn")


def _suppressed(count: int) -> Element | None:
    if not count:
        return None
    what = "1 finding is" if count == 1 else f"{count:,} findings are"
    return element("p", f"{what} suppressed, each with a reason, and not shown.", class_="quiet")


def _worst(title: str, kind: str, worst: Sequence[Worst]) -> Element:
    rows: list[tuple[Value, ...]] = [(one.name, one.findings, one.fixable, one.flagged) for one in worst[:WORST]]
    wanted = "rule" if kind == "rule" else "text"
    links = [f"#filter=&{wanted}={quote(one.name, safe='', errors='replace')}" for one in worst[:WORST]]
    more = f"{len(worst) - WORST:,} more" if len(worst) > WORST else None
    return element(
        "div",
        element("h3", title),
        table((kind, "findings", "safe fixes", "flagged"), rows, links),
        element("p", more, class_="quiet") if more else None,
    )


def _baseline(report: Report) -> Element | None:
    states = [diagnostic.baseline for diagnostic in report.material.diagnostics]
    known, new = states.count("known"), states.count("new")
    if not known and not report.gone:
        return None
    return element(
        "div",
        element("h3", "Since the baseline"),
        element("p", element("strong", f"{new:,} new"), f", {known:,} known, {report.gone:,} gone."),
    )


def _changes(changes: Changes) -> Element:
    rules: list[tuple[Value, ...]] = [rule for rule in changes.rules if rule.new or rule.gone]
    numbers: list[tuple[Value, ...]] = [
        (change.label, f"{change.before:,}", f"{change.now:,}", f"{change.now - change.before:+,}")
        for change in changes.numbers
    ]
    return element(
        "div",
        element("h3", "Since ", element("bdi", shown(changes.label))),
        element("p", element("strong", f"{changes.new:,} new"), f", {changes.gone:,} gone."),
        element(
            "div",
            table(("number", "before", "now", "change"), numbers),
            table(("rule", "before", "now", "new", "gone"), rules) if rules else None,
            class_="pair",
        ),
    )


def duplicates_sentence(clusters: Sequence[Cluster]) -> str:
    """Say how many documents are copies, in how many clusters."""
    copies = sum(len(cluster.members) for cluster in clusters)
    are = "1 document is a copy" if copies == 1 else f"{copies:,} documents are copies"
    where = "1 cluster" if len(clusters) == 1 else f"{len(clusters):,} clusters; the largest holds {clusters[0].size:,}"
    return f"{are} of another one, in {where}."
