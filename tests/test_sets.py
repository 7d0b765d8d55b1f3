"""What is shared: counted and sifted by the loops, compiled and interpreted, and by numpy, held against plain sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpuslint.batch import Batch
from corpuslint.comparing.evidence import Evidence
from corpuslint.comparing.grouping import Grouping
from corpuslint.comparing.overlap import Sets
from corpuslint.document import Document
from corpuslint.minhash import ShingleHashes
from corpuslint.rules.duplicate_document import DuplicateDocument
from corpuslint.rules.near_duplicate_document import NearDuplicateDocument
from corpuslint.scan.compiled import Loops, compiled, interpreted
from corpuslint.scan.texts import Texts
from corpuslint.sources import SourceFile
from corpuslint.stages.documents import Documents, Draft
from corpuslint.stages.rereading import Head
from corpuslint.stages.shards import Task

FORMS = ("numpy", "interpreted", "compiled")
LAST = 2**64 - 1
# Few numbers, so that sets share some; others differ in their last bits only, and in their first ones.
numbers = st.integers(0, 30) | st.integers(LAST - 30, LAST) | st.integers(0, 30).map(lambda number: number << 58)
rows_of_numbers = st.lists(st.lists(numbers, max_size=40), min_size=1, max_size=8)


def loops(form: str) -> Loops | None:
    if form == "numpy":
        return None
    found = interpreted() if form == "interpreted" else compiled()
    if found is None:
        pytest.skip("numba is not installed")
    return found


by_form = pytest.mark.parametrize("form", FORMS)


def joined(rows: Sequence[Sequence[int]]) -> ShingleHashes:
    starts = np.cumsum([0, *map(len, rows)])
    return ShingleHashes(np.array([number for row in rows for number in row], np.uint64), starts)


@by_form
@given(rows_of_numbers)
@example([[]])
@example([[], [1, 1, 1], []])
@example([[5, 5], [5]])
@example([[*range(20_000)] * 2, [*range(0, 60_000, 3)], []])
@settings(max_examples=100, deadline=None)
def test_sets_and_what_pairs_of_them_share(form: str, rows: list[list[int]]) -> None:
    sets = joined(rows).sets._replace(loops=loops(form))
    assert [row.tolist() for row in sets.each()] == [sorted(set(row)) for row in rows]
    lefts, rights = (places.ravel() for places in np.indices((len(rows), len(rows))))
    expected = [len(set(rows[left]) & set(rows[right])) for left, right in zip(lefts, rights, strict=True)]
    assert sets.shared(lefts, rights).tolist() == expected
    assert sets.shared(rights, lefts).tolist() == expected
    assert not len(sets.shared(lefts[:0], rights[:0]))


@contextmanager
def grouped_by(form: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, np.errstate(over="ignore"):
        patch.setattr("corpuslint.comparing.grouping.loaded", lambda: loops(form))
        yield


@by_form
@pytest.mark.parametrize("in_memory", [1 << 20, 25, 1])
@given(st.lists(st.lists(st.tuples(st.integers(0, 20), numbers), max_size=40), max_size=4))
@settings(max_examples=50, deadline=None)
def test_repeated_keys_are_those_of_several_documents(
    form: str, in_memory: int, batches: list[list[tuple[int, int]]]
) -> None:
    made = Grouping(in_memory)
    by_key: dict[int, set[int]] = {}
    for batch in batches:
        keys = np.array([key for _, key in batch], np.uint64)
        keys.flags.writeable = len(batches) % 2 == 0  # as those from a cache may be
        with grouped_by(form):
            made.add(np.array([document for document, _ in batch], np.int64), keys)
        for document, key in batch:
            by_key.setdefault(key, set()).add(document)
    with grouped_by(form):
        found = {
            key: documents.tolist()
            for part in made.repeated()
            for key, documents in zip(part.keys.tolist(), np.split(part.documents, part.starts[1:-1]), strict=False)
        }
    assert found == {key: sorted(of_key) for key, of_key in by_key.items() if len(of_key) > 1}


@pytest.mark.parametrize("in_memory", [1 << 20, 200, 0], ids=["in memory", "in both", "in a file"])
@given(rows=rows_of_numbers, together=st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_pairs_come_with_their_sets_wherever_these_lie(in_memory: int, rows: list[list[int]], together: int) -> None:
    store = Evidence(in_memory)
    for number, row in enumerate(rows):
        store.add(np.array([3 * number]), joined([row]).sets)
    documents = np.arange(3 * len(rows) + 2)
    lefts, rights = (places.ravel() for places in np.indices((len(documents), len(documents))))
    shared = [
        count
        for sets, left, right in store.pairs(lefts, rights, together)
        for count in sets.shared(left, right).tolist()
    ]
    sets = [set(rows[number // 3]) if number % 3 == 0 and number < 3 * len(rows) else set() for number in documents]
    assert shared == [len(sets[left] & sets[right]) for left, right in zip(lefts, rights, strict=True)]


texts = st.lists(st.text("ab \n.اأ", max_size=30), min_size=1, max_size=6)


@pytest.mark.parametrize("form", ["interpreted", "compiled"])
@given(texts, st.data())
@settings(max_examples=50, deadline=None)
def test_evidence_is_the_same_of_documents_and_of_drafts(form: str, texts: list[str], data: st.DataObject) -> None:
    file = SourceFile("a.txt", "a.txt")  # type: ignore[arg-type]  # never opened
    documents = [Document("a.txt", text) for text in texts]
    count = len(texts)
    drafts = Documents([Task(file, ())] * count, [0] * count, [Draft(file)] * count, Texts.of(texts))
    places = np.array(sorted(data.draw(st.sets(st.integers(0, count - 1)))), np.int64)
    with np.errstate(over="ignore"):
        taken = Batch(drafts, loops=loops(form), texts=drafts.texts)
        for rule in (DuplicateDocument(), NearDuplicateDocument(shingle_size=2, letter_variants="same")):
            expected = rule.evidence(Batch([documents[place] for place in places]))
            found = rule.evidence(taken.part(places))
            assert found.hashes.tolist() == expected.hashes.tolist()
            assert found.starts.tolist() == expected.starts.tolist()


@given(
    st.text(st.sampled_from("a \n\r\u2028\ud800😀"), max_size=40),
    st.integers(1, 9),
    st.sampled_from([str.strip, str.rstrip, str]),
)
@settings(max_examples=200, deadline=None)
def test_the_head_of_a_draft_is_that_of_the_document(text: str, enough: int, change: Callable[[str], str]) -> None:
    text = change(text)
    file = SourceFile("a.txt", "a.txt")  # type: ignore[arg-type]  # never opened
    drafts = Documents([Task(file, ())] * 2, [0, 0], [Draft(file)] * 2, Texts.of(["x", text]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpuslint.scan.texts.ENOUGH", enough)
        head = Head.of(drafts, 1)
    assert head == Head.of([Document("a.txt", text)], 0)
    assert head.document("a.txt") == Document("a.txt", head.text)


@by_form
def test_an_empty_corpus_shares_nothing(form: str) -> None:
    with grouped_by(form):
        assert all(not len(found.keys) for found in Grouping().repeated())
    assert not len(Sets.of([], loops(form)).shared(np.zeros(0, np.int64), np.zeros(0, np.int64)))
    assert [*pairwise(joined([[]]).sets.starts.tolist())] == [(0, 0)]
