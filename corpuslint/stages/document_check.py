"""One document under its rules: triggers, findings, crashes, overlaps between rules.

Who reads documents and what becomes of findings is not known here.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpuslint.diagnostic import Diagnostic
from corpuslint.document import Document
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.rule import DocumentRule, Rule
from corpuslint.spent import Spent
from corpuslint.spill import SpillTrouble
from corpuslint.stages.findings import Findings
from corpuslint.text import Span


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


def check_document(
    document: Document,
    rules: Iterable[Rule],
    policy: FixPolicy = FixPolicy(),  # noqa: B008  # frozen
    spent: Spent | None = None,
) -> list[Diagnostic | RuleCrash]:
    """Return the findings of the document rules on one document, overlaps settled, fixes graded, without ids.

    What a rule finds out first and others use as well counts as its time.
    """
    rules = tuple(rules)
    found: list[Diagnostic] = []
    crashes = list(_run(document, rules, found.extend, spent))
    return [*map(policy.regraded, settle(found, rules)), *crashes]


def check_large(
    document: Document, rules: Iterable[Rule], policy: FixPolicy, spent: Spent | None = None
) -> Iterator[Diagnostic | RuleCrash]:
    """Yield the same of a document that may have very many findings: they are held in files until they are settled."""
    rules = tuple(rules)
    found = Findings()
    winning = _winning(rules)
    spans: dict[str, list[Span]] = {code: [] for code in winning}

    def take(diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            found.add((diagnostic,))
            if diagnostic.code in winning:
                spans[diagnostic.code].append(diagnostic.place.span)

    yield from _run(document, rules, take, spent)
    yield from map(policy.regraded, _settled(found.in_order(), spans, rules))


def _run(
    document: Document, rules: Iterable[Rule], take: Callable[[Iterable[Diagnostic]], None], spent: Spent | None
) -> Iterator[RuleCrash]:
    """Hand on what the document rules find, and yield their crashes."""
    for rule in rules:
        if not isinstance(rule, DocumentRule):
            continue
        begin = time.perf_counter()
        try:
            triggers = rule.triggers()
            if not triggers or any(trigger.holds(document) for trigger in triggers):
                take(rule.check(document))
        except Exception as error:  # the one place where a rule's bug is caught; nothing of it is lost
            if isinstance(error, SpillTrouble):
                raise
            what = f"{type(error).__name__}: {error}"
            yield RuleCrash(rule.code, document.path, document.key.index, what)
        if spent is not None:
            spent.add(rule.code, time.perf_counter() - begin)


def settle(diagnostics: Sequence[Diagnostic], rules: Iterable[Rule]) -> list[Diagnostic]:
    """Leave out the findings that yield to another one of the same document where their spans overlap."""
    rules = tuple(rules)
    spans = {code: [d.place.span for d in diagnostics if d.code == code] for code in _winning(rules)}
    return list(_settled(diagnostics, spans, rules))


def _winning(rules: Iterable[Rule]) -> frozenset[str]:
    """Return the codes to which others yield."""
    return frozenset[str]().union(*(rule.yields_to for rule in rules))


def _settled(
    diagnostics: Iterable[Diagnostic], spans: Mapping[str, Iterable[Span]], rules: Iterable[Rule]
) -> Iterator[Diagnostic]:
    """Yield the findings that do not yield to another one; `spans` are those of the codes to which others yield."""
    yields_to = {rule.code: frozenset(rule.yields_to) for rule in rules if rule.yields_to}
    covers = {code: _cover(of_code) for code, of_code in spans.items()}
    for diagnostic in diagnostics:
        if not any(_touches(covers[code], diagnostic.place.span) for code in yields_to.get(diagnostic.code, ())):
            yield diagnostic


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
