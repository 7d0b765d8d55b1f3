"""Suppressions: findings that a person has looked at and wants to hear no more of, in corpuslint-ignore.toml.

They stand beside the corpus, not in it, since nobody may write a comment into an article. Each entry names a finding
by its id, or findings by rule, path and text, and gives a reason; it may expire. What is already known without
having been looked at is the baseline's business.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from corpuslint.changing.own_files import write_own_file
from corpuslint.diagnostic import Diagnostic
from corpuslint.display import readable_json, visible

FILE_NAME = "corpuslint-ignore.toml"
KEYS = ("id", "code", "path", "text", "reason", "expires")
HEADER = "# Findings that were looked at and are meant to stay; `corpuslint ignore ID --reason …` adds to them.\n"


class SuppressionError(ValueError):
    """A suppressions file that cannot be used; the message names the file, the entry and what is wrong."""


@dataclass(frozen=True)
class Suppression:
    """One entry: a finding is suppressed where everything that the entry names holds for it."""

    reason: str
    id: str = ""
    code: str = ""  # a code, a name or the beginning of a code
    path: str = ""  # a path or a pattern, where * also stands for /
    text: str = ""  # the whole flagged text, letter case and white space aside; * stands for any text
    expires: datetime.date | None = None
    number: int = 0  # of the entry in the file, from 1

    def matches(self, diagnostic: Diagnostic) -> bool:
        """Say whether the entry means this finding."""
        return (
            (not self.id or self.id == diagnostic.id)
            and (not self.code or _is_rule(self.code, diagnostic))
            and (not self.path or self.path == diagnostic.place.path or fnmatchcase(diagnostic.place.path, self.path))
            and (not self.text or text_matches(self.text, diagnostic.place.text))
        )

    def is_expired(self, today: datetime.date) -> bool:
        """Say whether the entry's last day has passed."""
        return self.expires is not None and self.expires < today

    def __str__(self) -> str:
        said = [visible(word) for word in (self.id, self.code, self.path, self.text) if word]
        return f"entry {self.number} ({', '.join(said)})"


@dataclass(frozen=True)
class Sorted:
    """Which findings are suppressed, a byte each (0 or 1), and the numbers of the entries that meant one."""

    suppressed: bytes
    used: frozenset[int]


def sort_out(diagnostics: Sequence[Diagnostic], suppressions: Sequence[Suppression], today: datetime.date) -> Sorted:
    """Part findings by the suppressions that have not expired; the first entry that matches counts."""
    valid = [suppression for suppression in suppressions if not suppression.is_expired(today)]
    by_id: dict[str, list[Suppression]] = {}
    for suppression in valid:
        by_id.setdefault(suppression.id, []).append(suppression)
    patterns = by_id.pop("", [])
    if not valid:
        return Sorted(bytes(len(diagnostics)), frozenset())
    suppressed = bytearray()
    used: set[int] = set()
    for diagnostic in diagnostics:
        asked = (*by_id.get(diagnostic.id, ()), *patterns)
        found = next((suppression for suppression in asked if suppression.matches(diagnostic)), None)
        suppressed.append(found is not None)
        used |= {found.number} if found else set()
    return Sorted(bytes(suppressed), frozenset(used))


def text_matches(pattern: str, text: str) -> bool:
    """Say whether a text is what a pattern describes: letter case and white space do not matter, * is any text.

    Takes time in proportion to the text for each piece of the pattern, whatever both are.
    """
    pieces = [" ".join(piece.casefold().split()) for piece in pattern.split("*")]
    flat = " ".join(text.casefold().split())
    if len(pieces) == 1:
        return flat == pieces[0]
    first, *middle, last = pieces
    if not flat.startswith(first) or not flat.endswith(last) or len(flat) < len(first) + len(last):
        return False
    position, end = len(first), len(flat) - len(last)
    for piece in middle:
        position = flat.find(piece, position, end)
        if position < 0:
            return False
        position += len(piece)
    return True


def read(file: Path) -> tuple[Suppression, ...]:
    """Read a suppressions file, none where there is no file; raises SuppressionError."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SuppressionError(f"{file}: cannot be read: {error.strerror or error}") from None
    return parse(content, str(file))


def parse(content: bytes, name: str) -> tuple[Suppression, ...]:
    """Parse a suppressions file; raises SuppressionError."""
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SuppressionError(f"{name}: is not TOML: {visible(str(error))}") from None
    if unknown := sorted(table.keys() - {"ignore"}):
        raise SuppressionError(f"{name}: unknown key {unknown[0]!r}; entries begin with [[ignore]]")
    entries = table.get("ignore", [])
    if not isinstance(entries, list):
        raise SuppressionError(f"{name}: 'ignore' must be a list; entries begin with [[ignore]]")
    return tuple(_entry(f"{name}: entry {number}", number, entry) for number, entry in enumerate(entries, 1))


def _entry(where: str, number: int, entry: Any) -> Suppression:
    if not isinstance(entry, dict):
        raise SuppressionError(f"{where}: must be a table")
    for key, value in entry.items():
        if key not in KEYS:
            raise SuppressionError(f"{where}: unknown key {key!r}; known are {', '.join(KEYS)}")
        if key == "expires":
            if type(value) is not datetime.date:
                raise SuppressionError(f"{where}: 'expires' must be a date, like 2030-12-31 without quotes")
        elif not isinstance(value, str) or not (value if key == "path" else value.strip()):
            raise SuppressionError(f"{where}: {key!r} must be a string that is not empty")
    if "reason" not in entry:
        raise SuppressionError(f"{where}: has no reason")
    if not entry.keys() & {"id", "code", "path", "text"}:
        raise SuppressionError(f"{where}: names nothing; give an id, or a code, a path or a text")
    return Suppression(**entry, number=number)


def append(file: Path, suppression: Suppression) -> None:
    """Add an entry at the end of the file, everything else kept as it is; raises SuppressionError, OSError."""
    read(file)  # nothing is added to a file that would not be read afterwards
    before = file.read_bytes() if file.exists() else HEADER.encode()
    between = b"" if before.endswith(b"\n") or not before else b"\n"
    block = "\n".join(["", "[[ignore]]", *_lines(suppression), ""])
    write_own_file(file, before + between + block.encode("utf-8"))


def _lines(suppression: Suppression) -> Iterator[str]:
    for key in KEYS:
        value = getattr(suppression, key)
        if isinstance(value, datetime.date):
            yield f"{key} = {value.isoformat()}"
        elif value:
            # JSON's escapes are TOML's, but for lone surrogates, which TOML cannot say.
            yield f"{key} = {readable_json(value.encode('utf-8', 'replace').decode('utf-8'))}"


def _is_rule(word: str, diagnostic: Diagnostic) -> bool:
    return word.lower() == diagnostic.name or diagnostic.code.startswith(word.upper())
