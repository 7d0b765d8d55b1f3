"""From candidates to clusters: a kept document and those that were verified to be copies of that very one.

Documents are taken in the order of the policy; one that is like no kept document is kept itself. Only pairs with a
kept document can change the outcome, so only those are compared first. There is no transitive closure: A ~ B and
B ~ C do not make C a copy of A. What makes two documents alike is for the rule to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from corpuslint.candidates import Candidates
from corpuslint.corpus_rule import MOST_RELATED, Cluster, Copy, Link, Overlap
from corpuslint.scan.distinct import distinct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# How many kept documents a hot group is compared with. Each round is linear in the group; a template, or several in
# one group, settles in as many rounds as there are templates. What is left is counted, not dropped silently.
HOT_ROUNDS = 16


class Compare(Protocol):
    """Compares one document with others, exactly; None where a pair is not alike."""

    def __call__(self, left: int, rights: Sequence[int]) -> list[Overlap | None]:
        """Return the overlap with each of `rights`."""


@dataclass(frozen=True)
class Clustering:
    """The clusters in the order of their kept documents, and what was left uncompared in hot groups."""

    clusters: tuple[Cluster, ...]
    uncompared: int = 0  # documents of hot groups that were compared with HOT_ROUNDS kept ones and resemble none


def find_clusters(candidates: Candidates, compare: Compare) -> Clustering:
    """Choose the kept documents greedily, from the first to the last; the others go to their most similar kept one.

    Documents are numbered in the policy's order, so the outcome depends on nothing else.
    """
    best: dict[int, Link] = {}  # of each copy, the link to its most similar kept document
    links: dict[int, list[Link]] = {}  # of each copy, all its links to kept documents
    hot = _HotGroups(candidates.hot_groups)
    for left in candidates.documents.tolist():
        if left in best:
            continue
        for link in _verified(compare, left, _union(_partners(candidates, left), hot.partners(left))):
            links.setdefault(link.right, []).append(link)
            # Of equally similar kept documents the first stays, which was met first.
            if link.right not in best or link.overlap.similarity > best[link.right].overlap.similarity:
                best[link.right] = link
    _add_further_links(candidates, compare, best, links)
    return Clustering(_collect(best, links), hot.uncompared(best))


def _partners(candidates: Candidates, left: int) -> NDArray[np.int64]:
    place = int(candidates.lefts.searchsorted(left))
    if place == len(candidates.lefts) or candidates.lefts[place] != left:
        return candidates.rights[:0]
    return candidates.rights[candidates.starts[place] : candidates.starts[place + 1]]


def _union(first: NDArray[np.int64], second: Sequence[NDArray[np.int64]]) -> list[int]:
    import numpy as np

    numbers: list[int] = distinct(np.concatenate((first, *second))).tolist() if second else first.tolist()
    return numbers


def _verified(compare: Compare, left: int, rights: Sequence[int]) -> Iterator[Link]:
    if rights:
        for right, overlap in zip(rights, compare(left, rights), strict=True):
            if overlap is not None:
                yield Link(left, right, overlap)


class _HotGroups:
    """The hot groups of each document, and how many kept documents each group was compared with."""

    def __init__(self, groups: Sequence[NDArray[np.int64]]) -> None:
        self._groups = groups
        self._rounds = [0] * len(groups)
        self._of: dict[int, list[int]] = {}
        for number, group in enumerate(groups):
            for document in group.tolist():
                self._of.setdefault(document, []).append(number)

    def partners(self, left: int) -> list[NDArray[np.int64]]:
        """Return the later members of a kept document's hot groups, as long as the groups have rounds left."""
        found = []
        for number in self._of.get(left, ()):
            if self._rounds[number] < HOT_ROUNDS:
                self._rounds[number] += 1
                group = self._groups[number]
                found.append(group[group.searchsorted(left, side="right") :])
        return found

    def uncompared(self, best: dict[int, Link]) -> int:
        """Count the documents that are no copy of anything and were left out of a round of one of their groups."""
        return sum(
            document not in best and any(self._rounds[number] == HOT_ROUNDS for number in numbers)
            for document, numbers in self._of.items()
        )


def _add_further_links(
    candidates: Candidates, compare: Compare, best: dict[int, Link], links: dict[int, list[Link]]
) -> None:
    """Verify candidates of copies that had no say in who is kept: evidence for the report, without effect on it.

    Copies of the same document come first. A kept document that only came later is named here as well: it is like
    the copy, but not like the document that the copy went to.
    """
    room = {document: MOST_RELATED + 1 - len(found) for document, found in links.items()}
    for left in candidates.lefts.tolist():
        if left not in best or room[left] <= 0:
            continue
        rights = [right for right in _partners(candidates, left).tolist() if room.get(right, 1) > 0]
        # Those of the same cluster come first, each part in the order of the documents.
        mates = {right for right in rights if right in best and best[right].left == best[left].left}
        rights = [right for right in rights if right in mates] + [right for right in rights if right not in mates]
        for link in _verified(compare, left, rights[: room[left]]):
            for document in link[:2]:
                if document in best:
                    links[document].append(link)
                    room[document] -= 1


def _collect(best: dict[int, Link], links: dict[int, list[Link]]) -> tuple[Cluster, ...]:
    copies: dict[int, list[Copy]] = {}
    for number, link in sorted(best.items()):
        others = sorted(
            (other for other in links[number] if other != link),
            key=lambda other: (-other.overlap.similarity, other.left, other.right),
        )
        copies.setdefault(link.left, []).append(Copy(number, link, tuple(others[:MOST_RELATED])))
    return tuple(Cluster(kept, tuple(found)) for kept, found in sorted(copies.items()))
