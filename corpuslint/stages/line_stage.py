"""The line stage: from the keys of all lines to findings about lines, or parts of them, that many documents share.

Records are grouped by key and counted; documents that hold repeated parts are read again, together with what is
repeated among theirs. In memory are a row a document and the repeated keys. What is made of a repeated part is for
the rules to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from corpuslint.comparing.grouping import Grouping
from corpuslint.comparing.repeated_lines import RepeatedLines
from corpuslint.diagnostic import Diagnostic
from corpuslint.document import Document
from corpuslint.executors import At, Executor, Retry
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.lazy import Lazy
from corpuslint.line_rule import Counted, Groups, LineRule, Repeat, group_name, learn_written_keys
from corpuslint.rule import Rule
from corpuslint.scan.distinct import distinct
from corpuslint.stages.corpus_stage import Corpus
from corpuslint.stages.document_check import settle
from corpuslint.stages.rereading import FromFile, Portions, Wanted, batches, read_again
from corpuslint.stages.rows import NO_KINDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.scan.compiled import Loops

    Numbers = NDArray[np.int64]

NUMBERED = 1024  # findings that get their numbers together

Repeats = Mapping[int, Mapping[int, Repeat]]  # by document number: its repeated parts by key
Counts = tuple[tuple[LineRule, RepeatedLines], ...]  # what is repeated in which documents, for each rule
Own = tuple[tuple[LineRule, Mapping[int, Repeat]], ...]  # of one document: its repeated parts by key, for each rule


@dataclass(frozen=True)
class Reading:
    """Documents that are to be read again, with their repeated parts for each rule."""

    wanted: Wanted
    rules: tuple[tuple[LineRule, Repeats], ...]

    @property
    def tasks(self) -> tuple[FromFile, ...]:
        """The files."""
        return self.wanted.tasks

    def without(self, place: tuple[int, int]) -> Reading:
        """Leave out a document at which a worker died."""
        return replace(self, wanted=self.wanted.without(place))


class _Readings(Lazy[Reading]):
    """The portions, each made when it is asked for."""

    def __init__(self, portions: Portions, found: Counts) -> None:
        self._portions = portions
        self._found = found

    def __len__(self) -> int:
        return len(self._portions)

    def _one(self, place: int) -> Reading:
        wanted = self._portions[place]
        return Reading(
            wanted, tuple((rule, repeated.by_document(wanted.text_hashes)) for rule, repeated in self._found)
        )


class Said(NamedTuple):
    """What a line rule says about a document, before it tells its numbers."""

    number: int
    counted: Counted


class Looked(NamedTuple):
    """The documents that were read again, and what was said about them."""

    numbers: list[int]
    said: list[Said]


class LineMemory(Protocol):
    """Keeps what line rules said for a next run."""

    def open_lines(self, corpus: Corpus, found: Counts, documents: Numbers) -> tuple[Numbers, Numbers]:
        """Part documents with repeated parts, sorted, into known ones that have findings, and unknown ones."""

    def recall_lines(self, numbers: Numbers) -> Sequence[Diagnostic] | None:
        """Return the findings of some known documents; None where they are not known after all."""

    def keep_lines(self, looked: Looked) -> None:
        """Keep what was said about some documents."""


def check_lines(
    rules: Sequence[LineRule],
    corpus: Corpus,
    groupings: Mapping[str, Grouping],
    executor: Executor,
    died: Retry[Reading],
    memory: LineMemory | None = None,
) -> Iterator[Diagnostic]:
    """Yield the findings of the line rules, overlaps not yet settled."""
    import numpy as np

    found = count_lines(rules, corpus, groupings)
    left = documents_of(found)
    if memory:
        known, left = memory.open_lines(corpus, found, left)
        for portion in np.split(known, range(NUMBERED, len(known), NUMBERED)):
            findings = memory.recall_lines(portion)
            if findings is None:
                left = np.union1d(left, portion)
            else:
                yield from findings
    for looked in executor.map(read_repeats, _Readings(corpus.again.portions(left), found), died):
        if memory:
            memory.keep_lines(looked)
        yield from numbered(looked.said, found)


def numbered(said: Sequence[Said], found: Counts) -> Iterator[Diagnostic]:
    """Yield the findings with their numbers; those about one document stand beside each other."""
    for begin in range(0, len(said), NUMBERED):
        some = said[begin : begin + NUMBERED]
        of_code = {rule.code: (rule, repeated.by_document(number for number, _ in some)) for rule, repeated in found}
        for number, (finding, keys) in some:
            rule, repeats = of_code[finding.code]
            own = repeats[number]
            yield rule.with_numbers(finding, [own[key] for key in keys])


def count_lines(rules: Sequence[LineRule], corpus: Corpus, groupings: Mapping[str, Grouping]) -> Counts:
    """Return what is repeated in which documents, for each rule."""
    groups = groups_of(corpus)
    return tuple((rule, RepeatedLines.of(rule, groups, groupings[rule.code])) for rule in rules)


def documents_of(found: Counts) -> Numbers:
    """Return the numbers of the documents in which anything is repeated, sorted."""
    import numpy as np

    return distinct(np.concatenate([np.zeros(0, np.int64), *(repeated.numbers for _, repeated in found)]))


def groups_of(corpus: Corpus) -> Groups:
    """Return the group of each document; documents of one task that have field and site in common share it."""
    import numpy as np

    rows, kinds = corpus.rows, corpus.rows.kinds
    if kinds == NO_KINDS:
        # Text files alone: nothing is asked of each of them.
        folders, files = zip(*corpus.tasks.folders, strict=True)
        names = [group_name(f"{folder}/", *NO_KINDS[0]) for folder in folders]
        return Groups.of(names, np.repeat(np.arange(len(names)), files)[rows.task], rows.text_hash)
    pairs, which = np.unique(rows.task_and_kind, return_inverse=True)
    names = [
        group_name(corpus.tasks.names[task], *kinds[kind])
        for task, kind in zip((pairs // len(kinds)).tolist(), (pairs % len(kinds)).tolist(), strict=True)
    ]
    return Groups.of(names, which, rows.text_hash)


def read_repeats(reading: Reading, at: At) -> Looked:
    """Return what the rules say about the documents that hold repeated parts."""
    policies = {number: task.policy for _, task, numbers, _ in reading.tasks for number in numbers.values()}
    looked = Looked([], [])
    for batch in batches(read_again(reading.wanted, at)):
        for number, document in _knowing_keys(batch, reading.wanted.loops):
            looked.numbers.append(number)
            for rule, repeats in _own(reading.rules, number):
                for finding, keys in rule.find_repeated(document, rule.levels(repeats)):
                    looked.said.append(Said(number, Counted(policies[number].regraded(finding), keys)))
    return looked


def _knowing_keys(batch: Sequence[tuple[int, Document]], loops: Loops | None) -> Sequence[tuple[int, Document]]:
    learn_written_keys([document for _, document in batch], loops)
    return batch


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
    if not first and len(second) == 1:
        return list(second)  # as in nearly all documents of which another stage has anything to say
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
    def among(cls, corpus: Corpus, found: Counts) -> RepeatedParts:
        """Say where the documents stand."""
        own: dict[tuple[str, int], Own] = {}
        everywhere = tuple((rule, repeated.by_document(repeated.numbers.tolist())) for rule, repeated in found)
        for number in documents_of(found).tolist():
            task, record = int(corpus.rows.task[number]), int(corpus.rows.record[number])
            own[corpus.tasks.names[task], record] = _own(everywhere, number)
        return cls(own)

    def of(self, document: Document) -> Own:
        """Return what is repeated in a document, by rule; the document's text may have been edited since."""
        return self.own.get((document.path, document.key.index), ())
