"""Findings as data: Diagnostic with its related places, Fix with its edits, severity and applicability.

A run holds many, so that none has a dictionary of its own, and what is made often is a tuple. Nothing here finds,
applies or prints anything.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from corpuslint.document import ContainerLine, Document, DocumentKey
from corpuslint.normal import normal
from corpuslint.text import Position, Span, line_end

ID_LENGTH = 16  # hexadecimal digits: 64 bits, so a million findings share an id with a chance of 3 in 100 million
TOGETHER = 1 << 20  # code points of a flagged text that are hashed at a time
AROUND = 80  # code points of the same line that a place keeps on either side, for reports that show it


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for info."""
        return list(Severity).index(self)


class Applicability(StrEnum):
    """Who may apply a fix: `--fix`, `--fix --unsafe-fixes`, or only a person."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


class Edit(NamedTuple):
    """Replace `[start, end)` of the original text by `content`."""

    start: int
    end: int
    content: str = ""

    @property
    def span(self) -> Span:
        """The replaced span."""
        return Span(self.start, self.end)


class Fix(NamedTuple):
    """Edits that belong together: all are applied or none."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability


class Place(NamedTuple):
    """A span of a document in every form that reports need; holds no more text than the span itself."""

    path: str
    key: DocumentKey
    span: Span
    start: Position
    end: Position
    text: str
    before: str = ""
    after: str = ""
    record: ContainerLine | None = None  # the line of the container that holds the document, where it holds many

    @classmethod
    def of(cls, document: Document, span: Span) -> Place:
        """Describe a span of a document."""
        if span.end <= (first_end := line_end(document.text, 0)):
            # Whole documents are reported on their first line: the others need not be looked for.
            return cls._on_line(document, span, Position(1, span.start + 1), Position(1, span.end + 1), 0, first_end)
        start, end = document.positions.position(span.start), document.positions.position(span.end)
        first, last = document.lines[start.line - 1].start, max(span.end, document.lines[end.line - 1].end)
        return cls._on_line(document, span, start, end, first, last)

    @classmethod
    def _on_line(cls, document: Document, span: Span, start: Position, end: Position, first: int, last: int) -> Place:
        """Describe a span; `first` is where its first line starts, `last` where its last line ends."""
        return cls(
            document.path,
            document.key,
            span,
            start,
            end,
            sys.intern(document.text[span.start : span.end]),  # many documents have the same line: it is held once
            document.text[max(first, span.start - AROUND) : span.start],
            document.text[span.end : min(last, span.end + AROUND)],
            document.record,
        )


class Related(NamedTuple):
    """Another place that explains a finding, and what it is to it ("first copy")."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `id`, `ordinal` and `baseline` are filled in by the engine, everything else by the rule."""

    code: str
    name: str
    severity: Severity
    message: str
    place: Place
    related: tuple[Related, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    fix: Fix | None = None
    identity: str = ""  # what identifies the finding in place of its flagged text: a pair's two paths and record ids
    content: str = ""  # the same without paths, so that a rename keeps it: the hashes of both documents' texts
    id: str = ""
    baseline: str = "new"
    ordinal: int = 0  # how many equal flagged texts of the rule stand before this one in the document

    def __reduce__(self) -> tuple[type[Diagnostic], tuple[object, ...]]:
        """Travel as the values: by name, as dataclasses do it, takes four times as long."""
        return Diagnostic, tuple(getattr(self, name) for name in self.__slots__)

    @property
    def sort_key(self) -> tuple[str, int, int, int, str, str]:
        """Path, record, span, code: the order of every report."""
        place = self.place
        return (place.path, place.key.index, place.span.start, place.span.end, self.code, self.message)

    @property
    def sameness(self) -> tuple[str, str, str | None, str]:
        """What equal findings share, and only the ordinal tells apart: rule, path, record id and flagged text."""
        return (self.code, self.place.path, self.place.key.id, self.flagged)

    def with_id(self, ordinal: int) -> Diagnostic:
        """Return the finding with its fingerprint; `ordinal` counts equal flagged texts of one rule before it."""
        id_ = fingerprint(self.code, self.place.path, self.place.key.id, self.flagged, ordinal)
        return self._with(self.message, self.data, id_, ordinal)

    def saying(self, message: str, data: Mapping[str, Any]) -> Diagnostic:
        """Return the finding with another message and other data."""
        return self._with(message, data, self.id, self.ordinal)

    def _with(self, message: str, data: Mapping[str, Any], id_: str, ordinal: int) -> Diagnostic:
        # `replace` asks for each field by name, which takes three times as long for each finding of a run.
        return Diagnostic(
            self.code,
            self.name,
            self.severity,
            message,
            self.place,
            self.related,
            data,
            self.fix,
            self.identity,
            self.content,
            id_,
            self.baseline,
            ordinal,
        )

    @property
    def flagged(self) -> str:
        """The text that identifies the finding: white space, case and line ends do not matter."""
        if self.identity:
            return self.identity
        # A span without words ("*") has an empty normal form; its characters then speak for it.
        return normal(self.place.text) or "".join(self.place.text.split())

    @property
    def path_free(self) -> str:
        """What identifies the finding whatever its file is called."""
        return self.content or self.flagged

    @property
    def path_free_hash(self) -> str:
        """The fingerprint without path and record, which a renamed file keeps."""
        return fingerprint(self.code, "", None, self.path_free, self.ordinal)


def fingerprint(code: str, path: str, record_id: str | None, flagged: str, ordinal: int) -> str:
    """Return the id of a finding: a hash of what it is and where, of no line number, date or version."""
    digest = hashlib.sha256("\x1f".join((code, path, record_id or "", "")).encode("utf-8", "surrogatepass"))
    for first in range(0, len(flagged), TOGETHER):
        digest.update(flagged[first : first + TOGETHER].encode("utf-8", "surrogatepass"))
    digest.update(f"\x1f{ordinal}".encode())
    return digest.hexdigest()[:ID_LENGTH]
