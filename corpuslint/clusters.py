"""From candidates to clusters: a kept document and those that were verified to be copies of that very one.

Documents are taken in the order of the policy; one that is like no kept document is kept itself. Only pairs with a
kept document can change the outcome; the others are compared to be named. There is no transitive closure: A ~ B and
B ~ C do not make C a copy of A. What makes two documents alike is for the rule to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

from corpuslint.comparing.candidates import LOW, Candidates, HotGroups
from corpuslint.comparing.links import Clusters, Found, Links
from corpuslint.comparing.overlap import Overlaps
from corpuslint.corpus_rule import MOST_RELATED
from corpuslint.scan.distinct import distinct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

# How many kept documents a hot group is compared with. Each round is linear in the group; a template, or several in
# one group, settles in as many rounds as there are templates. What is left is counted, not dropped silently.
HOT_ROUNDS = 16
# Pairs that are compared before it is known whether their first documents are kept: many at once cost less each.
AHEAD = 1 << 16


class Compare(Protocol):
    """Compares pairs of documents exactly."""

    def __call__(self, lefts: Numbers, rights: Numbers) -> Overlaps:
        """Return what each pair has in common, (pairs,)."""


class Clustering(NamedTuple):
    """The clusters in the order of their kept documents, and what was left uncompared in hot groups."""

    clusters: Clusters
    uncompared: int = 0  # documents of hot groups that were compared with HOT_ROUNDS kept ones and resemble none


def find_clusters(candidates: Candidates, compare: Compare) -> Clustering:
    """Choose the kept documents greedily, from the first to the last; the others go to their most similar kept one.

    Documents are numbered in the policy's order, so the outcome depends on nothing else.
    """
    documents = candidates.documents
    pairs = _Pairs(candidates, documents, compare)
    hot = _Hot(candidates.hot, documents, compare)
    is_copy, found = _choose(len(documents), pairs, hot)
    links = Links(found, is_copy)
    _add_further_links(pairs, links)
    return Clustering(links.clusters(documents), hot.uncompared(is_copy))


def _choose(documents: int, pairs: _Pairs, hot: _Hot) -> tuple[Flags, Found]:
    """Say of each document whether it is a copy, and return the links to kept documents, in the order of those."""
    import numpy as np

    flags = bytearray(documents)
    is_copy = np.frombuffer(flags, np.bool_)
    links = [Found.none()]
    for first, last in pairs.portions():
        alike = pairs.alike(first, last, ~is_copy)
        lefts, starts = alike.by_left()
        runs = dict(zip(lefts.tolist(), pairwise([*starts.tolist(), len(alike.left)]), strict=True))
        chosen = np.zeros(len(alike.left), np.bool_)
        live = frozenset(hot.members(first, last).tolist())
        for left in sorted(live.union(runs)) if live else runs:
            if flags[left]:
                continue
            begin, end = runs.get(left, (0, 0))
            chosen[begin:end] = True
            is_copy[alike.right[begin:end]] = True
            if left in live:
                links.append(hot.of(left, pairs.rights(left)))
                is_copy[links[-1].right] = True
        links.append(alike.where(chosen))
    return is_copy, Found.joined(links)


def _add_further_links(pairs: _Pairs, links: Links) -> None:
    """Compare pairs of copies that had no say in who is kept: evidence for the report, without effect on it.

    Copies of the same document come first. A kept document that only came later is named here as well: it is like
    the copy, but not like the document that the copy went to.
    """
    import numpy as np

    is_copy = links.is_copy
    parts = [pairs.alike(first, last, is_copy) for first, last in pairs.portions()]
    found = Found.joined([alike.where(is_copy[alike.left]) for alike in parts])
    # Nearly all documents can name everything that they are like; the others are settled one by one.
    most = links.counts + np.bincount(found.left, minlength=len(is_copy))
    most += np.bincount(found.right[is_copy[found.right]], minlength=len(is_copy))
    crowded = (most > MOST_RELATED)[found.right] | (most + pairs.counts > MOST_RELATED + 1)[found.left]
    one_by_one = np.zeros(len(is_copy), np.bool_)
    one_by_one[found.left[crowded]] = True
    links.add_further(found.where(~one_by_one[found.left]))
    for left in np.flatnonzero(one_by_one).tolist():
        if (room := MOST_RELATED + 1 - int(links.counts[left])) > 0:
            rights = pairs.rights(left)
            rights = rights[~is_copy[rights] | (links.counts[rights] <= MOST_RELATED)]
            if len(rights) > room:
                # Those of the same cluster come first, each part in the order of the documents.
                mates = links.kept[rights] == links.kept[left]
                rights = np.concatenate((rights[mates], rights[~mates]))[:room]
            alike = found.of(left)
            links.add_further(alike.where(np.isin(alike.right, rights)))


class _Pairs:
    """The pairs of small groups, compared in portions; a document's number is its place among all candidates."""

    def __init__(self, candidates: Candidates, documents: Numbers, compare: Compare) -> None:
        import numpy as np

        self._documents = documents
        self._compare = compare
        counts = np.zeros(len(documents), np.int64)
        counts[documents.searchsorted(candidates.lefts)] = np.diff(candidates.starts)
        self.counts = counts  # of later candidates that share a small group with a document, (documents,)
        self._starts = np.append(0, np.cumsum(counts))
        self._rights = documents.searchsorted(candidates.rights).astype(np.uint32)
        self._compared = np.zeros(len(self._rights), np.bool_)
        # Of the pairs that are alike, by the first document of a portion: the pairs' numbers, shared, union.
        self._found: dict[int, tuple[Numbers, Numbers, Numbers]] = {}

    def portions(self) -> Iterator[tuple[int, int]]:
        """Cut the documents where about AHEAD pairs and documents are together."""
        import numpy as np

        ends = self._starts[1:] + np.arange(1, len(self._documents) + 1)
        cuts = np.flatnonzero(np.diff(ends // AHEAD, prepend=0))
        bounds = [0, *cuts.tolist(), len(self._documents)]
        yield from ((first, last) for first, last in pairwise(bounds) if last > first)

    def rights(self, left: int) -> Numbers:
        """Return the later candidates that share a small group with a document, sorted."""
        return self._rights[self._starts[left] : self._starts[left + 1]].astype(int)

    def alike(self, first: int, last: int, chosen: Flags) -> Found:
        """Compare the pairs of the chosen documents of a portion, and return those of it that are alike so far."""
        import numpy as np

        begin, end = int(self._starts[first]), int(self._starts[last])
        left = np.repeat(np.arange(first, last), np.diff(self._starts[first : last + 1]))
        new = begin + np.flatnonzero(chosen[left] & ~self._compared[begin:end])
        found = self._found.get(first, (new[:0], new[:0], new[:0]))
        if len(new):
            self._compared[new] = True
            made = self._compare(self._documents[left[new - begin]], self._documents[self._rights[new]])
            more = (new[made.alike], made.shared[made.alike], made.union[made.alike])
            found = tuple(np.concatenate(parts) for parts in zip(found, more, strict=True))  # type: ignore[assignment]
            order = np.argsort(found[0], kind="stable")
            found = found[0][order], found[1][order], found[2][order]
            self._found[first] = found
        return Found(left[found[0] - begin], self._rights[found[0]].astype(np.int64), found[1], found[2])


class _Hot:
    """The hot groups of each document, and how many kept documents each group was compared with."""

    def __init__(self, groups: HotGroups, documents: Numbers, compare: Compare) -> None:
        import numpy as np

        self._compare = compare
        self._documents = documents
        self._starts = groups.starts
        self._rounds = np.zeros(len(groups), np.int64)
        self._members = np.empty(len(groups.members), np.uint32)
        self._sorted = np.empty(len(groups.members), np.int64)  # each member times 2^32, plus the number of its group
        for first in range(0, len(groups.members), AHEAD):  # a document is in twenty groups: a portion at a time
            part = slice(first, first + AHEAD)
            members = documents.searchsorted(groups.members[part])
            places = np.arange(first, first + len(members))
            self._members[part] = members
            self._sorted[part] = members << 32 | groups.starts.searchsorted(places, side="right") - 1
        self._sorted.sort()

    def members(self, first: int, last: int) -> Numbers:
        """Return the documents of a portion that are in a hot group that has rounds left."""
        own = self._between(first, last)
        live = self._rounds[own & LOW] < HOT_ROUNDS
        return distinct(own[live] >> 32)

    def _between(self, first: int, last: int) -> Numbers:
        begin, end = self._sorted.searchsorted((first << 32, last << 32)).tolist()
        return self._sorted[begin:end]

    def of(self, left: int, known: Numbers) -> Found:
        """Compare a kept document with the later members of its groups, as long as they have rounds left.

        Return those that it is like; `known` are compared already.
        """
        import numpy as np

        groups = self._between(left, left + 1) & LOW
        groups = groups[self._rounds[groups] < HOT_ROUNDS]
        self._rounds[groups] += 1
        later = [self._later(left, group) for group in groups.tolist()]
        rights = distinct(np.concatenate([self._members[:0], *later])).astype(np.int64)
        if len(known):
            rights = rights[~np.isin(rights, known)]
        if not len(rights):
            return Found.none()
        lefts = np.full(len(rights), left)
        found = self._compare(self._documents[lefts], self._documents[rights])
        return Found(lefts, rights, found.shared, found.union).where(found.alike)

    def _later(self, left: int, group: int) -> NDArray[np.uint32]:
        members = self._members[self._starts[group] : self._starts[group + 1]]
        return members[members.searchsorted(left, side="right") :]

    def uncompared(self, is_copy: Flags) -> int:
        """Count the documents that are no copy of anything and were left out of a round of one of their groups."""
        import numpy as np

        spent = np.repeat(self._rounds == HOT_ROUNDS, np.diff(self._starts))
        return int((~is_copy[distinct(self._members[spent])]).sum())
