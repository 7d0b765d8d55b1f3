"""JNK102 page-control: a button of the page that stands as a line of text."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class PageControl(JunkRule):
    """A line that is only a button of the page: print, e-mail this, text size, back to top.

    What it finds:
        Lines that are nothing but the label of a control: printing, sending, text size, players and galleries,
        "Skip to content", "Back to top", "Loading…". Controls that stand together are one finding.

    Why it matters:
        A label between two paragraphs breaks the text, and stands in thousands of documents alike.

    Example:
        Council approves the new tram line
        Print
        The city council voted on Tuesday to build the tram line along the river.

    Instead:
        Council approves the new tram line
        The city council voted on Tuesday to build the tram line along the river.

    Left alone:
        Sentences with such words ("Print is not dead."), what somebody says, items of lists, cells of tables.

    Fix safety:
        Safe: deletes whole lines that are known labels.

    Source:
        Interface strings of content management systems and news sites; one catalog a language.
    """

    code = "JNK102"
    name = "page-control"
    severity = Severity.WARNING
    kind = "page-control"
    noun = "page control"
