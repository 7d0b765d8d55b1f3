"""The terminal's report: each finding with its line, the flagged part marked inline, the evidence, and the fix.

Marks stand inside the line, since carets below it cannot align under right-to-left text.
"""

from __future__ import annotations

from typing import TextIO

import click

from corpuslint.diagnostic import Applicability, Diagnostic, Fix, Place, Severity
from corpuslint.display import excerpt, isolated, visible, whole_words_left, whole_words_right
from corpuslint.engine import Run
from corpuslint.reporters import Style
from corpuslint.reporters.closing import closing_lines
from corpuslint.reporters.concise import where

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
SNIPPET = 150  # code points of the flagged text that are shown
EVIDENCE = 110  # code points of another copy that are shown
RELATED = 3  # related places that are shown; JSON has them all
AROUND = 50  # code points of the line that are shown on either side of the flagged part


def render(run: Run, stream: TextIO, style: Style) -> None:
    """Write the findings, grouped by file, and a closing line."""
    for diagnostic in run.diagnostics:
        stream.write(_Painter(style).finding(diagnostic) + "\n\n")
    stream.writelines(line + "\n" for line in closing_lines(run, style))


def finding_text(diagnostic: Diagnostic, *, colour: bool = False) -> str:
    """Return one finding as the report shows it."""
    return _Painter(Style(colour)).finding(diagnostic)


class _Painter:
    """Writes one finding as lines of text, in colour where the stream has it."""

    def __init__(self, style: Style) -> None:
        self._colour = style.colour

    def finding(self, diagnostic: Diagnostic) -> str:
        code = self._paint(f"{diagnostic.code} {diagnostic.name}", COLOURS[diagnostic.severity], bold=True)
        lines = [
            f"{self._paint(where(diagnostic.place), bold=True)} {code} {visible(diagnostic.message)}",
            f"  {self._bar()} {self._snippet(diagnostic.place)}",
        ]
        for related in diagnostic.related[:RELATED]:
            text = isolated(visible(excerpt(related.place.text, EVIDENCE)))
            place = self._place(related.place, diagnostic.place)
            lines.append(f"  {self._dim('=')} {visible(related.message)}, {place}: {text}")
        if more := len(diagnostic.related) - RELATED:
            lines += [f"  {self._dim('=')} and {more} more"] if more > 0 else []
        if diagnostic.fix is not None:
            lines.append(f"  {self._dim('=')} {self._fix(diagnostic.fix)}")
        known = " (known)" if diagnostic.baseline == "known" else ""
        lines.append(f"  {self._dim('= id ' + diagnostic.id + known)}")
        return "\n".join(lines)

    def _snippet(self, place: Place) -> str:
        """Return the flagged text in its line, marked by ⟦ ⟧ or by colour, with its own direction."""
        before, after = place.before, place.after
        if len(before) > AROUND:
            before = "… " + whole_words_right(before[-AROUND - 1 :])
        if len(after) > AROUND:
            after = whole_words_left(after[: AROUND + 1]) + " …"
        flagged = visible(excerpt(place.text, SNIPPET)) or " "
        marked = click.style(flagged, fg="red", bold=True, underline=True) if self._colour else f"⟦{flagged}⟧"
        return isolated(f"{visible(before)}{marked}{visible(after)}")

    def _place(self, place: Place, beside: Place) -> str:
        if (place.path, place.key) == (beside.path, beside.key):
            return f"line {place.start.line}"
        return where(place)

    def _fix(self, fix: Fix) -> str:
        removed = sum(edit.end - edit.start - len(edit.content) for edit in fix.edits)
        grades = {
            Applicability.SAFE: "fix with --fix",
            Applicability.UNSAFE: "fix with --fix --unsafe-fixes",
            Applicability.DISPLAY: "for a person to decide",
        }
        size = f" ({removed} characters less)" if removed > 0 else ""
        return f"{self._paint(grades[fix.applicability], 'green')}: {visible(fix.title)}{size}"

    def _bar(self) -> str:
        return self._dim("│")

    def _dim(self, text: str) -> str:
        return click.style(text, dim=True) if self._colour else text

    def _paint(self, text: str, colour: str | None = None, *, bold: bool = False) -> str:
        return click.style(text, fg=colour, bold=bold or None) if self._colour else text
