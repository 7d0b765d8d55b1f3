"""Reads some documents of a run again: candidates for their evidence, members of clusters for their first lines.

Documents are read in portions, each by one worker. Records of a large JSONL file are sought where they begin, so
that a run passes over it once more and not once a portion. Which documents are wanted is for the stages to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.batch import Batch
from corpuslint.comparing.overlap import Sets
from corpuslint.corpus_rule import CorpusRule, head
from corpuslint.document import ContainerLine, Document, DocumentKey
from corpuslint.executors import At
from corpuslint.lazy import Lazy
from corpuslint.scan.compiled import Loops, compiled, is_worth_it
from corpuslint.sources import RecordStart, is_text, read, read_at
from corpuslint.sources.starts import KnownStarts
from corpuslint.stages.documents import Documents, Draft
from corpuslint.stages.reading import BATCH
from corpuslint.stages.rows import Rows
from corpuslint.stages.shards import SHARD, Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

A_DOCUMENT = 1024  # what a document costs besides its text, in code points
PASSED_OVER = 1 << 16  # code points of a file that is passed over, since finding its records would cost as much


class FromFile(NamedTuple):
    """Documents of one file that are to be read again."""

    number: int  # of the task
    task: Task
    documents: Mapping[int, int]  # the document's number by its record index
    starts: tuple[RecordStart, ...] | None = None  # where the records begin; None where the file is passed over

    def without(self, place: tuple[int, int]) -> FromFile:
        """Leave out a record."""
        documents = {record: n for record, n in self.documents.items() if (self.number, record) != place}
        starts = self.starts and tuple(start for start in self.starts if start.record in documents)
        return self._replace(documents=documents, starts=starts)


@dataclass(frozen=True)
class Wanted:
    """Documents of some files that are to be read again."""

    tasks: tuple[FromFile, ...]
    text_hashes: Mapping[int, int]  # by document number
    rules: tuple[tuple[CorpusRule, frozenset[int]], ...] = ()  # with the numbers of the documents it wants
    compiled: bool = False  # the run is large enough for the compiled loops
    one_by_one: bool = False  # documents are read one at a time, so that it is known at which a worker dies

    @property
    def loops(self) -> Loops | None:
        """The compiled loops, where the run is worth them and they are there."""
        return compiled() if self.compiled else None

    def without(self, place: tuple[int, int]) -> Wanted:
        """Leave out a document at which a worker died."""
        return replace(self, tasks=tuple(task.without(place) for task in self.tasks), one_by_one=True)


@dataclass(frozen=True)
class Again:
    """Says how documents of a run are read again; where records begin is found once a file."""

    tasks: Sequence[Task]
    rows: Rows
    starts: KnownStarts = field(default_factory=KnownStarts)

    def portions(self, numbers: Numbers, rules: Sequence[tuple[CorpusRule, Numbers]] = ()) -> Portions:
        """Cut documents (sorted) into portions of about SHARD code points, in the order of their files.

        `rules` say which of the documents each rule wants, sorted.
        """
        return Portions(self, numbers, rules)

    def portion(self, numbers: Numbers, rules: Sequence[tuple[CorpusRule, Numbers]], large: bool) -> Wanted:
        """Make a portion of some documents (sorted)."""
        held: dict[int, dict[int, int]] = {}
        rows = self.rows
        columns = (numbers.tolist(), rows.task[numbers].tolist(), rows.record[numbers].tolist())
        for number, task, record in zip(*columns, strict=True):
            held.setdefault(task, {})[record] = number
        first, last = int(numbers[0]), int(numbers[-1])
        asked = []
        for rule, of_rule in rules:
            begin, end = of_rule.searchsorted((first, last + 1))
            asked.append((rule, frozenset(of_rule[begin:end].tolist())))
        files = tuple(self._from_file(task, documents) for task, documents in sorted(held.items()))
        hashes = dict(zip(columns[0], rows.text_hash[numbers].tolist(), strict=True))
        return Wanted(files, hashes, tuple(asked), large)

    def _from_file(self, number: int, documents: Mapping[int, int]) -> FromFile:
        task = self.tasks[number]
        starts = self.starts.of(number, task.file) if self._characters[number] > PASSED_OVER else None
        return FromFile(number, task, documents, starts and tuple(starts.of(sorted(documents))))

    @cached_property
    def _characters(self) -> Numbers:
        """How many code points the documents of each task have, (tasks,)."""
        import numpy as np

        return np.bincount(self.rows.task, self.rows.characters, len(self.tasks))


class Portions(Lazy[Wanted]):
    """Documents to be read again in portions, each made when it is asked for."""

    def __init__(self, again: Again, numbers: Numbers, rules: Sequence[tuple[CorpusRule, Numbers]]) -> None:
        import numpy as np

        self._again = again
        self._numbers = numbers
        self._rules = rules
        self._large = is_worth_it(int(again.rows.characters[numbers].sum()))
        ends = np.cumsum(again.rows.characters[numbers] + A_DOCUMENT)
        cuts = (np.flatnonzero(np.diff(ends // SHARD)) + 1).tolist()
        self._bounds = [0, *cuts, len(numbers)] if len(numbers) else [0]

    def __len__(self) -> int:
        """Return the number of portions."""
        return len(self._bounds) - 1

    def _one(self, place: int) -> Wanted:
        return self._again.portion(
            self._numbers[self._bounds[place] : self._bounds[place + 1]], self._rules, self._large
        )


def read_again(wanted: Wanted, at: At) -> Iterator[tuple[int, Document]]:
    """Yield the wanted documents with their numbers."""
    for number, task, numbers, starts in wanted.tasks:

        def is_wanted(index: int, number: int = number, numbers: Mapping[int, int] = numbers) -> bool:
            if index in numbers:
                at(number, index)
            return index in numbers

        if starts is None:
            items = read(task.file, is_wanted)
        else:
            items = read_at(task.file, (start for start in starts if is_wanted(start.record)))
        for item in items:
            # What can no longer be read was said when it was read first, or vanished since: it has no evidence.
            if isinstance(item, Document) and item.key.index in numbers:
                yield numbers[item.key.index], item


class Found(NamedTuple):
    """What a rule compares of some documents."""

    code: str
    documents: Numbers  # their numbers
    sets: Sets


class Head(NamedTuple):
    """What a report may say of a document, so plain that it travels fast."""

    text: str  # up to the end of the first line that is not blank
    key: tuple[int, str | None, str | None, str | None]
    record: tuple[int, int] | None  # the line of its container and how wide that is, where the container has many

    @classmethod
    def of(cls, documents: Sequence[Document], place: int) -> Head:
        """Take the head of one of some documents; one that is a draft stays one."""
        if isinstance(documents, Documents) and isinstance(draft := documents.draft(place), Draft):
            assert documents.texts is not None
            return cls(documents.texts.begin(place, head), (draft.record, draft.id, *draft.kind), draft.place)
        document = documents[place]
        key, record = document.key, document.record
        line = (record.number, record.width) if record else None
        return cls(head(document.text), (key.index, key.id, key.field, key.site), line)

    def document(self, path: str) -> Document:
        """Return the document of which nothing is left but this."""
        return Document(path, self.text, DocumentKey(*self.key), self.record and ContainerLine(*self.record))


class Described(NamedTuple):
    """What was read of documents: their evidence for each rule, and the head of each."""

    evidence: list[Found]
    heads: dict[int, Head]  # by document number


def read_descriptions(wanted: Wanted, at: At) -> Described:
    """Return the evidence of documents for each rule that wants them, and what a report may say about them."""
    found = Described([], {})
    for numbers, documents in _together(wanted, at):
        found.heads.update((number, Head.of(documents, place)) for place, number in enumerate(numbers))
        found.evidence.extend(_evidence(wanted, numbers, documents))
    return found


def _together(wanted: Wanted, at: At) -> Iterator[tuple[list[int], Sequence[Document]]]:
    """Yield the wanted documents in batches with their numbers: as drafts, where the compiled loops take them."""
    if wanted.loops is None or wanted.one_by_one:
        for batch in batches(read_again(wanted, at)):
            yield [number for number, _ in batch], [document for _, document in batch]
        return
    known = {task.number: task.documents for task in wanted.tasks}
    for documents in _taken(wanted, wanted.loops, at):
        places = range(len(documents))
        yield [known[documents.numbers[place]][documents.record(place)] for place in places], documents


def _taken(wanted: Wanted, loops: Loops, at: At) -> Iterator[Documents]:
    """Yield the wanted documents, taken from bytes to code points."""
    from corpuslint.stages.intake import Intake, field_names

    intake = Intake(loops, [], at)
    for of_file in wanted.tasks:
        number, task, _, starts = of_file
        names = field_names(task.file.options)
        with suppress(OSError):  # what vanished since it was read has no evidence
            if is_text(task.file.name):
                at(number, 0)
                yield from intake.text(number, task, task.file.read())
                continue
            if starts is not None and names:
                with task.file.open() as stream:
                    yield from intake.records_at(number, task, stream, starts, names)
                continue
        for _, document in read_again(replace(wanted, tasks=(of_file,)), at):
            yield from intake.whole(number, task, document)
    yield from intake.rest()


def batches(documents: Iterable[tuple[int, Document]]) -> Iterator[list[tuple[int, Document]]]:
    """Yield documents in batches of about BATCH code points: arrays of many small texts cost less than many arrays."""
    batch: list[tuple[int, Document]] = []
    size = 0
    for number, document in documents:
        batch.append((number, document))
        size += len(document.text) + A_DOCUMENT
        if size > BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _evidence(wanted: Wanted, numbers: Sequence[int], documents: Sequence[Document]) -> Iterator[Found]:
    """Yield what each rule compares; what several of them want to know of a text is computed once."""
    import numpy as np

    texts = documents.texts if isinstance(documents, Documents) else None
    batch = Batch(documents, loops=wanted.loops, texts=texts)
    for rule, asked in wanted.rules:
        places = np.flatnonzero([number in asked for number in numbers])
        yield Found(rule.code, np.array(numbers)[places], rule.evidence(batch.part(places)))


def read_heads(wanted: Wanted, at: At) -> dict[int, Head]:
    """Return what a report may say about documents, by document number."""
    return {number: Head.of([document], 0) for number, document in read_again(wanted, at)}
