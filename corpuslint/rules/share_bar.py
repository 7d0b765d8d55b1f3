"""JNK106 share-bar: bar of links for sharing and following."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class ShareBar(JunkRule):
    """Bar of links for sharing and following.

    What it finds:
        Labels of the bar with which readers pass a page on: "Share this:", "Tweet", "شارك على فيسبوك", counters
        of shares and views, and invitations to follow the site. Names of networks join only next to such a
        label.

    Why it matters:
        A page of any topic ends with the same names of networks; word counts and near-duplicate searches see
        them as text.

    Example:
        The new bridge was opened on Friday by the mayor.

        Share this:
        Facebook
        Twitter

    Instead:
        The new bridge was opened on Friday by the mayor.

    Left alone:
        Sentences about sharing, names of networks alone, what somebody says, items of lists.

    Fix safety:
        Safe: deletes whole lines that are known labels, and names of networks beside them.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK106"
    name = "share-bar"
    severity = Severity.WARNING
    kind = "share-bar"
    noun = "share bar"
