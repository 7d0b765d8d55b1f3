"""JNK101 comment-form: the form under an article in which readers write comments."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class CommentForm(JunkRule):
    """Lines of a comment form that a scraper took for text.

    What it finds:
        The form under an article in which readers comment: its heading, its notices, its fields and buttons.
        Strong lines ("Leave a comment") prove the form; weak ones ("Name", "*") join only next to a strong one.
        A form is one finding; blank lines do not part it.

    Why it matters:
        Every page of a site repeats it word for word: a model learns the form instead of the language, and pages
        that share nothing else look alike to a search for near-duplicates.

    Example:
        The harbour reopened on Monday after two weeks of repairs, the port authority said.

        Leave a comment
        Your email address will not be published.
        Name
        Email *

    Instead:
        The harbour reopened on Monday after two weeks of repairs, the port authority said.

    Left alone:
        Weak lines with no strong line beside them; sentences that talk about comments; quotations and dialogue.

    Fix safety:
        Safe: deletes the form's lines with their blank lines. Only whole lines that are known phrases go.

    Source:
        Interface strings of WordPress, its themes and comment widgets; one catalog a language.
    """

    code = "JNK101"
    name = "comment-form"
    severity = Severity.WARNING
    kind = "comment-form"
    noun = "comment form"
