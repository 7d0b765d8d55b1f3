"""The lines that close a report for people: how many findings, how many of them `--fix` would mend, and the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click

from corpuslint.engine import Run, is_fixable
from corpuslint.reporters import Style


def closing_lines(run: Run, style: Style) -> Iterator[str]:
    """Yield the closing lines of a run."""
    if style.statistics:
        yield from statistics_lines(run)
    summary = run.summary()
    fixed = f" Fixed {counted(run.fixed, 'finding')}." if run.fixed else ""
    documents = counted(summary["documents"], "document")
    skipped = f" {summary['skipped']} skipped." if summary["skipped"] else ""
    beside = "".join(f" {sentence}" for sentence in _beside(run, summary))
    if not run.diagnostics:
        known = "new " if run.hidden else ""
        verdict = "Nothing left to report" if run.fixed else f"No {known}findings"
        yield _coloured(f"{verdict} in {documents}.", "green", style) + fixed + skipped + beside
        return
    fixable = f", {summary['fixable']} fixable with --fix" if summary["fixable"] else ""
    found = counted(summary["diagnostics"], "new finding" if run.hidden else "finding")
    yield _coloured(f"{found} in {documents}{fixable}.", "yellow", style) + fixed + skipped + beside


def _beside(run: Run, summary: dict[str, int]) -> Iterator[str]:
    """Yield what the baseline and the suppressions hold back, and what has gone."""
    if summary["known"]:
        yield f"{summary['known']} known{'' if run.hidden else ' among them'}."
    if run.suppressed:
        yield f"{run.suppressed} suppressed."
    if run.gone:
        yield f"{run.gone} of the baseline gone: `corpuslint baseline prune` drops them."


def statistics_lines(run: Run) -> Iterator[str]:
    """Yield a table of the findings by rule, most first: count, how many are fixable, flagged characters."""
    count: Counter[tuple[str, str]] = Counter()
    fixable: Counter[tuple[str, str]] = Counter()
    characters: Counter[tuple[str, str]] = Counter()
    for diagnostic in run.diagnostics:
        rule = (diagnostic.code, diagnostic.name)
        count[rule] += 1
        fixable[rule] += is_fixable(diagnostic)
        characters[rule] += len(diagnostic.place.text)
    if count:
        yield f"{'findings':>8}  {'fixable':>8}  {'characters':>10}  rule"
    for rule, number in sorted(count.items(), key=lambda item: (-item[1], item[0])):
        yield f"{number:8}  {fixable[rule]:8}  {characters[rule]:10}  {rule[0]} {rule[1]}"
    share = 100 * sum(characters.values()) / run.counts.characters if run.counts.characters else 0.0
    yield f"{share:.1f}% of {run.counts.characters} characters are flagged."


def counted(number: int, noun: str) -> str:
    """Return "1 document", "2 documents"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _coloured(text: str, colour: str, style: Style) -> str:
    return click.style(text, fg=colour, bold=True) if style.colour else text
