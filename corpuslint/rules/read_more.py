"""JNK111 read-more: link to the rest of the text."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class ReadMore(JunkRule):
    """Link to the rest of the text.

    What it finds:
        "Read more", "Continue reading …", "اقرأ المزيد": the link that stood where the text was cut.

    Why it matters:
        The text behind it is missing; the label is no part of it.

    Example:
        The new bridge was opened on Friday by the mayor.
        Continue reading →
        It cost forty million and took three years to build.

    Instead:
        The new bridge was opened on Friday by the mayor.
        It cost forty million and took three years to build.

    Left alone:
        Sentences that ask to read more of something.

    Fix safety:
        Safe for labels with other junk beside them; unsafe for one alone.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK111"
    name = "read-more"
    severity = Severity.WARNING
    kind = "read-more"
    noun = "read-more link"
    certain_alone = False
