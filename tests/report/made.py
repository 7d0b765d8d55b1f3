"""Findings, documents and reports made for tests, with any text in any place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpuslint.diagnostic import Applicability, Diagnostic, Edit, Fix, Place, Related, Severity
from corpuslint.document import Document, DocumentKey
from corpuslint.engine import Counts, Run
from corpuslint.report import Request, build
from corpuslint.report.changes import labels
from corpuslint.report.material import Material
from corpuslint.report.overview import Report
from corpuslint.report.page import write_page
from corpuslint.report.snippets import EditView
from corpuslint.statistics import DocumentFacts, Statistics
from corpuslint.text import Span

__all__ = ["labels"]


def place(text: str, start: int, end: int, path: str = "a.txt", record: str | None = None, index: int = 0) -> Place:
    """A place in a document that holds nothing but `text`."""
    key = DocumentKey(index, record, "text" if record is not None else None)
    return Place.of(Document(path, text, key), Span(start, end))


def finding(at: Place, **changed: Any) -> Diagnostic:
    """A finding of an invented rule."""
    fields: dict[str, Any] = {
        "code": "TST101",
        "name": "test-rule",
        "severity": Severity.WARNING,
        "message": "Something stands here.",
        "id": "0123456789abcdef",
        **changed,
    }
    return Diagnostic(place=at, **fields)


def copy_of(at: Place, kept: Place, similarity: float = 0.9, size: int = 2, **changed: Any) -> Diagnostic:
    """A finding that calls a document a copy of another one."""
    data = {"similarity": similarity, "shared": 9, "union": 10, "cluster_size": size, "keep": "first"}
    return finding(at, code="TST201", name="test-copy", related=(Related(kept, "kept copy"),), data=data, **changed)


def deletion(*spans: tuple[int, int], content: str = "", applicability: Applicability = Applicability.SAFE) -> Fix:
    """A fix that replaces spans."""
    return Fix("Delete it", tuple(Edit(start, end, content) for start, end in spans), applicability)


def hostile(text: str) -> list[Diagnostic]:
    """Findings that hold a text wherever a finding can hold text."""
    at = place(text, 0, len(text), text, text)
    other = place(text, 0, len(text), text + "2", text, 1)
    fix = Fix(text, (Edit(0, len(text), text),), Applicability.UNSAFE)
    said = {"message": text, "code": text, "name": text, "id": text, "baseline": text, "fix": fix}
    return [
        finding(at, **said, related=(Related(at, text),), data={text: text}),
        copy_of(other, at, message=text),
        finding(other, message=text, fix=fix, severity=Severity.ERROR),
    ]


def report_of(diagnostics: Sequence[Diagnostic], text: str = "Some text.", title: str = "Corpus report") -> Report:
    """A report of findings in documents that all hold one text."""
    places = [p for d in diagnostics for p in (d.place, *(related.place for related in d.related))]
    names = sorted({(p.path, p.key) for p in places}, key=lambda name: (name[0], name[1].index))
    facts = tuple(DocumentFacts.of(Document(path, text, key)) for path, key in names)
    material = Material(
        tuple(diagnostics),
        facts,
        {n: tuple(EditView.of(text, edit) for edit in d.fix.edits) for n, d in enumerate(diagnostics) if d.fix},
        {(path, key.index): text for path, key in names},
    )
    run = Run(root=None, diagnostics=tuple(diagnostics), counts=Counts(len(names), len(names), 100))  # type: ignore[arg-type]
    statistics = Statistics.of(facts, len(facts)).as_json()
    return build(Request(run, material, run.summary(), statistics, title=title))


def page_of(diagnostics: Sequence[Diagnostic], text: str = "Some text.", title: str = "Corpus report") -> str:
    """The page of such a report."""
    return "".join(write_page(report_of(diagnostics, text, title)))
