"""The figures behind the pictures, as tables: what a chart draws, a reader can read and a screen reader can say.

How they are drawn is for `charts` to say.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from corpuslint.diagnostic import Diagnostic, Severity
from corpuslint.report.changes import Changes
from corpuslint.report.clusters import Cluster, DocumentName, name_of
from corpuslint.report.headline import flagged_by_document
from corpuslint.statistics import DocumentFacts

Value = str | int | float

RULES = 30  # rules that are drawn; a table has them all
FOLDERS = 40  # folders that are drawn; the smaller ones fall together as OTHER
OTHER = "other folders"
STEPS = 20  # classes of similarity from the least to 1


@dataclass(frozen=True)
class Series:
    """A table with what it shows: `name` chooses the picture, `wide` asks for the full width."""

    name: str
    title: str
    explanation: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    wide: bool = False


def all_series(
    diagnostics: Sequence[Diagnostic],
    clusters: Sequence[Cluster],
    documents: Sequence[DocumentFacts],
    changes: Changes | None,
) -> list[Series]:
    """Return every series that has something to show."""
    found = [
        by_rule(diagnostics),
        similarities(clusters),
        cluster_sizes(clusters),
        document_lengths(documents, diagnostics),
        languages(documents, diagnostics),
        folders(documents, diagnostics),
        history(changes),
    ]
    return [series for series in found if series.rows]


def by_rule(diagnostics: Sequence[Diagnostic]) -> Series:
    """Count findings by rule and severity, most first."""
    counts = Counter((f"{d.code} {d.name}", str(d.severity)) for d in diagnostics)
    totals: Counter[str] = Counter()
    for (rule, _), count in counts.items():
        totals[rule] += count
    order = {rule: number for number, (rule, _) in enumerate(sorted(totals.items(), key=lambda i: (-i[1], i[0])))}
    rows = sorted(
        ((rule, severity, count) for (rule, severity), count in counts.items()),
        key=lambda row: (order[row[0]], Severity(row[1]).rank),
    )
    return Series(
        "rules",
        "Findings per rule",
        "How often each rule fired, by severity.",
        ("rule", "severity", "findings"),
        tuple(rows),
        wide=True,
    )


def similarities(clusters: Sequence[Cluster]) -> Series:
    """Count copies by their similarity with the kept document, in steps of a twentieth."""
    values = [copy.similarity for cluster in clusters for copy in cluster.members if copy.similarity is not None]
    # Exactly 1 is a class of its own: the same words, not nearly the same.
    counts = Counter(STEPS if value >= 1 else max(0, int(value * STEPS)) for value in values)
    least = min(counts, default=STEPS)
    rows = tuple((_class_name(step), counts[step]) for step in range(least, STEPS + 1)) if values else ()
    return Series(
        "similarity",
        "Similarity of near-duplicates",
        "How alike copies are to the document that is kept: shared word sequences by all word sequences of both; "
        "1 means all of them.",
        ("similarity", "copies"),
        rows,
    )


def _class_name(step: int) -> str:
    return "1" if step == STEPS else f"{step / STEPS:.2f}–{(step + 1) / STEPS:.2f}"


def cluster_sizes(clusters: Sequence[Cluster]) -> Series:
    """Count clusters by their size."""
    counts = Counter(_size_class(cluster.size) for cluster in clusters)
    return Series(
        "clusters",
        "Sizes of duplicate clusters",
        "How many documents say the same: the kept one and its copies.",
        ("documents", "clusters"),
        tuple((name, counts[low, name]) for low, name in sorted(counts)),
    )


def _size_class(size: int) -> tuple[int, str]:
    for low, high in ((6, 10), (11, 20), (21, 50), (51, 100), (101, 1000)):
        if low <= size <= high:
            return low, f"{low}–{high}"
    return (size, str(size)) if size < 6 else (1001, "more than 1,000")


def document_lengths(documents: Sequence[DocumentFacts], diagnostics: Sequence[Diagnostic]) -> Series:
    """Count documents by length, those with and without a finding, and the flagged characters of each class."""
    flagged = flagged_by_document(diagnostics)
    rows: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for fact in documents:
        row = rows[_length_class(fact.characters)]
        found = flagged.get((fact.path, fact.key.index))
        row[0 if found is None else 1] += 1
        row[2] += fact.characters
        row[3] += found or 0
    lows = [low for low in _lows() if rows and min(rows) <= low <= max(rows)]
    return Series(
        "lengths",
        "Document lengths",
        "Documents by their length in characters, with and without a finding, and what share of their text is flagged.",
        ("characters", "without a finding", "with a finding", "flagged text, %"),
        tuple((_length_name(low), rows[low][0], rows[low][1], _percent(rows[low][3], rows[low][2])) for low in lows),
    )


def _lows() -> list[int]:
    return [0, *(factor * 10**power for power in range(1, 9) for factor in (1, 2, 5))]


def _length_class(characters: int) -> int:
    return max(low for low in _lows() if low <= characters)


def _length_name(low: int) -> str:
    lows = _lows()
    following = lows.index(low) + 1
    return f"{low:,}–{lows[following] - 1:,}" if following < len(lows) else f"{low:,} and more"


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def folders(documents: Sequence[DocumentFacts], diagnostics: Sequence[Diagnostic]) -> Series:
    """Sum up each folder: documents, characters, share of flagged text; files where there is one folder only."""
    places = {folder_of(fact.path) for fact in documents}
    name = folder_of if len(places) > 1 else str
    flagged = flagged_by_document(diagnostics)
    found_in = {name_of(diagnostic.place) for diagnostic in diagnostics}
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for fact in documents:
        _add(sums[name(fact.path)], fact, flagged, found_in)
    ordered = sorted(sums.items(), key=lambda item: (-item[1][1], item[0]))
    shown = ordered[:FOLDERS]
    if rest := ordered[FOLDERS:]:
        shown.append((OTHER, [sum(column) for column in zip(*(values for _, values in rest), strict=True)]))
    return Series(
        "folders",
        "Flagged text by folder" if len(places) > 1 else "Flagged text by file",
        "An area for each folder, as large as its text; the darker, the larger the share of flagged text.",
        ("folder" if len(places) > 1 else "file", "documents", "with a finding", "characters", "flagged text, %"),
        tuple((folder, v[0], v[3], v[1], _percent(v[2], v[1])) for folder, v in shown),
        wide=True,
    )


def languages(documents: Sequence[DocumentFacts], diagnostics: Sequence[Diagnostic]) -> Series:
    """Sum up each language where it is known, else each script: documents, those with a finding, flagged text."""
    flagged = flagged_by_document(diagnostics)
    found_in = {name_of(diagnostic.place) for diagnostic in diagnostics}
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for fact in documents:
        _add(sums[language_name(fact)], fact, flagged, found_in)
    ordered = sorted(sums.items(), key=lambda item: (-item[1][1], item[0]))
    return Series(
        "languages",
        "Languages",
        "The language of each document where it is known, by its record, its folder or its script; else the script.",
        ("language", "documents", "with a finding", "characters", "flagged text, %"),
        tuple((name, v[0], v[3], v[1], _percent(v[2], v[1])) for name, v in ordered),
    )


def language_name(fact: DocumentFacts | None) -> str:
    """Return the language tag of a document, else its script, else "unknown"."""
    if fact is None:
        return "unknown"
    return fact.language or (f"{fact.script.lower()} script" if fact.script else "unknown")


def _add(row: list[int], fact: DocumentFacts, flagged: Mapping[DocumentName, int], found_in: set[DocumentName]) -> None:
    name = (fact.path, fact.key.index)
    row[0] += 1
    row[1] += fact.characters
    row[2] += flagged.get(name, 0)
    row[3] += name in found_in


def folder_of(path: str) -> str:
    """Return the folder of a path, "." for a file without one."""
    return str(PurePosixPath(path).parent)


def history(changes: Changes | None) -> Series:
    """Count the findings of each earlier report and of this one."""
    points = changes.history if changes else ()
    return Series(
        "history",
        "Findings over time",
        "Findings of each earlier report and of this one, by severity.",
        ("report", *Severity),
        tuple((point.label, *point.findings) for point in points) if len(points) > 1 else (),
    )
