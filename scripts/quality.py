"""The page that says how often safe fixes were right on labelled real text, made from the committed floors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scripts.reference import MADE

FLOORS = Path("tests/quality/floors.toml")
ROW = re.compile(r"^(\w+) = ([\d.]+)  # ([\w-]+): (\d+) right, (\d+) wrong", re.MULTILINE)
FEW = 20  # deletions below which a share says little


def page(root: Path) -> dict[str, str]:
    """Return the page by its path."""
    return {"docs/quality.md": "\n".join(_lines((root / FLOORS).read_text(encoding="utf-8"))) + "\n"}


def _lines(floors: str) -> Iterator[str]:
    yield from (MADE, "", "# What safe fixes were measured at", "")
    yield "Each rule that calls fixes safe was run over labelled pages and texts: of the lines and spans that its safe"
    yield "fixes delete, how many are labelled as junk. CI holds these shares as floors; none goes down without a word."
    yield f"A rule with fewer than {FEW} labelled deletions is not proven by them, and is marked."
    yield from ("", "| rule | name | right | wrong | precision |", "|---|---|---:|---:|---:|")
    for code, precision, name, right, wrong in ROW.findall(floors):
        few = " (few)" if int(right) + int(wrong) < FEW else ""
        yield f"| {code} | [`{name}`](rules/{name}.md) | {right} | {wrong} | {precision}{few} |"
