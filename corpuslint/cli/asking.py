"""The questions of `--fix --interactive`: one fix at a time as a diff; answers come from the terminal or a pipe."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO

import click

from corpuslint.changing.patch import edit_patches
from corpuslint.cli.output import note
from corpuslint.diagnostic import Diagnostic
from corpuslint.diff import hunks, stretches
from corpuslint.display import visible
from corpuslint.document import Document
from corpuslint.fixer import edits_of

QUESTION = "Apply this fix? [y]es, [n]o, [a]ll of {code}, [q]uit: "


@dataclass
class Asker:
    """Asks about each fix once; remembers the rules that were said yes to, and what was said no to."""

    agreed: set[str] = field(default_factory=set)
    stopped: bool = False
    _declined: Counter[tuple[str, int, str, str]] = field(default_factory=Counter)

    def choose(self, document: Document, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
        """Return the findings to fix now: what was declined comes up again each round and is not asked twice."""
        declined = self._declined.copy()
        chosen = []
        for diagnostic in diagnostics:
            key = (document.path, document.key.index, diagnostic.code, diagnostic.place.text)
            if declined[key]:
                declined[key] -= 1
            elif self._agrees(document, diagnostic):
                chosen.append(diagnostic)
            else:
                self._declined[key] += 1
        return chosen

    def _agrees(self, document: Document, diagnostic: Diagnostic) -> bool:
        if diagnostic.code in self.agreed:
            return not self.stopped
        if self.stopped:
            return False
        self._show(document, diagnostic)
        while True:
            click.echo(QUESTION.format(code=diagnostic.code), nl=False, err=True)
            answer = sys.stdin.readline()
            if not sys.stdin.isatty():
                note(answer.strip())
            word = answer.strip().lower()
            if not answer or word in {"q", "quit"}:
                self.stopped = True
                return False
            if word in {"a", "all"}:
                self.agreed.add(diagnostic.code)
            if word in {"y", "yes", "a", "all"}:
                return True
            if word in {"n", "no"}:
                return False

    def _show(self, document: Document, diagnostic: Diagnostic) -> None:
        where = document.path + (f"[{document.key.id or document.key.index}]" if document.key.field else "")
        note(f"{visible(where)}: {diagnostic.code} {visible(diagnostic.message)}")
        text = document.text
        patches = edit_patches(text, sorted(edits_of(diagnostic)), _bytes, 0)
        for line in hunks(stretches(BytesIO(_bytes(text)), patches)):
            note(visible(line.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
