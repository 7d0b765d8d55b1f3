"""Applies chosen findings of an earlier report: those that a check finds again, with the same text and the same fix.

What the report says is compared, never trusted: the edits that are applied are the ones found now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.document import Document
from corpuslint.engine import Task
from corpuslint.fixer import edits_of
from corpuslint.fixes.shrink import Guarded, guarded_fix


class ReportError(ValueError):
    """A report that cannot be used; the message says why."""


@dataclass(frozen=True)
class Reported:
    """What a report says about one finding with a fix."""

    id: str
    code: str
    path: str
    text: str
    shape: tuple[tuple[int, int, str], ...]  # the edits, counted from the finding's start

    def matches(self, found: Diagnostic) -> bool:
        """Say whether a finding is still the reported one, with the same text and the same fix."""
        return found.place.text == self.text and shape(found) == self.shape


def shape(diagnostic: Diagnostic) -> tuple[tuple[int, int, str], ...]:
    """Return a finding's edits, counted from its start, so that they are the same when text before it changed."""
    start = diagnostic.place.span.start
    return tuple((edit.start - start, edit.end - start, edit.content) for edit in edits_of(diagnostic))


def read_report(report: Any, most: Applicability) -> dict[str, Reported]:
    """Return the findings of a JSON report that have a fix up to an applicability, by id; raises ReportError."""
    if not isinstance(report, dict) or report.get("version") != 1 or not isinstance(report.get("diagnostics"), list):
        raise ReportError("is no report of corpuslint; make one with --output-format json")
    grades = {Applicability.SAFE} if most is Applicability.SAFE else {Applicability.SAFE, Applicability.UNSAFE}
    try:
        return {
            row["id"]: _reported(row)
            for row in report["diagnostics"]
            if row.get("fix") and row["fix"]["applicability"] in grades
        }
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ReportError(f"holds a finding that corpuslint did not write ({type(error).__name__}: {error})") from None


def _reported(row: Mapping[str, Any]) -> Reported:
    start = row["span"]["start"]
    edits = row["fix"]["edits"]
    relative = tuple((edit["start"] - start, edit["end"] - start, str(edit["content"])) for edit in edits)
    return Reported(str(row["id"]), str(row["code"]), str(row["path"]), str(row["text"]), relative)


@dataclass
class Chosen:
    """The findings to fix, by document; `done` gathers the ids that were applied."""

    findings: Mapping[tuple[str, int], tuple[Diagnostic, ...]]
    done: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, findings: Iterable[Diagnostic]) -> Chosen:
        """Sort findings by document."""
        by_document: dict[tuple[str, int], list[Diagnostic]] = {}
        for finding in findings:
            by_document.setdefault((finding.place.path, finding.place.key.index), []).append(finding)
        return cls({key: tuple(rows) for key, rows in by_document.items()})

    def decide(self, task: Task, document: Document) -> Guarded:
        """Apply the chosen fixes of a document, in one round; those that overlap others are left out."""
        findings = self.findings.get((document.path, document.key.index), ())
        still = [found for found in findings if _still(document, found)]

        def find(current: Document) -> list[Diagnostic]:
            return still if current is document else []

        guarded = guarded_fix(document, find, Applicability.UNSAFE, task.policy)
        self.done.update(fix.diagnostic.id for fix in guarded.fixed.applied)
        return guarded


def _still(document: Document, found: Diagnostic) -> bool:
    start, end = found.place.span
    return document.text[start:end] == found.place.text
