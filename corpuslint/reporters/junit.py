"""JUnit XML: a suite a file, a case a finding, one case that passes where nothing was found."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from corpuslint.diagnostic import Diagnostic, Severity
from corpuslint.display import excerpt, visible
from corpuslint.engine import Run
from corpuslint.reporters import Style
from corpuslint.reporters.physical import Region, region

EXCERPT = 300  # code points of the flagged text


def render(run: Run, stream: TextIO, style: Style) -> None:
    """Write the suites."""
    failing = sum(map(_fails, run.diagnostics))
    cases = max(1, len(run.diagnostics))
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write(f'<testsuites name="corpuslint" tests="{cases}" failures="{failing}" errors="0">\n')
    suites = zip(_by_file(run), map(_counted, _by_file(run)), strict=True)  # two walks: none holds a file's findings
    for (path, found), (tests, failures) in suites:
        stream.write(f'<testsuite name={_attribute(path)} tests="{tests}" failures="{failures}" errors="0">\n')
        stream.writelines(map(_case, found))
        stream.write("</testsuite>\n")
    if not run.diagnostics:
        stream.write('<testsuite name="corpuslint" tests="1" failures="0" errors="0">\n')
        stream.write('<testcase name="No findings" classname="corpuslint"/>\n</testsuite>\n')
    stream.write("</testsuites>\n")


def _by_file(run: Run) -> Iterator[tuple[str, Iterator[Diagnostic]]]:
    return groupby(run.diagnostics, key=lambda diagnostic: diagnostic.place.path)


def _counted(file: tuple[str, Iterator[Diagnostic]]) -> tuple[int, int]:
    """Return how many findings a file has, and how many of them fail."""
    tests = failures = 0
    for diagnostic in file[1]:
        tests, failures = tests + 1, failures + _fails(diagnostic)
    return tests, failures


def _fails(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity is not Severity.INFO and diagnostic.baseline == "new"


def _case(diagnostic: Diagnostic) -> str:
    place = region(diagnostic.place)
    name = _attribute(f"{diagnostic.code} {diagnostic.name} {diagnostic.id}")
    head = f'<testcase name={name} classname={_attribute(diagnostic.place.path)} line="{place.line}">'
    return f"{head}{_outcome(diagnostic, place)}</testcase>\n"


def _outcome(diagnostic: Diagnostic, place: Region) -> str:
    where = f"line {place.line}, column {place.column}"
    text = _text(f"{where}: {diagnostic.message}\n{excerpt(diagnostic.place.text, EXCERPT)}")
    if diagnostic.baseline == "known":
        return '<skipped message="known: it stands in the baseline"/>'
    if not _fails(diagnostic):
        return f"<system-out>{text}</system-out>"
    return f'<failure message={_attribute(diagnostic.message)} type="{diagnostic.severity}">{text}</failure>'


def _legal(text: str) -> str:
    """Return a text without the characters that XML 1.0 cannot hold: they are written out."""
    return (
        "\n".join(visible(line) for line in text.split("\n"))
        .replace("\ufffe", "⟨U+FFFE⟩")
        .replace("\uffff", "⟨U+FFFF⟩")
    )


def _text(text: str) -> str:
    return escape(_legal(text))


def _attribute(text: str) -> str:
    return quoteattr(_legal(text.replace("\n", " ")))
