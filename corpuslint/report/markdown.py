"""The summary for a pull request or a data card: the numbers, the rules, the files, the changes, in Markdown.

Names from the corpus stand in code spans, where Markdown and HTML mean nothing. Findings themselves are not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpuslint.display import visible
from corpuslint.report.changes import Changes
from corpuslint.report.headline import Number, Worst, worst_files, worst_rules
from corpuslint.report.overview import WORST, Report, duplicates_sentence
from corpuslint.report.series import Series
from corpuslint.report.tables import percent

SIGNS = frozenset("\\`*_{}[]<>()#+!|&@:~$^=\"'")


def summary_lines(report: Report) -> Iterator[str]:
    """Yield the lines of the summary."""
    found = report.material.diagnostics
    yield f"# {plain(report.title)}"
    yield ""
    yield from _numbers(report.numbers)
    if report.skipped:
        yield ""
        yield f"Not read: {report.skipped:,} files or records, which are in none of these numbers."
    if report.changes:
        yield from _changes(report.changes)
    if not found:
        yield ""
        yield "No findings."
        return
    known = sum(diagnostic.baseline == "known" for diagnostic in found)
    if known or report.gone:
        yield ""
        yield f"Since the baseline: **{len(found) - known:,} new**, {known:,} known, {report.gone:,} gone."
    yield from _worst("Rules", "rule", worst_rules(found), len(found))
    yield from _worst("Files with most findings", "file", worst_files(found), WORST)
    for series in report.series:
        if series.name == "languages":
            yield from _languages(series)
    if report.clusters:
        yield ""
        yield duplicates_sentence(report.clusters)


def plain(text: str) -> str:
    """Return text for a heading: every sign that Markdown or HTML may know is escaped."""
    return "".join(f"&#{ord(c)};" if c in SIGNS else c for c in visible(text))


def code(text: str) -> str:
    """Return text as a code span that no character of it can leave, also inside a table."""
    # A table cell ends at "|" even in a code span, and an escape before it would depend on what stands there.
    shown = visible(text).replace("|", "⟨U+007C⟩").strip() or " "
    longest = max((len(run) for run in "".join(c if c == "`" else " " for c in shown).split()), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _numbers(numbers: Sequence[Number]) -> Iterator[str]:
    yield "| | | |"
    yield "|---|---:|---:|"
    for number in numbers:
        if number.value is not None:
            yield f"| {number.label} | {number.value:,} | {percent(number.share)} |"


def _worst(title: str, kind: str, worst: Sequence[Worst], most: int) -> Iterator[str]:
    yield ""
    yield f"### {title}"
    yield ""
    yield f"| {kind} | findings | safe fixes | flagged characters |"
    yield "|---|---:|---:|---:|"
    for one in worst[:most]:
        yield f"| {code(one.name)} | {one.findings:,} | {one.fixable:,} | {one.flagged:,} |"
    if len(worst) > most:
        yield ""
        yield f"and {len(worst) - most:,} more."


def _languages(series: Series) -> Iterator[str]:
    yield ""
    yield f"### {series.title}"
    yield ""
    yield f"| {' | '.join(series.columns)} |"
    yield "|---|" + "---:|" * (len(series.columns) - 1)
    for row in series.rows:
        figures = (f"{value:.2f}" if isinstance(value, float) else f"{value:,}" for value in row[1:])
        yield f"| {code(str(row[0]))} | {' | '.join(figures)} |"


def _changes(changes: Changes) -> Iterator[str]:
    yield ""
    yield f"### Since {code(changes.label)}"
    yield ""
    yield f"**{changes.new:,} new**, {changes.gone:,} gone."
    yield ""
    yield "| rule | before | now | new | gone |"
    yield "|---|---:|---:|---:|---:|"
    for rule in changes.rules:
        yield f"| {code(rule.rule)} | {rule.before:,} | {rule.now:,} | {rule.new:,} | {rule.gone:,} |"
