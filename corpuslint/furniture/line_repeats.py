"""How often a line, or how it begins and ends, comes back among the short lines of its document.

A button comes back as it is, a row of links with the same first or last words ("Read our full … review"); headings
of an article seldom do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate

REPEATS = (
    "near_repeats", "repeats", "repeats-1", "repeats+1", "starts", "start_pairs", "end_pairs", "before_distinct",
    "behind_distinct",
)  # fmt: skip
MOST = 30  # times; more says nothing more
LEAST_WORDS = 3  # of a line whose first or last two words are compared


class Repeats:
    """The lines of a document by how often they come back."""

    def __init__(self, folded: Sequence[str], prose: Sequence[bool]) -> None:
        self.folded = folded
        self.lines = Counter(folded)
        self.repeated = [0, *accumulate(int(self.lines[text] > 1) for text in folded)]
        short = Counter(text for text, is_prose in zip(folded, prose, strict=True) if text and not is_prose)
        self.starts: Counter[str] = Counter()
        self.start_pairs: Counter[tuple[str, ...]] = Counter()
        self.end_pairs: Counter[tuple[str, ...]] = Counter()
        for text, times in short.items():
            words = text.split()
            self.starts[words[0]] += times
            if len(words) >= LEAST_WORDS:
                self.start_pairs[tuple(words[:2])] += times
                self.end_pairs[tuple(words[-2:])] += times
        self.previous: dict[str, set[str]] = defaultdict(set)
        self.following: dict[str, set[str]] = defaultdict(set)
        for n, text in enumerate(folded):
            self.previous[text].add(self._at(n - 1))
            self.following[text].add(self._at(n + 1))

    def of(self, n: int) -> tuple[float, ...]:
        """Return the values of a line, in the order of REPEATS."""
        text = self.folded[n]
        words = text.split()
        long = len(words) >= LEAST_WORDS
        low, high = max(0, n - 5), min(len(self.folded), n + 6)
        times = self.lines[text]
        return (
            (self.repeated[high] - self.repeated[low]) / (high - low),
            min(MOST, times),
            min(MOST, self.lines[self.folded[n - 1]]) if n else -1,
            min(MOST, self.lines[self.folded[n + 1]]) if n + 1 < len(self.folded) else -1,
            min(MOST, self.starts[words[0]] - 1),
            min(MOST, self.start_pairs[tuple(words[:2])] - 1) if long else -1,
            min(MOST, self.end_pairs[tuple(words[-2:])] - 1) if long else -1,
            len(self.previous[text]) / times,
            len(self.following[text]) / times,
        )

    def of_run(self, first: int, last: int) -> tuple[float, float]:
        """Return which share of the lines [first, last) are different, and which share come back in the document."""
        distinct = len(set(self.folded[first:last]))
        return distinct / (last - first), (self.repeated[last] - self.repeated[first]) / (last - first)

    def _at(self, n: int) -> str:
        return self.folded[n] if 0 <= n < len(self.folded) else ""
