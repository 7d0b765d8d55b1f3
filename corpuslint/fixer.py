"""Applies fixes to a text, round after round, until nothing more applies.

It knows no rule by name. Edits that only touch apply together; of overlapping ones the first goes now and the
others wait for the next round, in which they are found again or no longer needed. Writing files is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from corpuslint.changing.pieces import EditedText
from corpuslint.diagnostic import Applicability, Diagnostic, Edit, Fix
from corpuslint.document import Document

ROUNDS = 10  # rules that have not come to rest by then fight; real text needs two or three
RANK = {Applicability.SAFE: 0, Applicability.UNSAFE: 1, Applicability.DISPLAY: 2}

Find = Callable[[Document], Iterable[Diagnostic]]
Choose = Callable[[Document, list[Diagnostic]], list[Diagnostic]]


@dataclass(frozen=True)
class AppliedFix:
    """A finding whose fix was applied, and the slices that its edits took out of the text as it was then."""

    diagnostic: Diagnostic
    taken: tuple[str, ...]

    @property
    def characters(self) -> int:
        """How many code points the text became shorter by."""
        added = sum(len(edit.content) for edit in self.diagnostic.fix.edits) if self.diagnostic.fix else 0
        return sum(map(len, self.taken)) - added


@dataclass(frozen=True)
class FixedText:
    """A text after fixing, as edits of the original; the fixes applied; the codes that never came to rest."""

    edited: EditedText
    applied: tuple[AppliedFix, ...] = ()
    fighting: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What the text became."""
        return self.edited.text


def everything(_document: Document, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """Choose all fixes that apply together."""
    return diagnostics


def fix_document(
    document: Document, find: Find, most: Applicability = Applicability.SAFE, choose: Choose = everything
) -> FixedText:
    """Apply the fixes up to an applicability to a fixed point; where there is none, the text stays as it was.

    `choose` may leave fixes out: it gets the current form of the document with those that apply together now.
    """
    applied: list[AppliedFix] = []
    edited = EditedText.of(document.text)
    current = document
    rounds: list[tuple[str, tuple[str, ...]]] = []  # each round's text and the codes that changed it
    for _ in range(ROUNDS + 1):
        chosen = choose(current, compatible(find(current), most))
        if not chosen:
            return FixedText(edited, tuple(applied))
        rounds.append((current.text, tuple(diagnostic.code for diagnostic in chosen)))
        applied += [AppliedFix(diagnostic, _taken(current.text, diagnostic)) for diagnostic in chosen]
        edited = edited.apply(edit for diagnostic in chosen for edit in edits_of(diagnostic))
        current = replace(document, text=edited.text, _facts={})
        if fighting := _cycle(rounds, current.text):
            return FixedText(EditedText.of(document.text), (), fighting)
    last = {code for _, codes in rounds[-2:] for code in codes}
    return FixedText(EditedText.of(document.text), (), tuple(sorted(last)))


def _cycle(rounds: list[tuple[str, tuple[str, ...]]], text: str) -> tuple[str, ...]:
    """Return the codes that led from a text back to the same text; empty where it was never seen."""
    for number, (seen, _) in enumerate(rounds):
        if seen == text:
            return tuple(sorted({code for _, codes in rounds[number:] for code in codes}))
    return ()


def compatible(diagnostics: Iterable[Diagnostic], most: Applicability) -> list[Diagnostic]:
    """Return the findings whose fixes apply together, first come first served; a fix applies whole or not at all."""
    chosen: list[Diagnostic] = []
    taken: list[Edit] = []
    for diagnostic in sorted(diagnostics, key=lambda d: (edits_of(d), d.code, d.message)):
        fix = diagnostic.fix
        if fix is None or RANK[fix.applicability] > RANK[most] or not _changes(fix):
            continue
        # Edits come sorted, so only the latest ones can reach into the next fix.
        if not any(_collide(edit, other) for edit in fix.edits for other in taken):
            chosen.append(diagnostic)
            taken = [other for other in taken if other.end > fix.edits[0].start] + list(fix.edits)
    return chosen


def edits_of(diagnostic: Diagnostic) -> tuple[Edit, ...]:
    """Return the edits of a finding's fix; none without a fix."""
    return diagnostic.fix.edits if diagnostic.fix else ()


def _taken(text: str, diagnostic: Diagnostic) -> tuple[str, ...]:
    return tuple(text[edit.start : edit.end] for edit in edits_of(diagnostic))


def _changes(fix: Fix) -> bool:
    return any(edit.start < edit.end or edit.content for edit in fix.edits)


def _collide(one: Edit, other: Edit) -> bool:
    # Two insertions at one place collide too: which comes first is for the next round to settle.
    return one.span.overlaps(other.span) or (one.start == other.start and one.end == other.end)
