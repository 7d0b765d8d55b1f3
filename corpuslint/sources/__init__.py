"""Where documents come from: one module a container format, chosen by the file's extension.

A container format knows how to read its documents and how to write a changed one back. Which files there are
is for `walk` to say.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from corpuslint.changing.patch import Patch
from corpuslint.diagnostic import Edit
from corpuslint.document import Document

RECORDS = frozenset({".jsonl", ".ndjson"})  # extensions of files with a record a line
PIECE = 1 << 16  # bytes that are read at a time: most files are smaller
BINARY = getattr(os, "O_BINARY", 0)  # Windows would end a file at Ctrl-Z


@dataclass(frozen=True)
class ReadOptions:
    """How the records of a many-document container are read; a dotted path names a field inside a field."""

    text_field: str = "text"
    id_field: str = "id"
    site_field: str = "site"
    catalogs: tuple[tuple[str, str], ...] = ()  # files of the project's own phrases for documents, with their digests


@dataclass(frozen=True)
class Skip:
    """Input that could not be read: counted, said in one line, and the run goes on."""

    path: str
    reason: str
    line: int | None = None  # from 1, of the record in a many-document container

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.reason}"


@dataclass(frozen=True)
class SourceFile:
    """A file of the corpus: where it lies, its name in reports (relative to the root), how to read it.

    `content` holds the bytes of standard input, which cannot be read twice.
    """

    path: Path
    name: str
    options: ReadOptions = ReadOptions()
    content: bytes | None = None

    def open(self) -> BinaryIO:
        """Open the content; raises OSError."""
        return self.path.open("rb") if self.content is None else BytesIO(self.content)

    def read(self) -> bytes:
        """Return the whole content; raises OSError."""
        pieces = list(self.pieces())
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def pieces(self) -> Iterator[bytes]:
        """Yield the content in pieces; raises OSError. For small files it takes half as long as `open`."""
        if self.content is not None:
            yield self.content
            return
        handle = os.open(self.path, os.O_RDONLY | BINARY)
        try:
            while piece := os.read(handle, PIECE):
                yield piece
        finally:
            os.close(handle)


class Record(NamedTuple):
    """A document with the bytes it was read from; they begin `offset` bytes into the file."""

    document: Document
    offset: int
    content: bytes


class RecordStart(NamedTuple):
    """Where a record of a container begins: its index from 0, bytes into the file, line number from 1."""

    record: int = 0
    offset: int = 0
    line: int = 1


class Stretch(NamedTuple):
    """Records of a container that follow each other: where the first begins, and the index behind the last."""

    start: RecordStart
    stop: int


class Unwritable(ValueError):
    """A changed text that the container cannot hold; the message says why."""


Wanted = Callable[[int], bool]  # says of a record index whether that record is to be read


def every_record(_index: int) -> bool:
    """Want every record."""
    return True


class Container(Protocol):
    """A container format."""

    def records(
        self, file: SourceFile, stream: BinaryIO, wanted: Wanted = every_record, stretch: Stretch | None = None
    ) -> Iterator[Record | Skip]:
        """Yield the wanted documents of an open file or of a stretch of it, and a Skip for what cannot be read.

        Raises OSError.
        """

    def patches(self, file: SourceFile, record: Record, edits: Sequence[Edit]) -> list[Patch]:
        """Return the edits of a record's text as patches of the file; raises Unwritable."""

    def removal(self, record: Record) -> Patch | None:
        """Return the patch that takes a record out; None where the record is the whole file."""


def container_for(path: Path) -> Container:
    """Return the format of a file by its extension: JSONL, else plain text."""
    from corpuslint.sources import jsonl, plain

    return jsonl.JsonLines() if holds_records(path) else plain.PlainText()


def read(file: SourceFile, wanted: Wanted = every_record, stretch: Stretch | None = None) -> Iterator[Document | Skip]:
    """Yield the documents of a file, or of a stretch of it; a file that cannot be read at all is one Skip.

    `wanted` is asked with each record index, once, in order, before the record is parsed.
    """
    try:
        with file.open() as stream:
            for record in container_for(file.path).records(file, stream, wanted, stretch):
                yield record if isinstance(record, Skip) else record.document
    except OSError as error:
        yield Skip(file.name, unreadable(error))


def read_at(file: SourceFile, starts: Iterable[RecordStart]) -> Iterator[Document | Skip]:
    """Yield the documents of a JSONL file that begin at known places; a file that cannot be read is one Skip."""
    from corpuslint.sources.jsonl import JsonLines

    try:
        with file.open() as stream:
            for record in JsonLines().records_at(file, stream, starts):
                yield record if isinstance(record, Skip) else record.document
    except OSError as error:
        yield Skip(file.name, unreadable(error))


def read_text(file: SourceFile, content: bytes) -> Document | Skip:
    """Return the document that a plain text file is."""
    from corpuslint.sources.plain import text_document

    return text_document(file, content)


def read_large(file: SourceFile, pieces: Iterator[bytes]) -> Document | Skip:
    """Return the document that a large plain text file is, from its content in pieces; raises OSError."""
    from corpuslint.sources.plain import large_document

    return large_document(file, pieces)


def holds_records(path: Path) -> bool:
    """Say whether a file holds a record a line."""
    return path.suffix.lower() in RECORDS


def is_text(name: str) -> bool:
    """Say of nearly all files that are one document that they are: the short way of `container_for`."""
    return name.endswith(".txt")


def unreadable(error: OSError) -> str:
    """Say in words why a file could not be read."""
    return f"cannot be read: {error.strerror or error}"
