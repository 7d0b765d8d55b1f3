"""JNK110 related-links: pointer to other articles."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk import JunkRule


@dataclass(frozen=True)
class RelatedLinks(JunkRule):
    """Pointer to other articles.

    What it finds:
        Headings and one-line pointers to other articles: "Related articles", "Read also: …", "اقرأ أيضا: …". A
        pointer's line holds the other article's headline and goes with it; headlines on lines of their own
        stay.

    Why it matters:
        Headlines of other articles inside a text are facts of another story.

    Example:
        The new bridge was opened on Friday by the mayor.
        Read also: Tram line to be built by spring
        It cost forty million and took three years to build.

    Instead:
        The new bridge was opened on Friday by the mayor.
        It cost forty million and took three years to build.

    Left alone:
        Sentences that recommend something; sections of an encyclopaedia's article ("See also") before its last
        paragraph.

    Fix safety:
        Safe: deletes whole lines that begin with a known label.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK110"
    name = "related-links"
    severity = Severity.WARNING
    kind = "related-links"
    noun = "link to other articles"
