"""Reads the rules' fixtures: tests/rules/NAME.toml, the texts that must stay silent before those that must fire."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.document import Document, DocumentKey
from corpuslint.fixer import fix_document
from corpuslint.rule import DocumentRule, Rule
from corpuslint.rules import all_rules
from corpuslint.stages.document_check import check_document

FOLDER = Path(__file__).parent / "rules"
DOCUMENT_RULES = tuple(rule for rule in all_rules() if issubclass(rule, DocumentRule))


@dataclass(frozen=True)
class Case:
    """One text with what a rule must find in it."""

    rule: type[Rule]
    name: str
    origin: str
    text: str
    found: tuple[str, ...] = ()
    fixed: str | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule.code}: {self.name}"

    def instance(self) -> Rule:
        return self.rule(**self.options)


def fixture_file(rule: type[Rule]) -> Path:
    return FOLDER / (rule.name.replace("-", "_") + ".toml")


def cases(rule: type[Rule], kind: str) -> list[Case]:
    file = fixture_file(rule)
    if not file.exists():
        return []
    entries = tomllib.loads(file.read_text(encoding="utf-8")).get(kind, [])
    return [
        Case(
            rule,
            entry["name"],
            entry["origin"],
            entry["text"],
            tuple(entry.get("found", ())),
            entry.get("fixed"),
            {key.replace("-", "_"): value for key, value in entry.get("options", {}).items()},
        )
        for entry in entries
    ]


SILENT = [case for rule in DOCUMENT_RULES for case in cases(rule, "silent")]
FIRING = [case for rule in DOCUMENT_RULES for case in cases(rule, "firing")]


def document(text: str) -> Document:
    return Document("fixture.txt", text, DocumentKey())


def findings(text: str, *rules: Rule) -> list[Diagnostic]:
    """Return the findings in the order of their spans; a rule that crashes fails the test."""
    results = check_document(document(text), rules)
    found = [result for result in results if isinstance(result, Diagnostic)]
    assert len(found) == len(results), results
    return sorted(found, key=lambda diagnostic: diagnostic.sort_key)


def fixed(text: str, *rules: Rule, most: Applicability = Applicability.UNSAFE) -> str:
    """Return the text after fixing to the fixed point; rules that fight fail the test."""
    outcome = fix_document(document(text), lambda d: findings(d.text, *rules), most)
    assert not outcome.fighting, outcome.fighting
    return outcome.text


def places(found: list[Diagnostic]) -> list[tuple[str, int, int]]:
    return [(d.code, d.place.span.start, d.place.span.end) for d in found]
