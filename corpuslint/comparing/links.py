"""Verified links as columns, and the clusters that a report asks for, one at a time.

A link takes 32 bytes here and ten times that as an object, and a corpus of copies has millions. Which links there
are is for `clusters` to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.comparing.overlap import Overlap
from corpuslint.corpus_rule import MOST_RELATED, Cluster, Copy, Link
from corpuslint.lazy import Lazy
from corpuslint.scan.distinct import distinct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]


MANY = 4096  # copies of a cluster beyond which they are made a few at a time
TOGETHER = 256  # clusters whose links become objects together


class Found(NamedTuple):
    """Pairs of documents that are alike and what they have in common, (pairs,) each; `left` comes before `right`."""

    left: Numbers
    right: Numbers
    shared: Numbers
    union: Numbers

    @classmethod
    def none(cls) -> Found:
        """Return no pair."""
        import numpy as np

        return cls(*(np.zeros(0, np.int64) for _ in cls._fields))

    @classmethod
    def joined(cls, parts: Sequence[Found]) -> Found:
        """Return the pairs of all parts."""
        import numpy as np

        return cls(*(np.concatenate(columns) for columns in zip(cls.none(), *parts, strict=True)))

    def where(self, chosen: Flags) -> Found:
        """Return the chosen pairs."""
        return Found(*(column[chosen] for column in self))

    def by_left(self) -> tuple[Numbers, Numbers]:
        """Return the first documents, each once, and where the pairs of each begin; the pairs must be sorted."""
        import numpy as np

        begins = np.ones(len(self.left), np.bool_)
        begins[1:] = self.left[1:] != self.left[:-1]
        starts = np.flatnonzero(begins)
        return self.left[starts], starts

    def of(self, left: int) -> Found:
        """Return the pairs of a first document; the pairs must be sorted."""
        first, last = self.left.searchsorted((left, left + 1)).tolist()
        return Found(*(column[first:last] for column in self))


class Links:
    """Links between documents, and of each document that is a copy the one to its most similar kept document."""

    def __init__(self, to_kept: Found, is_copy: Flags) -> None:
        """Take the links of copies to kept documents (left); of equally similar ones a copy goes to the first."""
        import numpy as np

        self.is_copy = is_copy  # (documents,)
        self.counts = np.zeros(len(is_copy), np.int64)  # of links that a document's finding may name
        self._links = [to_kept]
        self._count = 0
        self._named: list[tuple[Numbers, Numbers]] = []  # documents, and a link that the finding of each may name
        self._name(to_kept.right, np.arange(len(to_kept.left)))
        order = np.lexsort((to_kept.left, -(to_kept.shared / to_kept.union), to_kept.right))
        right = to_kept.right[order]
        first = np.ones(len(right), np.bool_)
        first[1:] = right[1:] != right[:-1]
        self._best = np.full(len(is_copy), -1, np.int64)  # the link to the kept document, (documents,)
        self._best[right[first]] = order[first]
        self.kept = np.where(is_copy, np.append(to_kept.left, 0)[self._best], -1)  # (documents,)
        self._count = len(order)

    def add_further(self, found: Found) -> None:
        """Link copies (left) with others that are no reason to keep or drop them; both may name the link."""
        import numpy as np

        numbers = self._count + np.arange(len(found.left))
        copies = self.is_copy[found.right]
        self._links.append(found)
        self._name(found.left, numbers)
        self._name(found.right[copies], numbers[copies])
        self._count += len(numbers)

    def _name(self, documents: Numbers, links: Numbers) -> None:
        """Say which links the findings of documents may name."""
        import numpy as np

        self._named.append((documents.astype(np.uint32), links.astype(np.uint32)))
        np.add.at(self.counts, documents, 1)

    def clusters(self, ranks: Numbers) -> Clusters:
        """Return the clusters; `ranks` are what the documents are called in them, in order, (documents,)."""
        import numpy as np

        left, right, shared, union = Found.joined(self._links)
        document, link = (np.concatenate(columns) for columns in zip(*self._named, strict=True))
        # The link to the kept document has a place of its own; of the others the most similar are named.
        other = self._best[document] != link
        document, link = document[other], link[other]
        similarity = shared[link] / union[link]
        order = np.lexsort((right[link], left[link], -similarity, document))
        document, link = document[order], link[order]
        named = np.arange(len(document)) - document.searchsorted(document) < MOST_RELATED
        copies = np.flatnonzero(self.is_copy)
        kept = self.kept[copies]
        copies = copies[np.argsort(kept, kind="stable")]  # in order within each cluster
        table = _Table(Found(left, right, shared, union), document[named], link[named], self._best, ranks)
        return Clusters(copies, np.sort(kept), table)


class _Table(NamedTuple):
    """Links, those that each document's finding names (sorted by document), and the best of each copy."""

    found: Found
    document: NDArray[np.uint32]
    link: NDArray[np.uint32]
    best: Numbers
    ranks: Numbers

    def links(self, numbers: Numbers) -> list[Link]:
        """Return links as objects."""
        left, right, shared, union = (column[numbers] for column in self.found)
        columns = (self.ranks[left].tolist(), self.ranks[right].tolist(), shared.tolist(), union.tolist())
        return [Link(left, right, Overlap(shared, union)) for left, right, shared, union in zip(*columns, strict=True)]

    def copies(self, numbers: Numbers) -> Iterator[Copy]:
        """Yield copies with their links, which are made together."""
        import numpy as np

        firsts, lasts = self.document.searchsorted(numbers), self.document.searchsorted(numbers, "right")
        counts = lasts - firsts
        wanted = np.repeat(firsts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        others = iter(self.links(self.link[wanted]))
        columns = (self.ranks[numbers].tolist(), self.links(self.best[numbers]), counts.tolist())
        for number, link, count in zip(*columns, strict=True):
            yield Copy(number, link, tuple(islice(others, count)))


class Clusters(Lazy[Cluster]):
    """The clusters in the order of their kept documents; each is made when it is asked for."""

    def __init__(self, copies: Numbers, kept: Numbers, table: _Table) -> None:
        """Take the copies and the kept document of each, (copies,), sorted by kept document and copy."""
        import numpy as np

        self._copies = copies
        self._table = table
        begins = np.ones(len(kept), np.bool_)
        begins[1:] = kept[1:] != kept[:-1]
        self._starts = np.append(np.flatnonzero(begins), len(kept))
        self._kept = kept[begins]

    @property
    def documents(self) -> Numbers:
        """All documents that a report of the clusters names, sorted."""
        import numpy as np

        table = self._table
        ends = (table.found.left[table.link], table.found.right[table.link])
        return distinct(table.ranks[np.concatenate((self._kept, self._copies, *ends)).astype(np.int64)])

    def __len__(self) -> int:
        """Return the number of clusters."""
        return len(self._kept)

    def _one(self, place: int) -> Cluster:
        return next(self._made(place, 1))

    def __iter__(self) -> Iterator[Cluster]:
        """Make the clusters one after another."""
        for first in range(0, len(self), TOGETHER):
            yield from self._made(first, min(TOGETHER, len(self) - first))

    def _made(self, first: int, count: int) -> Iterator[Cluster]:
        """Make some clusters: their links become objects together, but for those of large clusters."""
        import numpy as np

        table, starts = self._table, self._starts[first : first + count + 1]
        kept, sizes = table.ranks[self._kept[first : first + count]].tolist(), np.diff(starts)
        copies = self._copies[starts[0] : starts[-1]]
        made = table.copies(copies[np.repeat(sizes <= MANY, sizes)])
        for number, begin, size in zip(kept, (starts[:-1] - starts[0]).tolist(), sizes.tolist(), strict=True):
            many = ManyCopies(table, copies[begin : begin + size]) if size > MANY else None
            yield Cluster(number, tuple(islice(made, size)) if many is None else many)


class ManyCopies(Lazy[Copy]):
    """The copies of a large cluster, made a few at a time: a hundred thousand of them take 50 MB and more."""

    def __init__(self, table: _Table, copies: Numbers) -> None:
        """Take the copies' numbers, in order."""
        self._table = table
        self._copies = copies

    def __len__(self) -> int:
        """Return their number."""
        return len(self._copies)

    def _one(self, place: int) -> Copy:
        return next(self._table.copies(self._copies[place : place + 1]))

    def __iter__(self) -> Iterator[Copy]:
        """Make them one after another."""
        for first in range(0, len(self), TOGETHER):
            yield from self._table.copies(self._copies[first : first + TOGETHER])
