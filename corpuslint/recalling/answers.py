"""What the corpus stage said about documents that are candidates of each other, recalled while they are the same ones.

Documents that share a key, directly or through others, make a component. What a corpus rule says about one depends on
the rule, on the order in which documents are kept, and on the names and contents of its documents; their hash is the
question under which the answer is stored. A changed document asks another question, and so do those it now meets.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.batch import Records
from corpuslint.cache import Cache, encoded
from corpuslint.diagnostic import Diagnostic
from corpuslint.recalling.stored_findings import as_text, path_list, read_paths
from corpuslint.stages.rows import Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Digests = NDArray[np.uint8]

MOST_OLD = 1000  # answers that no question of a run asks for, besides as many as it asks for, are kept
ROUNDS = 64  # of joining components; each round leaves a fraction of them (a chain of 10^6 documents takes 14)
HASH_BYTES = 16
Address = tuple[bytes, int]  # a document's file, as the cache names it, and its record


class Checked(NamedTuple):
    """Documents by what their files are called and hold."""

    rows: Rows
    names: Sequence[bytes]  # by task
    digests: Digests  # (tasks, 16), 0 where the content is not known


class Answers:
    """The components of a run: what was answered before, and what is open."""

    def __init__(self, cache: Cache, setup: int) -> None:
        self._cache = cache
        self._setup = setup
        self._stored = cache.answers(setup)
        self._answered: set[bytes] = set()
        self._open: dict[bytes, list[str]] = {}  # with the findings, as they come
        self._of: dict[tuple[str, Address], bytes] = {}  # the open question that a document is part of

    def ask(self, code: str, records: Records, checked: Checked) -> Records:
        """Ask about a rule's components; return the records of those that have no answer."""
        import numpy as np

        documents, component = components(records)
        if not len(documents):
            return records
        addresses, questions = _questions(code, documents, component, checked)
        is_open = np.array([question not in self._stored for question in questions])
        self._answered |= self._stored.keys() & set(questions)
        self._open |= {q: [] for q, unknown in zip(questions, is_open.tolist(), strict=True) if unknown and q}
        for at in np.flatnonzero(is_open[component]).tolist():
            self._of[code, addresses[at]] = questions[int(component[at])]
        stay = is_open[component][documents.searchsorted(records.document)]
        return Records(records.document[stay], records.key[stay])

    def found(self) -> list[Diagnostic]:
        """Return the findings of the components that were answered before; raises ValueError, TypeError."""
        texts = [self._stored[question] for question in sorted(self._answered)]
        return [read_paths(values) for answer in json.loads(f"[{','.join(texts)}]") for values in answer]

    def write(self, found: Iterable[Diagnostic], is_still: Callable[[bytes], bool]) -> None:
        """Store the findings of this run's comparisons as answers to what was open.

        A file that is not as it was when the run began may have been compared as something else, or not at all.
        """
        same = {name: is_still(name) for _, (name, _) in self._of}
        for (_, (name, _)), question in self._of.items():
            if not same[name]:
                self._open.pop(question, None)
        for diagnostic in found:
            address = encoded(diagnostic.place.path), diagnostic.place.key.index
            if (lists := self._open.get(self._of.get((diagnostic.code, address), b""))) is not None:
                lists.append(as_text(path_list(diagnostic)))
        written = {question: f"[{','.join(lists)}]" for question, lists in self._open.items()}
        old = self._stored.keys() - self._answered
        # A run over a part of the corpus asks about that part only.
        forgotten = old if len(old) > MOST_OLD + len(self._answered) else ()
        if written or forgotten:
            self._cache.write_answers(self._setup, written, forgotten)


def _questions(
    code: str, documents: Numbers, component: Numbers, checked: Checked
) -> tuple[list[Address], list[bytes]]:
    """Return the address of each document and the question of each component, empty where a content is not known."""
    tasks = checked.rows.task[documents]
    digests = checked.digests[tasks]
    addresses = [
        (checked.names[task], record)
        for task, record in zip(tasks.tolist(), checked.rows.record[documents].tolist(), strict=True)
    ]
    held: list[list[tuple[Address, bytes]]] = [[] for _ in range(int(component.max()) + 1)]
    unknown: set[int] = set(component[~digests.any(axis=1)].tolist())
    content = digests.tobytes()
    for place, (address, number) in enumerate(zip(addresses, component.tolist(), strict=True)):
        held[number].append((address, content[HASH_BYTES * place : HASH_BYTES * (place + 1)]))
    return addresses, [b"" if number in unknown else _hash(code, members) for number, members in enumerate(held)]


def _hash(code: str, members: list[tuple[Address, bytes]]) -> bytes:
    # Names hold no NUL, numbers no letter and digests are of one length, so that no two lists are written alike.
    written = b"".join(b"%s\0%d\0%s" % (*address, digest) for address, digest in sorted(members))
    return hashlib.blake2b(code.encode() + b"\0" + written, digest_size=HASH_BYTES).digest()


def components(records: Records) -> tuple[Numbers, Numbers]:
    """Return the documents of some records, sorted, and the number of each one's component."""
    import numpy as np

    documents, document = numbered(records.document)
    order = np.argsort(records.key, kind="stable")
    key, document = records.key[order], document[order]
    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
    first = np.repeat(document[starts], np.diff(np.append(starts, len(key))))
    root = np.arange(len(documents))
    for _ in range(ROUNDS):
        left, right = root[first], root[document]
        if (left == right).all():
            break
        least = np.minimum(left, right)
        np.minimum.at(root, left, least)
        np.minimum.at(root, right, least)
        while (root[root] != root).any():
            root = root[root]
    else:
        root[:] = 0  # too tangled: one component, whose answer holds only while nothing of it changes
    return documents, numbered(root)[1]


def numbered(values: Numbers) -> tuple[Numbers, Numbers]:
    """Return the distinct ones of some small numbers, sorted, and the place of each value among them."""
    import numpy as np

    there = np.zeros(int(values.max(initial=-1)) + 1, np.bool_)
    there[values] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[values]
