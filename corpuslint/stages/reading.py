"""How the documents of a shard are read, in batches: by the compiled loops, or one at a time where there are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.cache import content_hash
from corpuslint.document import Document
from corpuslint.executors import At
from corpuslint.sources import Skip, SourceFile, holds_records, is_text, read, read_large, read_text, unreadable
from corpuslint.stages.documents import Documents
from corpuslint.stages.shards import Shard, Task

if TYPE_CHECKING:
    from corpuslint.scan.compiled import Loops

LONG = 1 << 20  # bytes of a file that is decoded while it is read
BATCH = 1 << 20  # code points of documents that are looked at together
A_DOCUMENT = 256  # code points that a document counts as besides its own: a million empty ones are no batch


@dataclass
class Reading:
    """What was read of a file, or of one part of it."""

    name: str
    part: int
    parts: int
    digest: bytes = b""  # of the whole content, where the file was read whole
    documents: int = 0
    characters: int = 0


class Notes(NamedTuple):
    """What is noted of reading: what could not be read, with the task's number, and the readings by task."""

    skips: list[tuple[int, Skip]]
    readings: dict[int, Reading]


def taken(shard: Shard, loops: Loops, at: At, notes: Notes) -> Iterator[tuple[Documents, bool]]:
    """Yield the shard's documents in batches, taken by the compiled loops; none is known to be the last one."""
    yield from ((batch, False) for batch in _taken(shard, loops, at, notes))


def _taken(shard: Shard, loops: Loops, at: At, notes: Notes) -> Iterator[Documents]:
    from corpuslint.stages.intake import Intake, field_names

    intake = Intake(loops, notes.skips, at)
    for number, task in shard.tasks:
        left_out = any(number == other for other, _ in shard.left_out)
        names = None if left_out else field_names(task.file.options)
        if _is_one_text(shard, task.file):
            content = _content(shard, number, task.file, at, notes)
            if isinstance(content, bytes):
                yield from intake.text(number, task, content)
            elif content is not None:
                yield from intake.whole(number, task, content)
        elif names and holds_records(task.file.path):
            try:
                with _opened(shard, number, task.file, notes).open() as stream:
                    yield from intake.records(number, task, stream, shard.stretch, names)
            except OSError as error:
                if shard.part == 0:
                    notes.skips.append((number, Skip(task.file.name, unreadable(error))))
        else:
            for document in _documents(shard, number, task.file, at, notes):
                yield from intake.whole(number, task, document)
    yield from intake.rest()


def read_one_by_one(shard: Shard, at: At, notes: Notes) -> Iterator[tuple[Documents, bool]]:
    """Yield the shard's documents in batches of about BATCH code points, and whether a batch is the last one."""
    batch: list[tuple[int, Task, Document]] = []
    size = 0
    for number, task in shard.tasks:
        for document in _documents(shard, number, task.file, at, notes):
            if size > BATCH:
                yield _together(batch), False
                batch, size = [], 0
            batch.append((number, task, document))
            size += len(document.text) + A_DOCUMENT
    if batch:
        yield _together(batch), True


def _together(batch: Sequence[tuple[int, Task, Document]]) -> Documents:
    numbers, tasks, documents = zip(*batch, strict=True)
    return Documents(tasks, numbers, documents)


def _documents(shard: Shard, number: int, file: SourceFile, at: At, notes: Notes) -> Iterator[Document]:
    items: Iterator[Document | Skip]
    if _is_one_text(shard, file):
        content = _content(shard, number, file, at, notes)
        found = read_text(file, content) if isinstance(content, bytes) else content
        items = iter(() if found is None else (found,))
    else:
        items = read(_opened(shard, number, file, notes), shard.wanted(number, at), shard.stretch)
    for item in items:
        if isinstance(item, Document):
            yield item
        # What concerns the file as a whole is said once, by its first part.
        elif item.line is not None or shard.part == 0:
            notes.skips.append((number, item))


def _is_one_text(shard: Shard, file: SourceFile) -> bool:
    return shard.parts == 1 and is_text(file.name)


def _content(shard: Shard, number: int, file: SourceFile, at: At, notes: Notes) -> bytes | Document | None:
    """Read a file that is one document, unless it is left out: a large corpus has many of them, and each is short.

    Of a long one, the text is made while it is read: its bytes and its text are not held together.
    """
    if not shard.holds(number, 0):
        return None
    at(number, 0)
    reading = notes.readings[number] = Reading(file.name, 0, 1)
    try:
        if shard.whole:
            content = file.read()
        else:
            pieces = file.pieces()
            first = _first(pieces)
            if len(first) > LONG:
                return _noted(read_large(file, chain((first,), pieces)), number, notes)
            content = first
    except OSError as error:
        notes.skips.append((number, Skip(file.name, unreadable(error))))
        return None
    if shard.whole and file.content is None:
        reading.digest = content_hash(content)
    return content


def _first(pieces: Iterator[bytes]) -> bytes:
    """Return the content of a file, or of a long one somewhat more than LONG bytes."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > LONG:
            break
    return held[0] if len(held) == 1 else b"".join(held)


def _noted(item: Document | Skip, number: int, notes: Notes) -> Document | None:
    if isinstance(item, Skip):
        notes.skips.append((number, item))
        return None
    return item


def _opened(shard: Shard, number: int, file: SourceFile, notes: Notes) -> SourceFile:
    """Return what is to be read of a file, and begin the note of its reading."""
    if any(number == left_out for left_out, _ in shard.left_out):
        return file
    reading = notes.readings[number] = Reading(file.name, shard.part, shard.parts)
    if not shard.whole or file.content is not None:
        return file
    try:
        with file.open() as stream:
            content = stream.read()
    except OSError:
        return file  # reading it says what is wrong
    reading.digest = content_hash(content)
    return replace(file, content=content)
