"""Plans the fixes of a run: every document to its fixed point, told as patches of the files' bytes, in one pass.

Nothing is changed here. A file is read once, as a stream, and hashed on the way: the plan holds for that content only.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from typing import BinaryIO, NamedTuple

from corpuslint.changing.journal import StageWriter
from corpuslint.changing.patch import CHUNK, Patch, Witness
from corpuslint.document import Document
from corpuslint.fixer import AppliedFix
from corpuslint.fixes.shrink import LEAST_DOCUMENTS, MAX_CORPUS_SHARE, Guarded
from corpuslint.sources import Skip, SourceFile, Unwritable, container_for
from corpuslint.stages.shards import Task

Decide = Callable[[Task, Document], Guarded]
Spared = frozenset[tuple[str, str, str | None, str]]  # Diagnostic.sameness of findings that no fix may touch


class RuleTally(NamedTuple):
    """What the fixes of one rule did: how many, how many code points less, in how many documents."""

    fixes: int = 0
    characters: int = 0
    documents: int = 0

    def plus(self, other: RuleTally) -> RuleTally:
        """Add up."""
        return RuleTally(*(a + b for a, b in zip(self, other, strict=True)))


class FixName(NamedTuple):
    """A kind of fix: the rule's code and name, and what the fix does."""

    code: str
    name: str
    title: str


Tally = dict[FixName, RuleTally]


@dataclass
class FixPlan:
    """What a planning pass gathers: what would be done file by file, what is held back, and how much goes."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    documents: int = 0
    changed_documents: dict[str, int] = field(default_factory=dict)
    characters: int = 0  # code points of all documents
    taken: float = 0.0  # of these, what goes for good

    @property
    def shrinks_too_much(self) -> bool:
        """Say whether the run would take so much of the corpus that a person must say yes to it."""
        return self.documents >= LEAST_DOCUMENTS and self.taken > MAX_CORPUS_SHARE * self.characters


def plan_fixes(tasks: Iterable[Task], decide: Decide, stage: StageWriter) -> FixPlan:
    """Write the patches of all files to a stage and return what they amount to."""
    plan = FixPlan()
    seen: set[tuple[int, int]] = set()
    for task in tasks:
        try:
            with task.file.open() as stream:
                status = os.fstat(stream.fileno())
                # One file under two names is changed once.
                if (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    _plan_file(task, stream, decide, stage, plan)
        except OSError:
            continue  # the check that follows says which files cannot be read
    return plan


def _plan_file(task: Task, stream: BinaryIO, decide: Decide, stage: StageWriter, plan: FixPlan) -> None:
    witness = Witness(stream)
    begun = False
    try:
        for patch in file_patches(task, BufferedReader(witness, CHUNK), decide, plan):
            if not begun:
                stage.begin(task.file.name)
                begun = True
            stage.patch(patch)
    except OSError:
        plan.tallies.pop(task.file.name, None)
        if begun:
            stage.drop()
        raise
    if begun:
        stage.end(witness.digest())


def file_patches(task: Task, stream: BinaryIO, decide: Decide, plan: FixPlan) -> Iterator[Patch]:
    """Yield the patches of an open file, reading it to its end; raises OSError."""
    container = container_for(task.file.path)
    for record in container.records(task.file, stream):
        if isinstance(record, Skip):
            continue
        guarded = decide(task, record.document)
        plan.documents += 1
        plan.characters += len(record.document.text)
        plan.notes += _notes(task.file, record.document, guarded)
        edits = guarded.fixed.edited.edits
        if not edits:
            continue
        try:
            patches = container.patches(task.file, record, edits)
        except Unwritable as error:
            plan.notes.append(f"{_where(record.document)}: not fixed: {error}")
            continue
        plan.taken += guarded.share * len(record.document.text)
        plan.changed_documents[task.file.name] = plan.changed_documents.get(task.file.name, 0) + 1
        add_up(plan.tallies.setdefault(task.file.name, {}), tally_of(guarded.fixed.applied))
        yield from patches


def tally_of(applied: Iterable[AppliedFix]) -> Tally:
    """Count the fixes of one document by rule and title."""
    fixes: Counter[FixName] = Counter()
    characters: Counter[FixName] = Counter()
    for fix in applied:
        diagnostic = fix.diagnostic
        name = FixName(diagnostic.code, diagnostic.name, diagnostic.fix.title if diagnostic.fix else "")
        fixes[name] += 1
        characters[name] += fix.characters
    return {name: RuleTally(count, characters[name], 1) for name, count in fixes.items()}


def add_up(total: Tally, more: Mapping[FixName, RuleTally]) -> None:
    """Add a tally to another one."""
    for name, count in more.items():
        total[name] = total.get(name, RuleTally()).plus(count)


def _notes(file: SourceFile, document: Document, guarded: Guarded) -> Iterator[str]:
    if guarded.fixed.fighting:
        names = " and ".join(guarded.fixed.fighting)
        verb = "undo each other" if len(guarded.fixed.fighting) > 1 else "never come to rest"
        yield (
            f"{_where(document)}: the fixes of {names} {verb}; the document was left as it is. "
            f'To end it: [per-file-ignores] "{file.name}" = ["{guarded.fixed.fighting[-1]}"]'
        )
    if guarded.held:
        codes = " and ".join(guarded.held)
        share = min(1.0, math.ceil(100 * guarded.held_share) / 100)
        yield (
            f"{_where(document)}: the fixes of {codes} were held back: they would take {guarded.held_share:.0%} of the "
            f"document. To allow it: [fix] max-shrink-by-rule = {{ {guarded.held[0]} = {share:.2f} }}"
        )


def _where(document: Document) -> str:
    if document.key.field is None:
        return document.path
    return f"{document.path}[{document.key.id or document.key.index}]"
