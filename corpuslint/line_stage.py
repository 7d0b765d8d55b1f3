"""The line stage: from the keys of all lines to findings about lines that many documents share.

Records are grouped by key and counted; documents that hold repeated lines are read again, together with what is
repeated among theirs. In memory are a row a document and the repeated keys. What is made of a repeated line is for
the rules to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import overload

from corpuslint.corpus_stage import Corpus
from corpuslint.diagnostic import Diagnostic
from corpuslint.executors import At, Executor, Retry
from corpuslint.grouping import Grouping
from corpuslint.line_rule import LineRule, Repeat, group_name
from corpuslint.repeated_lines import Groups, RepeatedLines
from corpuslint.rereading import FromFile, Portions, Wanted, read_again
from corpuslint.scan.distinct import distinct

Repeats = Mapping[int, Mapping[int, Repeat]]  # by document number: its repeated lines by key


@dataclass(frozen=True)
class Reading:
    """Documents that are to be read again, with their repeated lines for each rule."""

    wanted: Wanted
    rules: tuple[tuple[LineRule, Repeats], ...]

    @property
    def tasks(self) -> tuple[FromFile, ...]:
        """The files."""
        return self.wanted.tasks

    def without(self, place: tuple[int, int]) -> Reading:
        """Leave out a document at which a worker died."""
        return replace(self, wanted=self.wanted.without(place))


class _Readings(Sequence[Reading]):
    """The portions, each made when it is asked for."""

    def __init__(self, portions: Portions, found: Sequence[tuple[LineRule, RepeatedLines]]) -> None:
        self._portions = portions
        self._found = found

    def __len__(self) -> int:
        return len(self._portions)

    @overload
    def __getitem__(self, place: int) -> Reading: ...
    @overload
    def __getitem__(self, place: slice) -> list[Reading]: ...
    def __getitem__(self, place: int | slice) -> Reading | list[Reading]:
        if isinstance(place, slice):
            return [self[number] for number in range(len(self))[place]]
        wanted = self._portions[place]
        first, last = min(wanted.text_hashes), max(wanted.text_hashes)
        return Reading(wanted, tuple((rule, repeated.by_document(first, last)) for rule, repeated in self._found))


def check_lines(
    rules: Sequence[LineRule],
    corpus: Corpus,
    groupings: Mapping[str, Grouping],
    executor: Executor,
    died: Retry[Reading],
) -> list[Diagnostic]:
    """Return the findings of the line rules, overlaps not yet settled."""
    import numpy as np

    groups = groups_of(corpus)
    found = [(rule, RepeatedLines.of(rule, groups, groupings[rule.code])) for rule in rules]
    numbers = distinct(np.concatenate([np.zeros(0, np.int64), *(repeated.numbers for _, repeated in found)]))
    readings = _Readings(corpus.again.portions(numbers), found)
    return [diagnostic for part in executor.map(read_repeats, readings, died) for diagnostic in part]


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


def read_repeats(reading: Reading, at: At) -> list[Diagnostic]:
    """Return what the rules find in the documents that hold repeated lines."""
    return [
        diagnostic
        for number, document in read_again(reading.wanted, at)
        for rule, repeats in reading.rules
        if number in repeats
        for diagnostic in rule.check(document, repeats[number])
    ]
