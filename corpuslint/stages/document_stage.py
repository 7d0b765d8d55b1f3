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
from io import BytesIO
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, cast

from corpuslint.batch import Batch, Records
from corpuslint.comparing.grouping import Grouping
from corpuslint.corpus_rule import LETTER_VARIANTS, KeyedRule
from corpuslint.diagnostic import Diagnostic
from corpuslint.executors import At, nowhere
from corpuslint.rule import DocumentRule, Rule
from corpuslint.scan.compiled import compiled, uninterrupted
from corpuslint.sources import ReadOptions, Skip, SourceFile
from corpuslint.spent import Spent
from corpuslint.stages.document_check import RuleCrash, check_document, check_large
from corpuslint.stages.documents import Documents
from corpuslint.stages.findings import BY_PLACE, Filed, emptied, weight
from corpuslint.stages.reading import Notes, Reading, read_one_by_one, taken
from corpuslint.stages.rows import Rows
from corpuslint.stages.shards import Shard

if TYPE_CHECKING:
    from corpuslint.facts import Facts
    from corpuslint.scan.compiled import Loops
    from corpuslint.stages.large_text import LargeFacts

FEW, SHORT = 16, 100_000  # documents and code points of a corpus that is first looked at without arrays

FINDINGS = 16 << 20  # bytes of findings of a shard that are held

READ, LOAD, SCAN = "reading", "loading compiled loops", "scanning"  # stages, beside the rules


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
    filed: list[Filed] = field(default_factory=list)  # findings that were too many to be held, in sorted runs
    _bytes: int = 0  # of those that are held

    def add(self, diagnostic: Diagnostic) -> None:
        """Add a finding; raises SpillTrouble."""
        self.diagnostics.append(diagnostic)
        self._bytes += weight(diagnostic)
        if self._bytes > FINDINGS:
            self.filed.append(Filed(emptied(sorted(self.diagnostics, key=BY_PLACE))))
            self.diagnostics, self._bytes = [], 0

    def found(self) -> Iterator[Diagnostic]:
        """Yield all findings."""
        yield from chain(*self.filed, self.diagnostics)


def make_ready(shards: Sequence[Shard]) -> None:
    """Load what the scan needs and comparing after it, before workers are forked, so that each finds it there."""
    if not shards or not shards[0].compiled:
        return
    with uninterrupted():
        loops = compiled()
        if loops is None:
            return
        from corpuslint.stages.intake import Intake, field_names

        task = replace(shards[0].tasks[0][1], file=SourceFile(Path(), ""))
        with suppress(Exception):  # what fails here fails again where it is said
            intake = Intake(loops, [], nowhere)
            found = list(intake.text(0, task, b"a b c d e f"))
            if names := field_names(ReadOptions()):
                found += intake.records(0, task, BytesIO(b'{"text": "a b c d e f"}'), None, names)
            for documents in (*found, *intake.rest()):
                batch = _batch(documents, _scan(documents, loops), loops)
                for rule in shards[0].corpus_rules:
                    rule.keys(batch)
                if shards[0].corpus_rules:
                    _rehearse_comparing(batch, loops)


def _rehearse_comparing(batch: Batch, loops: Loops) -> None:
    """Call the loops that documents are compared by."""
    import numpy as np

    grouping, first = Grouping(), np.zeros(1, np.int64)
    sets = batch.shingles(LETTER_VARIANTS[0], 1).sets._replace(loops=loops)
    sets.shared(first, first)
    grouping.add(first, sets.hashes[:1])
    for _ in grouping.repeated():
        pass


def check_shard(shard: Shard, at: At) -> ShardResult:
    """Run the document stage on a shard."""
    result = ShardResult()
    with result.spent.on(LOAD):
        loops = compiled() if shard.compiled else None
    for documents, is_last in _batches(shard, loops, at, result):
        facts = _facts(documents, loops, result) if loops else None
        _check_documents(documents, facts, result, at)
        if shard.corpus_rules and not (is_last and shard.alone and _is_quiet(shard.corpus_rules, documents, result)):
            _take_keys(shard.corpus_rules, documents, _batch(documents, facts, loops), result, at)
    return result


def _batches(shard: Shard, loops: Loops | None, at: At, result: ShardResult) -> Iterator[tuple[Documents, bool]]:
    """Yield the shard's documents, and whether a batch is known to be the last one; note how long reading takes."""
    notes = Notes(result.skips, result.readings)
    batches = taken(shard, loops, at, notes) if loops else read_one_by_one(shard, at, notes)
    begin = time.perf_counter()
    for documents, is_last in batches:
        result.spent.add(READ, time.perf_counter() - begin, len(documents))
        yield documents, is_last
        begin = time.perf_counter()
    result.spent.add(READ, time.perf_counter() - begin, 0)


def _batch(documents: Documents, facts: Facts | LargeFacts | None, loops: Loops | None) -> Batch:
    if facts is None or documents.texts is not None:
        return Batch(documents, cast("Facts | None", facts), loops)
    from corpuslint.stages.large_text import LargeBatch

    return LargeBatch(documents, None, loops, large=cast("LargeFacts", facts))


def _facts(documents: Documents, loops: Loops, result: ShardResult) -> Facts | LargeFacts | None:
    """Scan a batch; where the scan fails, that is said as a bug, and every rule sees every document."""
    try:
        with result.spent.on(SCAN):
            return _scan(documents, loops)
    except Exception as error:  # whatever a compiler or a text nobody thought of may bring
        first = documents[0]
        result.crashes.append(RuleCrash("the scan", first.path, first.key.index, f"{type(error).__name__}: {error}"))
        return None


def _scan(documents: Documents, loops: Loops) -> Facts | LargeFacts:
    """Return the facts about a batch that the triggers of its rules ask for."""
    from corpuslint.facts import Asked, scanner
    from corpuslint.stages.large_text import scan_large

    tasks = documents.distinct_tasks
    triggers = [trigger for task in tasks for rule in task.rules for trigger in rule.triggers()]
    catalogs = sorted({catalog for task in tasks for catalog in task.file.options.catalogs})
    asked = scanner(loops, Asked.by(triggers), tuple(catalogs))
    return scan_large(asked, documents[0].text) if documents.texts is None else asked.scan(documents.texts)


def _check_documents(documents: Documents, facts: Facts | LargeFacts | None, result: ShardResult, at: At) -> None:
    """Run the document rules on the documents of a batch, or only those that the facts about them call for."""
    result.documents += len(documents)
    sizes = iter(documents.sizes)
    for number, of_a_file in groupby(documents.numbers):
        own = [next(sizes) for _ in of_a_file]
        result.characters += sum(own)
        if reading := result.readings.get(number):
            reading.documents += len(own)
            reading.characters += sum(own)
    for place, rules in _to_check(documents, facts):
        at(documents.numbers[place], documents.record(place))
        # What a document finds out about itself for its rules goes with this copy.
        document = replace(documents[place], _facts={} if facts is None else facts.known(place))
        check = check_large if documents.texts is None and facts is not None else check_document
        for found in check(document, rules, documents.tasks[place].policy, result.spent):
            if isinstance(found, Diagnostic):
                result.add(found)
            else:
                result.crashes.append(found)


def _to_check(documents: Documents, facts: Facts | LargeFacts | None) -> Iterator[tuple[int, Sequence[Rule]]]:
    """Yield the places of the documents that rules have to see, with these rules."""
    if facts is None:
        for place, task in enumerate(documents.tasks):
            yield place, task.rules
        return
    # Rules by document; those of one file's configuration see no other file.
    wanted: dict[int, list[Rule]] = {}
    for rules in {id(task.rules): task.rules for task in documents.distinct_tasks}.values():
        for rule in rules:
            if isinstance(rule, DocumentRule):
                for place in facts.holding(rule.triggers()):
                    if documents.tasks[place].rules is rules:
                        wanted.setdefault(place, []).append(rule)
    yield from sorted(wanted.items(), key=itemgetter(0))


def _is_quiet(rules: Sequence[KeyedRule], documents: Documents, result: ShardResult) -> bool:
    """Say whether the documents are the whole corpus, and so few that what their rules could find is soon ruled out."""
    if result.documents != len(documents) or len(documents) > FEW or result.characters > SHORT:
        return False
    return len(documents) == 1 or not any(rule.could_fire(documents) for rule in rules)


def _take_keys(rules: Sequence[KeyedRule], documents: Documents, batch: Batch, result: ShardResult, at: At) -> None:
    """Add the rows and records of a batch; where a rule raises, its documents are taken one by one to name the one."""
    import numpy as np

    of_files = {id(task.rules): task.rules for task in documents.distinct_tasks}
    found: list[tuple[str, Records]] = []
    for rule in rules:
        selected = {number for number, own in of_files.items() if any(rule.code == other.code for other in own)}
        if not selected:
            continue
        try:
            with result.spent.on(f"{rule.code} keys"):
                records = rule.keys(batch)
        except Exception as error:
            if len(documents) > 1:
                for place in range(len(documents)):
                    at(documents.numbers[place], documents.record(place))
                    one = documents.one(place)
                    _take_keys(rules, one, Batch(one), result, at)
                return
            document = documents[0]
            what = f"{type(error).__name__}: {error}"
            result.crashes.append(RuleCrash(rule.code, document.path, document.key.index, what))
            continue
        if len(selected) < len(of_files):
            looked_at = np.array([id(task.rules) in selected for task in documents.tasks])[records.document]
            records = Records(records.document[looked_at], records.key[looked_at])
        found.append((rule.code, records._replace(document=records.document + len(result.rows))))
    for code, records in found:
        result.records.setdefault(code, []).append(records)
    result.rows.extend(documents.rows(batch.text_hashes()))
