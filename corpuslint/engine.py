"""Runs rules over documents: read, check, settle overlaps, sort, number.

It knows no rule by name and no output format; what to run on what comes in as values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.batch import Records
from corpuslint.comparing.grouping import Grouping
from corpuslint.corpus_rule import KeyedRule
from corpuslint.diagnostic import Applicability, Diagnostic, Severity
from corpuslint.executors.local import Local
from corpuslint.line_rule import LineRule
from corpuslint.memory import Budget
from corpuslint.revisit import Revisit
from corpuslint.sources import Skip
from corpuslint.sources.starts import KnownStarts
from corpuslint.spent import Spent
from corpuslint.stages.deaths import Deaths
from corpuslint.stages.document_check import RuleCrash
from corpuslint.stages.document_stage import LOAD, ShardResult, check_shard, make_ready
from corpuslint.stages.findings import Findings, emptied, held_or_filed
from corpuslint.stages.gathered import Gathered
from corpuslint.stages.numbering import numbered
from corpuslint.stages.shards import Task, make_shards
from corpuslint.stages.work import Work

if TYPE_CHECKING:
    from corpuslint.recalling.recall import Recall
    from corpuslint.stages.line_stage import RepeatedParts

__all__ = ["Counts", "Fixed", "Run", "Task", "check", "is_fixable", "with_fixed"]

PARALLEL_FROM = 8 << 20  # bytes of files: below, starting a process costs more than it saves


# Sees results pass by: an iterator of them and how many there will be; gives them on.
Watch = Callable[[Iterator[ShardResult], int], Iterator[ShardResult]]
DEFAULT_BUDGET = Budget.of()
NO_PREFERENCE: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Fixed:
    """What fixing did before a check: how many findings it fixed, and whether a change could not be made."""

    findings: int = 0
    failed: bool = False
    files: frozenset[str] = frozenset()  # names of the changed ones
    gone: frozenset[str] = frozenset()  # names of the deleted ones

    def plus(self, other: Fixed) -> Fixed:
        """Add up."""
        failed = self.failed or other.failed
        return Fixed(self.findings + other.findings, failed, self.files | other.files, self.gone | other.gone)


@dataclass(frozen=True)
class Counts:
    """What was read: files, documents and their code points."""

    files: int = 0
    documents: int = 0
    characters: int = 0


class Tally(NamedTuple):
    """How many findings of a run are what."""

    fixable: int
    new: Counter[Severity]
    known: int


@dataclass(frozen=True)
class Run:
    """The outcome of a check: findings in the order of reports, and everything that was counted on the way."""

    root: Path
    diagnostics: Sequence[Diagnostic] = ()  # in a file where they are many: each look at all of them has its price
    skips: tuple[Skip, ...] = ()
    crashes: tuple[RuleCrash, ...] = ()
    counts: Counts = Counts()
    fixed: int = 0
    codes: tuple[str, ...] = field(default=(), kw_only=True)  # of the rules that ran
    hidden: int = field(default=0, kw_only=True)  # known findings that are not among `diagnostics`
    gone: int = field(default=0, kw_only=True)  # entries of the baseline whose findings are no longer there
    suppressed: int = field(default=0, kw_only=True)  # findings that a suppression means
    revisit: Revisit = field(default=Revisit({}), kw_only=True)  # reads the documents of findings once more
    spent: Spent = field(default_factory=Spent, kw_only=True)  # where the time went
    notes: tuple[str, ...] = field(default=(), kw_only=True)  # about the run as a whole, for the user to know

    @cached_property
    def tally(self) -> Tally:
        """How many findings are what."""
        fixable = known = 0
        new: Counter[Severity] = Counter()
        for diagnostic in self.diagnostics:
            fixable += is_fixable(diagnostic)
            known += diagnostic.baseline == "known"
            if diagnostic.baseline == "new":
                new[diagnostic.severity] += 1
        return Tally(fixable, new, known)

    def summary(self) -> dict[str, int]:
        """Return the counts of design.md's JSON summary."""
        tally = self.tally
        return {
            "files": self.counts.files,
            "documents": self.counts.documents,
            "characters": self.counts.characters,
            "diagnostics": len(self.diagnostics),
            "fixable": tally.fixable,
            "new": tally.new.total(),
            "known": self.hidden + tally.known,
            "fixed": self.fixed,
            "skipped": len(self.skips),
            "gone": self.gone,
            "suppressed": self.suppressed,
        }


def is_fixable(diagnostic: Diagnostic) -> bool:
    """Say whether `--fix` alone would apply a finding's fix."""
    return diagnostic.fix is not None and diagnostic.fix.applicability is Applicability.SAFE


def check(
    tasks: Sequence[Task],
    root: Path,
    preferred: Mapping[str, int] = NO_PREFERENCE,
    *,
    jobs: int = 1,
    parallel_from: int = PARALLEL_FROM,
    start_method: str | None = None,
    watch: Watch = lambda results, _total: results,
    recall: Recall | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> Run:
    """Check the documents of all tasks; a corpus rule compares those whose tasks have it, with the same options.

    `preferred` ranks documents that a baseline knows (by `document_name`): they are kept before others. Below
    `parallel_from` bytes everything runs in this process. Findings do not depend on `jobs`, on the start method or on
    the order of the tasks. `watch` sees the results of the shards pass by, and how many there will be.
    `recall` gives back what an earlier run found out about files that are still the same. `budget` says what is held
    in memory before it goes to files.
    """
    gathered = _gather(Work.of(tasks), jobs, parallel_from, start_method, watch, recall, budget)
    work, total = gathered.work, gathered.total
    found = gathered.found.in_order()
    notes: list[str] = []
    with gathered.executor as executor:
        if gathered.rules and total.rows:
            # Most runs of a few files end before this: what compares documents is imported where documents are alike.
            from corpuslint.stages.across import check_across, settled
            from corpuslint.stages.corpus_stage import Corpus

            corpus = Corpus(work, total.rows, preferred, gathered.starts)
            across, notes = check_across(
                gathered.rules, corpus, gathered.records, executor, gathered.died, recall, budget, total.spent
            )
            found = settled(found, across.in_order(), work.rules)
    diagnostics = held_or_filed(numbered(found), budget.reported)
    notes = [*notes, *(recall.finish() if recall else ())]
    return Run(
        root,
        diagnostics,
        tuple(skip for _, skip in sorted(total.skips, key=lambda item: (item[0], item[1].line or 0))),
        tuple(sorted(total.crashes, key=lambda crash: (crash.path, crash.index, crash.code))),
        Counts(len(work), total.documents, total.characters),
        codes=tuple(sorted({rule.code for rule in work.rules})),
        spent=total.spent,
        notes=tuple(notes),
        revisit=Revisit(work.files),
    )


def repeated_parts(tasks: Sequence[Task], *, jobs: int = 1) -> RepeatedParts:
    """Return what documents share, as the line rules of their tasks count it; nothing is checked."""
    from corpuslint.stages.corpus_stage import Corpus
    from corpuslint.stages.line_stage import RepeatedParts, count_lines

    distinct = {id(task.rules): task.rules for task in tasks}
    counting = {key: tuple(rule for rule in rules if isinstance(rule, LineRule)) for key, rules in distinct.items()}
    counted = [replace(t, rules=counting[id(t.rules)]) for t in tasks if counting[id(t.rules)]]
    gathered = _gather(Work.of(counted), jobs)
    with gathered.executor:
        if not gathered.total.rows:
            return RepeatedParts()
    corpus = Corpus(gathered.work, gathered.total.rows, starts=gathered.starts)
    line_rules = [rule for rule in gathered.rules if isinstance(rule, LineRule)]
    return RepeatedParts.among(corpus, count_lines(line_rules, corpus, gathered.records.groupings))


@dataclass(frozen=True)
class _Gathered:
    """What the document stage found in all files, and what the stages behind it work with."""

    work: Work
    rules: tuple[KeyedRule, ...]
    total: ShardResult
    found: Findings
    records: Gathered
    starts: KnownStarts
    executor: Local
    died: Deaths


def _gather(
    work: Work,
    jobs: int,
    parallel_from: int = PARALLEL_FROM,
    start_method: str | None = None,
    watch: Watch = lambda results, _total: results,
    recall: Recall | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> _Gathered:
    """Run the document stage on what is not known."""
    rules = tuple(sorted((rule for rule in work.rules if isinstance(rule, KeyedRule)), key=lambda rule: rule.code))
    known = recall.recall(work) if recall else None
    executor = Local(jobs if sum(work.sizes) >= parallel_from else 1, start_method, keep=True)
    total, found = ShardResult(), Findings(budget.findings)
    groupings = {rule.code: Grouping(budget.records) for rule in rules}
    records = Gathered(groupings, held=bool(known and known.covers_most))
    died = Deaths(work, total.skips)
    if known:
        _merge(total, found, records, known.result)
    starts = KnownStarts()
    shards = make_shards(work, rules, work.sizes, known.unknown if known else None, starts)
    with total.spent.on(LOAD):
        make_ready(shards)
    for result in watch(executor.map(check_shard, shards, died), len(shards)):
        if recall:
            recall.keep(result)
        _merge(total, found, records, result)
    if recall and known and not recall.records(known, records):
        # A cache that fails this late has given back too much already; it is silent and empty from here on.
        return _gather(work, jobs, parallel_from, start_method, watch, recall, budget)
    return _Gathered(work, rules, total, found, records, starts, executor, died)


def _merge(total: ShardResult, found: Findings, gathered: Gathered, result: ShardResult) -> None:
    """Add what came out of a shard; its documents are numbered on from those before."""
    for code, batches in result.records.items():
        for batch in batches:
            gathered.add(code, Records(batch.document + len(total.rows), batch.key))
    total.rows.extend(result.rows)
    for run in result.filed:
        found.take(run)
    found.add(emptied(result.diagnostics))
    total.skips += result.skips
    total.crashes += result.crashes
    total.documents += result.documents
    total.characters += result.characters
    total.spent.merge(result.spent)


def with_fixed(run: Run, fixed: int) -> Run:
    """Return a run that also says how many findings were fixed before it."""
    return replace(run, fixed=fixed)
