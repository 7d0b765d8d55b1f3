"""Corpus text made ready for a page: shortened, controls visible, with its own direction and language.

Escaping is not here: text stays text in `markup`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from corpuslint.diagnostic import Edit
from corpuslint.display import visible
from corpuslint.report.markup import Element, Node, element

FLAGGED = 400  # code points of a flagged text that are shown
AROUND_EDIT = 40  # code points shown on either side of an edit
LONGEST_WORD = 24  # code points that a cut may go back to the last space
EDITS = 4  # edits of a fix that are shown
# What `visible` writes out, except line feeds and tabs: most text has none of it and is passed on as it is.
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
LINE_BREAKS = re.compile(r"(\r\n|\n|\r|\t)")


class EditView(NamedTuple):
    """An edit with the text around it: what stands before, goes, comes, and stands behind."""

    before: str
    removed: str
    inserted: str
    after: str

    @classmethod
    def of(cls, text: str, edit: Edit) -> EditView:
        """Cut the surroundings of an edit out of its document."""
        start, end = max(0, edit.start - AROUND_EDIT), min(len(text), edit.end + AROUND_EDIT)
        return cls(
            ("…" if start else "") + text[start : edit.start],
            shortened(text[edit.start : edit.end], FLAGGED),
            edit.content,
            text[edit.end : end] + ("…" if end < len(text) else ""),
        )


def shown(text: str) -> str:
    """Return text with its lines and tabs, and every other control character and bidi control written out."""
    if not UNSEEN.search(text):
        return text
    pieces = LINE_BREAKS.split(text)
    for number, piece in enumerate(pieces):
        pieces[number] = visible(piece) if number % 2 == 0 else "\t" if piece == "\t" else "\n"
    return "".join(pieces)


def shortened(text: str, length: int) -> str:
    """Return a text of at most about `length` code points, saying how many of its middle are left out."""
    if len(text) <= length:
        return text
    head, tail = _until_space(text[: length // 2]), _until_space(text[: -(length // 2) - 1 : -1])[::-1]
    return f"{head} […{len(text) - len(head) - len(tail):,} characters…] {tail}"


def _until_space(text: str) -> str:
    """Return a text without the word that was cut at its end, where its script writes spaces."""
    place = max(text.rfind(" "), text.rfind("\n"))
    return text[:place] if place >= len(text) - LONGEST_WORD else text


def direction(text: str) -> str:
    """Return "rtl" where more letters are written from right to left than from left to right, else "ltr"."""
    if not RIGHT_TO_LEFT.search(text):
        return "ltr"
    kinds = [unicodedata.bidirectional(character) for character in text[:2000]]
    right_to_left = sum(kind in {"R", "AL"} for kind in kinds)
    return "rtl" if right_to_left > kinds.count("L") else "ltr"


def quote(pieces: Sequence[Node], whole: str, language: str, class_: str) -> Element:
    """Return a block of corpus text in its direction and language; `whole` is the text that decides the direction."""
    return element("blockquote", *pieces, class_=class_, dir=direction(whole), lang=language or "und")


def flagged_quote(before: str, text: str, after: str, language: str) -> Element:
    """Return the flagged text, marked, in its line."""
    marked = element("mark", shown(shortened(text, FLAGGED)) or "\u00a0")
    return quote((shown(before), marked, shown(after)), before + text + after, language, "snippet")


def edit_quotes(views: Sequence[EditView], edits: int, language: str) -> list[Element]:
    """Return the edits of a fix as inline diffs."""
    quotes = []
    for view in views[:EDITS]:
        pieces: list[Node] = [shown(view.before)]
        if view.removed:
            pieces.append(element("del", shown(view.removed)))
        if view.inserted:
            pieces.append(element("ins", shown(view.inserted)))
        pieces.append(shown(view.after))
        quotes.append(quote(pieces, view.before + view.removed + view.after, language, "diff"))
    if edits > len(quotes) and quotes:
        quotes.append(element("p", f"and {edits - len(quotes)} more edits", class_="quiet"))
    return quotes
