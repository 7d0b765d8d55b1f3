"""What line rules said about documents, recalled while a document and what is repeated of it are the same.

What a line rule says of a document depends on the document and on how often its parts are repeated, as far as the
rule decides by it (`Level`); their hash is the question under which the answer is stored. The numbers that a finding
tells are put in afterwards: one file more in a folder changes them in every file, and no answer. Nearly all documents
are answered with nothing, so that the questions about these are kept as one column.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from typing import TYPE_CHECKING, Any

from corpuslint.cache import Cache, Setup
from corpuslint.comparing.repeated_lines import RepeatedLines
from corpuslint.diagnostic import Diagnostic
from corpuslint.line_rule import Counted, LineRule
from corpuslint.recalling.answers import HASH_BYTES, MOST_OLD, Checked
from corpuslint.recalling.stored_findings import as_text, path_list, read_paths
from corpuslint.stages.line_stage import Counts, Looked, Said, numbered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

MOST_BYTES = 256 << 20  # of answers that a run stores: beyond it, documents are read again instead
LINE_BYTES = 16  # of a repeated part in a question: its key and its level


class LineAnswers:
    """The documents of a run that have repeated parts: what was answered before, and what is open."""

    def __init__(self, cache: Cache, setup: int, found: Counts, checked: Checked, marks: Sequence[bytes]) -> None:
        """Open the answers of a setup; `marks` stand for all that is done with the file of each task."""
        self._cache = cache
        self._setup = setup
        self._found = found
        self._checked = checked
        self._marks = marks
        self._stored = cache.questions(setup)
        self._were_silent = _cut(cache.silent(setup))
        self._silent: set[bytes] = set()
        self._answered: dict[int, bytes] = {}  # the question about each document that has findings
        self._open: dict[int, bytes] = {}  # and about each one that is read
        self._bytes = 0  # of what is stored in this run

    def ask(self, documents: Numbers) -> tuple[Numbers, Numbers]:
        """Return the numbers of the documents (sorted) that have known findings, and of the unknown ones."""
        import numpy as np

        questions = self._questions(documents)
        self._silent = self._were_silent.intersection(questions)
        speaks = np.array([question in self._stored for question in questions], np.bool_)
        is_silent = np.array([question in self._silent for question in questions], np.bool_)
        answered, left = documents[speaks], documents[~speaks & ~is_silent]
        of_documents = dict(zip(documents.tolist(), questions, strict=True))
        self._answered = {number: of_documents[number] for number in answered.tolist()}
        self._open = {number: of_documents[number] for number in left.tolist() if of_documents[number]}
        return answered, left

    def recall(self, numbers: Numbers) -> list[Diagnostic]:
        """Return the findings of some documents; raises ValueError, TypeError or KeyError where others are stored."""
        texts = self._cache.answers_to(self._setup, [self._answered[number] for number in numbers.tolist()])
        answers = zip(numbers.tolist(), json.loads(f"[{','.join(texts)}]"), strict=True)
        return list(
            numbered([Said(number, _read(values)) for number, answer in answers for values in answer], self._found)
        )

    def _questions(self, documents: Numbers) -> list[bytes]:
        """Return the question about each document, empty where its content is not known."""
        import numpy as np

        rows, names, digests = self._checked
        tasks = rows.task[documents]
        content = digests[tasks]
        parts = zip(*(_parts(rule, repeated, documents) for rule, repeated in self._found), strict=True)
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
        self._bytes += sum(map(len, written.values()))
        if written and self._bytes <= MOST_BYTES:
            self._cache.write_answers(self._setup, written, ())

    def finish(self) -> None:
        """Store which documents are answered with nothing, and drop what is no longer asked."""
        silent = self._silent | _without_many(self._were_silent - self._silent, self._silent)
        if silent != self._were_silent:
            self._cache.write_silent(self._setup, b"".join(sorted(silent)))
        old = self._stored.difference(self._answered.values())
        if forgotten := old - _without_many(old, self._answered):
            self._cache.write_answers(self._setup, {}, forgotten)


def _without_many(old: set[bytes], asked: Sized) -> set[bytes]:
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
