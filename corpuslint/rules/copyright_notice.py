"""JNK113 copyright-notice: notice of copyright and terms of use."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class CopyrightNotice(JunkRule):
    """Notice of copyright and terms of use.

    What it finds:
        "© 2024 Example News", "All rights reserved.", notices about reprinting and licences.

    Why it matters:
        It is the publisher's, repeats on every page and carries years that are no facts of the text.

    Example:
        The new bridge was opened on Friday by the mayor.

        © 2024 Example News. All rights reserved.

    Instead:
        The new bridge was opened on Friday by the mayor.

    Left alone:
        Sentences about copyright; credits of pictures belong to photo-credit.

    Fix safety:
        Safe for a known line with other junk beside it; unsafe for one alone.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK113"
    name = "copyright-notice"
    severity = Severity.WARNING
    kind = "copyright"
    noun = "copyright notice"
    certain_alone = False
