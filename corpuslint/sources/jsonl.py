"""JSON Lines (.jsonl, .ndjson): one record a line, one document a record.

Of a changed record only the edited characters of its text field are written anew; every other byte stays as it was.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]  # the standard parser's own string scanner
from typing import Any, BinaryIO, NamedTuple

from corpuslint.changing.patch import Patch, edit_patches, patched
from corpuslint.changing.pieces import EditedText
from corpuslint.diagnostic import Edit
from corpuslint.document import ContainerLine, Document, DocumentKey
from corpuslint.sources import Record, RecordStart, Skip, SourceFile, Stretch, Unwritable, Wanted, every_record
from corpuslint.text import Span

JSON_SPACE = b" \t\r\n"
FIRST_RECORD = RecordStart()
NUL_ESCAPE = rb"\u0000"

# What stands for one code point in the source of a JSON string: a surrogate pair, a single \u escape, \n and the like.
ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.")

# Fields in which public corpora name a record's language ("ar", "arb_Arab"); other values are left unread.
LANGUAGE_FIELDS = ("language", "lang")
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


class RecordLine(NamedTuple):
    """A line of the file that is not blank: line number from 1, record index from 0, its bytes and where they begin."""

    number: int
    record: int
    offset: int
    content: bytes


class BadRecord(ValueError):
    """A record that holds no document; the message says why."""


class JsonLines:
    """A file with a JSON object a line."""

    def records(
        self, file: SourceFile, stream: BinaryIO, wanted: Wanted = every_record, stretch: Stretch | None = None
    ) -> Iterator[Record | Skip]:
        """Yield a document a record, and a Skip for each record that is none."""
        for line in record_lines(stream, stretch.start) if stretch else record_lines(stream):
            if stretch and line.record >= stretch.stop:
                break
            if wanted(line.record):
                yield self.record(file, line)

    def records_at(self, file: SourceFile, stream: BinaryIO, starts: Iterable[RecordStart]) -> Iterator[Record | Skip]:
        """Yield the records that begin at known places."""
        for start in starts:
            stream.seek(start.offset)
            yield self.record(file, RecordLine(start.line, start.record, start.offset, stream.readline()))

    def record(self, file: SourceFile, line: RecordLine) -> Record | Skip:
        """Return a record, and what is wrong with one that holds no document."""
        try:
            return Record(_document(file, line), line.offset, line.content)
        except BadRecord as error:
            return Skip(file.name, str(error), line.number)

    def patches(self, file: SourceFile, record: Record, edits: Sequence[Edit]) -> list[Patch]:
        """Return the edits inside the text field's JSON string: escapes and everything else outside them stay."""
        line = record.content.decode("utf-8")
        field = file.options.text_field
        inside = list(json_edits(line, _locate(line, field), edits))
        patches = list(edit_patches(line, inside, _encode, record.offset))
        # Half of an escaped surrogate pair, left beside another half, would be read as a new character.
        moved = (patch._replace(at=patch.at - record.offset) for patch in patches)
        if (
            _field(_parsed(_decoded(patched(record.content, moved))), field)
            != EditedText.of(record.document.text).apply(edits).text
        ):
            raise Unwritable("would not be read back as it was written")
        return patches

    def removal(self, record: Record) -> Patch | None:
        """Return the patch that takes the line out, its line end included."""
        return Patch(record.offset, record.content, b"")


def record_lines(stream: BinaryIO, start: RecordStart = FIRST_RECORD) -> Iterator[RecordLine]:
    """Yield the lines of a file that hold a record, from one of them on; raises OSError."""
    index, offset, first = start
    if offset:
        stream.seek(offset)
    for number, line in enumerate(stream, first):
        if found := record_line(number, index, offset, line):
            yield found
            index += 1
        offset += len(line)


def record_line(number: int, index: int, offset: int, line: bytes) -> RecordLine | None:
    """Return the record of a line that begins at an offset; None for a blank line."""
    content = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
    if not content.strip(JSON_SPACE):
        return None
    return RecordLine(number, index, offset + len(line) - len(content), content)


def _document(file: SourceFile, line: RecordLine) -> Document:
    source = _decoded(line.content)
    record = _parsed(source)
    text = _field(record, file.options.text_field)
    if text is None:
        raise BadRecord(f"record has no field {file.options.text_field!r}; name the text's field with --text-field")
    if not isinstance(text, str):
        raise BadRecord(f"field {file.options.text_field!r} is {_kind(text)}, not text")
    # JSON writes a NUL as an escape only, which is found in a fraction of the time.
    if NUL_ESCAPE in line.content and "\0" in text:
        raise BadRecord(f"field {file.options.text_field!r} holds a NUL character")
    own = _field(record, file.options.id_field)
    own_id = str(own) if isinstance(own, (str, int)) and not isinstance(own, bool) else None  # faster
    site = _field(record, file.options.site_field)
    key = DocumentKey(line.record, own_id, file.options.text_field, site if isinstance(site, str) else None)
    width = len(source)
    while source[width - 1] in "\r\n":  # the line holds a record, which ends with neither
        width -= 1
    place = ContainerLine(line.number, width)
    language = language_tag(_field(record, name) for name in LANGUAGE_FIELDS)
    return Document(file.name, text, key, place, language, file.options.catalogs)


def language_tag(values: Iterable[object]) -> str:
    """Return the first of some values that names a language; "" where none does."""
    for tag in values:
        if isinstance(tag, str) and LANGUAGE_TAG.fullmatch(tag):
            return tag.replace("_", "-")
    return ""


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRecord(f"record is not UTF-8: byte 0x{content[error.start]:02x} at column {error.start + 1}") from None


def _parsed(source: str) -> Any:
    try:
        return json.loads(source)
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")  # "Unterminated string starting at"
        raise BadRecord(f"record is not JSON: {what} at column {error.colno}") from None
    except RecursionError:
        raise BadRecord("record is nested too deeply") from None
    except ValueError as error:  # an integer of more digits than Python converts
        raise BadRecord(f"record is not JSON: {error}") from None


def _field(record: Any, dotted: str) -> Any:
    """Return a field by its own name or by its dotted path; None where there is none."""
    if isinstance(record, dict) and dotted in record:
        return record[dotted]
    if "." not in dotted:
        return None
    for name in dotted.split("."):
        if not isinstance(record, dict) or name not in record:
            return None
        record = record[name]
    return record


def _kind(value: Any) -> str:
    kinds = (
        (bool, "a truth value"),
        (int, "a number"),
        (float, "a number"),
        (list, "a list"),
        (dict, "an object"),
    )
    return next((kind for type_, kind in kinds if isinstance(value, type_)), "null")


def json_edits(line: str, literal: Span, edits: Sequence[Edit]) -> Iterator[Edit]:
    """Yield the edits of a text (sorted) as edits of the line, in which it stands as the JSON string `literal`."""
    offsets = _source_offsets(line, literal, [offset for edit in edits for offset in edit.span])
    # A file that writes only ASCII goes on doing so.
    ascii_only = line.isascii()
    for edit in edits:
        yield Edit(next(offsets), next(offsets), json.dumps(edit.content, ensure_ascii=ascii_only)[1:-1])


def _source_offsets(line: str, literal: Span, wanted: Sequence[int]) -> Iterator[int]:
    """Yield where in the line the wanted code points (sorted) of a JSON string's value begin."""
    position, value = literal.start + 1, 0  # behind the opening quote stands code point 0
    escapes = ESCAPE.finditer(line, position, literal.end - 1)
    escape = next(escapes, None)
    for offset in wanted:
        while escape is not None and value + escape.start() - position < offset:
            value += escape.start() - position + 1
            position = escape.end()
            escape = next(escapes, None)
        yield position + offset - value


def _encode(text: str) -> bytes:
    # A lone surrogate that a rule puts in becomes the escape that JSON has for it.
    return text.encode("utf-8", "backslashreplace")


def _locate(line: str, dotted: str) -> Span:
    """Return where in a JSON object's source the string value of a field stands, as `_field` finds it."""
    decoder = json.JSONDecoder()

    def members(position: int) -> dict[str, int]:
        """Return where each value of the object at `position` begins; the last of equal names counts."""
        found: dict[str, int] = {}
        position = _skip_space(line, position + 1)
        while line[position] != "}":
            name, position = scanstring(line, position + 1)
            found[name] = start = _skip_space(line, _skip_space(line, position) + 1)
            position = _skip_space(line, decoder.raw_decode(line, start)[1])
            if line[position] == ",":
                position = _skip_space(line, position + 1)
        return found

    values = members(_skip_space(line, 0))
    if dotted in values:
        start = values[dotted]
    else:
        *folders, last = dotted.split(".")
        for folder in folders:
            values = members(values[folder])
        start = values[last]
    return Span(start, scanstring(line, start + 1)[1])


def _skip_space(line: str, position: int) -> int:
    while line[position] in " \t\r\n":
        position += 1
    return position
