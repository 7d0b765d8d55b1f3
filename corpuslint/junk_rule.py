"""The rule that every junk rule is: report the blocks of one kind, and the fragments glued to lines' ends.

It says how certain a fix is; which lines are junk is for `corpuslint.junk` to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from typing import Any, ClassVar

from corpuslint.deletion import delete_fragment, delete_lines
from corpuslint.diagnostic import Applicability, Diagnostic, Fix
from corpuslint.document import Document
from corpuslint.junk import FREE_SLOTS, JunkBlock, junk_blocks, trailing_phrases
from corpuslint.rule import DocumentRule
from corpuslint.text import Span, trim
from corpuslint.triggers import Fact, Trigger

QUOTED_LABEL = 60  # most code points of a line that a message repeats


@dataclass(frozen=True)
class HasJunk(Trigger):
    """The document holds a block of this kind."""

    kind: str
    facts: ClassVar[Fact] = Fact.PHRASE | Fact.TRAILING_PHRASE

    @property
    def without(self) -> Mapping[Fact, tuple[Callable[[Document], Any], Callable[[], Any]]]:
        """No phrases, no blocks."""
        return {Fact.PHRASE: (junk_blocks, tuple), Fact.TRAILING_PHRASE: (trailing_phrases, dict)}

    def holds(self, document: Document) -> bool:
        """Look among the document's junk blocks and trailing phrases."""
        blocks = document.fact(junk_blocks)
        return any(block.kind == self.kind for block in blocks) or self.kind in document.fact(trailing_phrases)


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
        found = (self.block_diagnostic(document, block) for block in blocks if block.kind == self.kind)
        # Both are in the order of the text.
        yield from merge(found, self._fragments(document, blocks), key=lambda diagnostic: diagnostic.place.span)

    def _fragments(self, document: Document, blocks: Iterable[JunkBlock]) -> Iterator[Diagnostic]:
        """Yield what stands from a trailing phrase to the end of its line, behind text of the article."""
        phrases = document.fact(trailing_phrases).get(self.kind, [])
        taken = {n for block in blocks for n in range(block.first, block.last + 1)} if phrases else frozenset[int]()
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


def _label(text: str) -> str:
    text = text.strip()
    return f"“{text}”" if len(text) <= QUOTED_LABEL else f"“{text[: QUOTED_LABEL - 1]}…”"
