"""JNK108 cookie-consent: notice that asks for consent to cookies."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class CookieConsent(JunkRule):
    """Notice that asks for consent to cookies.

    What it finds:
        The sentences and buttons of consent boxes: "We use cookies to …", "Accept all", "Manage preferences".

    Why it matters:
        The notice is of no page; it often stands first and pushes the headline away.

    Example:
        We use cookies to ensure that we give you the best experience on our website.
        Accept all
        The new bridge was opened on Friday by the mayor.

    Instead:
        The new bridge was opened on Friday by the mayor.

    Left alone:
        Articles about cookies: only lines that are a notice's sentence or button as a whole are found.

    Fix safety:
        Safe: deletes whole lines that are known notices.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK108"
    name = "cookie-consent"
    severity = Severity.WARNING
    kind = "cookie-consent"
    noun = "cookie notice"
