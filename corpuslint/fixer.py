"""Applies fixes to a text, round after round, until nothing more applies.

It knows no rule by name. Edits that only touch apply together; of overlapping ones the first goes now and the
others wait for the next round, in which they are found again or no longer needed. Writing files is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from corpuslint.diagnostic import Applicability, Diagnostic, Edit, Fix
from corpuslint.document import Document

ROUNDS = 10  # rules that have not come to rest by then fight; real text needs two or three
RANK = {Applicability.SAFE: 0, Applicability.UNSAFE: 1, Applicability.DISPLAY: 2}


@dataclass(frozen=True)
class FixedText:
    """A text after fixing: what it became, which findings were applied, and the codes that never came to rest."""

    text: str
    applied: tuple[Diagnostic, ...]
    fighting: tuple[str, ...] = ()


def fix_document(
    document: Document,
    find: Callable[[Document], Iterable[Diagnostic]],
    most: Applicability = Applicability.SAFE,
) -> FixedText:
    """Apply the fixes up to an applicability to a fixed point; where there is none, the text stays as it was."""
    applied: list[Diagnostic] = []
    current = document
    for _ in range(ROUNDS):
        chosen = choose(find(current), most)
        if not chosen:
            return FixedText(current.text, tuple(applied))
        applied += chosen
        edits = [edit for diagnostic in chosen if diagnostic.fix for edit in diagnostic.fix.edits]
        current = replace(document, text=apply(current.text, edits), _facts={})
    last = choose(find(current), most)
    if not last:
        return FixedText(current.text, tuple(applied))
    fighting = sorted({diagnostic.code for diagnostic in (*chosen, *last)})
    return FixedText(document.text, (), tuple(fighting))


def choose(diagnostics: Iterable[Diagnostic], most: Applicability) -> list[Diagnostic]:
    """Return the findings whose fixes apply together, the first in the text first."""
    chosen: list[Diagnostic] = []
    taken: list[Edit] = []
    for diagnostic in sorted(diagnostics, key=lambda d: (d.fix.edits if d.fix else (), d.code)):
        fix = diagnostic.fix
        if fix is None or RANK[fix.applicability] > RANK[most] or not _changes(fix):
            continue
        # Edits come sorted, so only the latest ones can reach into the next fix.
        if not any(_collide(edit, other) for edit in fix.edits for other in taken):
            chosen.append(diagnostic)
            taken = [other for other in taken if other.end > fix.edits[0].start] + list(fix.edits)
    return chosen


def _changes(fix: Fix) -> bool:
    return any(edit.start < edit.end or edit.content for edit in fix.edits)


def _collide(one: Edit, other: Edit) -> bool:
    return one.span.overlaps(other.span) or (one.start == other.start and one.end == other.end)


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Apply edits that do not overlap."""
    pieces = []
    position = 0
    for edit in sorted(edits):
        pieces += [text[position : edit.start], edit.content]
        position = edit.end
    return "".join([*pieces, text[position:]])
