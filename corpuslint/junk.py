"""Junk lines in their document: which lines that are interface phrases are junk, and which belong together.

A phrase that proves nothing alone ("Name", "Home") counts next to one that does; lines of one kind that stand
together are one block, and a block is one finding. Every junk rule reads the same blocks, found once a
document. Nothing here knows a phrase or a kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from itertools import accumulate, groupby
from typing import NamedTuple

from corpuslint.catalogs import catalogs_of
from corpuslint.document import Document
from corpuslint.normal import normal
from corpuslint.phrases import Catalog, Match, ends_sentence
from corpuslint.project_catalogs import project_catalogs

# A line of prose: a sentence, or so long that it needs no end mark. Between the first and the last of them lies
# the article, where a phrase of strength `edge` ("Related", "Tags") can be a heading of its own.
PROSE_CODE_POINTS = 60
LONG_PROSE_CODE_POINTS = 160
FIRST_EAST_ASIAN = "\u2e80"  # from here on a character says about as much as three letters

LONGEST_WORD = 40  # code points that hold a line's first word
LONG_LINE = 200  # code points from which on only a line that begins like a phrase is looked at

# So many weak phrases in a row are a menu even without a strong one: articles do not stack interface words.
METADATA = "page-metadata"  # the kind of date and author lines
NAVIGATION = "navigation"  # the kind of sections' names, which are headings as well
MENU_LINES = 4

# Marks with which a line of dialogue or a quotation begins: what somebody says is never a button.
SPEECH_MARKS = frozenset("\"“”„«»‹›'‘’「『—–―")
ARROWS = {"«": "»", "»": "«", "‹": "›", "›": "‹"}
TABLE_MARK = "|"
BULLETS = ("- ", "* ", "• ", "· ", "+ ", "▪ ", "◦ ", "‣ ")


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
    weak_words: bool  # a weak or glued line holds words of somebody


def junk_blocks(document: Document) -> tuple[JunkBlock, ...]:
    """Return the blocks of junk lines of a document, in order."""
    catalogs = (*project_catalogs(document.catalogs), *catalogs_of(document.script_names))
    if not catalogs:
        return ()
    matches, wordless = _matches(document, catalogs)
    if not matches:
        return ()
    first = _first_prose(document, document.written_lines, matches)
    last = _first_prose(document, reversed(document.written_lines), matches)
    blocks: list[JunkBlock] = []
    run: list[JunkLine] = []
    for number in document.written_lines:
        match = matches.get(number)
        if match is None and (number not in wordless or not run):
            blocks += _blocks_of_run(run)
            run = []
            continue
        at_edge = first is not None and last is not None and not first < number < last
        firm = match is not None and _is_firm(match, at_edge, document.line_text(number))
        run.append(JunkLine(number, match, firm, at_edge))
    blocks += _blocks_of_run(run)
    return tuple(blocks)


def _matches(document: Document, catalogs: tuple[Catalog, ...]) -> tuple[dict[int, Match], set[int]]:
    """Return the phrases that lines are, by the lines' numbers, and the numbers of written lines without words."""
    # A line of text with a trailing phrase behind it is no junk line: only the fragment goes.
    fragments = [fragment for listed in document.fact(trailing_phrases).values() for fragment in listed]
    matches: dict[int, Match] = {}
    wordless: set[int] = set()
    for number in document.written_lines:
        text = document.line_text(number)
        words = _folded(text, catalogs)
        if words == "":
            wordless.add(number)
        if not words or any(text.strip().find(fragment) > 0 for fragment in fragments):
            continue
        if match := match_line(text.strip(), words, catalogs):
            matches[number] = match
    return matches, wordless


def _first_prose(document: Document, numbers: Iterable[int], junk: Container[int]) -> int | None:
    """Return the first of some lines that is prose and no junk."""
    return next((n for n in numbers if n not in junk and is_prose(document.line_text(n))), None)


def _folded(text: str, catalogs: tuple[Catalog, ...]) -> str | None:
    """Return the normal form of a line; None for a long line that begins with the first word of no phrase.

    Most characters of a corpus stand in such lines, and folding them would cost more than all the rest.
    """
    if len(text) > LONG_LINE:
        first = normal(text[:LONGEST_WORD]).partition(" ")[0]
        if not any(first in catalog.first_words for catalog in catalogs):
            return None
    return normal(text)


def match_line(text: str, folded: str, catalogs: tuple[Catalog, ...]) -> Match | None:
    """Return the phrase that a line is, or None; `text` has no white space at its ends, `folded` is its normal form.

    What somebody says and the cells of a table are none.
    """
    if not folded:
        return None
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
    # An item of a list may be a step ("- Print"): it counts only next to something that is no item. A sign on both
    # sides is a frame ("- Advertisement -").
    text = text.strip()
    if text.startswith(BULLETS) and text[0] != text[-1]:
        return False
    return match.entry.strength == "alone" or (match.entry.strength == "edge" and at_edge)


def _blocks_of_run(run: list[JunkLine]) -> Iterator[JunkBlock]:
    """Split a run of neighbouring junk lines into blocks of one kind; nothing where nothing proves it."""
    run = _without_heading(_without_numbers(run))
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
        weak_words = any(_is_doubtful(line) for line in block)
        ends = block[0].number, block[-1].number
        yield JunkBlock(kind, *ends, strong, len(block), at_edge, sure, neighbours, slots, weak_words)


def _is_doubtful(line: JunkLine) -> bool:
    """Say whether a line's free words may belong to the article: the phrase is weak, or stands among unknown words."""
    return line.match is not None and line.match.slot in FREE_SLOTS and (not line.firm or line.match.phrases > 1)


def _without_numbers(run: list[JunkLine]) -> list[JunkLine]:
    """Leave out the numbers at a run's ends where nothing in it turns pages: ratings, cells of a table."""
    if any(line.firm and line.match and line.match.kind == "pagination" for line in run):
        return run
    labels = [at for at, line in enumerate(run) if line.match is None or line.match.words]
    return run[labels[0] : labels[-1] + 1] if labels else []


def _without_heading(run: list[JunkLine]) -> list[JunkLine]:
    """Leave out the weak navigation words at the end of a run inside the article that has no strong one.

    A section's name ("Climate") below the button of a picture is the heading of the text that follows.
    """
    if any(line.at_edge or (line.firm and line.match and line.match.kind == NAVIGATION) for line in run):
        return run
    others = [at for at, line in enumerate(run) if line.firm or not (line.match and line.match.kind == NAVIGATION)]
    return run[: others[-1] + 1] if others else run


def _is_label(line: JunkLine) -> bool:
    """Say whether a line is words of an interface: numbers in a row are a table."""
    return line.match is not None and line.match.words


def _kinds(run: list[JunkLine]) -> list[str]:
    """Return the kind of each line of a run: its own where a strong line of that kind is near, else its neighbour's.

    A field "Email" is the comment form's next to "Leave a comment" and the newsletter's next to "Subscribe". A date
    or a byline never becomes part of a button beside it: it says when and by whom the article was written.
    """
    own = [line.match.kind if line.match else "" for line in run]
    firm = [kind if line.firm else "" for kind, line in zip(own, run, strict=True)]
    before, after = _carried(firm), _carried(firm[::-1])[::-1]
    fallback = Counter(own).most_common(1)[0][0]
    return [
        kind if kind == METADATA or (kind and kind in (previous, following)) else previous or following or fallback
        for kind, previous, following in zip(own, before, after, strict=True)
    ]


def _carried(kinds: list[str]) -> list[str]:
    """Return the last non-empty kind up to each place."""
    return list(accumulate(kinds, _later))


def _later(last: str, kind: str) -> str:
    return kind or last


def trailing_phrases(document: Document) -> dict[str, list[str]]:
    """Return the trailing phrases that stand in a document, as they are written, by kind."""
    found: dict[str, list[str]] = {}
    for catalog in (*project_catalogs(document.catalogs), *catalogs_of(document.script_names)):
        for phrase, entry in catalog.trailing.items():
            if phrase in document.text:
                found.setdefault(entry.kind, []).append(phrase)
    return found
