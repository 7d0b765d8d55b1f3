"""What a line looks like and what stands around it, as numbers: the features of the page-furniture model.

A line is described by its shape, by whether it and its neighbours are known interface strings, by the run of lines
around it that are no prose, and by how far its words come back in the prose of its document. No feature names a
language or a place on the page: what is learnt on some sites has to hold on others. Nothing here knows a label or
a learnt number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import NamedTuple, Protocol

from corpuslint.document import Document
from corpuslint.normal import UNSPACED_SCRIPTS, script_of

# A line of prose is long and reads as sentences; so long a line needs no end mark.
PROSE_SIZE = 60  # characters that are no space; characters of a script without spaces count more
LONG_PROSE_SIZE = 160
UNSPACED_WEIGHT = 2.5  # a Chinese character says about what two and a half Latin letters say
MOST_SIZE = 400.0
FAR = 12  # lines; a greater distance says nothing more
LONG_WORD = 4  # letters of a word whose return means something: shorter ones return by chance
READ = 2000  # code points of a line that are looked at: a longer line is prose whatever follows

SENTENCE_ENDS = frozenset(".!?。！？؟۔।")
CLOSERS = frozenset("\"'”’»)]}›」』）】")
PAUSES = frozenset(",;،؛，；、")
# The last character of a line, and the first, as a class; what is in no class is a sign.
LAST = (SENTENCE_ENDS, frozenset(":："), PAUSES, CLOSERS, frozenset("…»›>→←‹«▼▲+"))
FIRST = (frozenset("\"'“‘«([{‹「『（【"), frozenset("-–—―•*·▪◦‣+>»›|→"))
SEPARATORS = frozenset("|·•»›/>&→∙")
ADDRESS_SIGNS = ("@", "://", "www.", "#", "©", ".com", ".org", ".net")
DATE = re.compile(r"\d{1,4}[:/.\-]\d{1,2}")
YEAR = re.compile(r"(?:19|20)\d\d")


class Lexicon(Protocol):
    """What is known about strings and words of interfaces."""

    def known(self, text: str, folded: str) -> int:
        """Return 0 for a line that nobody knows, more for an interface string; `folded` is its normal form."""

    def weight(self, word: str) -> float:
        """Return how much more a word stands in interfaces than in texts, 0 for a word that nobody knows."""


class Shape(NamedTuple):
    """A line by itself."""

    size: float
    words: float
    upper: float
    titled: float
    digits: float
    signs: float
    first: int
    last: int
    pauses: int
    ends: int
    separators: int
    address: int
    date: int
    known: int
    weight: float
    mean: float
    lowest: float
    highest: float


BLANK = Shape(0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0)
# What of a neighbour is looked at, by its distance; the farther, the less.
NEIGHBOUR = {
    1: ("size", "last", "first", "known", "mean", "digits", "words", "ends"),
    2: ("size", "known", "mean", "last"),
    3: ("size", "known"),
}
NEIGHBOUR_VALUES = {distance: itemgetter(*map(Shape._fields.index, names)) for distance, names in NEIGHBOUR.items()}
CONTEXT = (
    "near_repeats", "repeats", "echo", "echo_next", "run", "run_before", "run_behind", "run_known", "run_mean",
    "run_size", "prose_before", "prose_behind", "size_before", "size_behind", "all_before", "all_behind",
    "near_known", "near_mean",
    "near_alike", "page_prose", "page_known", "page_lines", "page_size", "page_mean",
)  # fmt: skip
NAMES = (
    *Shape._fields,
    *(f"{name}{sign}{distance}" for distance, names in NEIGHBOUR.items() for sign in "-+" for name in names),
    *CONTEXT,
)


def shape_of(text: str, folded: str, lexicon: Lexicon) -> Shape:
    """Describe a line by itself."""
    text = text.strip()[:READ]
    count = Counter("".join(text.split()))
    written = sum(count.values()) or 1
    letters = {c: n for c, n in count.items() if c.isalpha()}
    unspaced = sum(n for c, n in letters.items() if c > "\u0e00" and script_of(c) in UNSPACED_SCRIPTS)
    uppers = sum(n for c, n in letters.items() if c.isupper())
    cased = uppers + sum(n for c, n in letters.items() if c.islower())
    digits = sum(n for c, n in count.items() if c.isdigit())
    tokens = text.split()
    long_tokens = [token for token in tokens if len(token) >= LONG_WORD]
    words = folded[:READ].split()
    size = written + unspaced * (UNSPACED_WEIGHT - 1)
    # Long lines are prose whatever their words weigh; looking them up would cost more than all the rest.
    short = size < LONG_PROSE_SIZE
    weights = [weight for word in words if (weight := lexicon.weight(word))] if short else []
    return Shape(
        min(MOST_SIZE, size),
        min(60.0, len(tokens) + unspaced / 2),
        uppers / cased if cased else -1,
        sum(token[0].isupper() for token in long_tokens) / len(long_tokens) if cased and long_tokens else -1,
        digits / written,
        (written - digits - sum(letters.values())) / written,
        _first(text),
        _last(text),
        sum(n for c, n in count.items() if c in PAUSES),
        sum(n for c, n in count.items() if c in SENTENCE_ENDS),
        sum(n for c, n in count.items() if c in SEPARATORS),
        sum(sign in text for sign in ADDRESS_SIGNS),
        2 * bool(DATE.search(text)) + bool(YEAR.search(text)),
        lexicon.known(text, folded) if short else 0,
        sum(weights),
        sum(weights) / (len(words) + 1),
        min(weights, default=0.0),
        max(weights, default=0.0),
    )


def _first(text: str) -> int:
    c = text[:1]
    for number, kind in enumerate(FIRST):
        if c in kind:
            return number + 1
    if c.isalpha():
        return 4 if c.isupper() else 5 if c.islower() else 6
    return 3 if c.isdigit() else 0


def _last(text: str) -> int:
    c = text[-1:]
    if text.endswith("..."):
        return len(LAST)
    for number, kind in enumerate(LAST):
        if c in kind:
            return number + 1
    return 8 if c.isalpha() else 7 if c.isdigit() else 0


def is_prose(shape: Shape) -> bool:
    """Say whether a line is prose by its length and its marks."""
    return shape.size >= LONG_PROSE_SIZE or (
        shape.size >= PROSE_SIZE and (shape.last in (1, 2, 4) or shape.ends + shape.pauses > 1)
    )


def features(document: Document, lexicon: Lexicon) -> tuple[tuple[int, ...], list[list[float]]]:
    """Return the numbers of the lines that are no prose, and for each its features in the order of NAMES."""
    written = document.written_lines
    folded = [document.normal_lines[n] for n in written]
    texts = [document.line_text(n) for n in written]
    # Lines that stand many times are described once.
    known = {text: shape_of(text, f, lexicon) for text, f in dict(zip(texts, folded, strict=True)).items()}
    shapes = [known[text] for text in texts]
    page = _Page(shapes, folded)
    # A line without words ("***", "|") is furniture or a mark of the author's: nobody can tell.
    rows = [n for n, prose in enumerate(page.prose) if not prose and folded[n]]
    return tuple(written[n] for n in rows), [page.row(n) for n in rows]


class _Page:
    """The lines of a document and what their neighbours say."""

    def __init__(self, shapes: Sequence[Shape], folded: Sequence[str]) -> None:
        self.shapes = shapes
        self.folded = folded
        self.prose = [is_prose(shape) for shape in shapes]
        self.repeats = Counter(folded)
        self.repeated = [0, *accumulate(int(self.repeats[text] > 1) for text in folded)]
        self.meanings: dict[str, tuple[list[str], frozenset[str]]] = {}
        self.echoes = Counter(
            word for text, prose in zip(folded, self.prose, strict=True) if prose for word in set(_meaning(text))
        )
        self.before = _last_prose(self.prose)
        self.behind = [len(shapes) - 1 - n for n in reversed(_last_prose(self.prose[::-1]))]
        count = len(shapes) or 1
        prose = [shape for shape, is_prose_line in zip(shapes, self.prose, strict=True) if is_prose_line]
        short = [shape for shape, is_prose_line in zip(shapes, self.prose, strict=True) if not is_prose_line]
        self.sizes = [0.0]
        self.sums = [(0.0, 0.0, 0.0)]
        for shape, is_prose_line in zip(shapes, self.prose, strict=True):
            self.sizes.append(self.sizes[-1] + (shape.size if is_prose_line else 0))
            known, mean, size = self.sums[-1]
            self.sums.append((known + (shape.known > 0), mean + shape.mean, size + shape.size))
        self.page = (
            len(prose) / count,
            sum(shape.known > 0 for shape in short) / (len(short) or 1),
            min(count, 100),
            sum(shape.size for shape in prose) / (len(prose) or 1),
            sum(shape.mean for shape in short) / (len(short) or 1),
        )

    def row(self, n: int) -> list[float]:
        """Return the features of a line."""
        row: list[float] = list(self.shapes[n])
        for distance in NEIGHBOUR:
            for sign in (-1, 1):
                at = n + sign * distance
                other = self.shapes[at] if 0 <= at < len(self.shapes) else BLANK
                row += NEIGHBOUR_VALUES[distance](other)
        return [*row, *self._context(n)]

    def _context(self, n: int) -> list[float]:
        shapes, before, behind = self.shapes, self.before[n], self.behind[n]
        first, last = before + 1, behind  # the run of lines that are no prose: [first, last)
        run = last - first
        run_sums = self._sums(first, last)
        low, high = max(0, n - 5), min(len(shapes), n + 6)
        near = self._sums(low, high)
        alike = sum(_alike(shapes[n], shapes[m]) for m in range(max(0, n - 4), min(len(shapes), n + 5)) if m != n)
        echo = self._meaning(n)[0]
        following = self._meaning(behind)[1] if behind < len(shapes) else frozenset()
        return [
            (self.repeated[high] - self.repeated[low]) / (high - low),
            min(30, self.repeats[self.folded[n]]),
            sum(word in self.echoes for word in echo) / len(echo) if echo else -1,
            sum(word in following for word in echo) / len(echo) if echo and following else -1,
            min(30, run),
            min(FAR, n - first),
            min(FAR, last - 1 - n),
            *(part / run for part in run_sums),
            min(FAR, n - before) if before >= 0 else FAR + 1,
            min(FAR, behind - n) if behind < len(shapes) else FAR + 1,
            shapes[before].size if before >= 0 else -1,
            shapes[behind].size if behind < len(shapes) else -1,
            min(3000, self.sizes[n]),
            min(3000, self.sizes[-1] - self.sizes[n]),
            near[0] / (high - low),
            near[1] / (high - low),
            alike,
            *self.page,
        ]

    def _meaning(self, n: int) -> tuple[list[str], frozenset[str]]:
        text = self.folded[n]
        if text not in self.meanings:
            words = _meaning(text)
            self.meanings[text] = words, frozenset(words)
        return self.meanings[text]

    def _sums(self, first: int, last: int) -> tuple[float, float, float]:
        low, high = self.sums[first], self.sums[last]
        return (high[0] - low[0], high[1] - low[1], high[2] - low[2])


def _alike(one: Shape, other: Shape) -> bool:
    return (
        one.first == other.first
        and one.last == other.last
        and abs(one.words - other.words) <= 2
        and (one.digits > 0) == (other.digits > 0)
    )


def _meaning(folded: str) -> list[str]:
    """Return the words of a line that carry meaning: longer ones, and pairs of characters of unspaced scripts."""
    words = folded[:READ].split()
    long = [word for word in words if len(word) >= LONG_WORD]
    pairs = [a + b for a, b in pairwise(words) if len(a) == len(b) == 1 and a > "\u0e00" and b > "\u0e00"]
    return long + pairs


def _last_prose(prose: Sequence[bool]) -> list[int]:
    """Return for each line the number of the last line of prose before it, -1 for none."""
    last, found = -1, []
    for n, is_prose_line in enumerate(prose):
        found.append(last)
        if is_prose_line:
            last = n
    return found
