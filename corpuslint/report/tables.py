"""Tables and shares as the page shows them: names at the start, numbers at the end of their columns.

What they count is said elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from corpuslint.report.markup import Element, element
from corpuslint.report.series import Value
from corpuslint.report.snippets import shown


def table(columns: Sequence[str], rows: Sequence[Sequence[Value]], links: Sequence[str] = ()) -> Element:
    """Return a table; its first column names the rows and may link, numbers stand at the right."""
    head = element("thead", element("tr", *(element("th", shown(column), scope="col") for column in columns)))
    body = [
        element("tr", element("th", _named(row[0], link), scope="row"), *(_cell(value) for value in row[1:]))
        for row, link in zip_longest(rows, links)
    ]
    return element("div", element("table", head, element("tbody", *body)), class_="scroll")


def _named(name: Value, link: str | None) -> Element:
    inside = element("bdi", shown(str(name)))
    return element("a", inside, href=link) if link else inside


def _cell(value: Value) -> Element:
    if isinstance(value, str) and not value.lstrip("+-").replace(",", "").replace(".", "").isdigit():
        return element("td", shown(value))
    if isinstance(value, float):
        value = f"{value:.2f}"
    return element("td", value if isinstance(value, str) else f"{value:,}", class_="figure")


def percent(share: float | None) -> str:
    """Return a share in per cent, never "0%" for something nor "100%" for not quite all."""
    if share is None:
        return ""
    if 0 < share < 0.001:
        return "< 0.1%"
    if 0.999 < share < 1:
        return "> 99.9%"
    return f"{100 * share:.1f}%"
