"""The page: one HTML file with everything in it, that opens from a disk and asks for nothing.

A content-security policy forbids every request and every script but the page's own, which is named by its hash.
Its parts are made elsewhere; here they find their place.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from corpuslint.report import browser, charts
from corpuslint.report.cards import card
from corpuslint.report.changes import Changes
from corpuslint.report.clusters import Cluster
from corpuslint.report.duplicates import block_card, cluster_card, repeated_blocks
from corpuslint.report.headline import Number, Worst, worst_files, worst_rules
from corpuslint.report.markup import Element, Node, element, escaped, html
from corpuslint.report.material import Material, compared_pairs
from corpuslint.report.series import Series, Value
from corpuslint.report.snippets import shown

STATIC_FINDINGS = 50  # readable without JavaScript
STATIC_CLUSTERS = 10
CLUSTERS = 2000  # clusters of the page; corpuslint-clusters.jsonl has all
BLOCK_DOCUMENTS = 50  # documents whose repeated blocks are drawn
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


def write_page(report: Report) -> Iterator[str]:
    """Yield the page in pieces."""
    style, script = (files("corpuslint.report").joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    yield '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
    yield f"<title>{escaped(shown(report.title))}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    yield from _body(report)
    yield f"<script>{script}</script>\n</body>\n</html>\n"


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode("ascii")


def _body(report: Report) -> Iterator[str]:
    found = report.material.diagnostics
    blocks = repeated_blocks(found)
    parts = [("overview", "Overview"), *((("charts", "Pictures"),) if report.series else ()), ("findings", "Findings")]
    parts += [("duplicates", "Duplicates")] if report.clusters else []
    parts += [("blocks", "Repeated blocks")] if blocks else []
    parts += [("definitions", "Definitions")]
    yield '<a class="skip" href="#findings">Skip to the findings</a>\n<header>\n'
    yield f"<h1>{escaped(shown(report.title))}</h1>\n"
    links = "".join(f'<a href="#{name}">{label}</a>' for name, label in parts)
    yield f'<nav aria-label="Parts of the report">{links}</nav>\n'
    yield '<button type="button" id="theme" class="js">Dark or light</button>\n</header>\n<main>\n'
    yield html(_overview(report)) + "\n"
    if report.series:
        yield html(_pictures(report.series)) + "\n"
    yield from _findings(report)
    if report.clusters:
        yield from _duplicates(report)
    if blocks:
        yield html(_blocks(report)) + "\n"
    yield html(_definitions(report.numbers)) + "\n"
    yield '</main>\n<footer><p>Made by corpuslint. Beside this page: <a href="report.json">report.json</a>, '
    yield '<a href="report.sarif">report.sarif</a>, <a href="summary.md">summary.md</a>, '
    yield '<a href="corpuslint-clusters.jsonl">corpuslint-clusters.jsonl</a>.</p></footer>\n'
    yield '<div id="said" class="unseen" role="status"></div>\n'


def _section(id_: str, title: str, *children: Node | None) -> Element:
    return element("section", element("h2", title, id=f"{id_}-title"), *children, id=id_)


def _overview(report: Report) -> Element:
    found = report.material.diagnostics
    return _section(
        "overview",
        "Overview",
        element("dl", *(_number(number) for number in report.numbers if number.value is not None), class_="numbers"),
        _skipped(report.skipped),
        _suppressed(report.suppressed),
        element(
            "div",
            _worst("Rules that fire most", "rule", worst_rules(found)),
            _worst("Files with most findings", "folder", worst_files(found)),
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


def percent(share: float | None) -> str:
    """Return a share in per cent, never "0%" for something nor "100%" for not quite all."""
    if share is None:
        return ""
    if 0 < share < 0.001:
        return "< 0.1%"
    if 0.999 < share < 1:
        return "> 99.9%"
    return f"{100 * share:.1f}%"


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
    columns = ("rule" if kind == "rule" else "file", "findings", "safe fixes", "flagged")
    more = f"{len(worst) - WORST:,} more" if len(worst) > WORST else None
    return element(
        "div", element("h3", title), table(columns, rows), element("p", more, class_="quiet") if more else None
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


def _pictures(series: Sequence[Series]) -> Element:
    missing = None
    if not charts.available():
        missing = element(
            "p",
            "The figures stand here as tables. To have them drawn: ",
            element("code", charts.INSTALL),
            class_="warn",
        )
    return _section("charts", "Pictures", missing, element("div", *(_figure(one) for one in series), class_="figures"))


def _figure(series: Series) -> Element:
    drawn = charts.chart(series)
    figures = table(series.columns, series.rows)
    return element(
        "figure",
        element("figcaption", element("h3", series.title), element("p", series.explanation)),
        element("div", drawn, class_="plot", tabindex="0", role="group", aria_label=series.title) if drawn else None,
        element("details", element("summary", "The figures"), figures) if drawn else figures,
        class_="wide" if series.wide else None,
    )


def table(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> Element:
    """Return a table; its first column names the rows, numbers stand at the right."""
    head = element("thead", element("tr", *(element("th", shown(column), scope="col") for column in columns)))
    body = [
        element(
            "tr", element("th", element("bdi", shown(str(row[0]))), scope="row"), *(_cell(value) for value in row[1:])
        )
        for row in rows
    ]
    return element("div", element("table", head, element("tbody", *body)), class_="scroll")


def _cell(value: Value) -> Element:
    if isinstance(value, str) and not value.lstrip("+-").replace(",", "").replace(".", "").isdigit():
        return element("td", shown(value))
    if isinstance(value, float):
        value = f"{value:.2f}"
    return element("td", value if isinstance(value, str) else f"{value:,}", class_="figure")


def _findings(report: Report) -> Iterator[str]:
    found = report.material.diagnostics
    numbers = browser.chosen(found)
    facts = report.material.facts
    shown_ones = [found[number] for number in numbers]
    columns = browser.filters(shown_ones, facts)

    def cards(block: Sequence[int]) -> Iterator[Element]:
        for number in block:
            fact = facts.get((found[number].place.path, found[number].place.key.index))
            yield card(found[number], report.material.edits.get(number, ()), fact.language if fact else "", report.file)

    yield '<section id="findings"><h2 id="findings-title">Findings</h2>\n'
    if len(numbers) < len(found):
        yield html(_left_out(len(found), len(numbers))) + "\n"
    if found:
        yield _form(columns)
    static = numbers[:STATIC_FINDINGS]
    if len(static) < len(found):
        yield f"<noscript><p>The first {len(static):,} of {len(found):,} findings. "
        yield "Filters and the others need JavaScript; report.json has them all.</p></noscript>\n"
    yield '<p id="count" class="count js" role="status"></p>\n<div id="finding-list" class="list">\n'
    yield from (html(one) + "\n" for one in cards(static))
    yield '</div>\n<div id="finding-pages" class="pages js"></div>\n</section>\n'
    yield from browser.scripts(columns, cards, numbers, _cluster_cards(report))


def _left_out(total: int, browsed: int) -> Element:
    return element(
        "p",
        f"This page lets you browse {browsed:,} of {total:,} findings, the most severe first; "
        f"{total - browsed:,} are left out. "
        "All numbers and pictures count every finding, and report.json has them all.",
        class_="warn",
    )


def _form(columns: Sequence[browser.Filter]) -> str:
    """Return the filters; the form sends nothing, its script reads it."""
    fields = []
    for column in columns:
        options = '<option value="">all</option>' + "".join(
            f'<option value="{number}">{escaped(value)} ({count:,})</option>'
            for number, (value, count) in enumerate(column.values)
        )
        fields.append(
            f'<label>{column.label}<select name="{column.name}" aria-label="{column.label}">{options}</select></label>'
        )
    fields.append('<label class="text">Text<input type="search" name="text" autocomplete="off" dir="auto"></label>')
    reset = '<button type="reset">Show all</button>'
    return f'<form id="filters" class="js" aria-label="Filter the findings">{"".join(fields)}{reset}</form>\n'


def _cluster_cards(report: Report) -> list[Element]:
    compared = frozenset(compared_pairs(report.clusters))
    facts = report.material.facts
    return [cluster_card(cluster, report.material.texts, compared, facts) for cluster in report.clusters[:CLUSTERS]]


def _duplicates(report: Report) -> Iterator[str]:
    copies = sum(len(cluster.members) for cluster in report.clusters)
    yield '<section id="duplicates"><h2 id="duplicates-title">Duplicates</h2>\n'
    clusters = "1 cluster" if len(report.clusters) == 1 else f"{len(report.clusters):,} clusters"
    yield f"<p>{copies:,} documents are copies of another one, in {clusters}; the largest come first. "
    yield "Words that differ are marked.</p>\n"
    if len(report.clusters) > CLUSTERS:
        yield f'<p class="warn">The page shows {CLUSTERS:,} of them; corpuslint-clusters.jsonl has all.</p>\n'
    yield '<div id="cluster-list" class="list">\n'
    static = list(report.clusters[:STATIC_CLUSTERS])
    compared, facts = frozenset(compared_pairs(report.clusters)), report.material.facts
    yield from (html(cluster_card(cluster, report.material.texts, compared, facts)) + "\n" for cluster in static)
    yield '</div>\n<div id="cluster-pages" class="pages js"></div>\n</section>\n'


def _blocks(report: Report) -> Element:
    facts = report.material.facts
    documents = repeated_blocks(report.material.diagnostics)
    cards = [block_card(found, facts.get(name)) for name, found in list(documents.items())[:BLOCK_DOCUMENTS]]
    more = len(documents) - len(cards)
    return _section(
        "blocks",
        "Blocks repeated inside a document",
        element(
            "p",
            "Each strip is a document from its start to its end; an arc joins a repeated block to its first copy.",
            class_="quiet",
        ),
        *cards,
        element("p", f"and {more:,} more documents; the findings have them all", class_="quiet") if more > 0 else None,
    )


def _definitions(numbers: Sequence[Number]) -> Element:
    items: list[Node] = []
    for number in numbers:
        items += [element("dt", number.label), element("dd", number.definition)]
    return _section("definitions", "What the numbers mean", element("dl", *items, class_="definitions"))
