"""A text too large for a batch: scanned, hashed and signed in portions, so that it takes the memory of one.

Portions are cut at line ends; within a line only where it is longer than a portion, and then between words. What is
found is what one scan of the whole text finds, but for facts, which may let a little more through. A word longer
than a portion is not cut. What rules make of the text is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corpuslint.batch import Batch, Records, hashed, written_hash
from corpuslint.facts import Facts, Present, Scanner
from corpuslint.minhash import EMPTY, SEED, signatures
from corpuslint.normal import BETWEEN_WORDS
from corpuslint.scan.batch import NEW, REWRITTEN
from corpuslint.scan.distinct import distinct
from corpuslint.scan.texts import Texts
from corpuslint.scan.words import PLACE, WordHashes, fmix64, fmix64_array
from corpuslint.triggers import Fact, Trigger

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]
    Signatures = NDArray[np.uint32]

PORTION = 1 << 19  # code points
# Code points on either side of a cut within a line that are scanned together as well: no phrase, and nothing that a
# rule takes for a name in brackets, is longer.
AROUND_A_CUT = 4096
LONG_LINE = 1 << 14  # code points: of a line with more, no rule about the head of a text looks at the rest
WRITTEN_LINE = re.compile(r"\S[^\r\n]*")
HEADS = np.uint32(Fact.HEADLINE | Fact.DATED_HEAD)
OF_ALL = HEADS | np.uint32(Fact.REPEATED_LINE)  # facts that no portion has for itself
WHOLE = 1 << 64


class Portion(NamedTuple):
    """A part `[start, end)` of a text; `goes_on` says that its last line goes on behind it."""

    start: int
    end: int
    goes_on: bool


def portions(text: str, size: int = PORTION) -> Iterator[Portion]:
    """Cut a text into portions of about `size` code points at the most."""
    start = 0
    while start < len(text):
        if start + size >= len(text):
            yield Portion(start, len(text), goes_on=False)
            return
        line = max(text.rfind("\n", start, start + size), text.rfind("\r", start, start + size))
        if line >= 0:
            end = line + 1
            end += text[line] == "\r" and text[end] == "\n"
            yield Portion(start, end, goes_on=False)
        else:
            found = BETWEEN_WORDS.search(text, start + size)
            end = found.start() if found else len(text)
            yield Portion(start, end, goes_on=end < len(text))
        start = end


@dataclass
class WordSum:
    """The hash of a run of words (`words.text_hashes`) that come a few at a time."""

    count: int = 0
    total: int = 0  # modulo 2^64

    def add(self, words: Hashes) -> None:
        """Add the next words."""
        places = np.arange(self.count + 1, self.count + 1 + len(words), dtype=np.uint64) * np.uint64(PLACE)
        self.total = (self.total + int(fmix64_array(words + places).sum(dtype=np.uint64))) % WHOLE
        self.count += len(words)

    @property
    def hash(self) -> int:
        """The hash of all words so far; 0 for none."""
        return fmix64(self.total) if self.count else 0


@dataclass(frozen=True)
class LargeFacts:
    """What a scan found out about one large text."""

    present: Present
    apart: WordSum  # of its words, Arabic letter variants apart
    unified: WordSum  # of the same words as `normal.words` gives them
    lines: Hashes  # of each line with words, its unified ones: (lines,)

    def known(self, number: int) -> dict[object, object]:
        """Return what the document would compute about itself and the scan knows already."""
        return self.present.known(number)

    def holding(self, triggers: Sequence[Trigger]) -> list[int]:
        """Return the number of the text, 0, where one of the triggers may hold."""
        return self.present.holding(triggers)


def scan_large(scanner: Scanner, text: str, size: int = PORTION) -> LargeFacts:
    """Return the facts about a text."""
    held, may = _held(scanner, text, size), np.uint32(0)
    weak = np.zeros(1, np.int64)
    apart, unified, lines = WordSum(), WordSum(), _Lines()
    for portion in portions(text, size):
        part = text[portion.start : portion.end]
        facts = scanner.scan(Texts.of([part]), held, weak)
        may |= facts.present.may[0] & ~OF_ALL
        apart.add(facts.words.hashes)
        unified.add(facts.unified_words.hashes)
        lines.add(facts, portion.goes_on)
        if portion.goes_on:
            around = text[max(0, portion.end - AROUND_A_CUT) : portion.end + AROUND_A_CUT]
            may |= scanner.scan(Texts.of([around]), held).present.may[0] & ~OF_ALL
    hashes = lines.all()
    if len(distinct(hashes)) < len(hashes):
        may |= np.uint32(Fact.REPEATED_LINE & scanner.asked.facts)
    may |= _of_head(scanner, text, held)
    return LargeFacts(scanner.present(np.array([may]), np.array([held], np.uint64)), apart, unified, hashes)


def _of_head(scanner: Scanner, text: str, held: int) -> np.uint32:
    """Return the facts about the first lines, of which as much is looked at as a date or a headline may have."""
    most = scanner.asked.heads
    found = list(islice(WRITTEN_LINE.finditer(text), max(1, most.lines)))
    head = [text[line.start() : min(line.end(), line.start() + LONG_LINE)] for line in found]
    facts = scanner.scan(Texts.of(["\n".join(head)]), held).present.may[0] & HEADS
    if found and found[0].end() - found[0].start() > LONG_LINE and len(head[0].split()) <= most.headline:
        facts |= np.uint32(Fact.HEADLINE & scanner.asked.facts)  # a headline of endless words
    return np.uint32(facts)


def _held(scanner: Scanner, text: str, size: int) -> int:
    """Return the classes of the characters of a text, but for those that only the scan of a part needs."""
    held = 0
    for portion in portions(text, size):
        held |= int(scanner.batch(Texts.of([text[portion.start : portion.end]])).held[0])
    return held & ~(NEW | REWRITTEN)


class _Lines:
    """The hashes of the lines that have words; one that stands in several portions is one line."""

    def __init__(self) -> None:
        self._found: list[Hashes] = [np.zeros(0, np.uint64)]
        self._open: WordSum | None = None  # of a line that goes on

    def add(self, facts: Facts, goes_on: bool) -> None:
        """Add the lines of the next portion."""
        of_line, words = facts.batch.unified.of_line, facts.unified_words.hashes
        first, last = 0, len(of_line) - 1
        if self._open is not None and last:
            self._open.add(words[of_line[0] : of_line[1]])
            first = 1
            if last > 1 or not goes_on:
                self._close()
        if goes_on and last > first:
            last -= 1
            self._open = WordSum()
            self._open.add(words[of_line[last] : of_line[last + 1]])
        worded = np.diff(of_line[first : last + 1]) > 0
        self._found.append(facts.batch.line_hashes[first:last][worded])

    def _close(self) -> None:
        if self._open and self._open.count:
            self._found.append(np.array([self._open.hash], np.uint64))
        self._open = None

    def all(self) -> Hashes:
        """Return the hashes of all lines, in order."""
        self._close()
        return np.concatenate(self._found)


@dataclass(frozen=True)
class LargeBatch(Batch):
    """One large document; what rules ask of it is computed in portions, whenever they ask."""

    large: LargeFacts | None = None

    @property
    def line_hashes(self) -> Records:
        """The hash of the unified words of each line that has any, with its document."""
        assert self.large
        return Records(np.zeros(len(self.large.lines), np.int64), self.large.lines)

    def holding(self, triggers: Sequence[Trigger]) -> Sequence[int]:
        """Return the number of the document, 0, where one of the triggers may hold or there is none."""
        assert self.large
        return self.large.holding(triggers) if triggers else [0]

    def shingle_counts(self, letter_variants: str, size: int) -> Numbers:
        """Return how many shingles of so many words the document has, (1,); repeated ones count."""
        return np.array([max(0, self._sum(letter_variants).count - size + 1)])

    def text_hashes(self, letter_variants: str = "apart") -> Hashes:
        """Return a 64-bit hash of the text's words, (1,); a text without words is its characters."""
        words = self._sum(letter_variants)
        return np.array([words.hash if words.count else written_hash(self.documents[0].text)], np.uint64)

    def signatures(self, letter_variants: str, size: int, permutations: int) -> Signatures:
        """Return the signature of the document, (1, permutations)."""
        least = np.full((1, permutations), EMPTY, np.uint32)
        before = np.zeros(0, np.uint64)  # words of the last portion with which a shingle begins that ends in the next
        text = self.documents[0].text
        for portion in portions(text):
            words = hashed([text[portion.start : portion.end]], letter_variants == "same", self.loops)
            joined = np.concatenate((before, words.hashes))
            both = WordHashes(joined, np.array([0, len(joined)]))
            np.minimum(least, signatures(both, size, permutations, SEED, self.loops), out=least)
            before = joined[max(0, len(joined) - size + 1) :]
        return least

    def _sum(self, letter_variants: str) -> WordSum:
        assert self.large
        return self.large.unified if letter_variants == "same" else self.large.apart
