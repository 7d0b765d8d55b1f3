"""The shrink guard: how much of a document its fixes take away for good, and whether that is too much.

Text that still stands in the same document does not count as taken: of a block that stood twice nothing is lost.
The bounds come from the configuration.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpuslint.changing.pieces import EditedText
from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.document import Document
from corpuslint.fixer import AppliedFix, Choose, Find, FixedText, everything, fix_document
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.normal import normal
from corpuslint.text import split_lines

MAX_CORPUS_SHARE = 0.2  # of all documents' written characters; real corpora lose 1 to 10 in 100
LEAST_DOCUMENTS = 50  # fewer say nothing about a corpus: one page of boilerplate would stop the run


@dataclass(frozen=True)
class Guarded:
    """A fixed text, how much of the original is lost, and the rules whose fixes were held back."""

    fixed: FixedText
    share: float = 0.0  # of the document's written characters, that goes for good
    held: tuple[str, ...] = ()
    held_share: float = 0.0  # that the held fixes would have taken


def guarded_fix(
    document: Document,
    find: Find,
    most: Applicability = Applicability.SAFE,
    policy: FixPolicy = FixPolicy(),  # noqa: B008  # frozen
    choose: Choose = everything,
) -> Guarded:
    """Fix a document, without the rules whose fixes would take more of it than they may."""
    held: set[str] = set()
    held_share = 0.0

    def allowed(current: Document) -> Iterable[Diagnostic]:
        return [diagnostic for diagnostic in find(current) if diagnostic.code not in held]

    while True:
        fixed = fix_document(document, allowed, most)
        shares = lost_shares(document, fixed)
        over = policy.exceeded(shares)
        if not over:
            break
        held.update(over)
        held_share += sum(shares[code] for code in over)
    if choose is not everything:
        fixed = fix_document(document, allowed, most, choose)
        shares = lost_shares(document, fixed)
        if over := policy.exceeded(shares):
            # A choice among the fixes cannot take more than all of them, but rules may react to what is left.
            return Guarded(FixedText(EditedText.of(document.text)), 0.0, over, sum(shares.values()))
    return Guarded(fixed, sum(shares.values()), tuple(sorted(held)), held_share)


def written(text: str) -> int:
    """Return how many characters of a text are not white space."""
    return sum(map(len, text.split()))


def lost_shares(document: Document, fixed: FixedText) -> Mapping[str, float]:
    """Return by rule code the share of the document's written characters that stand nowhere in the fixed text."""
    if not fixed.applied:
        return {}
    kept = {_key(line) for line in _lines(fixed.text)}
    counts: Counter[str] = Counter()
    for fix in fixed.applied:
        if count := _lost(fix, kept):
            counts[fix.diagnostic.code] += count
    size = written(document.text)
    return {code: count / size for code, count in counts.items()}


def _lost(fix: AppliedFix, kept: set[str]) -> int:
    edits = fix.diagnostic.fix.edits if fix.diagnostic.fix else ()
    lost = 0
    for edit, text in zip(edits, fix.taken, strict=True):
        gone = sum(written(line) for line in _lines(text) if _key(line) not in kept)
        lost += max(0, gone - written(edit.content))
    return lost


def _lines(text: str) -> Iterable[str]:
    return (text[line.start : line.end] for line in split_lines(text))


def _key(line: str) -> str:
    # A line without words ("* * *") is compared by its characters.
    return normal(line) or line.strip()
