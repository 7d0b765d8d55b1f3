"""What line rules said about documents, recalled while a document and what is repeated of it are the same.

What a line rule says of a document depends on the document and on how often its parts are repeated, as far as the
rule decides by it (`Level`); their hash is the question under which the answer is stored. The numbers that a finding
tells are put in afterwards: one file more in a folder changes them in every file, and no answer. Nearly all documents
are answered with nothing, so that the questions about these are kept as one column.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corpuslint.answers import HASH_BYTES, MOST_OLD, Checked
from corpuslint.cache import Cache, Setup
from corpuslint.diagnostic import Diagnostic
from corpuslint.line_rule import Counted, LineRule
from corpuslint.line_stage import Counts, Looked, Said, numbered
from corpuslint.repeated_lines import RepeatedLines
from corpuslint.stored_findings import as_text, path_list, read_paths

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

LINE_BYTES = 16  # of a repeated part in a question: its key and its level


class LineAnswers:
    """The documents of a run that have repeated parts: what was answered before, and what is open."""

    def __init__(self, cache: Cache, setup: int, checked: Checked, marks: Sequence[bytes]) -> None:
        """Open the answers of a setup; `marks` stand for all that is done with the file of each task."""
        self._cache = cache
        self._setup = setup
        self._checked = checked
        self._marks = marks
        self._stored = cache.answers(setup)
        self._was_silent = cache.silent(setup)
        self._silent: set[bytes] = set()
        self._answered: set[bytes] = set()
        self._open: dict[int, bytes] = {}  # the question about each document that is read

    def ask(self, found: Counts, documents: Numbers) -> tuple[list[Diagnostic], Numbers]:
        """Return the findings of known documents among the given ones (sorted), and the others.

        Raises ValueError, TypeError or KeyError where something else is stored.
        """
        import numpy as np

        questions = self._questions(found, documents)
        silent = _cut(self._was_silent)
        self._silent = silent.intersection(questions)
        speaking = [place for place, question in enumerate(questions) if question in self._stored]
        self._answered = {questions[place] for place in speaking}
        known = self._silent | self._answered
        is_open = np.array([question not in known for question in questions], np.bool_)
        left = documents[is_open]
        of_place = zip(left.tolist(), np.flatnonzero(is_open).tolist(), strict=True)
        self._open = {number: questions[place] for number, place in of_place if questions[place]}
        texts = ",".join(self._stored[questions[place]] for place in speaking)
        answers = zip(documents[speaking].tolist(), json.loads(f"[{texts}]"), strict=True)
        said = [Said(number, _read(values)) for number, answer in answers for values in answer]
        return list(numbered(said, found)), left

    def _questions(self, found: Counts, documents: Numbers) -> list[bytes]:
        """Return the question about each document, empty where its content is not known."""
        import numpy as np

        rows, names, digests = self._checked
        tasks = rows.task[documents]
        content = digests[tasks]
        parts = zip(*(_parts(rule, repeated, documents) for rule, repeated in found), strict=True)
        task_numbers, records = tasks.tolist(), rows.record[documents].tolist()
        unknown = set(np.flatnonzero(~content.any(axis=1)).tolist())
        written = content.tobytes()
        questions = []
        for place, (task, record, own) in enumerate(zip(task_numbers, records, parts, strict=True)):
            digest = written[HASH_BYTES * place : HASH_BYTES * (place + 1)]
            # Names hold no NUL, and what stands before them has one length, so that no two questions are written alike.
            question = b"%s%s%s\0%d\0%s" % (self._marks[task], digest, names[task], record, b"".join(own))
            hashed = hashlib.blake2b(question, digest_size=HASH_BYTES).digest()
            questions.append(b"" if place in unknown else hashed)
        return questions

    def keep(self, looked: Looked, is_still: Callable[[int], bool]) -> None:
        """Store what was said about documents that were read.

        A file that is not as it was when the run began may have been read as something else.
        """
        said: dict[int, list[Any]] = {}
        for number, (finding, keys) in looked.said:
            said.setdefault(number, []).append([path_list(finding), keys])
        written: dict[bytes, str] = {}
        for number in looked.numbers:
            question = self._open.get(number)
            if question and is_still(int(self._checked.rows.task[number])):
                if number in said:
                    written[question] = as_text(said[number])
                else:
                    self._silent.add(question)
        if written:
            self._cache.write_answers(self._setup, written, ())

    def finish(self) -> None:
        """Store which documents are answered with nothing, and drop what is no longer asked."""
        before = _cut(self._was_silent)
        silent = self._silent | _without_many(before - self._silent, self._silent)
        if silent != before:
            self._cache.write_silent(self._setup, b"".join(sorted(silent)))
        old = self._stored.keys() - self._answered
        if forgotten := old - _without_many(old, self._answered):
            self._cache.write_answers(self._setup, {}, forgotten)


def _without_many(old: set[bytes], asked: set[bytes]) -> set[bytes]:
    """Return old questions, none of many: a run over a part of the corpus asks about that part only."""
    return set() if len(old) > MOST_OLD + len(asked) else old


def _cut(column: bytes) -> set[bytes]:
    if len(column) % HASH_BYTES:
        raise ValueError("a column of questions is none")
    return {column[at : at + HASH_BYTES] for at in range(0, len(column), HASH_BYTES)}


def _read(values: Any) -> Counted:
    finding, keys = values
    if not all(type(key) is int for key in keys):
        raise ValueError(f"{keys!r} are no keys")
    return Counted(read_paths(finding), tuple(keys))


def _parts(rule: LineRule, repeated: RepeatedLines, documents: Numbers) -> Iterable[bytes]:
    """Yield, for each document, its repeated parts by a rule and their levels."""
    import numpy as np

    numbers = documents.astype(repeated.document.dtype)
    begins = repeated.document.searchsorted(numbers)
    ends = repeated.document.searchsorted(numbers, "right")
    lines = np.stack((repeated.lines.key, repeated.levels(rule)), axis=1).astype("<u8")[repeated.line]
    content = lines.tobytes()
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        yield b"%d\0%s" % (end - begin, content[LINE_BYTES * begin : LINE_BYTES * end])


def marks_of(setups: Mapping[Setup, int]) -> dict[int, bytes]:
    """Return what stands for each setup in a question, by its number."""
    return {
        number: hashlib.blake2b(json.dumps(setup).encode(), digest_size=HASH_BYTES).digest()
        for setup, number in setups.items()
    }
