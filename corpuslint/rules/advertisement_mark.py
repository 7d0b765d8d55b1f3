"""JNK114 advertisement-mark: mark of an advertisement."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class AdvertisementMark(JunkRule):
    """Mark of an advertisement.

    What it finds:
        "Advertisement", "Sponsored content", "إعلان", "La suite après cette publicité": the label around a
        space for advertisements, and notices about affiliate links.

    Why it matters:
        It breaks the text in the middle of an article.

    Example:
        The new bridge was opened on Friday by the mayor.
        Advertisement
        It cost forty million and took three years to build.

    Instead:
        The new bridge was opened on Friday by the mayor.
        It cost forty million and took three years to build.

    Left alone:
        Sentences about advertising.

    Fix safety:
        Safe: deletes whole lines that are known marks.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK114"
    name = "advertisement-mark"
    severity = Severity.WARNING
    kind = "advertisement"
    noun = "advertisement mark"
