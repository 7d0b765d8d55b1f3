"""What stands around a line, as numbers, beside what it looks like: the features of the page-furniture model.

A line is described by its shape, by its neighbours, by the run of lines without prose around it, by junk that the
catalogs know near by, by how often and where it is repeated, and by how far its words come back in the prose of its
document. No feature names a language or a place on the page: what is learnt on some sites has to hold on others.
Nothing here knows a label or a learnt number.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import itemgetter

from corpuslint.document import Document
from corpuslint.furniture.line_echoes import ECHOES, Echoes
from corpuslint.furniture.line_repeats import REPEATS, Repeats
from corpuslint.furniture.line_shape import BLANK, Lexicon, Shape, is_prose, shape_of
from corpuslint.junk import junk_blocks

FAR = 12  # lines; a greater distance says nothing more
MOST_RUN = 30  # lines of a run
MOST_LONG_RUN = 400  # lines of a run, where a long one is to be told from a very long one

# What of a neighbour is looked at, by its distance; the farther, the less.
NEIGHBOUR = {
    1: ("size", "last", "first", "known", "mean", "digits", "words", "ends", "titled", "upper"),
    2: ("size", "known", "mean", "last"),
    3: ("size", "known"),
}
NEIGHBOUR_VALUES = {distance: itemgetter(*map(Shape._fields.index, names)) for distance, names in NEIGHBOUR.items()}
RUN = (
    "run_known", "run_mean", "run_size", "run_phrases", "run_buttons", "run_titled", "run_ends", "run_digits",
    "run_least", "run_most", "run_distinct", "run_repeats", "run_echo", "run_least_echo",
)  # fmt: skip
CONTEXT = (
    "between", "run", "long_run", "run_before", "run_behind", "prose_before", "prose_behind", "size_before",
    "size_behind", "all_before", "all_behind", "near_known", "near_mean", "near_alike", "junk", "junk_distance",
)  # fmt: skip
PAGE = ("page_prose", "page_known", "page_lines", "page_size", "page_words", "page_mean")
NAMES = (
    *Shape._fields,
    *(f"{name}{sign}{distance}" for distance, names in NEIGHBOUR.items() for sign in "-+" for name in names),
    *REPEATS,
    *ECHOES,
    *RUN,
    *CONTEXT,
    *PAGE,
)


def features(document: Document, lexicon: Lexicon) -> tuple[tuple[int, ...], list[list[float]]]:
    """Return the numbers of the lines that are no prose, and for each its features in the order of NAMES."""
    written = document.written_lines
    folded = [document.normal_lines[n] for n in written]
    texts = [document.line_text(n) for n in written]
    # Lines that stand many times are described once.
    known = {text: shape_of(text, f, lexicon) for text, f in dict(zip(texts, folded, strict=True)).items()}
    page = _Page([known[text] for text in texts], folded, _junk(document))
    # A line without words ("***", "|") is furniture or a mark of the author's: nobody can tell.
    rows = [n for n, prose in enumerate(page.prose) if not prose and folded[n]]
    return tuple(written[n] for n in rows), [page.row(n) for n in rows]


def _junk(document: Document) -> list[int]:
    """Return for each written line 0, or 1 where it stands in a block of junk, 2 where the block proves itself."""
    known: dict[int, int] = {}
    for block in document.fact(junk_blocks):
        known.update(dict.fromkeys(range(block.first, block.last + 1), 2 if block.sure else 1))
    return [known.get(number, 0) for number in document.written_lines]


class _Page:
    """The lines of a document and what their neighbours say."""

    def __init__(self, shapes: Sequence[Shape], folded: Sequence[str], junk: Sequence[int]) -> None:
        self.shapes = shapes
        self.junk = junk
        self.prose = [is_prose(shape) for shape in shapes]
        self.repeats = Repeats(folded, self.prose)
        self.echoes = Echoes(folded, self.prose)
        self.before = _last_where(self.prose)
        self.behind = _next_where(self.prose)
        self.junk_before = _last_where(junk)
        self.junk_behind = _next_where(junk)
        self.sizes = [0.0, *accumulate(s.size if p else 0.0 for s, p in zip(shapes, self.prose, strict=True))]
        self.known = [0, *accumulate(int(shape.known > 0) for shape in shapes)]
        self.means = [0.0, *accumulate(shape.mean for shape in shapes)]
        self.runs: dict[int, tuple[float, ...]] = {}
        self.page = _page_values(shapes, self.prose, folded)

    def row(self, n: int) -> list[float]:
        """Return the features of a line."""
        row: list[float] = list(self.shapes[n])
        for distance in NEIGHBOUR:
            for sign in (-1, 1):
                at = n + sign * distance
                other = self.shapes[at] if 0 <= at < len(self.shapes) else BLANK
                row += NEIGHBOUR_VALUES[distance](other)
        before, behind = self.before[n], self.behind[n]
        if before not in self.runs:
            self.runs[before] = self._run(before + 1, behind)
        row += self.repeats.of(n)
        row += self.echoes.of(n, before, behind)
        row += self.runs[before]
        row += self._context(n, before, behind)
        return [*row, *self.page]

    def _run(self, first: int, last: int) -> tuple[float, ...]:
        """Describe the run of lines without prose [first, last), in the order of RUN."""
        shapes, lines = self.shapes[first:last], last - first
        titled = [shape.titled for shape in shapes if shape.titled >= 0]
        echoes = [echo for echo in self.echoes.stems[first:last] if echo >= 0]
        return (
            (self.known[last] - self.known[first]) / lines,
            (self.means[last] - self.means[first]) / lines,
            sum(shape.size for shape in shapes) / lines,
            sum(shape.phrase > 0 for shape in shapes) / lines,
            sum(shape.button for shape in shapes) / lines,
            sum(titled) / len(titled) if titled else -1,
            sum(shape.last in (1, 2, 3) for shape in shapes) / lines,
            sum(shape.digits > 0.5 for shape in shapes) / lines,
            min(shape.size for shape in shapes),
            max(shape.size for shape in shapes),
            *self.repeats.of_run(first, last),
            sum(echoes) / len(echoes) if echoes else -1,
            min(echoes, default=-1),
        )

    def _context(self, n: int, before: int, behind: int) -> tuple[float, ...]:
        shapes, count = self.shapes, len(self.shapes)
        run = behind - before - 1
        low, high = max(0, n - 5), min(count, n + 6)
        return (
            int(before >= 0 and behind < count),
            min(MOST_RUN, run),
            min(MOST_LONG_RUN, run),
            min(FAR, n - before - 1),
            min(FAR, behind - n - 1),
            min(FAR, n - before) if before >= 0 else FAR + 1,
            min(FAR, behind - n) if behind < count else FAR + 1,
            shapes[before].size if before >= 0 else -1,
            shapes[behind].size if behind < count else -1,
            min(3000, self.sizes[n]),
            min(3000, self.sizes[-1] - self.sizes[n]),
            (self.known[high] - self.known[low]) / (high - low),
            (self.means[high] - self.means[low]) / (high - low),
            sum(_alike(shapes[n], shapes[m]) for m in range(max(0, n - 4), min(count, n + 5)) if m != n),
            self.junk[n],
            self._junk_distance(n),
        )

    def _junk_distance(self, n: int) -> int:
        """Return how far the next line of a known block of junk is, 0 for a line of one, FAR + 1 for none near."""
        if self.junk[n]:
            return 0
        last, following = self.junk_before[n], self.junk_behind[n]
        return min(
            n - last if last >= 0 else FAR + 1, following - n if following < len(self.junk) else FAR + 1, FAR + 1
        )


def _page_values(shapes: Sequence[Shape], prose: Sequence[bool], folded: Sequence[str]) -> tuple[float, ...]:
    """Describe the document, in the order of PAGE."""
    paragraphs = [n for n, is_prose_line in enumerate(prose) if is_prose_line]
    short = [shape for shape, is_prose_line in zip(shapes, prose, strict=True) if not is_prose_line]
    return (
        len(paragraphs) / (len(shapes) or 1),
        sum(shape.known > 0 for shape in short) / (len(short) or 1),
        min(len(shapes), 100),
        sum(shapes[n].size for n in paragraphs) / (len(paragraphs) or 1),
        sum(len(folded[n].split()) for n in paragraphs) / (len(paragraphs) or 1),
        sum(shape.mean for shape in short) / (len(short) or 1),
    )


def _alike(one: Shape, other: Shape) -> bool:
    return (
        one.first == other.first
        and one.last == other.last
        and abs(one.words - other.words) <= 2
        and (one.digits > 0) == (other.digits > 0)
    )


def _last_where(holds: Sequence[int]) -> list[int]:
    """Return for each line the number of the last line before it where something holds, -1 for none."""
    last, found = -1, []
    for n, it_holds in enumerate(holds):
        found.append(last)
        if it_holds:
            last = n
    return found


def _next_where(holds: Sequence[int]) -> list[int]:
    """Return for each line the number of the next line behind it where something holds, their count for none."""
    return [len(holds) - 1 - n for n in reversed(_last_where(holds[::-1]))]
