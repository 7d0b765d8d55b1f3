"""What a run need not do again: results of the document stage, recalled from the cache where nothing changed.

A result depends on the file's bytes, its name, how its records are read, the rules with their options, and the
version of everything that computes. Corpus rules' keys are part of it, so corpus rules always see the whole corpus as
it is now. A file's status stands for its content only where it was written well before it was read.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from corpuslint import document_stage
from corpuslint.cache import Cache, CacheTrouble, File, Setup, Status, Stored, file_hash, status_of
from corpuslint.corpus_rule import KeyedRule
from corpuslint.display import visible
from corpuslint.document_stage import ShardResult, Task
from corpuslint.sources import SourceFile
from corpuslint.stored_results import Gathered, split

if TYPE_CHECKING:
    from corpuslint.corpus_stage import Corpus

# Below both, reading and writing the cache costs more than checking again.
FEW_FILES = 200
FEW_BYTES = 1 << 20
LARGEST = 512 << 20  # bytes of a file whose result is stored: one change and all of it is computed again
# A file that is written within one tick of the clock of its file system after it was read looks unchanged (2 s on FAT).
TICK = 2_000_000_000  # nanoseconds
MOST_EVIDENCE = 256 << 20  # bytes that a run stores of candidates: beyond it, they are read again instead
NAMED = 3  # files that a reason names

NEW = "it is not in the cache"
CHANGED = "its content changed"
DAMAGED = "it is damaged; `corpuslint clean` removes it"
NOTHING = Stored(0, 0, None, None, b"", b"")  # of a large file itself: its parts hold the result


def version_mark() -> str:
    """Return what stands for the version of everything that computes: corpuslint's own files, Python, Unicode."""
    package = Path(__file__).parent
    files = sorted(path for pattern in ("**/*.py", "catalog/compiled/*") for path in package.glob(pattern))
    seen = [(path.relative_to(package).as_posix(), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    mark = hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
    return f"{mark} Python {sys.version.split()[0]} Unicode {unicodedata.unidata_version}"


@dataclass
class Recalled:
    """What was known: the numbers of the tasks, and the result of all of them."""

    numbers: set[int] = field(default_factory=set)
    result: ShardResult = field(default_factory=ShardResult)


class _Waiting(NamedTuple):
    """A file that is being checked: the setup's number, and what its result will be stored with."""

    setup: int
    status: Status
    digest: bytes  # of a large file, whose bytes no worker holds at once; else empty


class Recall:
    """The cache of one run; it never raises: after the first trouble it is silent and empty."""

    def __init__(self, root: Path, *, verbose: bool = False) -> None:
        self._root = root
        self._verbose = verbose
        self._cache: Cache | None = None
        self._trouble = ""
        self._started = 0
        self._codes: Sequence[str] = ()
        self._setups: dict[Setup, int] = {}
        self._waiting: dict[int, _Waiting] = {}
        self._contents: dict[int, tuple[int, bytes]] = {}  # by task: setup and hash of the content that was checked
        self._parts: dict[int, tuple[int, int]] = {}  # of large files, by task: how many there are, how many came
        self._misses: dict[str, list[str]] = {}
        self._hits = 0
        self._evidence_bytes = 0  # stored in this run

    def recall(self, tasks: Sequence[Task], statuses: Sequence[Status | None]) -> Recalled | None:
        """Return what is known of the tasks; None where the cache is not worth its while or cannot be used."""
        if len(tasks) < FEW_FILES and sum(status.size for status in statuses if status) < FEW_BYTES:
            return None
        self._started = time.time_ns()
        try:
            self._cache = Cache(self._root)
            return self._recall(self._cache, tasks, statuses)
        except CacheTrouble as trouble:
            self._give_up(trouble)
        except (TypeError, ValueError, AttributeError):  # somebody wrote a text where we write a number
            self._give_up(CacheTrouble(DAMAGED))
        return None

    def keep(self, result: ShardResult) -> None:
        """Store what came out of a shard."""
        try:
            if self._cache:
                self._keep(self._cache, result)
        except CacheTrouble as trouble:
            self._give_up(trouble)

    def evidence(self, corpus: Corpus, code: str, wanted: frozenset[int]) -> dict[int, bytes]:
        """Return what is stored under a code about documents, by document number; `wanted` are the numbers."""
        try:
            return dict(self._evidence(self._cache, corpus, code, wanted)) if self._cache and wanted else {}
        except CacheTrouble as trouble:
            self._give_up(trouble)
            return {}

    def _evidence(self, cache: Cache, corpus: Corpus, code: str, wanted: frozenset[int]) -> Iterator[tuple[int, bytes]]:
        names: dict[tuple[bytes, int], tuple[int, int]] = {}
        numbers = sorted(wanted)
        tasks, records = (column[numbers].tolist() for column in (corpus.rows.task, corpus.rows.record))
        for number, task, record in zip(numbers, tasks, records, strict=True):
            names[encoded(corpus.tasks[task].file.name), record] = (number, task)
        for setup in self._setups.values():
            for name, record, digest, found in cache.evidence(setup, code):
                number, task = names.get((name, record), (-1, -1))
                if self._contents.get(task) == (setup, digest) and type(found) is bytes:
                    yield number, found

    def keep_evidence(self, corpus: Corpus, code: str, found: Iterable[tuple[int, bytes]]) -> None:
        """Store something about documents under a code."""
        rows: dict[int, list[tuple[bytes, int, bytes, bytes]]] = {}
        for number, content in found:
            task, record = int(corpus.rows.task[number]), int(corpus.rows.record[number])
            setup, digest = self._contents.get(task, (0, b""))
            if digest:
                name = encoded(corpus.tasks[task].file.name)
                rows.setdefault(setup, []).append((name, record, digest, content))
                self._evidence_bytes += len(content)
        try:
            if self._cache and self._evidence_bytes <= MOST_EVIDENCE:
                for setup, of_setup in rows.items():
                    self._cache.write_evidence(setup, code, of_setup)
        except CacheTrouble as trouble:
            self._give_up(trouble)

    def finish(self, tasks: Sequence[Task]) -> list[str]:
        """Complete the large files, close the cache, and return what there is to say."""
        try:
            if self._cache:
                self._finish_large(self._cache, tasks)
                self._cache.forget_others(list(self._setups.values()))
        except CacheTrouble as trouble:
            self._give_up(trouble)
        if self._trouble:
            return [f"cache: not used: {self._trouble}"]
        if not self._cache:
            return ["cache: not used for so little text"] if self._verbose else []
        self._cache.close()
        return list(self._said(len(tasks))) if self._verbose else []

    def _give_up(self, trouble: CacheTrouble) -> None:
        if self._cache:
            self._cache.close()
        self._cache, self._trouble = None, str(trouble)

    def _recall(self, cache: Cache, tasks: Sequence[Task], statuses: Sequence[Status | None]) -> Recalled:
        by_setup, self._codes = _by_setup(tasks)
        numbers: set[int] = set()
        gathered = Gathered(self._codes)
        for setup, members in by_setup.items():
            own = self._setups[setup] = cache.setup(setup)
            missing = {encoded(tasks[number].file.name): number for number in members}
            touched: list[File] = []
            for file in cache.files(own):
                number = missing.get(file.name)
                if number is None:
                    continue
                task, status = tasks[number], statuses[number]
                if not self._holds(file, task.file, status, touched):
                    self._miss(CHANGED, task.file)
                    self._wait(number, task.file, status, own)
                else:
                    stored = cache.parts(own, file.name, _key(file.digest, file.parts)) if file.parts else [file.stored]
                    if len(stored) != max(file.parts, 1):
                        raise CacheTrouble(DAMAGED)
                    for part in stored:
                        gathered.add(number, task.file.name, part)
                    numbers.add(number)
                    self._contents[number] = (own, file.digest)
                del missing[file.name]
            if touched:
                cache.write(own, touched)
            for name, number in missing.items():
                self._say_why(cache, setup, name, tasks[number].file)
                self._wait(number, tasks[number].file, statuses[number], own)
        self._hits = len(numbers)
        return Recalled(numbers, gathered.finish())

    def _holds(self, stored: File, file: SourceFile, status: Status | None, touched: list[File]) -> bool:
        """Say whether a stored result is that of the file as it is; one that was only touched gets its new status."""
        if status is None:
            return False
        if status == stored.status and max(status.mtime, status.ctime) + TICK < stored.recorded:
            return True
        if status.size != stored.status.size or file_hash(file) != stored.digest:
            return False
        touched.append(stored._replace(status=status, recorded=self._started))
        return True

    def _say_why(self, cache: Cache, setup: Setup, name: bytes, file: SourceFile) -> None:
        if self._verbose:
            before = cache.latest_setup(name)
            self._miss(difference(before, setup) if before else NEW, file)

    def _miss(self, why: str, file: SourceFile) -> None:
        self._misses.setdefault(why, []).append(file.name)

    def _wait(self, number: int, file: SourceFile, status: Status | None, setup: int) -> None:
        if status is None or status.size > LARGEST:
            return
        digest = file_hash(file) if status.size > document_stage.SHARD else b""
        self._waiting[number] = _Waiting(setup, status, digest)

    def _keep(self, cache: Cache, result: ShardResult) -> None:
        files: dict[int, list[File]] = {}
        for number, stored in split(result, self._codes):
            reading = result.readings[number]
            name = encoded(reading.name)
            waiting = self._waiting.get(number)
            if waiting:
                self._contents[number] = (waiting.setup, reading.digest or waiting.digest)
            if waiting and reading.digest:
                file = File(name, waiting.status, self._started, reading.digest, 0, stored)
                files.setdefault(waiting.setup, []).append(file)
            elif waiting and waiting.digest:
                cache.write_part(waiting.setup, name, reading.part, _key(waiting.digest, reading.parts), stored)
                self._parts[number] = (reading.parts, self._parts.get(number, (0, 0))[1] + 1)
        for setup, rows in files.items():
            cache.write(setup, rows)

    def _finish_large(self, cache: Cache, tasks: Sequence[Task]) -> None:
        """Say of large files that all their parts are there, unless one failed or the file changed meanwhile."""
        for number, (parts, came) in self._parts.items():
            waiting, file = self._waiting[number], tasks[number].file
            if came == parts and status_of(file) == waiting.status:
                row = File(encoded(file.name), waiting.status, self._started, waiting.digest, parts, NOTHING)
                cache.write(waiting.setup, [row])
                cache.forget_other_parts(waiting.setup, row.name, _key(waiting.digest, parts))

    def _said(self, files: int) -> Iterator[str]:
        yield f"cache: {self._hits} of {files} files are as they were"
        for why, names in sorted(self._misses.items()):
            shown = ", ".join(map(visible, names[:NAMED])) + (", …" if len(names) > NAMED else "")
            yield f"cache: {len(names)} checked, {why}: {shown}"


def _by_setup(tasks: Sequence[Task]) -> tuple[dict[Setup, list[int]], list[str]]:
    """Sort the files by what their results depend on; return the codes of all corpus rules, too."""
    ids: dict[int, tuple[int, ...]] = {}  # of the rules, by that of their tuple, which most files share
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, task in enumerate(tasks):
        of_rules = ids.get(id(task.rules)) or ids.setdefault(id(task.rules), tuple(map(id, task.rules)))
        if task.file.content is None:
            groups.setdefault((of_rules, task.file.options, id(task.policy)), []).append(number)
    distinct = {id(task.rules): task.rules for task in tasks}.values()
    codes = sorted({rule.code for rules in distinct for rule in rules if isinstance(rule, KeyedRule)})
    version = version_mark()
    found: dict[Setup, list[int]] = {}
    for numbers in groups.values():
        task = tasks[numbers[0]]
        rules = {rule.code: repr(rule) for rule in task.rules} | {"fix": repr(task.policy), "across": " ".join(codes)}
        setup = Setup(version, json.dumps(rules, sort_keys=True), repr(task.file.options))
        found.setdefault(setup, []).extend(numbers)
    return found, codes


def difference(before: Setup, now: Setup) -> str:
    """Say in what the setup under which a file was checked before differs from the present one."""
    if before.version != now.version:
        return "another version of corpuslint or Python checked it"
    if before.reading != now.reading:
        return "its records are read by other fields"
    old, new = json.loads(before.rules), json.loads(now.rules)
    if old.keys() != new.keys():
        return f"it was checked by other rules ({', '.join(sorted(old.keys() ^ new.keys()))})"
    return f"it was checked with other options ({', '.join(sorted(code for code in new if old[code] != new[code]))})"


def _key(digest: bytes, parts: int) -> bytes:
    """Return what the parts of a large file are stored under: another number of workers cuts it otherwise."""
    return digest + parts.to_bytes(2)


def encoded(name: str) -> bytes:
    """Return a file's name as the cache keys it; names that are no UTF-8 have lone surrogates."""
    return name.encode("utf-8", "surrogatepass")
