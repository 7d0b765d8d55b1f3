"""The numbers that people quote, each with its definition.

How they are laid out, compared or drawn is not here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.engine import is_fixable
from corpuslint.fixer import compatible
from corpuslint.report.clusters import DocumentName, is_copy, name_of
from corpuslint.statistics import DocumentFacts


@dataclass(frozen=True)
class Number:
    """A number with its name, its meaning, and the whole that it is a share of."""

    name: str  # in JSON
    label: str
    definition: str
    value: int | None  # None: not known, since the documents were not read
    whole: int | None = None

    @property
    def share(self) -> float | None:
        """From 0 to 1, where there is a whole."""
        return self.value / self.whole if self.value is not None and self.whole else None


class Worst(NamedTuple):
    """A rule or a file with its findings."""

    name: str
    findings: int
    fixable: int
    flagged: int  # code points


def headline_numbers(
    diagnostics: Sequence[Diagnostic], totals: Mapping[str, int], facts: Mapping[DocumentName, DocumentFacts]
) -> list[Number]:
    """Return the numbers of the first screen; `totals` are documents, characters, words as far as known."""
    documents, characters = totals.get("documents"), totals.get("characters")
    flagged_documents = {name_of(diagnostic.place) for diagnostic in diagnostics}
    copies = {name_of(diagnostic.place) for diagnostic in diagnostics if is_copy(diagnostic)}
    copied = sum(facts[name].characters for name in copies) if copies <= facts.keys() else None
    return [
        Number("documents", "Documents", "Texts that were read: a file, or a record of a file.", documents),
        Number("characters", "Characters", "Unicode code points of all texts, white space included.", characters),
        Number(
            "words",
            "Words",
            "Words after normalising, as the rules compare them; a character of a script that writes no spaces "
            "counts as a word.",
            totals.get("words"),
        ),
        Number("findings", "Findings", "Defects that were named, each with its place.", len(diagnostics)),
        Number(
            "flagged_documents",
            "Documents with a finding",
            "Documents with at least one finding, out of all documents.",
            len(flagged_documents),
            documents,
        ),
        Number(
            "flagged_characters",
            "Flagged text",
            "Characters inside a flagged span, out of all characters. Text that several findings flag counts once; "
            "a copy of another document counts with its first line only.",
            flagged_characters(diagnostics),
            characters,
        ),
        Number(
            "removed_characters",
            "Removed by safe fixes",
            "Characters that one round of `corpuslint check --fix` takes out, less those it puts in, out of all "
            "characters.",
            removed_characters(diagnostics),
            characters,
        ),
        Number(
            "copies",
            "Copies of other documents",
            "Documents that a rule calls a copy of another, kept document, out of all documents.",
            len(copies),
            documents,
        ),
        Number(
            "copied_characters",
            "Text in copies",
            "Characters of the documents that are copies, out of all characters.",
            copied,
            characters,
        ),
    ]


def flagged_characters(diagnostics: Iterable[Diagnostic]) -> int:
    """Return how many code points are flagged by any finding, each counted once."""
    return sum(flagged_by_document(diagnostics).values())


def flagged_by_document(diagnostics: Iterable[Diagnostic]) -> dict[DocumentName, int]:
    """Return how many code points of each document are flagged, overlaps counted once."""
    spans: dict[DocumentName, list[tuple[int, int]]] = defaultdict(list)
    for diagnostic in diagnostics:
        spans[name_of(diagnostic.place)].append((diagnostic.place.span.start, diagnostic.place.span.end))
    return {name: _covered(found) for name, found in spans.items()}


def _covered(spans: list[tuple[int, int]]) -> int:
    covered = reached = 0
    for start, end in sorted(spans):
        covered += max(0, end - max(start, reached))
        reached = max(reached, end)
    return covered


def removed_characters(diagnostics: Iterable[Diagnostic]) -> int:
    """Return by how many code points one round of safe fixes shortens the corpus."""
    found: dict[DocumentName, list[Diagnostic]] = defaultdict(list)
    for diagnostic in diagnostics:
        if diagnostic.fix is not None and diagnostic.fix.edits:
            found[name_of(diagnostic.place)].append(diagnostic)
    return sum(
        edit.end - edit.start - len(edit.content)
        for of_document in found.values()
        for diagnostic in compatible(of_document, Applicability.SAFE)
        if diagnostic.fix is not None
        for edit in diagnostic.fix.edits
    )


def worst_rules(diagnostics: Sequence[Diagnostic]) -> list[Worst]:
    """Return every rule that fired, the one with most findings first."""
    return _worst((f"{diagnostic.code} {diagnostic.name}", diagnostic) for diagnostic in diagnostics)


def worst_files(diagnostics: Sequence[Diagnostic]) -> list[Worst]:
    """Return every file with a finding, the one with most findings first."""
    return _worst((diagnostic.place.path, diagnostic) for diagnostic in diagnostics)


def _worst(named: Iterable[tuple[str, Diagnostic]]) -> list[Worst]:
    findings: Counter[str] = Counter()
    fixable: Counter[str] = Counter()
    flagged: Counter[str] = Counter()
    for name, diagnostic in named:
        findings[name] += 1
        fixable[name] += is_fixable(diagnostic)
        flagged[name] += diagnostic.place.span.end - diagnostic.place.span.start
    ordered = sorted(findings, key=lambda name: (-findings[name], -flagged[name], name))
    return [Worst(name, findings[name], fixable[name], flagged[name]) for name in ordered]
