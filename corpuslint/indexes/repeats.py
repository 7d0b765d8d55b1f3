"""Holds new documents against an old corpus: what repeats it becomes findings that name the old document.

The index names candidates; both texts are read again and compared exactly, by the same rules as inside one corpus.
The old corpus itself is not checked. How candidates are found is for the index to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.comparing.overlap import Overlap, Sets
from corpuslint.corpus_rule import MOST_RELATED, Cluster, Copy, CorpusRule, Link, Member
from corpuslint.diagnostic import Diagnostic
from corpuslint.executors import Executor, Place
from corpuslint.indexes.index import MOST_COMPARED, Old, OldCorpus, Rules, Signed
from corpuslint.sources import SourceFile
from corpuslint.stages.rereading import FromFile, Wanted, read_descriptions
from corpuslint.stages.shards import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

FILES_TOGETHER = 64  # files that a worker reads again at a time


class Described(NamedTuple):
    """What comparing and reporting a document take: its first line, and its evidence by the code of the rule."""

    member: Member
    evidence: Mapping[str, Hashes]


# Describes documents: which, and the rules that ask. What can no longer be read is left out.
Describe = Callable[[Sequence[Old], Sequence[CorpusRule]], dict[Old, Described]]


@dataclass(frozen=True)
class Repeats:
    """The findings, and what there is to say about the comparison."""

    diagnostics: list[Diagnostic]
    notes: list[str]


def find_repeats(new: Signed, old: OldCorpus, rules: Rules, selected: Sequence[str], describe: Describe) -> Repeats:
    """Compare new documents with an old corpus; `selected` are the codes of the rules that report."""
    ours = {(document.path, document.record) for document in new.documents}
    candidates: dict[str, dict[int, list[Old]]] = {}
    left_out = 0
    if rules.equal.code in selected:
        candidates[rules.equal.code] = _sorted_out(old.equal(new.texts), ours)
    if rules.near.code in selected:
        alike, left_out = old.alike(new, rules.near)
        candidates[rules.near.code] = _sorted_out(alike, ours)
    wanted = {document for of in candidates.values() for group in of.values() for document in group}
    wanted |= {new.documents[number] for of in candidates.values() for number in of}
    asked = [rule for rule in (rules.equal, rules.near) if rule.code in candidates]
    described = describe(sorted(wanted, key=lambda document: (document.path, document.record)), asked)
    diagnostics: list[Diagnostic] = []
    done: set[int] = set()
    for rule in asked:  # an equal document is not reported as a similar one as well
        for number, olds in sorted(candidates[rule.code].items()):
            if number not in done and (found := _compared(rule, new.documents[number], olds, described)):
                diagnostics += found
                done.add(number)
    missing = sum((document.path, document.record) not in ours and document not in described for document in wanted)
    return Repeats(diagnostics, list(_notes(left_out, missing)))


def _sorted_out(
    pairs: Iterator[tuple[int, Old]] | Sequence[tuple[int, Old]], ours: set[tuple[str, int]]
) -> dict[int, list[Old]]:
    """Group old documents by new ones; a document that is checked now is no old one."""
    found: dict[int, list[Old]] = {}
    for number, document in pairs:
        if (document.path, document.record) not in ours:
            found.setdefault(number, []).append(document)
    return found


def _notes(left_out: int, missing: int) -> Iterator[str]:
    if left_out:
        yield (
            f"{left_out} documents share a band with more than {MOST_COMPARED} old ones and were compared with those "
            "that share most."
        )
    if missing:
        yield f"{missing} old documents that may be repeated could not be read again; build the index anew."


def _compared(
    rule: CorpusRule, document: Old, olds: Sequence[Old], described: Mapping[Old, Described]
) -> list[Diagnostic]:
    """Return the finding of a new document: the most similar old one, and further ones that are similar enough."""
    import numpy as np

    mine = described.get(document)
    there = [old for old in olds if old in described]
    if mine is None or not there:
        return []
    sets = Sets.of([mine.evidence[rule.code], *(described[old].evidence[rule.code] for old in there)])
    rights = np.arange(1, len(there) + 1)
    overlaps = rule.verify(sets, np.zeros_like(rights), rights)
    found = [
        (Overlap(shared, union), old)
        for alike, shared, union, old in zip(*(column.tolist() for column in overlaps), there, strict=True)
        if alike
    ]
    if not found:
        return []
    found.sort(key=lambda pair: (-pair[0].similarity, pair[1].path, pair[1].record))
    members = {0: mine.member} | {number: described[old].member for number, (_, old) in enumerate(found, 1)}
    links = [Link(number, 0, overlap) for number, (overlap, _) in enumerate(found, 1)]
    copy = Copy(0, links[0], tuple(links[1 : 1 + MOST_RELATED]))
    return list(rule.report(Cluster(1, (copy,)), members))


def reading_again(executor: Executor, file_of: Callable[[Old], SourceFile]) -> Describe:
    """Return what describes documents by reading their files; `file_of` says which, with its name in reports."""

    def describe(documents: Sequence[Old], rules: Sequence[CorpusRule]) -> dict[Old, Described]:
        portions = _portions(documents, rules, file_of)
        evidence: dict[int, dict[str, Hashes]] = {}
        members: dict[int, Member] = {}
        for found in executor.map(read_descriptions, portions, _give_up):
            for code, numbers, sets in found.evidence:
                for number, hashes in zip(numbers.tolist(), sets.each(), strict=True):
                    evidence.setdefault(number, {})[code] = hashes
            for number, head in found.heads.items():
                old = documents[number]
                members[number] = Member.of(head.document(file_of(old).name), old.name_hash)
        both = evidence.keys() & members.keys()
        return {documents[number]: Described(members[number], evidence[number]) for number in both}

    return describe


def _give_up(_item: Wanted, _place: Place | None) -> None:
    return None


def _portions(
    documents: Sequence[Old], rules: Sequence[CorpusRule], file_of: Callable[[Old], SourceFile]
) -> list[Wanted]:
    files: dict[object, tuple[Task, dict[int, int]]] = {}
    for number, document in enumerate(documents):
        file = file_of(document)
        task = files.setdefault((file.path, file.options), (Task(file, tuple(rules)), {}))
        task[1][document.record] = number
    tasks = [FromFile(number, task, indexes) for number, (task, indexes) in enumerate(files.values())]
    hashes = {number: document.name_hash for number, document in enumerate(documents)}
    portions = []
    for first in range(0, len(tasks), FILES_TOGETHER):
        part = tuple(tasks[first : first + FILES_TOGETHER])
        numbers = frozenset(number for file in part for number in file.documents.values())
        portions.append(Wanted(part, {n: hashes[n] for n in numbers}, tuple((rule, numbers) for rule in rules)))
    return portions
