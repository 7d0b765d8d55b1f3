"""Which lines are repeated: keys counted in the groups of their documents, as columns.

A line may be repeated in a group (a site, a folder) or in the whole corpus; where both hold, the greater share
counts. Which documents are read again for it is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.comparing.grouping import Grouping
from corpuslint.line_rule import Groups, LineRule, Repeat, Shared
from corpuslint.scan.distinct import distinct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

CORPUS = "the corpus"
WHOLE = -1  # stands for the corpus among the numbers of groups


class Lines(NamedTuple):
    """Lines that are repeated somewhere, (lines,): in how many documents of how many, of which group."""

    key: Hashes
    documents: Numbers
    of: Numbers
    group: Numbers


@dataclass(frozen=True)
class RepeatedLines:
    """The repeated lines of documents: document `document[i]` has the line `line[i]`, sorted by document."""

    document: NDArray[np.uint32]
    line: NDArray[np.uint32]
    lines: Lines
    names: Sequence[str]  # of the groups

    @classmethod
    def of(cls, rule: LineRule, groups: Groups, grouping: Grouping) -> RepeatedLines:
        """Count the lines of a grouping."""
        import numpy as np

        documents, lines = [np.zeros(0, np.uint32)], [np.zeros(0, np.uint32)]
        none = np.zeros(0, np.int64)
        tables = [Lines(none.astype(np.uint64), none, none, none)]
        count = 0
        for shared in rule.shared(grouping.repeated(rule.least_shared), groups):
            owners, numbers, table = _counted(rule, groups, shared)
            documents.append(owners)
            lines.append((numbers + count).astype(np.uint32))
            tables.append(table)
            count += len(table.key)
        document, line = np.concatenate(documents), np.concatenate(lines)
        order = np.argsort(document, kind="stable")
        table = Lines(*(np.concatenate(columns) for columns in zip(*tables, strict=True)))
        return cls(document[order], line[order], table, groups.names)

    @property
    def numbers(self) -> Numbers:
        """The documents that have a repeated line, sorted."""
        return distinct(self.document).astype(int)

    def levels(self, rule: LineRule) -> Hashes:
        """Return a number for the level (`LineRule.levels`) of each line, (lines,): equal ones for equal levels."""
        import numpy as np

        of_documents = np.searchsorted(np.array(rule.document_bounds, np.int64), self.lines.documents, "right")
        share = self.lines.documents / self.lines.of
        of_share = np.searchsorted(np.array(rule.share_bounds, np.float64), share, "right")
        return (of_documents * (len(rule.share_bounds) + 1) + of_share).astype(np.uint64)

    def by_document(self, numbers: Iterable[int]) -> dict[int, dict[int, Repeat]]:
        """Return the repeated lines, by key, of each of some documents that has any."""
        import numpy as np

        wanted = distinct(np.fromiter(numbers, self.document.dtype))
        begins, ends = self.document.searchsorted(wanted), self.document.searchsorted(wanted, "right")
        known: dict[int, Repeat] = {}
        found: dict[int, dict[int, Repeat]] = {}
        for number, begin, end in zip(wanted.tolist(), begins.tolist(), ends.tolist(), strict=True):
            lines = self.line[begin:end]
            for line, key in zip(lines.tolist(), self.lines.key[lines].tolist(), strict=True):
                found.setdefault(number, {})[key] = known.get(line) or known.setdefault(line, self._repeat(line))
        return found

    def _repeat(self, line: int) -> Repeat:
        group = int(self.lines.group[line])
        name = CORPUS if group == WHOLE else self.names[group]
        return Repeat(int(self.lines.documents[line]), int(self.lines.of[line]), name)


def _counted(rule: LineRule, groups: Groups, shared: Shared) -> tuple[NDArray[np.uint32], Numbers, Lines]:
    """Return documents, the number of the line that each has, and the lines."""
    import numpy as np

    found, total = shared.found, int(np.count_nonzero(groups.in_corpus))
    key = np.repeat(np.arange(len(found.keys)), found.sizes)
    speaking = np.bincount(key, shared.in_corpus, len(found.keys)).astype(np.int64)
    pair = key * len(groups.names) + groups.group[found.documents]
    order = np.argsort(pair, kind="stable")  # the lines of each group together
    begins = np.ones(len(pair), np.bool_)
    begins[1:] = pair[order][1:] != pair[order][:-1]
    starts = np.flatnonzero(begins)
    sizes = np.diff(starts, append=len(pair))
    spoken = np.concatenate(([0], np.cumsum(shared.in_groups[order])))
    counts = spoken[np.append(starts[1:], len(pair))] - spoken[starts]
    key, group = key[order][starts], groups.group[found.documents[order][starts]]
    of = groups.sizes[group]
    in_all = speaking[key]
    in_group = _is_repeated(rule, counts, of)
    in_corpus = _is_repeated(rule, in_all, np.full(len(key), total))
    # Of equal shares that of the group counts: it says more.
    own = in_group & ~(in_corpus & (in_all / max(total, 1) > counts / of))
    chosen = in_group | in_corpus
    table = Lines(
        found.keys[key][chosen],
        np.where(own, counts, in_all)[chosen],
        np.where(own, of, total)[chosen],
        np.where(own, group, WHOLE)[chosen],
    )
    numbers = np.repeat(np.where(chosen, np.cumsum(chosen) - 1, -1), sizes)
    return found.documents[order][numbers >= 0], numbers[numbers >= 0], table


def _is_repeated(rule: LineRule, documents: Numbers, of: Numbers) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (documents >= rule.least_documents) & (documents >= rule.least_share * of)
    return found
