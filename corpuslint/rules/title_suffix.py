"""JNK104 title-suffix: the site's or section's name behind the headline, from the page's title bar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpuslint.catalogs import catalogs_of
from corpuslint.deletion import delete_fragment
from corpuslint.diagnostic import Applicability, Diagnostic, Fix, Severity
from corpuslint.document import Document
from corpuslint.junk import junk_blocks
from corpuslint.normal import normal, words
from corpuslint.phrases import ends_sentence, size
from corpuslint.rule import DocumentRule
from corpuslint.text import Span, trim
from corpuslint.triggers import SeparatedHeadline, Trigger

# No headline writes these; page titles do.
CERTAIN_SEPARATORS = (" | ", " » ", " « ", " :: ", " ‹ ", " › ")
# Headlines write these as well ("Storm - what we know"), so the suffix must prove itself.
OTHER_SEPARATORS = (" - ", " – ", " — ", " · ", " • ", "_")

LEAST_HEADLINE_WORDS = 3
MOST_SUFFIX_WORDS = 7
MOST_HEADLINE_WORDS = 30


@dataclass(frozen=True)
class TitleSuffix(DocumentRule):
    """Name of the site or its section behind the headline on the first line.

    What it finds:
        " | Politics" or " - Example News" at the end of the first line: what a browser shows in its title bar
        and a scraper took as the headline.

    Why it matters:
        It is no part of the headline, and thousands of documents of a site end their first line with it.

    Example:
        Council approves the new tram line | City News

        The city council voted on Tuesday to build the tram line along the river.

    Instead:
        Council approves the new tram line

        The city council voted on Tuesday to build the tram line along the river.

    Left alone:
        Headlines with a dash of their own; first lines that are menus or tables; documents of one line.

    Fix safety:
        Safe where it is certain: the separator is one that no headline uses (" | "), or the bare headline stands
        again in the document. Unsafe where only the suffix's words speak for a site ("… News", "example.com").

    Source:
        Page titles beside the headlines of the same pages.
    """

    code = "JNK104"
    name = "title-suffix"
    severity = Severity.WARNING
    yields_to = ("JNK101", "JNK102")

    def triggers(self) -> tuple[Trigger, ...]:
        """There must be a separator in a line that is not too long."""
        separators = (*CERTAIN_SEPARATORS, *OTHER_SEPARATORS)
        return (SeparatedHeadline(separators, MOST_HEADLINE_WORDS + MOST_SUFFIX_WORDS),)

    def check(self, document: Document) -> Iterator[Diagnostic]:
        """Yield at most one finding, on the first written line."""
        if len(document.written_lines) < 2:
            return
        first = document.written_lines[0]
        if any(block.first <= first <= block.last for block in document.fact(junk_blocks)):
            return
        line = document.lines[first]
        start, end = trim(document.text, line.span)
        title = document.text[start:end]
        if ends_sentence(title) or title.startswith(("|", "#", "-", "*")) or "\t" in title:
            return
        cut = self._cut(document, title, first)
        if cut is None:
            return
        at, applicability = cut
        span = Span(start + at, end)
        fix = Fix("Delete the title suffix", (delete_fragment(document.text, span),), applicability)
        message = f"Title suffix “{document.text[span.start : span.end].strip()}” follows the headline."
        yield self.diagnostic(document, span, message, fix=fix)

    def _cut(self, document: Document, title: str, first: int) -> tuple[int, Applicability] | None:
        """Return where the suffix begins in the title, and how certain it is."""
        # The leftmost certain separator begins the suffix: "Headline | Section | Site".
        certain = [at for mark in CERTAIN_SEPARATORS if (at := title.find(mark)) > 0]
        if certain and _fits(title[: min(certain)], title[min(certain) :]):
            return min(certain), Applicability.SAFE
        others = [at for mark in OTHER_SEPARATORS if (at := title.rfind(mark)) > 0]
        if not others or certain or not _fits(title[: max(others)], title[max(others) :]):
            return None
        at = max(others)
        if self._stands_again(document, title[:at], first):
            return at, Applicability.SAFE
        if _names_site(document, title[at:]):
            return at, Applicability.UNSAFE
        return None

    def _stands_again(self, document: Document, headline: str, first: int) -> bool:
        """Say whether the bare headline is a line of its own near the top of the document."""
        bare = normal(headline)
        return any(document.normal_lines[number] == bare for number in document.written_lines[1:] if number != first)


def _fits(headline: str, suffix: str) -> bool:
    """Say whether the lengths are those of a headline and a site's name."""
    headline_size, suffix_size = size(words(headline)), size(words(suffix))
    return (
        LEAST_HEADLINE_WORDS <= headline_size <= MOST_HEADLINE_WORDS
        and 0 < suffix_size <= MOST_SUFFIX_WORDS
        and (suffix_size < headline_size or headline_size >= 2 * LEAST_HEADLINE_WORDS)
    )


def _names_site(document: Document, suffix: str) -> bool:
    """Say whether a suffix holds a word by which sites are named, or a domain."""
    site_words = frozenset[str]().union(*(c.names.get("site-word", ()) for c in catalogs_of(document.script_names)))
    suffix_words = words(suffix)
    return not site_words.isdisjoint(suffix_words) or any(
        "." in word.strip(".") and word.rpartition(".")[2].isalpha() and len(word.rpartition(".")[2]) <= 4
        for word in suffix.split()
    )
