"""What a run need not do again: results of the document stage, recalled from the cache where nothing changed.

A result depends on the file's bytes, its name, how its records are read, the rules with their options, and the
version of everything that computes. Corpus rules' keys are part of it, so corpus rules always see the whole corpus as
it is now. Which stored results still stand is for `known` to say, how they are stored for `storing`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from corpuslint.cache import Cache, Setup, encoded
from corpuslint.cache_tables import CacheTrouble
from corpuslint.corpus_rule import CorpusRule
from corpuslint.diagnostic import Diagnostic
from corpuslint.display import visible
from corpuslint.recalling.setups import across_setup, difference, keyed_rules, least_records, lines_setup, setups_of
from corpuslint.stages.document_stage import ShardResult
from corpuslint.stages.gathered import Gathered
from corpuslint.stages.work import Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.recalling.answers import Answers
    from corpuslint.recalling.known import Recalled
    from corpuslint.recalling.line_answers import LineAnswers
    from corpuslint.recalling.storing import Storing
    from corpuslint.stages.corpus_stage import Corpus
    from corpuslint.stages.line_stage import Counts, Looked

    Digests = NDArray[np.uint8]
    Numbers = NDArray[np.int64]

T = TypeVar("T")

# Below both, reading and writing the cache costs more than checking again.
FEW_FILES = 200
FEW_BYTES = 1 << 20
MOST_EVIDENCE = 256 << 20  # bytes that a run stores of candidates: beyond it, they are read again instead
MOST_ANSWERED = 50_000  # findings of comparisons that a run stores: beyond it, they are compared again instead
NAMED = 3  # files that a reason names

NEW = "it is not in the cache"
CHANGED = "its content changed"
DAMAGED = "it is damaged; `corpuslint clean` removes it"
NOT_OURS = (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


class Recall:
    """The cache of one run; it never raises: after the first trouble it is silent and empty."""

    def __init__(self, root: Path, *, verbose: bool = False) -> None:
        self._root = root
        self._verbose = verbose
        self._cache: Cache | None = None
        self._trouble = ""
        self._work: Work
        self._storing: Storing
        self._setups: dict[Setup, int] = {}
        self._setup: Numbers  # of each task: the number of its setup, 0 where its content is no file's
        self._digests: Digests  # (tasks, 16): the hash of the content that was checked, 0 where it is not known
        self._about: Setup | None = None  # what comparisons depend on
        self._answers: Answers | None = None
        self._about_lines: Setup | None = None  # what line rules' findings depend on, besides the files' setups
        self._lines: LineAnswers | None = None
        self._found: Sequence[Diagnostic] | None = None  # by this run's comparisons
        self._misses: dict[str, list[str]] = {}
        self._hits = 0
        self._evidence_bytes = 0  # stored in this run

    def recall(self, work: Work) -> Recalled | None:
        """Return what is known of the tasks; None where the cache is not worth its while or cannot be used."""
        if self._trouble or (len(work) < FEW_FILES and sum(work.sizes) < FEW_BYTES):
            return None
        self._work = work
        return self._tried(self._recall, None)

    def records(self, known: Recalled, gathered: Gathered) -> bool:
        """Add what is known of records next to the held ones; return False where the cache fails now, too late."""

        def all_of_it() -> bool:
            for code in gathered.groupings:
                fresh = None if gathered.held is None else [records.key for records in gathered.held[code]]
                for records in known.records(code, fresh):
                    gathered.add(code, records)
            return True

        return self._tried(all_of_it, instead=False)

    def answered(self, corpus: Corpus, rules: Sequence[CorpusRule], gathered: Gathered) -> list[Diagnostic]:
        """Return what is known of comparisons, and leave the records of documents that are still to be compared."""
        cache, held = self._cache, gathered.held
        if not cache:
            return []
        about = self._about = across_setup(rules, corpus.preferred)
        if held is None:
            return []

        def ask() -> list[Diagnostic]:
            answers = Answers(cache, cache.setup(about))
            known = Checked(corpus.rows, self._work.encoded_names, self._digests)
            left = {rule.code: answers.ask(rule.code, joined(held[rule.code]), known) for rule in rules}
            found = answers.found()
            held.update({code: [records] for code, records in left.items()})
            self._answers = answers
            return found

        from corpuslint.recalling.answers import Answers, Checked
        from corpuslint.recalling.segment import joined

        return self._tried(ask, [])

    def keep_answers(self, found: Sequence[Diagnostic]) -> None:
        """Note the findings of the comparisons of this run, where they are complete."""
        self._found = found if len(found) <= MOST_ANSWERED else None

    def open_lines(self, corpus: Corpus, found: Counts, documents: Numbers) -> tuple[Numbers, Numbers]:
        """Part documents with repeated lines into those that `recall_lines` knows something about, and the unknown.

        Those that are known to have no finding are in neither.
        """
        from corpuslint.recalling.answers import Checked
        from corpuslint.recalling.line_answers import LineAnswers, marks_of

        cache = self._cache

        def ask() -> tuple[Numbers, Numbers]:
            assert cache
            about = self._about_lines = lines_setup([rule for rule, _ in found])
            marks = marks_of(self._setups)
            of_tasks = [marks.get(number, b"") for number in self._setup.tolist()]
            checked = Checked(corpus.rows, self._work.encoded_names, self._digests)
            self._lines = LineAnswers(cache, cache.setup(about), found, checked, of_tasks)
            return self._lines.ask(documents)

        none = documents[:0]
        return self._tried(ask, (none, documents)) if cache and len(documents) else (none, documents)

    def recall_lines(self, numbers: Numbers) -> list[Diagnostic] | None:
        """Return the findings of known documents; None where the cache fails now."""
        lines = self._lines if self._cache else None
        nothing: list[Diagnostic] | None = None
        return self._tried(lambda: lines.recall(numbers), nothing) if lines else nothing

    def keep_lines(self, looked: Looked) -> None:
        """Store what line rules said about documents."""
        lines = self._lines
        if self._cache and lines:
            self._tried(lambda: lines.keep(looked, self._work.is_still), None)

    def keep(self, result: ShardResult) -> None:
        """Store what came out of a shard."""
        if self._cache:
            self._tried(lambda: self._storing.keep(result), None)

    def evidence(self, corpus: Corpus, code: str, wanted: frozenset[int]) -> dict[int, bytes]:
        """Return what is stored under a code about documents, by document number; `wanted` are the numbers."""
        if not self._cache or not wanted:
            return {}
        cache = self._cache
        return self._tried(lambda: dict(self._evidence(cache, corpus, code, wanted)), {})

    def _evidence(self, cache: Cache, corpus: Corpus, code: str, wanted: frozenset[int]) -> Iterator[tuple[int, bytes]]:
        names: dict[tuple[bytes, int], tuple[int, int]] = {}
        numbers = sorted(wanted)
        tasks, records = (column[numbers].tolist() for column in (corpus.rows.task, corpus.rows.record))
        for number, task, record in zip(numbers, tasks, records, strict=True):
            names[encoded(self._work.names[task]), record] = (number, task)
        for setup in self._setups.values():
            for name, record, digest, found in cache.evidence(setup, code):
                number, task = names.get((name, record), (-1, -1))
                if task >= 0 and self._content(task) == (setup, digest) and type(found) is bytes:
                    yield number, found

    def _content(self, task: int) -> tuple[int, bytes]:
        """Return the setup of a task and the hash of its content, empty where it is not known."""
        digest = self._digests[task].tobytes()
        return int(self._setup[task]), digest if any(digest) else b""

    def keep_evidence(self, corpus: Corpus, code: str, found: Iterable[tuple[int, bytes]]) -> None:
        """Store something about documents under a code."""
        if not self._cache:
            return
        rows: dict[int, list[tuple[bytes, int, bytes, bytes]]] = {}
        for number, content in found:
            task, record = int(corpus.rows.task[number]), int(corpus.rows.record[number])
            setup, digest = self._content(task)
            if digest:
                rows.setdefault(setup, []).append((encoded(self._work.names[task]), record, digest, content))
                self._evidence_bytes += len(content)
        if self._evidence_bytes <= MOST_EVIDENCE:
            for setup, of_setup in rows.items():
                cache = self._cache
                if cache:
                    self._tried(lambda: cache.write_evidence(setup, code, of_setup), None)  # noqa: B023  # at once

    def finish(self) -> list[str]:
        """Complete what was stored, close the cache, and return what there is to say."""
        if self._cache:
            self._tried(self._finish, None)
        if self._trouble:
            return [f"cache: not used: {self._trouble}"]
        if not self._cache:
            return ["cache: not used for so little text"] if self._verbose else []
        self._cache.close()
        return list(self._said(len(self._work))) if self._verbose else []

    def _finish(self) -> None:
        assert self._cache
        self._storing.finish()
        used = list(self._setups.values())
        if self._about and self._found is not None:
            about = self._cache.setup(self._about)
            used.append(about)
            answers = self._answers or self._storing.all_asked(about)
            if answers:
                tasks = dict(zip(self._work.encoded_names, range(len(self._work)), strict=True))
                answers.write(self._found, lambda name: self._work.is_still(tasks[name]))
        if self._lines and self._about_lines:
            used.append(self._cache.setup(self._about_lines))
            self._lines.finish()
        self._cache.forget_others(used)

    def _tried(self, do: Callable[[], T], instead: T) -> T:
        """Do something with the cache; give it up where that does not work."""
        try:
            return do()
        except CacheTrouble as trouble:
            self._trouble = str(trouble)
        except NOT_OURS:  # somebody wrote something else than we do
            self._trouble = DAMAGED
        if self._cache:
            self._cache.close()
        self._cache = None
        return instead

    def _recall(self) -> Recalled:
        import numpy as np

        from corpuslint.recalling.known import Matching
        from corpuslint.recalling.storing import Storing

        started = time.time_ns()
        work = self._work
        cache = self._cache = Cache(self._root)
        found = setups_of(work)
        self._setups = {setup: cache.setup(setup) for setup in dict.fromkeys(found)}
        least = {rule.code: least_records(rule) for rule in keyed_rules(work)}
        of_handling = np.array([self._setups[setup] for setup in found])
        self._setup = of_handling[np.array(work.handling, np.int64)]
        self._setup[work.given] = 0
        matching = Matching(cache, work, list(least), started)
        self._digests = matching.digests
        self._storing = Storing(cache, work, least, started, self._setup, self._digests)
        for setup, number in self._setups.items():
            left = self._setup == number
            self._storing.touched(number, list(matching.match(number, left)))
            missing = np.flatnonzero(left).tolist()
            self._say_why(cache, setup, number, missing)
            self._storing.wait(missing)
        for number in matching.changed:
            self._miss(CHANGED, self._work.names[number])
        self._storing.wait(matching.changed)
        self._hits = len(work) - len(matching.known.unknown)
        return matching.known

    def _say_why(self, cache: Cache, setup: Setup, number: int, missing: list[int]) -> None:
        """Note why files are checked that no segment of their setup holds."""
        if not self._verbose or not missing:
            return
        names = {encoded(self._work.names[task]): task for task in missing}
        for other, before in cache.setups():
            for held in cache.segments(other) if other != number else ():
                for name in cache.columns(held.id, ["names"])["names"].split(b"\0"):
                    if (task := names.pop(name, None)) is not None:
                        self._miss(difference(before, setup), self._work.names[task])
        for task in names.values():
            self._miss(NEW, self._work.names[task])

    def _miss(self, why: str, name: str) -> None:
        self._misses.setdefault(why, []).append(name)

    def _said(self, files: int) -> Iterator[str]:
        yield f"cache: {self._hits} of {files} files are as they were"
        for why, names in sorted(self._misses.items()):
            shown = ", ".join(map(visible, sorted(names)[:NAMED])) + (", …" if len(names) > NAMED else "")
            yield f"cache: {len(names)} checked, {why}: {shown}"
