"""The page: one HTML file with everything in it, that opens from a disk and asks for nothing.

A content-security policy forbids every request and every script but the page's own, which is named by its hash.
Its parts are made elsewhere; here they find their place.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from importlib.resources import files

from corpuslint.report import browser, charts
from corpuslint.report.cards import card
from corpuslint.report.duplicates import block_card, cluster_card, repeated_blocks
from corpuslint.report.headline import Number
from corpuslint.report.markup import Element, Node, element, escaped, html
from corpuslint.report.material import compared_pairs
from corpuslint.report.overview import Report, duplicates_sentence, overview, section
from corpuslint.report.series import Series
from corpuslint.report.snippets import shown
from corpuslint.report.tables import table

STATIC_FINDINGS = 50  # readable without JavaScript
STATIC_CLUSTERS = 10
CLUSTERS = 2000  # clusters of the page; corpuslint-clusters.jsonl has all
BLOCK_DOCUMENTS = 50  # documents whose repeated blocks are drawn


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
    yield html(overview(report)) + "\n"
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


def _pictures(series: Sequence[Series]) -> Element:
    missing = None
    if not charts.available():
        missing = element(
            "p",
            "The figures stand here as tables. To have them drawn: ",
            element("code", charts.INSTALL),
            class_="warn",
        )
    return section("charts", "Pictures", missing, element("div", *(_figure(one) for one in series), class_="figures"))


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
    yield '<section id="duplicates"><h2 id="duplicates-title">Duplicates</h2>\n'
    yield f"<p>{escaped(duplicates_sentence(report.clusters))} Words that differ are marked.</p>\n"
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
    return section(
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
    return section("definitions", "What the numbers mean", element("dl", *items, class_="definitions"))
