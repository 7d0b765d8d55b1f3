"""JNK110 related-links: pointer to other articles."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


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
        افتتح رئيس البلدية الجسر الجديد صباح اليوم.
        اقرأ أيضا: خط الترام الجديد ينطلق في الربيع
        وبلغت كلفته أربعين مليونا.

    Instead:
        افتتح رئيس البلدية الجسر الجديد صباح اليوم.
        وبلغت كلفته أربعين مليونا.

    Left alone:
        English pointers between two paragraphs, which editors write as well; sentences that recommend
        something; sections of an encyclopaedia's article ("See also") before its last paragraph.

    Fix safety:
        Safe for headings with other junk beside them; unsafe for one alone, and for a pointer, whose headline
        goes too.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK110"
    name = "related-links"
    severity = Severity.WARNING
    kind = "related-links"
    noun = "link to other articles"
    certain_alone = False
    doubtful_slots = frozenset({"{text}", "{name}"})
