"""Triggers: what must be present in a document before a rule can fire, so that most rules see few documents.

A trigger may let too much through, never too little. A scan of a whole batch answers most of them at once: a trigger
names the facts without which it cannot hold. One that names none is asked with each document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntFlag
from typing import Any, ClassVar, NamedTuple

from corpuslint.document import Document
from corpuslint.text import LARGE

FIRST_LINE = re.compile(r"\S[^\r\n]*")  # the first written one, from its first character on


class Fact(IntFlag):
    """What a scan says that a document may hold."""

    NOTHING = 0
    REPEATED_LINE = 1  # two lines with the same words
    PHRASE = 2  # a line that is a phrase of a catalog
    TRAILING_PHRASE = 4  # a phrase that junk at a line's end begins with
    BRACKETED_NAME = 8  # the first word of an agency's name, in brackets
    DATED_HEAD = 16  # a short line with a digit near the top
    HEADLINE = 32  # a first line no longer than a headline, with a separator


class Heads(NamedTuple):
    """Bounds of what stands at a document's head; a scan takes the widest that its triggers ask for."""

    lines: int = 0  # written lines from the top among which a date line is looked for
    words: int = 0  # of a date line
    headline: int = 0  # words of a headline with its suffix


@dataclass(frozen=True)
class Trigger:
    """Something cheap that must hold before a rule can fire."""

    facts: ClassVar[Fact] = Fact.NOTHING

    @property
    def characters(self) -> frozenset[str]:
        """Characters of which the text must hold one."""
        return frozenset()

    @property
    def separators(self) -> frozenset[str]:
        """Characters of which the first line must hold one, for Fact.HEADLINE."""
        return frozenset()

    @property
    def heads(self) -> Heads:
        """How far the facts about the head must reach."""
        return Heads()

    @property
    def without(self) -> Mapping[Fact, tuple[Callable[[Document], Any], Callable[[], Any]]]:
        """What rules need not compute where a fact is missing: the computation, and what makes its empty result."""
        return {}

    def holds(self, document: Document) -> bool:
        """Say whether the rule could find anything in this document."""
        raise NotImplementedError


@dataclass(frozen=True)
class Contains(Trigger):
    """The text holds one of these strings."""

    strings: tuple[str, ...]

    @property
    def characters(self) -> frozenset[str]:
        """The rarest character of each string: a sign where it has one."""
        return frozenset(min(string, key=lambda c: (c.isspace(), c.isalnum(), c)) for string in self.strings)

    def holds(self, document: Document) -> bool:
        """Look for each string."""
        return any(string in document.text for string in self.strings)


@dataclass(frozen=True)
class RepeatsLine(Trigger):
    """Two lines have the same normal form of at least `characters` code points."""

    least: int
    facts: ClassVar[Fact] = Fact.REPEATED_LINE

    def holds(self, document: Document) -> bool:
        """Compare the normal forms of all lines."""
        if len(document.text) >= LARGE:
            returning = zip(document.normal_lines, document.fact(returning_lines), strict=True)
            return any(returns and len(line) >= self.least for line, returns in returning)
        lines = [line for line in document.normal_lines if len(line) >= self.least]
        return len(set(lines)) < len(lines)


def returning_lines(document: Document) -> bytes:
    """Say of each line of a large document whether its normal form may stand in it twice (0 or 1), (lines,).

    A set of a million lines takes as much memory as the text; this takes nine bytes a line while it is made.
    """
    import numpy as np

    lines = document.normal_lines
    hashes = np.fromiter(map(hash, lines), np.int64, len(lines))
    ordered = np.sort(hashes)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    found: bytes = np.isin(hashes, twice).astype(np.uint8).tobytes()
    return found


@dataclass(frozen=True)
class DatedHead(Trigger):
    """One of the first written lines but the very first holds a digit and few words."""

    lines: int
    words: int
    facts: ClassVar[Fact] = Fact.DATED_HEAD

    @property
    def heads(self) -> Heads:
        """The lines and words that are looked at."""
        return Heads(self.lines, self.words)

    def holds(self, document: Document) -> bool:
        """Look for a digit."""
        head = document.written_lines[1 : self.lines]
        return any(character.isdecimal() for number in head for character in document.line_text(number)[:200])


@dataclass(frozen=True)
class SeparatedHeadline(Trigger):
    """The first written line holds one of these strings and at most so many words."""

    strings: tuple[str, ...]
    words: int
    facts: ClassVar[Fact] = Fact.HEADLINE

    @property
    def separators(self) -> frozenset[str]:
        """The sign of each string."""
        return Contains(self.strings).characters

    @property
    def heads(self) -> Heads:
        """The words of the line."""
        return Heads(headline=self.words)

    def holds(self, document: Document) -> bool:
        """Look for each string."""
        found = FIRST_LINE.search(document.text)
        return found is not None and any(string in found[0] for string in self.strings)


@dataclass(frozen=True)
class BracketedName(Trigger):
    """The text holds a bracket of these, and in brackets a word with which an agency's name begins."""

    brackets: tuple[str, ...]
    facts: ClassVar[Fact] = Fact.BRACKETED_NAME

    def holds(self, document: Document) -> bool:
        """Look for a bracket."""
        return any(bracket in document.text for bracket in self.brackets)
