"""Suppressions inside a document, as comments of formats that have them; off unless the configuration turns them on.

`<!-- corpuslint-ignore DUP101: the refrain is meant to return -->` stands on the line of a finding, or alone on a line
before it. Most of a corpus is text in which nobody may write; for that there is corpuslint-ignore.toml.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpuslint.diagnostic import Diagnostic
from corpuslint.document import Document

SUFFIXES = (".md", ".markdown")
OPENING, WORD, CLOSING = "<!--", "corpuslint-ignore", "-->"


@dataclass(frozen=True)
class InlineIgnore:
    """A comment: its line, the lines it speaks of (all from 1), the rules it names, the reason ("" without one)."""

    line: int
    lines: frozenset[int]
    rules: tuple[str, ...]
    reason: str

    def matches(self, diagnostic: Diagnostic) -> bool:
        """Say whether the comment means a finding of its document."""
        named = {diagnostic.code.lower(), diagnostic.name}
        return bool(self.reason) and diagnostic.place.start.line in self.lines and not named.isdisjoint(self.rules)


def has_comments(path: str) -> bool:
    """Say whether a file's format has comments."""
    return path.lower().endswith(SUFFIXES)


def inline_ignores(document: Document) -> Iterator[InlineIgnore]:
    """Yield the comments of a document that speak to corpuslint."""
    written = document.written_lines
    for place, number in enumerate(written):
        line = document.line_text(number)
        if WORD not in line:
            continue
        for comment, alone in _comments(line):
            rules, _, reason = comment.removeprefix(WORD).partition(":")
            following = {written[place + 1] + 1} if alone and place + 1 < len(written) else set()
            names = tuple(word.strip().lower() for word in rules.split(",") if word.strip())
            yield InlineIgnore(number + 1, frozenset({number + 1} | following), names, reason.strip())


def _comments(line: str) -> Iterator[tuple[str, bool]]:
    """Yield the comments of a line that begin with our word, each with whether nothing else stands on the line."""
    position = line.find(OPENING)
    while position >= 0:
        end = line.find(CLOSING, position + len(OPENING))
        if end < 0:
            return
        inside = line[position + len(OPENING) : end].strip()
        if inside.startswith(WORD):
            yield inside, not (line[:position] + line[end + len(CLOSING) :]).strip()
        position = line.find(OPENING, end)
