"""JNK105 page-metadata: date, time and byline between the headline and the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpuslint.deletion import delete_lines
from corpuslint.diagnostic import Applicability, Diagnostic, Fix, Severity
from corpuslint.document import Document
from corpuslint.junk import is_prose, junk_blocks
from corpuslint.junk_rule import JunkRule
from corpuslint.normal import words
from corpuslint.phrases import ends_sentence
from corpuslint.rule import option
from corpuslint.triggers import DatedHead, Trigger

# A date or a time of day in any script's digits: \d is Unicode. Every part is bounded.
DATE_OR_TIME = re.compile(
    r"""
      \b\d{1,4}[./\-–]\d{1,2}[./\-–]\d{1,4}\b        # 17.09.2024, 2024-09-17
    | \b\d{1,2}\s?[/ ]\s?[^\W\d]{3,12}\.?\s?[/, ]\s?(?:19|20)\d\d\b   # 17/September/2024, 17 Sept. 2024
    | \b[^\W\d]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d\b   # September 17, 2024
    | \b\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日
    | \b\d{1,2}\s?月\s?\d{1,2}\s?日
    | \b\d{1,2}:\d{2}\b
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class PageMetadata(JunkRule):
    """Date, time and byline lines under the headline.

    What it finds:
        Lines between the headline and the first paragraph that say only when, and by whom, the page was
        published: "Tuesday 17/September/2024 - 03:34", "By Jane Roe", "5 min read".

    Why it matters:
        They are facts about the page and not its text; a corpus may want them in fields of their own.

    Example:
        Council approves the new tram line
        Tuesday, 17 September 2024 - 03:34 PM
        The city council voted on Tuesday to build the tram line along the river, at a cost of forty million.

    Instead:
        Council approves the new tram line
        The city council voted on Tuesday to build the tram line along the river, at a cost of forty million.

    Left alone:
        Dates in sentences and headings; anything below the first paragraph; author names without a mark of a byline.

    Fix safety:
        Display: the fact may be wanted, and no other place keeps it.

    Source:
        Lines under the headlines of real pages.
    """

    code = "JNK105"
    name = "page-metadata"
    severity = Severity.INFO
    kind = "page-metadata"
    noun = "page metadata"
    applicability = Applicability.DISPLAY

    head_lines: int = option(8, "How many written lines from the top may be metadata", unit="lines", least=2)
    most_words: int = option(12, "The most words of such a line", unit="words", least=1)

    def triggers(self) -> tuple[Trigger, ...]:
        """A short line with a digit near the top, in any script's digits, or a line that a catalog calls metadata."""
        return (DatedHead(self.head_lines, self.most_words), *super().triggers())

    def check(self, document: Document) -> Iterator[Diagnostic]:
        """Yield the date lines of the head, and lines that a catalog calls metadata."""
        blocks = document.fact(junk_blocks)
        found = [
            self.block_diagnostic(document, block) for block in blocks if block.kind == self.kind and block.at_edge
        ]
        taken = {number for block in blocks for number in range(block.first, block.last + 1)}
        for number in document.written_lines[1 : self.head_lines]:
            text = document.line_text(number)
            if is_prose(text):
                break
            if number not in taken and self._is_date_line(text):
                found.append(self._date(document, number))
        yield from sorted(found, key=lambda d: d.place.span)

    def _is_date_line(self, text: str) -> bool:
        text = text[:200]
        return bool(DATE_OR_TIME.search(text)) and not ends_sentence(text) and len(words(text)) <= self.most_words

    def _date(self, document: Document, number: int) -> Diagnostic:
        fix = Fix("Delete the page metadata", (delete_lines(document, number, number),), self.applicability)
        message = f"Page metadata of 1 line: “{document.line_text(number).strip()}”."
        return self.diagnostic(document, document.lines_span(number, number), message, fix=fix)
