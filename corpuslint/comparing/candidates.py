"""From shared keys to candidates: documents that share one, as pairs, or as a hot group of too many for pairs.

Whether candidates are alike is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpuslint.comparing.grouping import Grouping, Repeated
from corpuslint.scan.distinct import distinct
from corpuslint.scan.words import fmix64_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Documents = NDArray[np.uint32]  # numbers of documents, which are below 2^32

PAIRS_TOGETHER = 1 << 20  # pairs that are gathered before those that are there twice are left out
LOW = 0xFFFFFFFF  # a pair is one number: its first document times 2^32, plus its second


@dataclass(frozen=True)
class HotGroups:
    """Groups of too many documents for pairs; group `i` has `members[starts[i]:starts[i + 1]]`, sorted."""

    starts: Numbers  # (groups + 1,)
    members: Documents

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.starts) - 1


@dataclass(frozen=True)
class Candidates:
    """Who is to be compared with whom; documents are numbers in the order in which they would be kept.

    `rights[starts[i]:starts[i + 1]]` are the later documents that share a small group with `lefts[i]`. The members of
    a hot group are compared only with those of them that are kept, one after another.
    """

    lefts: Numbers
    starts: Numbers
    rights: Documents
    hot: HotGroups

    @classmethod
    def of(cls, grouping: Grouping, star_above: int, ranks: Numbers | None = None) -> Candidates:
        """Make candidates of the groups; one with more than `star_above` documents (at least two) is hot.

        `ranks` are the documents' places in the order of keeping, by their numbers in the grouping (default: equal).
        """
        import numpy as np

        pairs, hot = _Pairs(), _Hot()
        if ranks is not None and (ranks[1:] > ranks[:-1]).all():
            ranks = None
        for found in grouping.repeated():
            ranked = found if ranks is None else _ranked(found, ranks)
            is_hot = ranked.sizes > max(star_above, 2)
            hot.add(ranked, is_hot)
            pairs.add(ranked, ~is_hot)
        joined = pairs.all()
        first = np.ones(len(joined), np.bool_)
        first[1:] = (joined[1:] >> 32) != (joined[:-1] >> 32)
        starts = np.flatnonzero(first)
        rights = (joined & LOW).astype(np.uint32)
        return cls(joined[starts] >> 32, np.append(starts, len(joined)), rights, hot.all())

    @property
    def documents(self) -> Numbers:
        """All documents that have a candidate, sorted."""
        import numpy as np

        return distinct(np.concatenate((self.lefts, distinct(self.rights), distinct(self.hot.members))))


def _ranked(found: Repeated, ranks: Numbers) -> Repeated:
    """Put ranks in the place of documents, sorted within each group."""
    import numpy as np

    group = np.repeat(np.arange(len(found.keys)), found.sizes)
    joined = np.sort(group << 32 | ranks[found.documents], kind="stable")
    return found._replace(documents=(joined & LOW).astype(np.uint32))


class _Pairs:
    """Pairs of documents as single numbers, each once."""

    def __init__(self) -> None:
        self._held: list[Numbers] = []
        self._count = 0
        self._limit = PAIRS_TOGETHER

    def add(self, found: Repeated, chosen: NDArray[np.bool_]) -> None:
        """Add all pairs of the chosen groups."""
        import numpy as np

        firsts, sizes = found.starts[:-1][chosen], found.sizes[chosen]
        for size in distinct(sizes).tolist():
            of_size = firsts[sizes == size]
            left, right = np.triu_indices(size, 1)
            for first in range(0, len(of_size), step := max(1, PAIRS_TOGETHER // len(left))):
                begins = of_size[first : first + step, None]
                members = found.documents.astype(np.int64)[begins + np.arange(size)]
                self._hold((members[:, left] << 32 | members[:, right]).ravel())

    def _hold(self, joined: Numbers) -> None:
        self._held.append(joined)
        self._count += len(joined)
        if self._count > self._limit:
            self._held = [self.all()]
            self._count = len(self._held[0])
            self._limit = self._count + max(self._count // 2, PAIRS_TOGETHER)

    def all(self) -> Numbers:
        """Return all pairs, sorted."""
        import numpy as np

        return distinct(np.concatenate([np.zeros(0, np.int64), *self._held]))


class _Hot:
    """Hot groups; equal ones (a template gives the same one in every band) count once."""

    def __init__(self) -> None:
        self._sizes: list[Numbers] = []
        self._members: list[Documents] = []

    def add(self, found: Repeated, chosen: NDArray[np.bool_]) -> None:
        """Add the chosen groups."""
        import numpy as np

        if chosen.any():
            self._sizes.append(found.sizes[chosen])
            self._members.append(found.documents[np.repeat(chosen, found.sizes)])

    def all(self) -> HotGroups:
        """Return the groups, those of the least documents first."""
        import numpy as np

        sizes = np.concatenate([np.zeros(0, np.int64), *self._sizes])
        members = np.concatenate([np.zeros(0, np.uint32), *self._members])
        self._sizes, self._members = [], []
        starts = np.append(0, np.cumsum(sizes))
        kept = list(_different(starts, members))
        taken = [members[starts[number] : starts[number + 1]] for number in kept]
        return HotGroups(np.append(0, np.cumsum(sizes[kept])), np.concatenate([np.zeros(0, np.uint32), *taken]))


def _sums(starts: Numbers, members: Documents) -> NDArray[np.uint64]:
    """Return a hash of each group, whatever the order of its members; a portion of them is looked at at a time."""
    import numpy as np

    sums = np.zeros(len(starts) - 1, np.uint64)
    for first in range(0, len(members), PAIRS_TOGETHER):
        mixed = fmix64_array(members[first : first + PAIRS_TOGETHER].astype(np.uint64))
        begin, end = starts.searchsorted((first, first + len(mixed) - 1), side="right").tolist()
        bounds = np.append(0, starts[begin:end] - first)  # of the groups `begin - 1` to `end - 1`
        sums[begin - 1 : end] += np.add.reduceat(mixed, bounds)
    return sums


def _different(starts: Numbers, members: Documents) -> Iterator[int]:
    """Yield the numbers of groups that differ from all before them."""
    import numpy as np

    if len(starts) < 2:
        return
    sums = _sums(starts, members)
    order = np.lexsort((sums, np.diff(starts)))
    alike: list[int] = []  # groups with the same sum and size that differ nevertheless
    before = (0, 0)
    marks = (order.tolist(), np.diff(starts)[order].tolist(), sums[order].tolist())
    for number, size, total in zip(*marks, strict=True):
        if (size, total) != before:
            alike, before = [], (size, total)
        group = members[starts[number] : starts[number + 1]]
        if not any(np.array_equal(group, members[starts[other] : starts[other + 1]]) for other in alike):
            alike.append(number)
            yield number
