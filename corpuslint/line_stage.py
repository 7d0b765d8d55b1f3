"""The line stage: from the keys of all lines to findings about lines, or parts of them, that many documents share.

Records are grouped by key and counted; documents that hold repeated parts are read again, together with what is
repeated among theirs. In memory are a row a document and the repeated keys. What is made of a repeated part is for
the rules to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpuslint.candidates import Grouping
from corpuslint.corpus_stage import Corpus, Wanted, read_again, wanted_again
from corpuslint.diagnostic import Diagnostic
from corpuslint.document import Document
from corpuslint.document_stage import Task, settle
from corpuslint.executors import At, Executor, Retry
from corpuslint.fix_policy import FixPolicy
from corpuslint.line_rule import Groups, LineRule, Repeat, group_name
from corpuslint.rule import Rule

Repeats = Mapping[int, Mapping[int, Repeat]]  # by document number: its repeated parts by key
Own = tuple[tuple[LineRule, Mapping[int, Repeat]], ...]  # of one document: its repeated parts by key, for each rule


@dataclass(frozen=True)
class Reading:
    """Documents that are to be read again, with their repeated parts for each rule."""

    wanted: Wanted
    rules: tuple[tuple[LineRule, Repeats], ...]

    @property
    def tasks(self) -> tuple[tuple[int, Task, Mapping[int, int]], ...]:
        """The files: the task's number, the task, the document's number by record index."""
        return self.wanted.tasks

    def without(self, place: tuple[int, int]) -> Reading:
        """Leave out a document at which a worker died."""
        return replace(self, wanted=self.wanted.without(place))


def check_lines(
    rules: Sequence[LineRule],
    corpus: Corpus,
    groupings: Mapping[str, Grouping],
    executor: Executor,
    died: Retry[Reading],
) -> list[Diagnostic]:
    """Return the findings of the line rules, overlaps not yet settled."""
    found = count_lines(rules, corpus, groupings)
    return [diagnostic for part in executor.map(read_repeats, _readings(corpus, found), died) for diagnostic in part]


def count_lines(
    rules: Sequence[LineRule], corpus: Corpus, groupings: Mapping[str, Grouping]
) -> tuple[tuple[LineRule, Repeats], ...]:
    """Return what is repeated in which documents, for each rule."""
    groups = groups_of(corpus)
    return tuple((rule, _repeated(rule, groups, groupings[rule.code])) for rule in rules)


def groups_of(corpus: Corpus) -> Groups:
    """Return the group of each document; documents of one task that have field and site in common share it."""
    import numpy as np

    pairs, which = np.unique(corpus.rows.task_and_kind, return_inverse=True)
    kinds = corpus.rows.kinds
    names = [
        group_name(corpus.tasks[task].file.name, *kinds[kind])
        for task, kind in zip((pairs // len(kinds)).tolist(), (pairs % len(kinds)).tolist(), strict=True)
    ]
    return Groups.of(names, which)


def _repeated(rule: LineRule, groups: Groups, grouping: Grouping) -> dict[int, dict[int, Repeat]]:
    """Return the repeated parts of each document, by key; of several groups the one with the greatest share counts."""
    found: dict[int, dict[int, Repeat]] = {}
    for key, documents, counted in rule.shared(grouping.keyed_groups()):
        if len(counted) < rule.least_documents:
            continue
        repeats = rule.repeats(counted, groups)
        for number in documents.tolist() if repeats else ():
            own = [repeats[group] for group in (int(groups.group[number]), -1) if group in repeats]
            if own:
                found.setdefault(number, {})[key] = max(own, key=lambda repeat: repeat.share)
    return found


def _readings(corpus: Corpus, found: Sequence[tuple[LineRule, Repeats]]) -> list[Reading]:
    asked = [(rule, frozenset(repeats)) for rule, repeats in found]
    readings = []
    for wanted in wanted_again(corpus, asked):
        numbers = frozenset(wanted.text_hashes)
        rules = tuple(
            (rule, {number: repeats[number] for number in numbers.intersection(repeats)}) for rule, repeats in found
        )
        readings.append(Reading(wanted, rules))
    return readings


def read_repeats(reading: Reading, at: At) -> list[Diagnostic]:
    """Return what the rules find in the documents that hold repeated parts."""
    policies = {number: task.policy for _, task, numbers in reading.tasks for number in numbers.values()}
    return [
        diagnostic
        for number, document in read_again(reading.wanted, at)
        for diagnostic in check_again(document, _own(reading.rules, number), policies[number])
    ]


def _own(rules: Iterable[tuple[LineRule, Repeats]], number: int) -> Own:
    return tuple((rule, repeats[number]) for rule, repeats in rules if number in repeats)


def check_again(document: Document, own: Own, policy: FixPolicy) -> Iterator[Diagnostic]:
    """Yield what the rules find in a document, given what of it is repeated; fixes are graded, overlaps not settled."""
    for rule, repeats in own:
        yield from map(policy.regraded, rule.check_repeated(document, repeats))


def settle_both(first: Sequence[Diagnostic], second: Sequence[Diagnostic], rules: Iterable[Rule]) -> list[Diagnostic]:
    """Join the findings that both stages have in one document; overlaps are settled.

    A rule that works in both says more in the second: there its finding replaces the one of the first that it overlaps.
    """
    codes = {diagnostic.code for diagnostic in second}
    kept = [d for d in first if d.code not in codes or not any(d.code == o.code and _overlap(d, o) for o in second)]
    return settle([*kept, *second], rules)


def _overlap(one: Diagnostic, other: Diagnostic) -> bool:
    return one.place.span.overlaps(other.place.span)


@dataclass(frozen=True)
class RepeatedParts:
    """What is repeated in which documents, by path and record index, for those that read the documents themselves."""

    own: Mapping[tuple[str, int], Own] = field(default_factory=dict)

    @classmethod
    def among(cls, corpus: Corpus, found: Sequence[tuple[LineRule, Repeats]]) -> RepeatedParts:
        """Say where the documents stand."""
        own: dict[tuple[str, int], Own] = {}
        for number in sorted(frozenset().union(*(repeats for _, repeats in found))):
            task, record = int(corpus.rows.task[number]), int(corpus.rows.record[number])
            own[corpus.tasks[task].file.name, record] = _own(found, number)
        return cls(own)

    def of(self, document: Document) -> Own:
        """Return what is repeated in a document, by rule; the document's text may have been edited since."""
        return self.own.get((document.path, document.key.index), ())
