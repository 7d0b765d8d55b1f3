"""JNK118 app-promotion: invitation to install an app or join a channel."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class AppPromotion(JunkRule):
    """Invitation to install an app or join a channel.

    What it finds:
        "Download our app", "Get it on Google Play", "Join our WhatsApp channel".

    Why it matters:
        It interrupts articles and is the same on every page of a site.

    Example:
        The new bridge was opened on Friday by the mayor.
        Download our app
        Get it on Google Play

    Instead:
        The new bridge was opened on Friday by the mayor.

    Left alone:
        Sentences about apps.

    Fix safety:
        Safe for a known line with other junk beside it; unsafe for one alone.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK118"
    name = "app-promotion"
    severity = Severity.WARNING
    kind = "app-promotion"
    noun = "promotion of an app"
    certain_alone = False
