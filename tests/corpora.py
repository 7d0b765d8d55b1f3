"""Runs corpus rules over texts that stand in a folder: what their fixtures and laws share."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpuslint.corpus_rule import CorpusRule
from corpuslint.diagnostic import Diagnostic
from corpuslint.engine import Run, Task, check
from corpuslint.reporters import Style, reporter
from corpuslint.rule import Rule
from corpuslint.rules import all_rules
from corpuslint.sources import SourceFile

FOLDER = Path(__file__).parent / "corpus_rules"
CORPUS_RULES = {rule.code: rule for rule in all_rules() if issubclass(rule, CorpusRule)}


@dataclass(frozen=True)
class CorpusCase:
    """Some documents with the pairs (flagged, kept) that a rule must find in them."""

    rule: type[Rule]
    name: str
    documents: tuple[str, ...]
    found: tuple[tuple[int, int], ...] = ()
    data: tuple[dict[str, Any], ...] = ()
    rules: tuple[Rule, ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.rule.code}: {self.name}"


def cases(kind: str) -> list[CorpusCase]:
    """Read the fixtures of every corpus rule: `silent` or `firing`."""
    found = []
    for rule in CORPUS_RULES.values():
        file = FOLDER / (rule.name.replace("-", "_") + ".toml")
        for entry in tomllib.loads(file.read_text(encoding="utf-8")).get(kind, []):
            options = {key.replace("-", "_"): value for key, value in entry.get("options", {}).items()}
            rules = (rule(**options), *(CORPUS_RULES[code]() for code in entry.get("with", ())))
            pairs = tuple((flagged, kept) for flagged, kept in entry.get("found", ()))
            data = tuple(entry.get("data", ()))
            found.append(CorpusCase(rule, entry["name"], tuple(entry["documents"]), pairs, data, rules))
    return found


def tasks(folder: Path, texts: Sequence[str], rules: Sequence[Rule]) -> list[Task]:
    """Write a text file for each document, named so that their order is that of the texts."""
    made = []
    for number, text in enumerate(texts):
        path = folder / f"{number:06}.txt"
        path.write_bytes(text.encode("utf-8"))
        made.append(Task(SourceFile(path, path.name), tuple(rules)))
    return made


def run(folder: Path, texts: Sequence[str], *rules: Rule, **how: Any) -> Run:
    """Check texts with some rules."""
    return check(tasks(folder, texts, rules), folder, **how)


def pair(diagnostic: Diagnostic) -> tuple[int, int]:
    """The numbers of the flagged and of the kept document."""
    flagged, kept = diagnostic.place.path, diagnostic.related[0].place.path
    return int(Path(flagged).stem), int(Path(kept).stem)


def rendered(outcome: Run) -> str:
    """The findings as JSON lines: what has to be the same, byte for byte."""
    stream = io.StringIO()
    reporter("jsonl").render(outcome, stream, Style())
    return stream.getvalue()
