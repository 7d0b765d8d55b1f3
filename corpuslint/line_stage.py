"""The line stage: from the keys of all lines to findings about lines that many documents share.

Records are grouped by key and counted; documents that hold repeated lines are read again, together with what is
repeated among theirs. In memory are a row a document and the repeated keys. What is made of a repeated line is for
the rules to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpuslint.candidates import Grouping
from corpuslint.corpus_rule import Records
from corpuslint.corpus_stage import Corpus, Wanted, read_again, wanted_again
from corpuslint.diagnostic import Diagnostic
from corpuslint.document_stage import Task
from corpuslint.executors import At, Executor, Retry
from corpuslint.line_rule import Groups, LineRule, Repeat, group_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

Repeats = Mapping[int, Mapping[int, Repeat]]  # by document number: its repeated lines by key


@dataclass(frozen=True)
class Reading:
    """Documents that are to be read again, with their repeated lines for each rule."""

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
    groups = groups_of(corpus)
    found = tuple((rule, repeated_lines(rule, groups, groupings[rule.code])) for rule in rules)
    return [diagnostic for part in executor.map(read_repeats, _readings(corpus, found), died) for diagnostic in part]


def promising(rule: LineRule, records: Records, groups: Groups) -> Records:
    """Return the records of the keys that some group, or the corpus, has often enough for the rule.

    Most lines that a few documents share are not worth a look, and this looks at all of them together.
    """
    import numpy as np

    if not len(records.key):
        return records
    order = np.lexsort((records.document, records.key))
    key, document = records.key[order], records.document[order]
    once = np.append(True, (key[1:] != key[:-1]) | (document[1:] != document[:-1]))
    key, document = key[once], document[once]
    line = np.cumsum(np.append(False, key[1:] != key[:-1]))
    often = _often(rule, np.bincount(line), len(groups.group))
    pairs, counts = np.unique(line * len(groups.names) + groups.group[document], return_counts=True)
    in_group = _often(rule, counts, groups.sizes[pairs % len(groups.names)])
    often[pairs[in_group] // len(groups.names)] = True
    stay = often[line]
    return Records(document[stay], key[stay])


def _often(rule: LineRule, counts: Numbers, of: Numbers | int) -> NDArray[np.bool_]:
    """Say as `LineRule.repeats` does which counts are enough."""
    enough: NDArray[np.bool_] = (counts >= rule.least_documents) & (counts >= rule.least_share * of)
    return enough


def groups_of(corpus: Corpus) -> Groups:
    """Return the group of each document; documents of one task that have field and site in common share it."""
    import numpy as np

    pairs, which = np.unique(corpus.rows.task_and_kind, return_inverse=True)
    kinds = corpus.rows.kinds
    names = [
        group_name(corpus.tasks.names[task], *kinds[kind])
        for task, kind in zip((pairs // len(kinds)).tolist(), (pairs % len(kinds)).tolist(), strict=True)
    ]
    return Groups.of(names, which)


def repeated_lines(rule: LineRule, groups: Groups, grouping: Grouping) -> dict[int, dict[int, Repeat]]:
    """Return the repeated lines of each document, by key; of several groups the one with the greatest share counts."""
    found: dict[int, dict[int, Repeat]] = {}
    for key, documents in grouping.keyed_groups():
        if len(documents) < rule.least_documents:
            continue
        repeats = rule.repeats(documents, groups)
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
    """Return what the rules find in the documents that hold repeated lines."""
    return [
        diagnostic
        for number, document in read_again(reading.wanted, at)
        for rule, repeats in reading.rules
        if number in repeats
        for diagnostic in rule.check(document, repeats[number])
    ]
