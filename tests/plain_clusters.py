"""Clusters by plain loops over pairs and groups: what the columns of `corpuslint.clusters` must say as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

from corpuslint.clusters import HOT_ROUNDS
from corpuslint.comparing.overlap import Overlap
from corpuslint.corpus_rule import MOST_RELATED, Cluster, Copy, Link

Compare = Callable[[int, int], Overlap | None]


def plain_clusters(records: Iterable[tuple[int, int]], star_above: int, compare: Compare) -> tuple[list[Cluster], int]:
    """Return the clusters of records (document, key), and how many documents of hot groups were left uncompared."""
    by_key: dict[int, set[int]] = {}
    for document, key in records:
        by_key.setdefault(key, set()).add(document)
    groups = {tuple(sorted(found)) for found in by_key.values() if len(found) > 1}
    hot = sorted(group for group in groups if len(group) > max(star_above, 2))
    partners: dict[int, set[int]] = {}
    for group in groups - set(hot):
        for left, right in combinations(group, 2):
            partners.setdefault(left, set()).add(right)
    best: dict[int, Link] = {}
    links: dict[int, list[Link]] = {}
    rounds = dict.fromkeys(hot, 0)
    for left in sorted({document for group in groups for document in group}):
        if left in best:
            continue
        rights = set(partners.get(left, ()))
        for group in hot:
            if left in group and rounds[group] < HOT_ROUNDS:
                rounds[group] += 1
                rights.update(right for right in group if right > left)
        for link in _verified(compare, left, sorted(rights)):
            links.setdefault(link.right, []).append(link)
            if link.right not in best or link.overlap.similarity > best[link.right].overlap.similarity:
                best[link.right] = link
    _further(partners, compare, best, links)
    spent = {document for group in hot if rounds[group] == HOT_ROUNDS for document in group}
    return _collected(best, links), len(spent - best.keys())


def _verified(compare: Compare, left: int, rights: Sequence[int]) -> list[Link]:
    found = [(right, compare(left, right)) for right in rights]
    return [Link(left, right, overlap) for right, overlap in found if overlap]


def _further(
    partners: dict[int, set[int]], compare: Compare, best: dict[int, Link], links: dict[int, list[Link]]
) -> None:
    room = {document: MOST_RELATED + 1 - len(found) for document, found in links.items()}
    for left in sorted(partners):
        if left not in best or room[left] <= 0:
            continue
        rights = [right for right in sorted(partners[left]) if room.get(right, 1) > 0]
        mates = {right for right in rights if right in best and best[right].left == best[left].left}
        rights = [right for right in rights if right in mates] + [right for right in rights if right not in mates]
        for link in _verified(compare, left, rights[: room[left]]):
            for document in link[:2]:
                if document in best:
                    links[document].append(link)
                    room[document] -= 1


def _collected(best: dict[int, Link], links: dict[int, list[Link]]) -> list[Cluster]:
    copies: dict[int, list[Copy]] = {}
    for number, link in sorted(best.items()):
        others = sorted(
            (other for other in links[number] if other != link),
            key=lambda other: (-other.overlap.similarity, other.left, other.right),
        )
        copies.setdefault(link.left, []).append(Copy(number, link, tuple(others[:MOST_RELATED])))
    return [Cluster(kept, tuple(found)) for kept, found in sorted(copies.items())]
