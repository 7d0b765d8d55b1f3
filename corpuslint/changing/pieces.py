"""Edits over edits, told as edits of the ORIGINAL text: a piece table.

A text that was edited in several rounds is a row of pieces, each either a slice of the original or added text. So
whatever is written back, shown or undone knows which characters never moved. What to edit is for the fixer to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from corpuslint.diagnostic import Edit


class Piece(NamedTuple):
    """A slice `[start, end)` of the original, or (where start equals end) text added at that place."""

    start: int
    end: int
    added: str = ""

    @property
    def length(self) -> int:
        """How many code points the piece has in the edited text."""
        return len(self.added) or self.end - self.start


@dataclass(frozen=True)
class EditedText:
    """A text in its edited form, with the way back to the original."""

    original: str
    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, text: str) -> EditedText:
        """Return a text without edits."""
        return cls(text, (Piece(0, len(text)),) if text else ())

    @cached_property
    def text(self) -> str:
        """The edited text."""
        return "".join(piece.added or self.original[piece.start : piece.end] for piece in self.pieces)

    def apply(self, edits: Iterable[Edit]) -> EditedText:
        """Return the text after edits of its EDITED form that do not overlap."""
        cursor = _Cursor(self.pieces, len(self.original))
        pieces: list[Piece] = []
        position = 0
        for edit in sorted(edits):
            pieces += cursor.take(edit.start - position)
            at = cursor.origin
            for _ in cursor.take(edit.end - edit.start):
                pass
            if edit.content:
                pieces.append(Piece(at, at, edit.content))
            position = edit.end
        pieces += cursor.rest()
        return EditedText(self.original, tuple(pieces))

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """All edits as edits of the original, sorted, none touching another."""
        found: list[Edit] = []
        position, added = 0, ""
        for piece in (*self.pieces, Piece(len(self.original), len(self.original))):
            if piece.added:
                added += piece.added
                continue
            if self.original[position : piece.start] != added:
                found.append(Edit(position, piece.start, added))
            position, added = piece.end, ""
        return tuple(found)


class _Cursor:
    """Walks along pieces and cuts them where it is told to stop."""

    def __init__(self, pieces: tuple[Piece, ...], end: int) -> None:
        self._pieces = list(reversed(pieces))
        self._end = end

    @property
    def origin(self) -> int:
        """Where in the original the cursor stands."""
        return self._pieces[-1].start if self._pieces else self._end

    def take(self, length: int) -> Iterator[Piece]:
        """Yield the next pieces, `length` code points in all."""
        while length > 0:
            piece = self._pieces.pop()
            if piece.length > length:
                head, tail = _cut(piece, length)
                self._pieces.append(tail)
                piece = head
            length -= piece.length
            yield piece

    def rest(self) -> Iterator[Piece]:
        """Yield what is left."""
        while self._pieces:
            yield self._pieces.pop()


def _cut(piece: Piece, length: int) -> tuple[Piece, Piece]:
    if piece.added:
        at = piece.start
        return Piece(at, at, piece.added[:length]), Piece(at, at, piece.added[length:])
    return Piece(piece.start, piece.start + length), Piece(piece.start + length, piece.end)
