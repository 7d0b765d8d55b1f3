"""JNK116 contact-block: lines that say how to reach the author or the desk."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class ContactBlock(JunkRule):
    """Lines that say how to reach the author or the desk.

    What it finds:
        Telephone, fax and e-mail lines, "Follow … on Twitter", and the SMS instructions under newspaper
        columns, also glued to the end of the last sentence.

    Why it matters:
        It is about the author's office, not the text, and may hold personal data.

    Example:
        وفي الختام فإن الجسر الجديد سيخدم سكان المدينة كلها.
        للتواصل مع الكاتب ارسل رسالة SMS
        تبدأ بالرمز (47) ثم مسافة ثم نص الرسالة إلى

    Instead:
        وفي الختام فإن الجسر الجديد سيخدم سكان المدينة كلها.

    Left alone:
        Addresses inside sentences; names of channels alone.

    Fix safety:
        Unsafe for names, numbers and addresses: they can be what a text is about. Safe for known instructions,
        in lines of their own or glued to a line's end.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK116"
    name = "contact-block"
    severity = Severity.WARNING
    kind = "contact-block"
    noun = "contact block"
    certain_alone = False
    doubtful_slots = frozenset({"{text}", "{name}", "{date}"})
