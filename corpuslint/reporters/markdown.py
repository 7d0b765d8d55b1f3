"""Markdown: a table of rules and a table of findings, for pull requests, wikis and the step summary on GitHub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TextIO

from corpuslint.diagnostic import Diagnostic
from corpuslint.display import excerpt, isolated, visible
from corpuslint.engine import Run, is_fixable
from corpuslint.reporters import Style
from corpuslint.reporters.closing import closing_lines
from corpuslint.reporters.concise import where
from corpuslint.reporters.physical import worst_first

EXCERPT = 80  # code points of the flagged text in the table
SUMMARY_BYTES = 1_000_000  # GitHub refuses a step summary above 1 MiB
LEAST_ROW = 30  # bytes of a row of the table: bars, spaces and the id

# What Markdown and the HTML inside it take for their own; an entity is read as the character in both.
ESCAPES = {ord(c): f"&#{ord(c)};" for c in "&<>\"'`*_{}[]()#+!|~\\$@:"}


def render(run: Run, stream: TextIO, style: Style) -> None:
    """Write the whole report."""
    stream.writelines(line + "\n" for line in (*_head(run), *map(_row, run.diagnostics)))


def summary(run: Run, most_bytes: int) -> str:
    """Return a report of so many bytes at the most: the worst findings come first and the rest is counted."""
    lines = _head(run)
    size = sum(len(line.encode("utf-8", "replace")) + 1 for line in lines)
    for number, diagnostic in enumerate(worst_first(run.diagnostics, most_bytes // LEAST_ROW)):
        row = _row(diagnostic)
        size += len(row.encode("utf-8", "replace")) + 1
        if size > most_bytes - 200:
            lines += [
                "",
                f"{len(run.diagnostics) - number} more findings are left out here to stay within the size limit.",
            ]
            break
        lines.append(row)
    return "\n".join(lines) + "\n"


def _head(run: Run) -> list[str]:
    """Return what stands before the findings."""
    lines = ["# corpuslint", "", " ".join(closing_lines(run, Style())), ""]
    if run.diagnostics:
        lines += [*_rules(run), "", "| place | rule | finding | text | id |", "|---|---|---|---|---|"]
    return lines


def _rules(run: Run) -> Iterator[str]:
    counts: Counter[tuple[str, str]] = Counter()
    fixable: Counter[tuple[str, str]] = Counter()
    for diagnostic in run.diagnostics:
        counts[diagnostic.code, diagnostic.name] += 1
        fixable[diagnostic.code, diagnostic.name] += is_fixable(diagnostic)
    yield "| rule | findings | fixable |"
    yield "|---|---:|---:|"
    for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"| {code} {name} | {count} | {fixable[code, name]} |"


def _row(diagnostic: Diagnostic) -> str:
    cells = (
        _cell(where(diagnostic.place)),
        f"{diagnostic.code} {diagnostic.name}",
        _cell(diagnostic.message),
        _cell(isolated(visible(excerpt(diagnostic.place.text, EXCERPT)))),
        diagnostic.id,
    )
    return "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    """Return a text that stays one cell and says nothing to Markdown, HTML or a mention."""
    isolates = "\u2068\u2069"
    shown = "".join(c if c in isolates else visible(c) for c in text)
    return shown.translate(ESCAPES)
