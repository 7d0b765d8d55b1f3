"""DUP101 repeated-block: lines that stand in the document a second time."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from corpuslint.deletion import delete_lines
from corpuslint.diagnostic import Applicability, Diagnostic, Fix, Severity
from corpuslint.document import Document
from corpuslint.rule import DocumentRule, option
from corpuslint.text import LARGE
from corpuslint.triggers import RepeatsLine, Trigger, returning_lines

# A line of verse is short and ends without the mark that closes a sentence; a paragraph has one or the other.
# Source: Arabic verse, lyrics and Esperanto songs of real article collections: 99 in 100 lines are shorter.
VERSE_LINE = 70  # code points
SHORT_LINE = 36  # code points of the normal form: results, prizes and captions end with a full stop too
SENTENCE_ENDS = frozenset(".。۔।!?！？؟…")
CLOSING_QUOTES = "\"'”’»)]}›」』“ \u00a0"

# A table row, a list item or a turn of a dialogue often stands twice on purpose.
TURN_OR_ITEM = re.compile(r"\s*(?:[-–—―•*|>]|[\d\w]{1,3}[.)\-–/])")
LABEL = re.compile(r"\s*[^\s:：]{1,30}(?: [^\s:：]{1,30})?\s?[:：]")
# A line that announces or goes on is a heading or an item of a list, not a paragraph that was pasted.
OPEN_ENDS = frozenset(":;,،؛：；")

# How many earlier places of a line are tried for the longest run: enough for real texts, and a line that
# stands a million times costs no more than a million steps.
EARLIER_PLACES = 16


class Run(NamedTuple):
    """Lines that repeat earlier ones: first and last line of the later and of the earlier copy (from 0)."""

    first: int
    last: int
    earlier_first: int
    earlier_last: int
    lines: Sequence[int]  # the lines of the later copy that hold words


@dataclass(frozen=True)
class RepeatedBlock(DocumentRule):
    """A run of lines that already stands earlier in the same document.

    What it finds:
        The longest run of lines that occurred before, in order, in the same text. Lines are compared by their
        normalised words, so white space, punctuation, letter case, vowel marks and the form of digits do not
        matter; blank lines do not break a run. Each further copy is one finding that names the first copy.

    Why it matters:
        A block that an editor or a scraper pasted twice teaches a model to repeat itself and counts every
        fact in it twice. Filters that measure repetition either miss it or drop the whole article.

    Example:
        The embassy published the minutes of the meeting on Tuesday.
        Both sides agreed to meet again before the end of the year.
        The embassy published the minutes of the meeting on Tuesday.
        Both sides agreed to meet again before the end of the year.

    Instead:
        The embassy published the minutes of the meeting on Tuesday.
        Both sides agreed to meet again before the end of the year.

    Left alone:
        Runs shorter than `min-characters`: refrains, captions, headings that a list repeats. Runs of table
        rows and of the turns of a dialogue; a single item or heading of a list. Numbers count: "page 3" does
        not repeat "page 4".

    Fix safety:
        Safe: the text that goes still stands in the document. Unsafe for a run of short lines without closing
        marks (a chorus is meant to return), for a run of very short lines, and for a single line behind a label
        ("Chorus: …", "Jury: …").

    Source:
        Measured on pasted blocks in English and Arabic news text; a run of one line needs more letters than a
        caption has. Poems and songs of two article collections set the bounds of a verse line.
    """

    code = "DUP101"
    name = "repeated-block"
    severity = Severity.WARNING

    min_characters: int = option(
        45,
        "the least length of a run that is reported, counted in its normalised words and the spaces between",
        unit="code points",
        least=1,
    )

    def triggers(self) -> tuple[Trigger, ...]:
        """A line must stand twice."""
        return (RepeatsLine(1),)

    def check(self, document: Document) -> Iterator[Diagnostic]:
        """Yield a finding for each run that repeats earlier lines."""
        for run in repeated_runs(document):
            if self._is_worth_a_word(document, run):
                yield self._finding(document, run)

    def _is_worth_a_word(self, document: Document, run: Run) -> bool:
        # A caption under each of ten pictures is one line, however often it stands in the run.
        distinct = {document.normal_lines[n] for n in run.lines}
        if sum(map(len, distinct)) + len(distinct) - 1 < self.min_characters:
            return False
        if len(run.lines) == 1 and _is_item(document.line_text(run.first)):
            return False
        # Table rows and turns of a dialogue are short each, however many of them there are.
        return not all(_is_row_or_turn(document.line_text(n)) for n in run.lines)

    def _finding(self, document: Document, run: Run) -> Diagnostic:
        span = document.lines_span(run.first, run.last)
        earlier = document.lines_span(run.earlier_first, run.earlier_last)
        meant = is_verse(document, run.lines) or _is_labelled(document, run.lines)
        fix = Fix(
            "Delete the repeated block",
            (delete_lines(document, run.first, run.last),),
            Applicability.UNSAFE if meant else Applicability.SAFE,
        )
        count = len(run.lines)
        what = "Line" if count == 1 else f"Block of {count} lines"
        where = (
            f"line {run.earlier_first + 1}" if count == 1 else f"lines {run.earlier_first + 1}–{run.earlier_last + 1}"
        )
        return self.diagnostic(
            document,
            span,
            f"{what} repeats {where}.",
            related=((earlier, "first copy"),),
            data={"lines": count, "characters": span.end - span.start},
            fix=fix,
        )


def repeated_runs(document: Document) -> Iterator[Run]:
    """Yield the maximal runs of lines that stand earlier in the document, in order and without overlap."""
    keys = document.normal_lines
    returning = document.fact(returning_lines) if len(document.text) >= LARGE else b"\1" * len(keys)
    lines = array("I", (n for n, key in enumerate(keys) if key))
    places: dict[str, list[int]] = {}
    at = 0
    entered = 0
    while at < len(lines):
        while entered < at:
            if returning[lines[entered]]:  # others need not be found again
                earlier = places.setdefault(keys[lines[entered]], [])
                if len(earlier) < EARLIER_PLACES:
                    earlier.append(entered)
            entered += 1
        best, length = -1, 0
        for place in places.get(keys[lines[at]], ()):
            shared = _shared(keys, lines, place, at)
            if shared > length:
                best, length = place, shared
        if not length:
            at += 1
            continue
        last = at + length - 1
        yield Run(lines[at], lines[last], lines[best], lines[best + length - 1], lines[at : last + 1])
        at += length


def _shared(keys: Sequence[str], lines: Sequence[int], earlier: int, later: int) -> int:
    """Return how many lines from `earlier` on equal those from `later` on, before the two copies meet."""
    length = 0
    most = min(later - earlier, len(lines) - later)
    while length < most and keys[lines[earlier + length]] == keys[lines[later + length]]:
        length += 1
    return length


def is_verse(document: Document, lines: Sequence[int]) -> bool:
    """Say whether lines read like verse: at least two, all very short or most of them short without a closing mark."""
    if len(lines) < 2:
        return False
    if all(len(document.normal_lines[n]) <= SHORT_LINE for n in lines):
        return True
    verse = 0
    for number in lines:
        text = document.line_text(number).strip().rstrip(CLOSING_QUOTES)
        verse += len(text) <= VERSE_LINE and text[-1:] not in SENTENCE_ENDS
    return verse * 2 >= len(lines)


def _is_labelled(document: Document, lines: Sequence[int]) -> bool:
    """Say whether a run is a single line that begins with one or two words and a colon."""
    return len(lines) == 1 and bool(LABEL.match(document.line_text(lines[0])))


def _is_row_or_turn(text: str) -> bool:
    return len(text) <= VERSE_LINE and ("\t" in text or text.count("|") > 1 or bool(TURN_OR_ITEM.match(text)))


def _is_item(text: str) -> bool:
    return text.rstrip()[-1:] in OPEN_ENDS or bool(TURN_OR_ITEM.match(text))
