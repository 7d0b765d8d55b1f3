"""The document stage: what one worker does with a shard of the corpus.

It reads the shard's documents, runs the document rules on each, and takes the keys that corpus rules want. What
goes back is findings, counts and columns of numbers; texts stay here. What becomes of the keys is the corpus
stage's business.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from corpuslint.cache import content_hash
from corpuslint.corpus_rule import Batch, KeyedRule, Records
from corpuslint.diagnostic import Diagnostic
from corpuslint.document import Document
from corpuslint.document_check import RuleCrash, check_document
from corpuslint.executors import At
from corpuslint.rows import Rows
from corpuslint.rule import DocumentRule, Rule
from corpuslint.scan.compiled import compiled, uninterrupted
from corpuslint.shards import Shard, Task
from corpuslint.sources import Skip, SourceFile, is_text, read, read_text, unreadable
from corpuslint.spent import Spent

if TYPE_CHECKING:
    from corpuslint.facts import Facts
    from corpuslint.scan.compiled import Loops

BATCH = 1 << 20  # code points whose keys are computed together
A_DOCUMENT = 256  # code points that a document counts as besides its own: a million empty ones are no batch
FEW, SHORT = 16, 100_000  # documents and code points of a corpus that is first looked at without arrays

READ, LOAD, SCAN = "reading", "loading compiled loops", "scanning"  # stages, beside the rules


Item = tuple[int, Task, Document]  # with the task's number in the run


@dataclass
class Reading:
    """What was read of a file, or of one part of it."""

    name: str
    part: int
    parts: int
    digest: bytes = b""  # of the whole content, where the file was read whole
    documents: int = 0
    characters: int = 0


@dataclass
class ShardResult:
    """What came out of a shard."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    skips: list[tuple[int, Skip]] = field(default_factory=list)
    crashes: list[RuleCrash] = field(default_factory=list)
    documents: int = 0
    characters: int = 0
    rows: Rows = field(default_factory=Rows)  # only where a corpus rule runs
    records: dict[str, list[Records]] = field(default_factory=dict)  # by code; `document` is the row's number
    readings: dict[int, Reading] = field(default_factory=dict)  # by task; without files at which a worker died
    spent: Spent = field(default_factory=Spent)


def make_ready(shards: Sequence[Shard]) -> None:
    """Load what the scan needs, before workers are forked, so that each finds it there."""
    if not shards or not shards[0].compiled:
        return
    with uninterrupted():
        loops = compiled()
        if loops is None:
            return
        item = (0, replace(shards[0].tasks[0][1], file=SourceFile(Path(), "")), Document("", "a b c d e f"))
        with suppress(Exception):  # what fails here fails again where it is said
            batch = Batch([item[2]], _scan([item], loops), loops)
            for rule in shards[0].corpus_rules:
                rule.keys(batch)


def check_shard(shard: Shard, at: At) -> ShardResult:
    """Run the document stage on a shard."""
    result = ShardResult()
    with result.spent.on(LOAD):
        loops = compiled() if shard.compiled else None
    for batch, is_last in _batches(shard, at, result):
        facts = _facts(batch, loops, result) if loops else None
        _check_documents(batch, facts, result, at)
        documents = [document for _, _, document in batch]
        if shard.corpus_rules and not (is_last and shard.alone and _is_quiet(shard.corpus_rules, documents, result)):
            _take_keys(shard.corpus_rules, batch, Batch(documents, facts, loops), result, at)
    return result


def _batches(shard: Shard, at: At, result: ShardResult) -> Iterator[tuple[list[Item], bool]]:
    """Yield the shard's documents in batches of about BATCH code points, and whether a batch is the last one."""
    batch: list[Item] = []
    size = 0
    begin = time.perf_counter()
    for item in _documents(shard, at, result):
        if size > BATCH:
            result.spent.add(READ, time.perf_counter() - begin, len(batch))
            yield batch, False
            batch, size = [], 0
            begin = time.perf_counter()
        batch.append(item)
        size += len(item[2].text) + A_DOCUMENT
    result.spent.add(READ, time.perf_counter() - begin, len(batch))
    if batch:
        yield batch, True


def _facts(items: Sequence[Item], loops: Loops, result: ShardResult) -> Facts | None:
    """Scan a batch; where the scan fails, that is said as a bug, and every rule sees every document."""
    try:
        with result.spent.on(SCAN):
            return _scan(items, loops)
    except Exception as error:  # whatever a compiler or a text nobody thought of may bring
        document = items[0][2]
        result.crashes.append(
            RuleCrash("the scan", document.path, document.key.index, f"{type(error).__name__}: {error}")
        )
        return None


def _scan(items: Sequence[Item], loops: Loops) -> Facts:
    """Return the facts about a batch that the triggers of its rules ask for."""
    from corpuslint.facts import Asked, scanner

    rules = {id(task.rules): task.rules for _, task, _ in items}
    triggers = [trigger for of_a_file in rules.values() for rule in of_a_file for trigger in rule.triggers()]
    catalogs = sorted({catalog for _, task, _ in items for catalog in task.file.options.catalogs})
    return scanner(loops, Asked.by(triggers), tuple(catalogs)).scan([document.text for _, _, document in items])


def _check_documents(items: Sequence[Item], facts: Facts | None, result: ShardResult, at: At) -> None:
    """Run the document rules on the documents of a batch, or only those that the facts about them call for."""
    result.documents += len(items)
    for number, of_a_file in groupby(items, key=itemgetter(0)):
        sizes = [len(document.text) for _, _, document in of_a_file]
        result.characters += sum(sizes)
        if reading := result.readings.get(number):
            reading.documents += len(sizes)
            reading.characters += sum(sizes)
    for place, rules in _to_check(items, facts):
        number, task, document = items[place]
        at(number, document.key.index)
        # What a document finds out about itself for its rules goes with this copy.
        known = {} if facts is None else facts.known(place)
        for found in check_document(replace(document, _facts=known), rules, task.policy, result.spent):
            (result.diagnostics if isinstance(found, Diagnostic) else result.crashes).append(found)  # type: ignore[arg-type]


def _to_check(items: Sequence[Item], facts: Facts | None) -> Iterator[tuple[int, Sequence[Rule]]]:
    """Yield the places of the documents that rules have to see, with these rules."""
    if facts is None:
        for place, (_, task, _) in enumerate(items):
            yield place, task.rules
        return
    # Rules by document; those of one file's configuration see no other file.
    wanted: dict[int, list[Rule]] = {}
    for rules in {id(task.rules): task.rules for _, task, _ in items}.values():
        for rule in rules:
            if isinstance(rule, DocumentRule):
                for place in facts.holding(rule.triggers()):
                    if items[place][1].rules is rules:
                        wanted.setdefault(place, []).append(rule)
    yield from sorted(wanted.items(), key=itemgetter(0))


def _is_quiet(rules: Sequence[KeyedRule], documents: Sequence[Document], result: ShardResult) -> bool:
    """Say whether the documents are the whole corpus, and so few that what their rules could find is soon ruled out."""
    if result.documents != len(documents) or len(documents) > FEW or result.characters > SHORT:
        return False
    return len(documents) == 1 or not any(rule.could_fire(documents) for rule in rules)


def _documents(shard: Shard, at: At, result: ShardResult) -> Iterator[Item]:
    for number, task in shard.tasks:
        if shard.parts == 1 and is_text(task.file.name):
            if shard.holds(number, 0):
                at(number, 0)
                item = _text(shard, number, task.file, result)
                if isinstance(item, Document):
                    yield number, task, item
                else:
                    result.skips.append((number, item))
            continue
        for item in read(_opened(shard, number, task.file, result), shard.wanted(number, at), shard.stretch):
            if isinstance(item, Document):
                yield number, task, item
            # What concerns the file as a whole is said once, by its first part.
            elif item.line is not None or shard.part == 0:
                result.skips.append((number, item))


def _text(shard: Shard, number: int, file: SourceFile, result: ShardResult) -> Document | Skip:
    """Read a file that is one document: a large corpus has many of them, and each is short."""
    reading = result.readings[number] = Reading(file.name, 0, 1)
    try:
        content = file.read()
    except OSError as error:
        return Skip(file.name, unreadable(error))
    if shard.whole and file.content is None:
        reading.digest = content_hash(content)
    return read_text(file, content)


def _opened(shard: Shard, number: int, file: SourceFile, result: ShardResult) -> SourceFile:
    """Return what is to be read of a file, and begin the note of its reading."""
    if any(number == left_out for left_out, _ in shard.left_out):
        return file
    reading = result.readings[number] = Reading(file.name, shard.part, shard.parts)
    if not shard.whole or file.content is not None:
        return file
    try:
        with file.open() as stream:
            content = stream.read()
    except OSError:
        return file  # reading it says what is wrong
    reading.digest = content_hash(content)
    return replace(file, content=content)


def _take_keys(rules: Sequence[KeyedRule], items: Sequence[Item], batch: Batch, result: ShardResult, at: At) -> None:
    """Add the rows and records of a batch; where a rule raises, its documents are taken one by one to name the one."""
    import numpy as np

    of_files = {id(task.rules): task.rules for _, task, _ in items}
    found: list[tuple[str, Records]] = []
    for rule in rules:
        selected = {number for number, own in of_files.items() if any(rule.code == other.code for other in own)}
        if not selected:
            continue
        try:
            with result.spent.on(f"{rule.code} keys"):
                records = rule.keys(batch)
        except Exception as error:
            if len(items) > 1:
                for item in items:
                    at(item[0], item[2].key.index)
                    _take_keys(rules, [item], Batch([item[2]]), result, at)
                return
            document = items[0][2]
            what = f"{type(error).__name__}: {error}"
            result.crashes.append(RuleCrash(rule.code, document.path, document.key.index, what))
            continue
        if len(selected) < len(of_files):
            looked_at = np.array([id(task.rules) in selected for _, task, _ in items])[records.document]
            records = Records(records.document[looked_at], records.key[looked_at])
        found.append((rule.code, records._replace(document=records.document + len(result.rows))))
    for code, records in found:
        result.records.setdefault(code, []).append(records)
    documents = batch.documents
    tasks, keys = [number for number, _, _ in items], [document.key for document in documents]
    text_hashes = batch.text_hashes(batch.words)
    result.rows.extend(Rows.of(tasks, keys, [len(document.text) for document in documents], text_hashes))
