"""Groups, candidates, evidence and clusters, held against plain loops over all pairs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from plain_clusters import plain_clusters

from corpuslint import clusters
from corpuslint.clusters import HOT_ROUNDS, find_clusters
from corpuslint.comparing import candidates, links
from corpuslint.comparing.candidates import Candidates
from corpuslint.comparing.evidence import Evidence
from corpuslint.comparing.grouping import Grouping
from corpuslint.comparing.overlap import Overlap, Overlaps, Sets
from corpuslint.corpus_rule import MOST_RELATED

THRESHOLD = 0.5


def grouping(records: Sequence[tuple[int, int]], in_memory: int = 1 << 20) -> Grouping:
    made = Grouping(in_memory)
    for first in range(0, len(records), 7):
        part = records[first : first + 7]
        made.add(np.array([d for d, _ in part]), np.array([k for _, k in part], np.uint64))
    return made


def groups(made: Grouping) -> list[tuple[int, ...]]:
    return sorted(
        tuple(found.documents[first:last].tolist())
        for found in made.repeated()
        for first, last in pairwise(found.starts.tolist())
    )


def random_records(seed: int) -> list[tuple[int, int]]:
    rng = random.Random(seed)
    return [(rng.randrange(40), rng.randrange(60) * 0x0400_0000_0000_0001 % 2**64) for _ in range(150)]


@pytest.mark.parametrize("in_memory", [1 << 20, 20, 1])
def test_groups_are_the_documents_of_a_key_in_memory_and_on_disk(in_memory: int) -> None:
    records = random_records(1)
    by_key: dict[int, set[int]] = {}
    for document, key in records:
        by_key.setdefault(key, set()).add(document)
    expected = sorted(tuple(sorted(found)) for found in by_key.values() if len(found) > 1)
    assert groups(grouping(records, in_memory)) == expected


def test_delivery_twice_and_in_another_order_does_no_harm() -> None:
    records = random_records(2)
    twice = records + records[::-1]
    assert groups(grouping(twice)) == groups(grouping(records))


def test_no_records_are_no_groups() -> None:
    assert not groups(grouping([]))
    empty = Grouping()
    empty.add(np.zeros(0, np.int64), np.zeros(0, np.uint64))
    assert not groups(empty)
    assert not find_clusters(Candidates.of(empty, 16), Compared([])).clusters


class Compared:
    """Documents as sets, compared by Jaccard; remembers who was compared."""

    def __init__(self, sets: Sequence[frozenset[int]]) -> None:
        self.sets = sets
        self.compared: list[tuple[int, int]] = []

    def overlap(self, left: int, right: int) -> Overlap | None:
        shared, union = len(self.sets[left] & self.sets[right]), len(self.sets[left] | self.sets[right])
        return Overlap(shared, union) if shared / union >= THRESHOLD else None

    def __call__(self, lefts: NDArray[np.int64], rights: NDArray[np.int64]) -> Overlaps:
        pairs = list(zip(lefts.tolist(), rights.tolist(), strict=True))
        self.compared += pairs
        found = [self.overlap(left, right) for left, right in pairs]
        shared, union = (np.array([overlap[n] if overlap else 0 for overlap in found], np.int64) for n in (0, 1))
        return Overlaps(np.array([overlap is not None for overlap in found], np.bool_), shared, union)


def random_sets(seed: int, count: int, families: float = 0.6) -> Compared:
    rng = random.Random(seed)
    made: list[frozenset[int]] = []
    for _ in range(count):
        base = set(rng.choice(made)) if made and rng.random() < families else set()
        made.append(frozenset(base ^ {rng.randrange(30) for _ in range(3 if base else 10)} or {0}))
    return Compared(made)


def kept_by_the_book(sets: Compared) -> dict[int, int]:
    """Who is a copy of whom, with every pair compared: the definition."""
    kept: list[int] = []
    copies = {}
    for document in range(len(sets.sets)):
        overlaps = {other: sets.overlap(other, document) for other in kept}
        alike = {other: overlap.similarity for other, overlap in overlaps.items() if overlap}
        if alike:
            copies[document] = max(alike, key=lambda other: (alike[other], -other))
        else:
            kept.append(document)
    return copies


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("star_above", [100, 1], ids=["pairs", "stars"])
def test_clusters_are_those_of_comparing_every_pair(seed: int, star_above: int) -> None:
    sets = random_sets(seed, 40)
    everyone = grouping([(document, 1) for document in range(40)])
    found = find_clusters(Candidates.of(everyone, star_above), sets)
    copies = {copy.number: cluster.kept for cluster in found.clusters for copy in cluster.copies}
    expected = kept_by_the_book(sets)
    if found.uncompared:
        copies = {number: kept for number, kept in copies.items() if expected.get(number) == kept}
        assert copies
    else:
        assert copies == expected


@pytest.mark.parametrize("seed", range(24))
@pytest.mark.parametrize(("star_above", "ahead"), [(100, 1 << 16), (16, 40), (5, 7), (1, 1 << 16)])
def test_clusters_are_those_of_plain_loops(
    seed: int, star_above: int, ahead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole: kept documents, copies, all links that are told, and what was left uncompared."""
    monkeypatch.setattr("corpuslint.clusters.AHEAD", ahead)
    rng = random.Random(seed)
    sets = random_sets(seed, 120, families=rng.choice([0.6, 0.9, 0.99]))
    sizes = [rng.choice([2, 3, 8, 30, 70]) for _ in range(rng.choice([10, 60]))]
    records = [(document, key) for key, size in enumerate(sizes) for document in rng.sample(range(120), size)]
    found = find_clusters(Candidates.of(grouping(records), star_above), sets)
    expected, uncompared = plain_clusters(records, star_above, sets.overlap)
    assert list(found.clusters) == expected
    assert [found.clusters[place] for place in range(len(expected))] == expected
    assert found.uncompared == uncompared
    assert len(sets.compared) == len(set(sets.compared))


@pytest.mark.parametrize("seed", range(4))
def test_every_link_was_verified_and_none_is_told_twice(seed: int) -> None:
    sets = random_sets(seed, 60)
    records = [(document, key) for key in range(12) for document in range(60) if (document * (key + 3)) % 7 < 3]
    found = find_clusters(Candidates.of(grouping(records), 100), sets)
    assert len(sets.compared) == len(set(sets.compared))
    for cluster in found.clusters:
        assert [copy.number for copy in cluster.copies] == sorted(copy.number for copy in cluster.copies)
        for copy in cluster.copies:
            assert copy.link.left == cluster.kept
            assert len(copy.others) <= MOST_RELATED
            for link in (copy.link, *copy.others):
                assert sets.overlap(link.left, link.right) == link.overlap
            similar = [link.overlap.similarity for link in copy.others]
            assert similar == sorted(similar, reverse=True)
            assert len({frozenset(link[:2]) for link in (copy.link, *copy.others)}) == 1 + len(copy.others)


def test_hot_groups_are_compared_in_linear_time() -> None:
    alike = Compared([frozenset(range(10)) | {100 + n} for n in range(500)])
    records = [(document, key) for key in range(8) for document in range(500)]
    found = find_clusters(Candidates.of(grouping(records), 16), alike)
    assert [cluster.size for cluster in found.clusters] == [500]
    assert len(alike.compared) == 499
    assert found.uncompared == 0


def test_what_is_left_uncompared_is_counted() -> None:
    unlike = Compared([frozenset({n}) for n in range(300)])
    found = find_clusters(Candidates.of(grouping([(document, 1) for document in range(300)]), 16), unlike)
    assert not found.clusters
    assert len(unlike.compared) <= HOT_ROUNDS * 300
    assert found.uncompared == 300


def test_a_star_finds_those_unlike_its_centre() -> None:
    families = Compared([frozenset(range(20 * (n % 5), 20 * (n % 5) + 10)) | {1000 + n} for n in range(200)])
    found = find_clusters(Candidates.of(grouping([(document, 1) for document in range(200)]), 16), families)
    assert [cluster.kept for cluster in found.clusters] == [0, 1, 2, 3, 4]
    assert {cluster.size for cluster in found.clusters} == {40}


@pytest.mark.parametrize("in_memory", [1 << 20, 64])
def test_evidence_is_the_same_from_memory_and_from_a_file(in_memory: int) -> None:
    store = Evidence(in_memory)
    for number in range(30, 0, -1):
        store.add(np.array([number]), Sets.of([np.arange(number, dtype=np.uint64) * number]))
    wanted = [*range(1, 31), 99, 7]
    expected = [[number * value for value in range(number)] if number <= 30 else [] for number in wanted]
    sets = store.sets(np.array(wanted))
    assert [sets.hashes[first:last].tolist() for first, last in pairwise(sets.starts.tolist())] == expected
    assert store.sizes(np.array(wanted)).tolist() == [len(row) for row in expected]


def test_a_copy_names_a_later_kept_document_that_it_resembles() -> None:
    """0 ~ 1 and 1 ~ 2, but not 0 ~ 2: 2 is kept, and 1 says that it is like 2."""
    chain = Compared([frozenset(range(10)), frozenset(range(3, 13)), frozenset(range(6, 16))])
    found = find_clusters(Candidates.of(grouping([(document, 1) for document in range(3)]), 16), chain)
    (cluster,) = found.clusters
    (copy,) = cluster.copies
    assert (cluster.kept, copy.number) == (0, 1)
    assert [link[:2] for link in copy.others] == [(1, 2)]


def test_nothing_is_known_of_documents_without_evidence() -> None:
    sets = Evidence().sets(np.array([3, 4]))
    assert sets.sizes.tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(6))
def test_shared_numbers_are_counted_exactly(seed: int) -> None:
    """Also where hashes differ in their last bits only, which are cut off where many pairs are looked up at once."""
    rng = random.Random(seed)
    low = 2**64 - 300 if seed % 2 else 0
    rows = [sorted({low + rng.randrange(300) for _ in range(rng.randrange(90))}) for _ in range(40)]
    rows += [sorted({rng.randrange(2**64) for _ in range(50)} | set(rng.choice(rows))) for _ in range(20)]
    sets = Sets.of([np.array(row, np.uint64) for row in rows])
    pairs = [(rng.randrange(60), rng.randrange(60)) for _ in range(200)] + [(3, n) for n in range(60)]
    lefts, rights = (np.array(column) for column in zip(*pairs, strict=True))
    assert sets.shared(lefts, rights).tolist() == [len(set(rows[a]) & set(rows[b])) for a, b in pairs]
    assert sets.shared(lefts[-60:], rights[-60:]).tolist() == [len(set(rows[3]) & set(row)) for row in rows]
    assert not len(sets.shared(lefts[:0], rights[:0]))


@pytest.mark.parametrize("seed", range(4))
def test_nothing_depends_on_how_much_is_looked_at_together(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sets = random_sets(seed, 60)
    rng = random.Random(seed)
    records = [(document, key) for document in range(60) for key in rng.sample(range(9), 3)]
    expected = find_clusters(Candidates.of(grouping(records), 4), sets)
    made = list(expected.clusters)
    assert any(len(cluster.copies) > 3 for cluster in made)
    for module, name, size in ((clusters, "AHEAD", 7), (candidates, "PAIRS_TOGETHER", 5), (links, "TOGETHER", 2)):
        monkeypatch.setattr(module, name, size)
    monkeypatch.setattr(links, "MANY", 1)
    found = find_clusters(Candidates.of(grouping(records), 4), sets)
    assert [(cluster.kept, tuple(cluster.copies)) for cluster in found.clusters] == [(c.kept, c.copies) for c in made]
    assert found.uncompared == expected.uncompared
    for one, other in zip(found.clusters, made, strict=True):
        assert (one.size, one.copies[0], list(one.copies[1:3])) == (other.size, other.copies[0], [*other.copies[1:3]])
