"""The rows of the corpus stage as columns: whatever was put in comes out, however it was cut and wherever it was."""

from __future__ import annotations

import pickle
import random

import numpy as np
import pytest

from corpuslint.document import DocumentKey
from corpuslint.stages.rows import Names, Rows

IDS = (None, "", "a", "٣", "\ud800", "x" * 300)
KINDS = ((None, None), ("text", None), ("text", "a.example"), ("body.text", "b.example"), (None, "a.example"))


def keys(count: int, chance: random.Random, *, named: bool) -> list[DocumentKey]:
    if not named:
        return [DocumentKey(n % 3) for n in range(count)]
    return [DocumentKey(n % 3, chance.choice(IDS), *chance.choice(KINDS)) for n in range(count)]


def written(own: str | None) -> bytes | None:
    return None if own is None else own.encode("utf-8", "surrogatepass")


def table(first: int, given: list[DocumentKey]) -> Rows:
    numbers = range(first, first + len(given))
    names = Names.of([written(key.id) for key in given], [(key.field, key.site) for key in given])
    tasks, sizes = [n // 3 for n in numbers], [n + 7 for n in numbers]
    return Rows.of(tasks, [key.index for key in given], names, sizes, np.array(numbers, np.uint64))


@pytest.mark.parametrize("seed", range(20))
def test_what_is_put_in_comes_out(seed: int) -> None:
    chance = random.Random(seed)
    whole = Rows()
    given: list[DocumentKey] = []
    for _ in range(chance.randrange(6)):
        part = keys(chance.randrange(8), chance, named=chance.random() < 0.5)
        whole.extend(table(len(given), part))
        given += part
        if chance.random() < 0.3:
            assert len(whole.columns.task) == len(given)
    for rows in (whole, pickle.loads(pickle.dumps(whole))):
        assert len(rows) == len(given)
        assert [rows.key(n) for n in range(len(rows))] == given
        assert rows.task.tolist() == [n // 3 for n in range(len(given))]
        assert rows.characters.tolist() == [n + 7 for n in range(len(given))]
        assert rows.text_hash.tolist() == list(range(len(given)))
        pairs = [divmod(pair, len(rows.kinds)) for pair in rows.task_and_kind.tolist()]
        assert [rows.kinds[kind] for _, kind in pairs] == [(key.field, key.site) for key in given]
        assert [task for task, _ in pairs] == rows.task.tolist()


def test_runs_are_the_documents_of_one_task() -> None:
    rows = table(0, [DocumentKey() for _ in range(7)])
    assert list(rows.runs()) == [(0, 0, 3), (1, 3, 6), (2, 6, 7)]
    assert list(Rows().runs()) == []


def test_files_that_are_one_document_take_few_bytes() -> None:
    rows = table(0, [DocumentKey() for _ in range(10_000)])
    rows.extend(table(10_000, [DocumentKey() for _ in range(10_000)]))
    assert len(pickle.dumps(rows)) < 33 * len(rows)
    assert rows.columns.names is None
