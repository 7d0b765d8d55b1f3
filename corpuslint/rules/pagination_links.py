"""JNK117 pagination-links: links to the previous, next or numbered page."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class PaginationLinks(JunkRule):
    """Links to the previous, next or numbered page.

    What it finds:
        "Previous post", "Next article: …", "Page 2 of 5", "上一篇：…" and the numbers beside them.

    Why it matters:
        The headlines it may hold belong to other pages.

    Example:
        The new bridge was opened on Friday by the mayor.

        Previous post: Tram line to be built by spring
        Next post

    Instead:
        The new bridge was opened on Friday by the mayor.

    Left alone:
        Numbers and words like "Next" with no such label beside them.

    Fix safety:
        Safe: deletes whole lines that are known labels.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK117"
    name = "pagination-links"
    severity = Severity.WARNING
    kind = "pagination"
    noun = "pagination"
