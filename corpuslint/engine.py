"""Runs rules over documents: read, check, settle overlaps, sort, number.

It knows no rule by name and no output format; what to run on what comes in as values.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.document import Document
from corpuslint.fix_policy import FixPolicy
from corpuslint.revisit import Revisit
from corpuslint.rule import DocumentRule, Rule
from corpuslint.sources import Skip, SourceFile, read
from corpuslint.text import Span


@dataclass(frozen=True)
class Task:
    """A file of the corpus with the rules that look at it."""

    file: SourceFile
    rules: tuple[Rule, ...]
    policy: FixPolicy = field(default_factory=FixPolicy)


@dataclass(frozen=True)
class RuleCrash:
    """A rule that raised on a document: our own bug, said in one line; the run goes on and ends with status 2."""

    code: str
    path: str
    index: int
    error: str

    def __str__(self) -> str:
        what = f"{self.code} failed on record {self.index}: {self.error}"
        return f"{self.path}: {what}; please report this as a bug of corpuslint"


@dataclass(frozen=True)
class Fixed:
    """What fixing did before a check: how many findings it fixed, and whether a change could not be made."""

    findings: int = 0
    failed: bool = False
    files: frozenset[str] = frozenset()  # names of the changed ones


@dataclass(frozen=True)
class Counts:
    """What was read: files, documents and their code points."""

    files: int = 0
    documents: int = 0
    characters: int = 0


@dataclass(frozen=True)
class Run:
    """The outcome of a check: findings in the order of reports, and everything that was counted on the way."""

    root: Path
    diagnostics: tuple[Diagnostic, ...] = ()
    skips: tuple[Skip, ...] = ()
    crashes: tuple[RuleCrash, ...] = ()
    counts: Counts = Counts()
    fixed: int = 0
    codes: tuple[str, ...] = field(default=(), kw_only=True)  # of the rules that ran
    hidden: int = field(default=0, kw_only=True)  # known findings that are not among `diagnostics`
    gone: int = field(default=0, kw_only=True)  # entries of the baseline whose findings are no longer there
    suppressed: int = field(default=0, kw_only=True)  # findings that a suppression means
    revisit: Revisit = field(default=Revisit({}), kw_only=True)  # reads the documents of findings once more

    def summary(self) -> dict[str, int]:
        """Return the counts of design.md's JSON summary."""
        return {
            "files": self.counts.files,
            "documents": self.counts.documents,
            "characters": self.counts.characters,
            "diagnostics": len(self.diagnostics),
            "fixable": sum(is_fixable(diagnostic) for diagnostic in self.diagnostics),
            "new": sum(diagnostic.baseline == "new" for diagnostic in self.diagnostics),
            "known": self.hidden + sum(diagnostic.baseline == "known" for diagnostic in self.diagnostics),
            "fixed": self.fixed,
            "skipped": len(self.skips),
            "gone": self.gone,
            "suppressed": self.suppressed,
        }


def is_fixable(diagnostic: Diagnostic) -> bool:
    """Say whether `--fix` alone would apply a finding's fix."""
    return diagnostic.fix is not None and diagnostic.fix.applicability is Applicability.SAFE


def check(tasks: Sequence[Task], root: Path, preferred: frozenset[str] = frozenset()) -> Run:  # noqa: ARG001
    """Check the documents of all tasks; `preferred` are the names of documents that a baseline knows."""
    found: list[Diagnostic] = []
    skips: list[Skip] = []
    crashes: list[RuleCrash] = []
    files = documents = characters = 0
    for task in tasks:
        files += 1
        for item in read(task.file):
            if isinstance(item, Skip):
                skips.append(item)
                continue
            documents += 1
            characters += len(item.text)
            for result in check_document(item, task.rules, task.policy):
                (found if isinstance(result, Diagnostic) else crashes).append(result)  # type: ignore[arg-type]
    codes = tuple(sorted({rule.code for task in tasks for rule in task.rules}))
    counts = Counts(files, documents, characters)
    revisit = Revisit({task.file.name: task.file for task in tasks})
    return Run(root, tuple(number(found)), tuple(skips), tuple(crashes), counts, codes=codes, revisit=revisit)


def check_document(
    document: Document,
    rules: Iterable[Rule],
    policy: FixPolicy = FixPolicy(),  # noqa: B008  # frozen
) -> list[Diagnostic | RuleCrash]:
    """Return the findings of the document rules on one document, overlaps settled, fixes graded, without ids."""
    rules = tuple(rules)
    found: list[Diagnostic] = []
    crashes: list[RuleCrash] = []
    for rule in rules:
        if not isinstance(rule, DocumentRule):
            continue
        try:
            triggers = rule.triggers()
            if not triggers or any(trigger.holds(document) for trigger in triggers):
                found += rule.check(document)
        except Exception as error:  # the one place where a rule's bug is caught; nothing of it is lost
            what = f"{type(error).__name__}: {error}"
            crashes.append(RuleCrash(rule.code, document.path, document.key.index, what))
    return [*map(policy.regraded, settle(found, rules)), *crashes]


def settle(diagnostics: Sequence[Diagnostic], rules: Iterable[Rule]) -> list[Diagnostic]:
    """Leave out the findings that yield to another one of the same document where their spans overlap."""
    yields_to = {rule.code: frozenset(rule.yields_to) for rule in rules if rule.yields_to}
    if not yields_to:
        return list(diagnostics)
    covers = {
        code: _cover(d.place.span for d in diagnostics if d.code == code)
        for code in frozenset().union(*yields_to.values())
    }
    return [
        diagnostic
        for diagnostic in diagnostics
        if not any(_touches(covers[code], diagnostic.place.span) for code in yields_to.get(diagnostic.code, ()))
    ]


def _cover(spans: Iterable[Span]) -> list[Span]:
    """Merge spans to disjoint ones, sorted: looking one up stays cheap however many findings a document has."""
    cover: list[Span] = []
    for span in sorted(spans):
        if cover and span.start < cover[-1].end:
            cover[-1] = Span(cover[-1].start, max(cover[-1].end, span.end))
        else:
            cover.append(span)
    return cover


def _touches(cover: list[Span], span: Span) -> bool:
    place = bisect_left(cover, Span(span.end, span.end))
    return place > 0 and cover[place - 1].overlaps(span)


def number(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Sort findings and give them their ids; equal flagged texts of one rule in one document are counted."""
    seen: Counter[tuple[str, str, str | None, str]] = Counter()
    for diagnostic in sorted(diagnostics, key=lambda diagnostic: diagnostic.sort_key):
        same = diagnostic.sameness
        yield diagnostic.with_id(seen[same])
        seen[same] += 1


def with_fixed(run: Run, fixed: int) -> Run:
    """Return a run that also says how many findings were fixed before it."""
    return replace(run, fixed=fixed)
