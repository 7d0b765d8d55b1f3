"""Runs made by hand, for the reporters: findings with whatever text a test wants in them."""

from __future__ import annotations

import importlib
import io
from pathlib import Path

from corpuslint.diagnostic import Applicability, Diagnostic, Edit, Fix, Place, Related, Severity
from corpuslint.document import ContainerLine, Document, DocumentKey
from corpuslint.engine import Counts, Run
from corpuslint.reporters import Style
from corpuslint.stages.numbering import number
from corpuslint.text import Span


def finding(
    message: str = "Line repeats line 1.",
    *,
    path: str = "a.txt",
    text: str = "One line.\nOne line.\n",
    span: tuple[int, int] = (10, 19),
    severity: Severity = Severity.WARNING,
    record: str | None = None,
    related: str = "first copy",
    baseline: str = "new",
) -> Diagnostic:
    """Return a finding of DUP101 in a document of its own."""
    key = DocumentKey(0, record, "text") if record is not None else DocumentKey()
    document = Document(path, text, key, ContainerLine(7, 40) if record is not None else None)
    place = Place.of(document, Span(*span))
    first = Related(Place.of(document, Span(0, min(9, len(text)))), related)
    fix = Fix("Delete it", (Edit(*span),), Applicability.SAFE)
    return Diagnostic("DUP101", "repeated-block", severity, message, place, (first,), {}, fix, baseline=baseline)


def run(*diagnostics: Diagnostic, root: Path = Path("/nowhere")) -> Run:
    """Return a run with findings, numbered as the engine does."""
    return Run(root, tuple(number(diagnostics)), counts=Counts(1, 1, 100), codes=("DUP101",))


def rendered(of: Run, format_name: str, said: list[str] | None = None) -> str:
    """Return what a reporter writes."""
    stream = io.StringIO()
    style = Style(say=said.append) if said is not None else Style()
    importlib.import_module(f"corpuslint.reporters.{format_name}").render(of, stream, style)
    return stream.getvalue()
