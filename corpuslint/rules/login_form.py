"""JNK112 login-form: form for signing in or registering."""

from __future__ import annotations

from dataclasses import dataclass

from corpuslint.diagnostic import Severity
from corpuslint.junk_rule import JunkRule


@dataclass(frozen=True)
class LoginForm(JunkRule):
    """Form for signing in or registering.

    What it finds:
        "Log in", "Forgot your password?", "Create an account" and the fields beside them.

    Why it matters:
        The form is on every page of a site and says nothing about any.

    Example:
        The new bridge was opened on Friday by the mayor.
        Log in
        Forgot your password?
        Create an account

    Instead:
        The new bridge was opened on Friday by the mayor.

    Left alone:
        Instructions that tell how to log in to something; field names with no strong line beside them.

    Fix safety:
        Safe for labels with other junk beside them; unsafe for one alone.

    Source:
        Interface strings of content management systems, news sites and blogs; one catalog a language.
    """

    code = "JNK112"
    name = "login-form"
    severity = Severity.WARNING
    kind = "login"
    noun = "login form"
    certain_alone = False
