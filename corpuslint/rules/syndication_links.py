"""JNK119 syndication-links: links to feeds."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class SyndicationLinks(JunkRule):
    """Links to feeds.

    What it finds:
        "RSS feed", "Subscribe via RSS", "Entries feed", "Comments feed" and what stands beside them.

    Why it matters:
        They are links of the page and say nothing.

    Example:
        The new bridge was opened on Friday by the mayor.
        Entries feed
        Comments feed
        WordPress.org

    Instead:
        The new bridge was opened on Friday by the mayor.

    Left alone:
        Sentences about feeds.

    Fix safety:
        Safe: deletes whole lines that are known labels.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK119"
    name = "syndication-links"
    severity = Severity.WARNING
    kind = "syndication"
    noun = "links to feeds"
