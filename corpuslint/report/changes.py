"""What changed since earlier reports: numbers, and which findings are new or gone, by their ids.

Findings keep their id while text above them changes, so "new" means new. What a baseline calls new is not here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from corpuslint.diagnostic import Diagnostic
from corpuslint.report.headline import Number
from corpuslint.report.loading import SavedRun


class RuleChange(NamedTuple):
    """Findings of one rule, before and now."""

    rule: str
    before: int
    now: int
    new: int
    gone: int


class NumberChange(NamedTuple):
    """A number before and now."""

    label: str
    before: float
    now: float


class Point(NamedTuple):
    """Findings of one report in a history, by severity rank (error, warning, info)."""

    label: str
    findings: tuple[int, int, int]


@dataclass(frozen=True)
class Changes:
    """The changes since one earlier report, and the history of all that were given."""

    label: str
    rules: tuple[RuleChange, ...]
    numbers: tuple[NumberChange, ...]
    history: tuple[Point, ...]

    @property
    def new(self) -> int:
        """Findings that the earlier report has not."""
        return sum(rule.new for rule in self.rules)

    @property
    def gone(self) -> int:
        """Findings that only the earlier report has."""
        return sum(rule.gone for rule in self.rules)


def changes_since(
    earlier: Sequence[tuple[str, SavedRun]], diagnostics: Sequence[Diagnostic], numbers: Sequence[Number]
) -> Changes | None:
    """Compare with earlier reports, the oldest first; the last of them is the one that changes are told from."""
    if not earlier:
        return None
    label, last = earlier[-1]
    before, now = _ids(last.diagnostics), _ids(diagnostics)
    rules = {*before, *now}
    by_rule = tuple(
        RuleChange(
            rule,
            sum(before.get(rule, Counter()).values()),
            sum(now.get(rule, Counter()).values()),
            (now.get(rule, Counter()) - before.get(rule, Counter())).total(),
            (before.get(rule, Counter()) - now.get(rule, Counter())).total(),
        )
        for rule in sorted(rules)
    )
    old = {**last.summary, "findings": len(last.diagnostics), **last.numbers}
    changed = tuple(
        NumberChange(number.label, old[number.name], number.value)
        for number in numbers
        if number.value is not None and number.name in old
    )
    history = (
        *(Point(name, _severities(run.diagnostics)) for name, run in earlier),
        Point("now", _severities(diagnostics)),
    )
    return Changes(label, by_rule, changed, history)


def labels(files: Sequence[Path]) -> list[str]:
    """Return a short name for each earlier report: its folder where the file is called report.json, else its own."""
    return [file.parent.name if file.stem == "report" and file.parent.name else file.stem for file in files]


def _ids(diagnostics: Sequence[Diagnostic]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for diagnostic in diagnostics:
        found.setdefault(f"{diagnostic.code} {diagnostic.name}", Counter())[diagnostic.id] += 1
    return found


def _severities(diagnostics: Sequence[Diagnostic]) -> tuple[int, int, int]:
    ranks = Counter(diagnostic.severity.rank for diagnostic in diagnostics)
    return (ranks[0], ranks[1], ranks[2])
