"""The corpus stage: from the keys of all documents to findings about several of them.

For each corpus rule: records are grouped by key into candidates; candidates are read again for their evidence and
their first lines; what is verified becomes clusters, and those are reported. Texts are never held: in memory are a
row a document, keys, evidence (in a file where it is large), links. How documents are compared is for the rules to
say, how they are read again for `rereading`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from corpuslint.clusters import Clustering, find_clusters
from corpuslint.comparing.candidates import Candidates
from corpuslint.comparing.evidence import Evidence
from corpuslint.comparing.grouping import Grouping
from corpuslint.comparing.overlap import Overlaps, Sets
from corpuslint.corpus_rule import NAME_END, CorpusRule, Member, document_name
from corpuslint.diagnostic import Diagnostic
from corpuslint.document import Document
from corpuslint.executors import Executor, Retry
from corpuslint.memory import Budget
from corpuslint.scan.compiled import loaded
from corpuslint.scan.distinct import distinct
from corpuslint.sources.starts import KnownStarts
from corpuslint.stages.heads import Heads
from corpuslint.stages.rereading import Again, Wanted, read_descriptions, read_heads
from corpuslint.stages.rows import Rows
from corpuslint.stages.work import Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Corpus:
    """All documents of a run as rows, and the tasks that say where to read them again."""

    tasks: Work
    rows: Rows
    # Ranks of documents that a baseline knows, by name: the lower is kept before the higher, those without come last.
    preferred: Mapping[str, int] = field(default_factory=dict)
    starts: KnownStarts = field(default_factory=KnownStarts)  # where records begin, as far as it was looked for

    @cached_property
    def again(self) -> Again:
        """Reads documents again."""
        return Again(self.tasks, self.rows, self.starts)

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


def check_corpus(
    rules: Sequence[CorpusRule],
    corpus: Corpus,
    groupings: Mapping[str, Grouping],
    executor: Executor,
    died: Retry[Wanted],
    memory: Memory | None = None,
    budget: Budget | None = None,
) -> tuple[Iterator[Diagnostic], list[str]]:
    """Return the findings of the corpus rules, overlaps not yet settled, and what there is to say about the run.

    All is read by then; findings are made one after another.
    """
    budget = budget or Budget.of()
    stages = [_RuleStage(rule, corpus, groupings[rule.code], budget) for rule in rules]
    heads = Heads(len(corpus.rows), budget.heads)
    _gather_evidence(stages, corpus, executor, died, memory, heads)
    clusterings = [stage.clusters() for stage in stages]
    notes = [
        f"{stage.rule.code}: {found.uncompared} documents share a key with more documents than could be "
        "compared with each other; they resemble none of those that they were compared with."
        for stage, found in zip(stages, clusterings, strict=True)
        if found.uncompared
    ]
    named = _union([stage.members(found) for stage, found in zip(stages, clusterings, strict=True)])
    for found in executor.map(read_heads, corpus.again.portions(_without(named, heads.known)), died):
        heads.add(found)
    return _reported(stages, clusterings, _Members(corpus, heads, budget.members)), notes


def _reported(
    stages: Sequence[_RuleStage], clusterings: Sequence[Clustering], members: _Members
) -> Iterator[Diagnostic]:
    """Yield the findings, without those that yield to one of an earlier rule about the same two documents.

    A hundred thousand equal documents are near-duplicates as well, and two findings for each would be held until
    overlaps are settled. Findings about a document as a whole stand on its first line, so that they overlap. Those that
    name another kept document stay: whether the earlier finding is still there may not depend on what they depend on.
    """
    import numpy as np

    kept_of: dict[str, Numbers] = {}  # by code: the kept document of each one that has a finding, (documents,)
    winning = frozenset(code for stage in stages for code in stage.rule.yields_to)
    for stage, clustering in zip(stages, clusterings, strict=True):
        before = [kept_of[code] for code in stage.rule.yields_to if code in kept_of]
        own = (
            kept_of.setdefault(stage.rule.code, np.full(members.documents, -1)) if stage.rule.code in winning else None
        )
        for this, kept, diagnostic in stage.report(clustering, members):
            if any(of[this] == kept for of in before) and diagnostic.place.span.start < diagnostic.place.span.end:
                continue
            if own is not None:
                own[this] = kept
            yield diagnostic


def _gather_evidence(
    stages: Sequence[_RuleStage],
    corpus: Corpus,
    executor: Executor,
    died: Retry[Wanted],
    memory: Memory | None,
    heads: Heads,
) -> None:
    """Give each stage the evidence of its candidates, and take what was read for the report on the way."""
    asked = [(stage.rule, stage.candidate_numbers()) for stage in stages]
    evidence = {stage.rule.code: stage.evidence for stage in stages}
    if memory:
        asked = [
            (rule, _without(numbers, _recalled(memory, corpus, rule, numbers, evidence))) for rule, numbers in asked
        ]
    portions = corpus.again.portions(_union([numbers for _, numbers in asked]), asked)
    for found in executor.map(read_descriptions, portions, died):
        for of_rule in found.evidence:
            evidence[of_rule.code].add(of_rule.documents, of_rule.sets)
            if memory:
                written = (hashes.tobytes() for hashes in of_rule.sets.each())
                memory.keep_evidence(corpus, of_rule.code, zip(of_rule.documents.tolist(), written, strict=True))
        heads.add(found.heads)


def _union(arrays: Sequence[Numbers]) -> Numbers:
    import numpy as np

    return distinct(np.concatenate([np.zeros(0, np.int64), *arrays]))


def _without(numbers: Numbers, known: Numbers) -> Numbers:
    """Return the numbers that are not known."""
    import numpy as np

    return numbers[~np.isin(numbers, known)] if len(known) else numbers


def _recalled(
    memory: Memory, corpus: Corpus, rule: CorpusRule, numbers: Numbers, evidence: Mapping[str, Evidence]
) -> Numbers:
    """Add the evidence that an earlier run left; return whose it was."""
    import numpy as np

    known = memory.evidence(corpus, rule.code, frozenset(numbers.tolist()))
    whole = {number: content for number, content in known.items() if len(content) % 8 == 0}
    numbers = np.fromiter(whole, np.int64, len(whole))
    evidence[rule.code].add(numbers, Sets.of([np.frombuffer(content, np.uint64) for content in whole.values()]))
    return numbers


class _RuleStage:
    """One rule's way through the stage; its documents are numbered in the order in which its policy keeps them."""

    def __init__(self, rule: CorpusRule, corpus: Corpus, grouping: Grouping, budget: Budget) -> None:
        import numpy as np

        self.rule = rule
        self.evidence = Evidence(budget.evidence)
        self._compared_together = budget.compared
        self._corpus = corpus
        self._order = corpus.order(rule.keep)
        ranks = np.empty(len(self._order), np.int64)
        ranks[self._order] = np.arange(len(ranks))
        self._candidates = Candidates.of(grouping, rule.star_above, ranks)

    def candidate_numbers(self) -> Numbers:
        """Return the numbers, in the corpus, of the documents that have a candidate, sorted."""
        import numpy as np

        return np.sort(self._order[self._candidates.documents])

    def clusters(self) -> Clustering:
        """Compare the candidates by their evidence, which is gone then."""
        clustering = find_clusters(self._candidates, self._compare)
        self.evidence = Evidence()
        return clustering

    def _compare(self, lefts: Numbers, rights: Numbers) -> Overlaps:
        """Compare pairs of documents, so many together that their evidence fits into memory."""
        import numpy as np

        left, right = self._order[lefts], self._order[rights]
        pairs = self.evidence.pairs(left, right, self._compared_together, loaded())
        parts = [self.rule.verify(*some) for some in pairs]
        return Overlaps(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def members(self, clustering: Clustering) -> Numbers:
        """Return the numbers, in the corpus, of the documents that the report names."""
        return self._order[clustering.clusters.documents]

    def report(self, clustering: Clustering, members: _Members) -> Iterator[tuple[int, int, Diagnostic]]:
        """Yield the findings, with the numbers, in the corpus, of the document and of the kept one."""
        described = _Ranked(self._order, members)
        for cluster in clustering.clusters:
            kept = int(self._order[cluster.kept])
            for copy, diagnostic in zip(cluster.copies, self.rule.report(cluster, described), strict=True):
                yield int(self._order[copy.number]), kept, diagnostic


class _Members(dict[int, Member]):
    """What reports say about documents, by number, made when it is asked for; the last ones are held."""

    def __init__(self, corpus: Corpus, heads: Heads, held: int) -> None:
        super().__init__()
        self.documents = len(corpus.rows)
        self._corpus = corpus
        self._heads = heads
        self._held = held
        self._last: OrderedDict[int, Member] = OrderedDict()

    def __missing__(self, number: int) -> Member:
        member = self._last.get(number)
        if member is None:
            member = self._last[number] = self._made(number)
            if len(self._last) > self._held:
                self._last.popitem(last=False)
        return member

    def _made(self, number: int) -> Member:
        rows = self._corpus.rows
        path = self._corpus.tasks.names[int(rows.task[number])]
        head = self._heads.get(number)
        # A file may have vanished since it was compared: its documents are still named, without a line.
        document = head.document(path) if head else Document(path, "", rows.key(number))
        return Member.of(document, int(rows.text_hash[number]))


class _Ranked(dict[int, Member]):
    """The same members by their rank in the order of a rule; none is held here."""

    def __init__(self, order: Numbers, members: _Members) -> None:
        super().__init__()
        self._order = order
        self._members = members

    def __missing__(self, rank: int) -> Member:
        return self._members[int(self._order[rank])]
