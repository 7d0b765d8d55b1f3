"""Junk lines in their document: which lines that are interface phrases are junk, and which belong together.

A phrase that proves nothing alone ("Name", "Home") counts next to one that does; lines of one kind that stand
together are one block, and a block is one finding. Every junk rule reads the same blocks, found once a
document. Nothing here knows a phrase or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from corpuslint.deletion import delete_lines
from corpuslint.diagnostic import Applicability, Diagnostic, Fix
from corpuslint.document import Document
from corpuslint.phrases import Catalog, Match, catalogs_of, ends_sentence
from corpuslint.rule import DocumentRule, Trigger

# A line of prose: a sentence, or so long that it needs no end mark. Between the first and the last of them lies
# the article, where a phrase of strength `edge` ("Related", "Tags") can be a heading of its own.
PROSE_CODE_POINTS = 60
LONG_PROSE_CODE_POINTS = 160

# So many weak phrases in a row are a menu even without a strong one: articles do not stack interface words.
MENU_LINES = 4

# Marks with which a line of dialogue or a quotation begins: what somebody says is never a button.
SPEECH_MARKS = frozenset("\"“”„«»‹›'‘’「『—–―")
TABLE_MARK = "|"
BULLETS = ("- ", "* ", "• ", "· ", "+ ", "▪ ", "◦ ", "‣ ")
QUOTED_LABEL = 60  # most code points of a line that a message repeats


class JunkLine(NamedTuple):
    """A line that is a phrase: its number from 0, the phrase, and whether the place lets it stand alone."""

    number: int
    match: Match | None  # None for a line of signs only ("*"), which belongs to the lines before it
    firm: bool


class JunkBlock(NamedTuple):
    """Lines of one kind that stand together; `strong` are the line numbers that prove it."""

    kind: str
    first: int
    last: int
    strong: tuple[int, ...]
    lines: int


def junk_blocks(document: Document) -> tuple[JunkBlock, ...]:
    """Return the blocks of junk lines of a document, in order."""
    catalogs = catalogs_of(document.scripts)
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
        run.append(JunkLine(number, match, match is not None and _is_firm(match, at_edge, document.line_text(number))))
    blocks += _blocks_of_run(run)
    return tuple(blocks)


def _match(document: Document, number: int, catalogs: tuple[Catalog, ...]) -> Match | None:
    folded = document.normal_lines[number]
    if not folded:
        return None
    text = document.line_text(number).strip()
    if text[0] == TABLE_MARK or text[0] in SPEECH_MARKS:
        return None
    for catalog in catalogs:
        if match := catalog.match(text, folded):
            return match
    return None


def is_prose(text: str) -> bool:
    return len(text) >= LONG_PROSE_CODE_POINTS or (len(text) >= PROSE_CODE_POINTS and ends_sentence(text))


def _is_firm(match: Match, at_edge: bool, text: str) -> bool:
    # An item of a list may be a step ("- Print"): it counts only next to something that is no item.
    if text.lstrip().startswith(BULLETS):
        return False
    return match.entry.strength == "alone" or (match.entry.strength == "edge" and at_edge)


def _blocks_of_run(run: list[JunkLine]) -> Iterator[JunkBlock]:
    """Split a run of neighbouring junk lines into blocks of one kind; nothing where nothing proves it."""
    while run and run[-1].match is None and not any(line.firm for line in run):
        run.pop()
    if not any(line.firm for line in run) and len(run) < MENU_LINES:
        return
    block: list[JunkLine] = []
    for line in run:
        if block and line.match is not None and line.match.kind != block[0].match.kind:  # type: ignore[union-attr]
            yield _block(block)
            block = []
        block.append(line)
    if block:
        yield _block(block)


def _block(lines: list[JunkLine]) -> JunkBlock:
    first = lines[0]
    assert first.match is not None
    strong = tuple(line.number for line in lines if line.firm)
    return JunkBlock(first.match.kind, first.number, lines[-1].number, strong, len(lines))


@dataclass(frozen=True)
class HasJunk(Trigger):
    """The document holds a block of this kind."""

    kind: str

    def holds(self, document: Document) -> bool:
        """Look among the document's junk blocks."""
        return any(block.kind == self.kind for block in document.fact(junk_blocks))


@dataclass(frozen=True)
class JunkRule(DocumentRule):
    """A rule that reports the blocks of one kind."""

    kind: ClassVar[str]  # the catalog's table
    noun: ClassVar[str]  # what a block is, for messages: "comment form"
    applicability: ClassVar[Applicability] = Applicability.SAFE

    def triggers(self) -> tuple[Trigger, ...]:
        """Fire where a block of the kind stands."""
        return (HasJunk(self.kind),)

    def check(self, document: Document) -> Iterator[Diagnostic]:
        """Yield one finding a block."""
        for block in document.fact(junk_blocks):
            if block.kind == self.kind:
                yield self.block_diagnostic(document, block)

    def block_diagnostic(self, document: Document, block: JunkBlock) -> Diagnostic:
        """Make the finding of a block; its fix deletes the lines."""
        labels = [_label(document, number) for number in block.strong or (block.first,)]
        count = f"{block.lines} lines" if block.lines > 1 else "1 line"
        return self.diagnostic(
            document,
            document.lines_span(block.first, block.last),
            f"{self.noun[0].upper()}{self.noun[1:]} of {count}: {labels[0]}.",
            data={"lines": block.lines, "strong": labels},
            fix=Fix(f"Delete the {self.noun}", (delete_lines(document, block.first, block.last),), self.applicability),
        )


def _label(document: Document, number: int) -> str:
    text = document.line_text(number).strip()
    return f"“{text}”" if len(text) <= QUOTED_LABEL else f"“{text[: QUOTED_LABEL - 1]}…”"
