"""What a rule is: identity, options, triggers, and the one method it adds.

A rule is a frozen dataclass. Class attributes are its identity, fields are its options, its docstring is its
documentation. It sees documents and its own options, never the engine, a configuration file or another rule.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from corpuslint.diagnostic import Diagnostic, Fix, Place, Related, Severity
from corpuslint.document import Document
from corpuslint.text import Span
from corpuslint.triggers import Trigger

T = TypeVar("T", bool, int, float, str, tuple[str, ...])

# The headings of every rule's docstring, in this order; `corpuslint rule CODE` and the docs print them.
HEADINGS = ("What it finds", "Why it matters", "Example", "Instead", "Left alone", "Fix safety", "Source")


def option(default: T, about: str, *, unit: str = "", least: float | None = None, choices: tuple[str, ...] = ()) -> T:
    """Declare an option of a rule: its default, what it does, its unit, its least value or its choices."""
    metadata = {"help": about, "unit": unit, "least": least, "choices": choices}
    declared: T = field(default=default, metadata=metadata)
    return declared


@dataclass(frozen=True)
class Rule:
    """What document rules and corpus rules share."""

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    default: ClassVar[bool] = True  # False: opt-in, selected by its full code or name only
    yields_to: ClassVar[tuple[str, ...]] = ()  # codes that win where spans overlap

    def triggers(self) -> tuple[Trigger, ...]:
        """Return what can make the rule fire; one that holds is enough. Empty: the rule sees every document."""
        return ()

    def diagnostic(
        self,
        document: Document,
        span: Span,
        message: str,
        *,
        related: tuple[tuple[Span, str], ...] = (),
        data: Mapping[str, Any] | None = None,
        fix: Fix | None = None,
    ) -> Diagnostic:
        """Make a finding of this rule in a document; `related` are other spans of it with what they are."""
        return Diagnostic(
            self.code,
            self.name,
            self.severity,
            message,
            Place.of(document, span),
            tuple(Related(Place.of(document, other), what) for other, what in related),
            data or {},
            fix,
        )

    @classmethod
    def options(cls) -> tuple[dataclasses.Field[Any], ...]:
        """Return the declared options with their metadata."""
        return dataclasses.fields(cls)

    @classmethod
    def summary(cls) -> str:
        """Return the first line of the documentation."""
        return inspect.cleandoc(cls.__doc__ or "").split("\n", 1)[0]

    @classmethod
    def documentation(cls) -> dict[str, str]:
        """Return the sections of the docstring by heading."""
        sections: dict[str, list[str]] = {}
        for line in inspect.cleandoc(cls.__doc__ or "").split("\n")[1:]:
            if line.rstrip(":") in HEADINGS and line.endswith(":"):
                sections[line.rstrip(":")] = []
            elif sections:
                list(sections.values())[-1].append(line)
        return {heading: inspect.cleandoc("\n" + "\n".join(lines)).strip("\n") for heading, lines in sections.items()}


class DocumentRule(Rule):
    """A rule that sees one document."""

    def check(self, document: Document) -> Iterator[Diagnostic]:
        """Yield the findings of one document, in the order of their spans."""
        raise NotImplementedError
