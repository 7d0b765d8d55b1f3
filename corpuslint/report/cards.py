"""A finding as a card: what, where, the text around it, the evidence, the fix as an inline diff, id and commands.

The page shows the first cards itself, and its script the others; both are made here, once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpuslint.diagnostic import Applicability, Diagnostic, Fix, Place
from corpuslint.report.markup import Element, Node, element
from corpuslint.report.snippets import EditView, edit_quotes, flagged_quote, quote, shortened, shown

RELATED = 4  # related places that are shown; report.json has them all
EVIDENCE = 240  # code points of a related place that are shown
QUOTED = re.compile("(?<=“)([^“”]+)(?=”)")  # how messages quote the corpus
SAFE_ID = re.compile(r"[0-9a-f]+")  # what may stand in a command that a person pastes into a shell

APPLIES = {
    Applicability.SAFE: "safe: applied by --fix",
    Applicability.UNSAFE: "unsafe: applied by --fix --unsafe-fixes",
    Applicability.DISPLAY: "for a person to decide",
}


def card(diagnostic: Diagnostic, views: Sequence[EditView], language: str, report: str = "report.json") -> Element:
    """Return a finding as an article."""
    severity = str(diagnostic.severity)
    place = diagnostic.place
    return element(
        "article",
        element(
            "h3",
            element("span", severity, class_=f"severity {severity}"),
            " ",
            element("span", shown(diagnostic.code), class_="code"),
            " ",
            shown(diagnostic.name),
            _state(diagnostic.baseline),
        ),
        element("p", path_of(place), where(place), class_="place"),
        element("p", *_message(shown(diagnostic.message)), class_="message"),
        flagged_quote(place.before, place.text, place.after, language) if place.text else None,
        *_evidence(diagnostic, language),
        _fix(diagnostic.fix, views, language) if diagnostic.fix else None,
        _commands(diagnostic, report),
        class_=f"finding is-{severity}",
    )


def _message(text: str) -> list[Node]:
    """Return a message whose quotations keep their own direction."""
    return [element("bdi", piece) if number % 2 else piece for number, piece in enumerate(QUOTED.split(text))]


def path_of(place: Place) -> Element:
    """Return the path of a place, with its record where the container holds many."""
    record = f" [{place.key.id if place.key.id is not None else place.key.index}]" if place.key.field else ""
    return element("bdi", shown(place.path + record).replace("\n", "⏎").replace("\t", " "), class_="path")


def where(place: Place) -> str:
    """Return line and column."""
    return f" line {place.start.line}, column {place.start.column}"


def _state(baseline: str) -> Node | None:
    return None if baseline == "new" else element("span", f" {shown(baseline)}", class_="state")


def _evidence(diagnostic: Diagnostic, language: str) -> list[Element]:
    figures = []
    for related in diagnostic.related[:RELATED]:
        place = related.place
        same = (place.path, place.key.index) == (diagnostic.place.path, diagnostic.place.key.index)
        caption: list[Node] = [shown(related.message), ": "]
        caption = [*caption, f"line {place.start.line}"] if same else [*caption, path_of(place), where(place)]
        text = shortened(place.text, EVIDENCE)
        # The other document may be in another language; its direction is seen in its text.
        body = quote((shown(text),), text, language if same else "", "snippet") if text else None
        figures.append(element("figure", element("figcaption", *caption), body, class_="evidence"))
    if more := len(diagnostic.related) - len(figures):
        figures.append(element("p", f"and {more} more places", class_="quiet"))
    return figures


def _fix(fix: Fix, views: Sequence[EditView], language: str) -> Element:
    removed = sum(edit.end - edit.start for edit in fix.edits)
    inserted = sum(len(edit.content) for edit in fix.edits)
    size = f"{removed:,} characters out" + (f", {inserted:,} in" if inserted else "")
    return element(
        "div",
        element("p", element("strong", shown(fix.title)), f" ({APPLIES[fix.applicability]}; {size})"),
        *edit_quotes(views, len(fix.edits), language),
        class_="fix",
    )


def _commands(diagnostic: Diagnostic, report: str) -> Element | None:
    if not diagnostic.id:
        return None
    rows: list[Node] = [_copyable("Id", diagnostic.id)]
    # An id of another form is shown, but never part of a line that somebody may paste into a shell.
    if SAFE_ID.fullmatch(diagnostic.id):
        rows.append(_copyable("Leave it", f'corpuslint ignore {diagnostic.id} --reason "…"'))
        if diagnostic.fix is not None and diagnostic.fix.applicability is not Applicability.DISPLAY:
            unsafe = " --unsafe-fixes" if diagnostic.fix.applicability is Applicability.UNSAFE else ""
            rows.append(_copyable("Fix it", f"corpuslint fix {report} --id {diagnostic.id}{unsafe}"))
    return element("details", element("summary", "id and commands"), *rows, class_="commands")


def _copyable(label: str, text: str) -> Element:
    button = element("button", "Copy", type="button", class_="copy", aria_label=f"Copy: {label}")
    return element(
        "p", element("span", label, class_="label"), " ", element("code", shown(text), dir="ltr"), " ", button
    )
