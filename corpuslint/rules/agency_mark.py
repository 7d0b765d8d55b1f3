"""JNK115 agency-mark: end mark or editorial mark of an agency."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class AgencyMark(JunkRule):
    """End mark or editorial mark of an agency.

    What it finds:
        Marks with which agencies and desks end a text: "// انتهى //", "-ENDS-", "انتهای پیام/", "（责任编辑：…）",
        "(With inputs from agencies)", also glued to the end of the last sentence.

    Why it matters:
        It teaches a model to end stories with a code.

    Example:
        افتتح أمير المنطقة الجسر الجديد صباح اليوم بحضور عدد من المسؤولين.
        // انتهى //
        11:53 ت م

    Instead:
        افتتح أمير المنطقة الجسر الجديد صباح اليوم بحضور عدد من المسؤولين.

    Left alone:
        Agencies named in a sentence; words like "End" as a heading inside the text.

    Fix safety:
        Safe for end marks, and for fragments from the mark to the end of its line; unsafe for lines that name a
        source or a person.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK115"
    name = "agency-mark"
    severity = Severity.WARNING
    kind = "agency-mark"
    noun = "agency mark"
    doubtful_slots = frozenset({"{text}", "{name}"})
