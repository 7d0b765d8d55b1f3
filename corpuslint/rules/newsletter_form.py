"""JNK109 newsletter-form: invitation to subscribe, with its form."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class NewsletterForm(JunkRule):
    """Invitation to subscribe, with its form.

    What it finds:
        Lines that ask readers to subscribe, sign up or support the site, and the fields beside them.

    Why it matters:
        It interrupts articles in the middle, in another voice and often in another language.

    Example:
        The new bridge was opened on Friday by the mayor.
        Subscribe to our newsletter
        Enter your email address
        It cost forty million and took three years to build.

    Instead:
        The new bridge was opened on Friday by the mayor.
        It cost forty million and took three years to build.

    Left alone:
        Sentences about subscriptions and newsletters; form fields with no invitation beside them.

    Fix safety:
        Safe for a known line with other junk beside it; unsafe for one alone.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK109"
    name = "newsletter-form"
    severity = Severity.WARNING
    kind = "newsletter"
    noun = "newsletter form"
    certain_alone = False
