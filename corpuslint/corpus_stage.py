"""The corpus stage: from the keys of all documents to findings about several of them.

For each corpus rule: records are grouped by key into candidates; candidates are read again for their evidence; what
is verified becomes clusters; the clusters' documents are read again for their first lines, and reported. Texts are
never held: in memory are a row a document, keys, evidence (in a file where it is large), links. How documents are
compared is for the rules to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from corpuslint.candidates import Candidates, Grouping
from corpuslint.clusters import Clustering, find_clusters
from corpuslint.corpus_rule import NAME_END, Batch, CorpusRule, Member, Overlap, document_name
from corpuslint.diagnostic import Diagnostic
from corpuslint.document import Document
from corpuslint.document_stage import BATCH, SHARD, Task
from corpuslint.evidence import Evidence
from corpuslint.executors import At, Executor, Retry
from corpuslint.rows import Rows
from corpuslint.sources import read
from corpuslint.work import Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

COMPARED_TOGETHER = 4096  # documents whose evidence is joined for one comparison


@dataclass(frozen=True)
class Corpus:
    """All documents of a run as rows, and the tasks that say where to read them again."""

    tasks: Work
    rows: Rows
    # Ranks of documents that a baseline knows, by name: the lower is kept before the higher, those without come last.
    preferred: Mapping[str, int] = field(default_factory=dict)

    def order(self, keep: str) -> Numbers:
        """Return the numbers of the documents in the order in which a policy keeps them."""
        import numpy as np

        names = self.tasks.names
        path_ranks = np.empty(len(names), np.int64)
        path_ranks[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
        sign = -1 if keep == "last" else 1
        keys = [sign * self.rows.record, sign * path_ranks[self.rows.task]]
        if keep == "longest":
            keys.append(-self.rows.characters)
        if self.preferred:
            keys.append(self._preferences(names))
        return np.lexsort(keys)

    def _preferences(self, names: Sequence[str]) -> Numbers:
        """Return the rank that a baseline gives each document, (documents,)."""
        import numpy as np

        ranks = np.full(len(self.rows), 1 + max(self.preferred.values()))
        paths = {known.partition(NAME_END)[0] for known in self.preferred}
        meant = np.fromiter((name.partition(NAME_END)[0] in paths for name in names), np.bool_, len(names))
        for number in np.flatnonzero(meant[self.rows.task]).tolist():
            ranks[number] = self.preferred.get(self.name(number), ranks[number])
        return ranks

    def name(self, number: int) -> str:
        """Return what names a document in a baseline."""
        path = self.tasks.names[int(self.rows.task[number])]
        return document_name(path, self.rows.key(number), int(self.rows.text_hash[number]))


class Memory(Protocol):
    """Keeps what candidates gave as evidence for a next run, as bytes by document number and code of the rule."""

    def evidence(self, corpus: Corpus, code: str, wanted: frozenset[int]) -> dict[int, bytes]:
        """Return what is known of the wanted documents as they are now."""

    def keep_evidence(self, corpus: Corpus, code: str, found: Iterable[tuple[int, bytes]]) -> None:
        """Keep it."""


@dataclass(frozen=True)
class Wanted:
    """Documents of some files that are to be read again."""

    tasks: tuple[tuple[int, Task, Mapping[int, int]], ...]  # task's number, task, document's number by record index
    text_hashes: Mapping[int, int]  # by document number
    rules: tuple[tuple[CorpusRule, frozenset[int]], ...] = ()  # with the numbers of the documents it wants

    def without(self, place: tuple[int, int]) -> Wanted:
        """Leave out a document at which a worker died."""
        tasks = tuple(
            (number, task, {index: n for index, n in numbers.items() if (number, index) != place})
            for number, task, numbers in self.tasks
        )
        return replace(self, tasks=tasks)


def check_corpus(
    rules: Sequence[CorpusRule],
    corpus: Corpus,
    groupings: Mapping[str, Grouping],
    executor: Executor,
    died: Retry[Wanted],
    memory: Memory | None = None,
) -> tuple[list[Diagnostic], list[str]]:
    """Return the findings of the corpus rules, overlaps not yet settled, and what there is to say about the run."""
    stages = [_RuleStage(rule, corpus, groupings[rule.code]) for rule in rules]
    asked = [(stage.rule, frozenset(stage.candidate_numbers())) for stage in stages]
    evidence = {rule.code: Evidence() for rule in rules}
    if memory:
        asked = [(rule, numbers - _recalled(memory, corpus, rule, numbers, evidence)) for rule, numbers in asked]
    for found in executor.map(read_evidence, wanted_again(corpus, asked), died):
        for number, code, array in found:
            evidence[code].add(number, array)
        if memory:
            for code in evidence:
                memory.keep_evidence(corpus, code, ((n, array.tobytes()) for n, of, array in found if of == code))
    notes = []
    clusterings = []
    for stage in stages:
        clustering = stage.clusters(evidence.pop(stage.rule.code))
        clusterings.append(clustering)
        if clustering.uncompared:
            notes.append(
                f"{stage.rule.code}: {clustering.uncompared} documents share a key with more documents than could be "
                "compared with each other; they resemble none of those that they were compared with."
            )
    named = [(stage.rule, frozenset(stage.members(found))) for stage, found in zip(stages, clusterings, strict=True)]
    members = {
        number: member.sharing_text()
        for found in executor.map(read_members, wanted_again(corpus, named), died)
        for number, member in found
    }
    diagnostics = [
        diagnostic
        for stage, found in zip(stages, clusterings, strict=True)
        for diagnostic in stage.report(found, members)
    ]
    return diagnostics, notes


def _recalled(
    memory: Memory, corpus: Corpus, rule: CorpusRule, numbers: frozenset[int], evidence: Mapping[str, Evidence]
) -> frozenset[int]:
    """Add the evidence that an earlier run left; return whose it was."""
    import numpy as np

    known = {n: content for n, content in memory.evidence(corpus, rule.code, numbers).items() if len(content) % 8 == 0}
    for number, content in known.items():
        evidence[rule.code].add(number, np.frombuffer(content, np.uint64))
    return frozenset(known)


class _RuleStage:
    """One rule's way through the stage; its documents are numbered in the order in which its policy keeps them."""

    def __init__(self, rule: CorpusRule, corpus: Corpus, grouping: Grouping) -> None:
        import numpy as np

        self.rule = rule
        self._corpus = corpus
        self._order = corpus.order(rule.keep)
        ranks = np.empty(len(self._order), np.int64)
        ranks[self._order] = np.arange(len(ranks))
        self._candidates = Candidates.of(grouping, rule.star_above, ranks)

    def candidate_numbers(self) -> list[int]:
        """Return the numbers, in the corpus, of the documents that have a candidate."""
        numbers: list[int] = self._order[self._candidates.documents].tolist()
        return numbers

    def clusters(self, evidence: Evidence) -> Clustering:
        """Compare the candidates by their evidence."""
        order = self._order.tolist()

        def compare(left: int, rights: Sequence[int]) -> list[Overlap | None]:
            mine = evidence.get(order[left])
            overlaps: list[Overlap | None] = []
            for first in range(0, len(rights), COMPARED_TOGETHER):
                part = [evidence.get(order[right]) for right in rights[first : first + COMPARED_TOGETHER]]
                overlaps += self.rule.verify(mine, part)
            return overlaps

        return find_clusters(self._candidates, compare)

    def members(self, clustering: Clustering) -> list[int]:
        """Return the numbers, in the corpus, of the documents that the report names."""
        ranks = {cluster.kept for cluster in clustering.clusters}
        for cluster in clustering.clusters:
            for copy in cluster.copies:
                ranks.add(copy.number)
                ranks.update(rank for link in copy.others for rank in (link.left, link.right))
        return [int(self._order[rank]) for rank in ranks]

    def report(self, clustering: Clustering, members: dict[int, Member]) -> Iterator[Diagnostic]:
        """Yield the findings."""
        described = _Ranked(self._order, self._corpus, members)
        for cluster in clustering.clusters:
            yield from self.rule.report(cluster, described)


class _Ranked(dict[int, Member]):
    """Members by their rank; looked up through the order of the rule."""

    def __init__(self, order: Numbers, corpus: Corpus, members: dict[int, Member]) -> None:
        super().__init__()
        self._order = order
        self._corpus = corpus
        self._members = members

    def __missing__(self, rank: int) -> Member:
        number = int(self._order[rank])
        if number not in self._members:  # its file vanished since it was compared: it is still named, without a line
            rows = self._corpus.rows
            path = self._corpus.tasks.names[int(rows.task[number])]
            return Member.of(Document(path, "", rows.key(number)), int(rows.text_hash[number]))
        return self._members[number]


def wanted_again(corpus: Corpus, asked: Sequence[tuple[Any, frozenset[int]]]) -> list[Wanted]:
    """Cut documents that are to be read again into portions of about SHARD code points, in the order of their files."""
    portions: list[list[int]] = []
    size = SHARD
    documents = sorted(frozenset().union(*(numbers for _, numbers in asked)))
    for number, characters in zip(documents, corpus.rows.characters[documents].tolist(), strict=True):
        if size >= SHARD:
            portions.append([])
            size = 0
        portions[-1].append(number)
        size += characters + 1024
    return [_portion(corpus, numbers, asked) for numbers in portions]


def _portion(corpus: Corpus, numbers: list[int], asked: Sequence[tuple[CorpusRule, frozenset[int]]]) -> Wanted:
    held: dict[int, dict[int, int]] = {}
    rows = corpus.rows
    for number, task, record in zip(numbers, rows.task[numbers].tolist(), rows.record[numbers].tolist(), strict=True):
        held.setdefault(task, {})[record] = number
    tasks = tuple((task, corpus.tasks[task], indexes) for task, indexes in sorted(held.items()))
    rules = tuple((rule, wanted.intersection(numbers)) for rule, wanted in asked)
    return Wanted(tasks, dict(zip(numbers, rows.text_hash[numbers].tolist(), strict=True)), rules)


def read_again(wanted: Wanted, at: At) -> Iterator[tuple[int, Document]]:
    """Yield the wanted documents with their numbers."""
    for number, task, numbers in wanted.tasks:

        def is_wanted(index: int, number: int = number, numbers: Mapping[int, int] = numbers) -> bool:
            if index in numbers:
                at(number, index)
            return index in numbers

        for item in read(task.file, is_wanted):
            # What can no longer be read was said when it was read first, or vanished since: it has no evidence.
            if isinstance(item, Document) and item.key.index in numbers:
                yield numbers[item.key.index], item


def read_evidence(wanted: Wanted, at: At) -> list[tuple[int, str, Hashes]]:
    """Return the evidence of documents for each rule, by document number and code."""
    found: list[tuple[int, str, Hashes]] = []
    batch: list[tuple[int, Document]] = []
    size = 0
    for number, document in read_again(wanted, at):
        batch.append((number, document))
        size += len(document.text)
        if size > BATCH:
            found += _evidence(wanted, batch)
            batch, size = [], 0
    return [*found, *_evidence(wanted, batch)]


def _evidence(wanted: Wanted, documents: Sequence[tuple[int, Document]]) -> Iterator[tuple[int, str, Hashes]]:
    for rule, numbers in wanted.rules:
        asked = [(number, document) for number, document in documents if number in numbers]
        arrays = rule.evidence(Batch([document for _, document in asked]))
        for (number, _), array in zip(asked, arrays, strict=True):
            yield number, rule.code, array


def read_members(wanted: Wanted, at: At) -> list[tuple[int, Member]]:
    """Return what the report says about documents, by document number."""
    return [(number, Member.of(document, wanted.text_hashes[number])) for number, document in read_again(wanted, at)]
