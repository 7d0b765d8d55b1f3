"""Junk lines in their document: which lines that are interface phrases are junk, and which belong together.

A phrase that proves nothing alone ("Name", "Home") counts next to one that does; lines of one kind that stand
together are one block, and a block is one finding. Every junk rule reads the same blocks, found once a
document. Nothing here knows a phrase or a kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import ClassVar, NamedTuple

from corpuslint.catalogs import catalogs_of
from corpuslint.deletion import delete_fragment, delete_lines
from corpuslint.diagnostic import Applicability, Diagnostic, Fix
from corpuslint.document import Document
from corpuslint.phrases import Catalog, Match, ends_sentence
from corpuslint.project_catalogs import project_catalogs
from corpuslint.rule import DocumentRule, Trigger
from corpuslint.text import Span, trim

# A line of prose: a sentence, or so long that it needs no end mark. Between the first and the last of them lies
# the article, where a phrase of strength `edge` ("Related", "Tags") can be a heading of its own.
PROSE_CODE_POINTS = 60
LONG_PROSE_CODE_POINTS = 160
FIRST_EAST_ASIAN = "\u2e80"  # from here on a character says about as much as three letters

# So many weak phrases in a row are a menu even without a strong one: articles do not stack interface words.
MENU_LINES = 4

# Marks with which a line of dialogue or a quotation begins: what somebody says is never a button.
SPEECH_MARKS = frozenset("\"“”„«»‹›'‘’「『—–―")
ARROWS = {"«": "»", "»": "«", "‹": "›", "›": "‹"}
TABLE_MARK = "|"
BULLETS = ("- ", "* ", "• ", "· ", "+ ", "▪ ", "◦ ", "‣ ")
QUOTED_LABEL = 60  # most code points of a line that a message repeats


# Slots that take somebody's words: what a weak line says of a person or a title may belong to the article.
FREE_SLOTS = frozenset({"{text}", "{name}"})


class JunkLine(NamedTuple):
    """A line that is a phrase: its number from 0, the phrase, and whether the place lets it stand alone."""

    number: int
    match: Match | None  # None for a line of signs only ("*"), which belongs to the lines before it
    firm: bool
    at_edge: bool


class JunkBlock(NamedTuple):
    """Lines of one kind that stand together; `strong` are the line numbers that prove it."""

    kind: str
    first: int
    last: int
    strong: tuple[int, ...]
    lines: int
    at_edge: bool  # before or behind all prose
    sure: bool  # one of its strong lines is so wherever it stands
    neighbours: int  # strong lines of any kind that stand together with it, itself included
    slots: frozenset[str]  # what its lines hold beside the catalog's words
    weak_words: bool  # a weak line holds words of somebody


def junk_blocks(document: Document) -> tuple[JunkBlock, ...]:
    """Return the blocks of junk lines of a document, in order."""
    catalogs = (*project_catalogs(document.catalogs), *catalogs_of(document.scripts))
    if not catalogs:
        return ()
    matches = {number: match for number in document.written_lines if (match := _match(document, number, catalogs))}
    if not matches:
        return ()
    prose = [n for n in document.written_lines if n not in matches and is_prose(document.line_text(n))]
    blocks: list[JunkBlock] = []
    run: list[JunkLine] = []
    for number in document.written_lines:
        match = matches.get(number)
        if match is None and (document.normal_lines[number] or not run):
            blocks += _blocks_of_run(run)
            run = []
            continue
        at_edge = bool(prose) and not prose[0] < number < prose[-1]
        firm = match is not None and _is_firm(match, at_edge, document.line_text(number))
        run.append(JunkLine(number, match, firm, at_edge))
    blocks += _blocks_of_run(run)
    return tuple(blocks)


def _match(document: Document, number: int, catalogs: tuple[Catalog, ...]) -> Match | None:
    folded = document.normal_lines[number]
    if not folded:
        return None
    text = document.line_text(number).strip()
    if text[0] == TABLE_MARK or (text[0] in SPEECH_MARKS and not _is_arrow(text)):
        return None
    for catalog in catalogs:
        if match := catalog.match(text, folded):
            return match
    return None


def _is_arrow(text: str) -> bool:
    """Say whether the sign before a line is an arrow ("« Previous", "‹ Back") and opens no quotation."""
    return text[0] in ARROWS and ARROWS[text[0]] not in text[1:]


def is_prose(text: str) -> bool:
    """Say whether a line is a sentence of the article, or so long that it needs no end mark."""
    if len(text) >= LONG_PROSE_CODE_POINTS:
        return True
    length = len(text) if text.isascii() else len(text) + 2 * sum(c >= FIRST_EAST_ASIAN for c in text)
    return length >= PROSE_CODE_POINTS and ends_sentence(text)


def _is_firm(match: Match, at_edge: bool, text: str) -> bool:
    # An item of a list may be a step ("- Print"): it counts only next to something that is no item.
    if text.lstrip().startswith(BULLETS):
        return False
    return match.entry.strength == "alone" or (match.entry.strength == "edge" and at_edge)


def _blocks_of_run(run: list[JunkLine]) -> Iterator[JunkBlock]:
    """Split a run of neighbouring junk lines into blocks of one kind; nothing where nothing proves it."""
    run = _without_numbers(run)
    while run and run[-1].match is None and not any(line.firm for line in run):
        run.pop()
    if not any(line.firm for line in run) and sum(_is_label(line) for line in run) < MENU_LINES:
        return
    neighbours = sum(line.firm for line in run)
    for kind, lines in groupby(zip(_kinds(run), run, strict=True), key=lambda pair: pair[0]):
        block = [line for _, line in lines]
        strong = tuple(line.number for line in block if line.firm)
        slots = frozenset(line.match.slot for line in block if line.match)
        at_edge = all(line.at_edge for line in block)
        sure = any(line.match.entry.strength == "alone" for line in block if line.match and line.firm)
        weak_words = any(line.match.slot in FREE_SLOTS for line in block if line.match and not line.firm)
        ends = block[0].number, block[-1].number
        yield JunkBlock(kind, *ends, strong, len(block), at_edge, sure, neighbours, slots, weak_words)


def _without_numbers(run: list[JunkLine]) -> list[JunkLine]:
    """Leave out the numbers at a run's ends where nothing in it turns pages: ratings, cells of a table."""
    if any(line.firm and line.match and line.match.kind == "pagination" for line in run):
        return run
    labels = [at for at, line in enumerate(run) if line.match is None or line.match.words]
    return run[labels[0] : labels[-1] + 1] if labels else []


def _is_label(line: JunkLine) -> bool:
    """Say whether a line is words of an interface: numbers in a row are a table."""
    return line.match is not None and line.match.words


def _kinds(run: list[JunkLine]) -> list[str]:
    """Return the kind of each line of a run: its own where a strong line of that kind is near, else its neighbour's.

    A field "Email" is the comment form's next to "Leave a comment" and the newsletter's next to "Subscribe".
    """
    own = [line.match.kind if line.match else "" for line in run]
    firm = [kind if line.firm else "" for kind, line in zip(own, run, strict=True)]
    before, after = _carried(firm), _carried(firm[::-1])[::-1]
    fallback = Counter(own).most_common(1)[0][0]
    return [
        kind if kind and kind in (previous, following) else previous or following or fallback
        for kind, previous, following in zip(own, before, after, strict=True)
    ]


def _carried(kinds: list[str]) -> list[str]:
    """Return the last non-empty kind up to each place."""
    return list(accumulate(kinds, _later))


def _later(last: str, kind: str) -> str:
    return kind or last


@dataclass(frozen=True)
class HasJunk(Trigger):
    """The document holds a block of this kind."""

    kind: str

    def holds(self, document: Document) -> bool:
        """Look among the document's junk blocks and trailing phrases."""
        blocks = document.fact(junk_blocks)
        return any(block.kind == self.kind for block in blocks) or bool(trailing_phrases(document, self.kind))


@dataclass(frozen=True)
class JunkRule(DocumentRule):
    """A rule that reports the blocks of one kind."""

    kind: ClassVar[str]  # the catalog's table
    noun: ClassVar[str]  # what a block is, for messages: "comment form"
    applicability: ClassVar[Applicability] = Applicability.SAFE
    # Whether one strong line with no other junk beside it is certain enough to delete.
    certain_alone: ClassVar[bool] = True
    # Slots whose words may be wanted: a pointer's headline, a credit's name.
    doubtful_slots: ClassVar[frozenset[str]] = frozenset()

    def triggers(self) -> tuple[Trigger, ...]:
        """Fire where a block of the kind stands."""
        return (HasJunk(self.kind),)

    def check(self, document: Document) -> Iterator[Diagnostic]:
        """Yield one finding a block, and one a fragment at a line's end."""
        blocks = document.fact(junk_blocks)
        found = [self.block_diagnostic(document, block) for block in blocks if block.kind == self.kind]
        found += self._fragments(document, {n for block in blocks for n in range(block.first, block.last + 1)})
        yield from sorted(found, key=lambda diagnostic: diagnostic.place.span)

    def _fragments(self, document: Document, taken: set[int]) -> Iterator[Diagnostic]:
        """Yield what stands from a trailing phrase to the end of its line, behind text of the article."""
        phrases = trailing_phrases(document, self.kind)
        for number in document.written_lines if phrases else ():
            line = document.lines[number]
            starts = [at for phrase in phrases if (at := document.text.find(phrase, line.start, line.end)) >= 0]
            if starts and number not in taken:
                span = trim(document.text, Span(min(starts), line.end))
                whole = not document.text[line.start : span.start].strip()
                edit = delete_lines(document, number, number) if whole else delete_fragment(document.text, span)
                fix = Fix(f"Delete the {self.noun}", (edit,), Applicability.SAFE)
                text = document.text[span.start : span.end]
                yield self.diagnostic(
                    document, span, f"{self._title()} at the end of the line: {_label(text)}.", fix=fix
                )

    def block_diagnostic(self, document: Document, block: JunkBlock) -> Diagnostic:
        """Make the finding of a block; its fix deletes the lines."""
        labels = [_label(document.line_text(number)) for number in block.strong or (block.first,)]
        count = f"{block.lines} lines" if block.lines > 1 else "1 line"
        return self.diagnostic(
            document,
            document.lines_span(block.first, block.last),
            f"{self._title()} of {count}: {labels[0]}.",
            data={"lines": block.lines, "strong": labels},
            fix=Fix(
                f"Delete the {self.noun}",
                (delete_lines(document, block.first, block.last),),
                self._applicability(block),
            ),
        )

    def _applicability(self, block: JunkBlock) -> Applicability:
        certain = block.neighbours > 1 or (block.sure and self.certain_alone and FREE_SLOTS.isdisjoint(block.slots))
        doubtful = block.weak_words or not self.doubtful_slots.isdisjoint(block.slots)
        if self.applicability is Applicability.SAFE and (doubtful or not certain):
            return Applicability.UNSAFE
        return self.applicability

    def _title(self) -> str:
        return self.noun[0].upper() + self.noun[1:]


def trailing_phrases(document: Document, kind: str) -> list[str]:
    """Return the trailing phrases of a kind that stand in a document, as they are written."""
    return [
        phrase
        for catalog in (*project_catalogs(document.catalogs), *catalogs_of(document.scripts))
        for phrase, entry in catalog.trailing.items()
        if entry.kind == kind and phrase in document.text
    ]


def _label(text: str) -> str:
    text = text.strip()
    return f"“{text}”" if len(text) <= QUOTED_LABEL else f"“{text[: QUOTED_LABEL - 1]}…”"
