"""JSON Lines (.jsonl, .ndjson): one record a line, one document a record.

Only the text field of a changed record is written anew; every other byte of the file stays as it was.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]  # the standard parser's own string scanner
from typing import Any, NamedTuple

from corpuslint.document import ContainerLine, Document, DocumentKey
from corpuslint.sources import Skip, SourceFile, Wanted

EXTENSIONS = frozenset({".jsonl", ".ndjson"})
JSON_SPACE = b" \t\r\n"

# Fields in which public corpora name a record's language ("ar", "arb_Arab"); other values are left unread.
LANGUAGE_FIELDS = ("language", "lang")
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


class RecordLine(NamedTuple):
    """A line of the file that is not blank: line number from 1, record index from 0, and its bytes."""

    number: int
    record: int
    content: bytes


class BadRecord(ValueError):
    """A record that holds no document; the message says why."""


class JsonLines:
    """A file with a JSON object a line."""

    def read(self, file: SourceFile, wanted: Wanted) -> Iterator[Document | Skip]:
        """Yield a document a record, and a Skip for each record that is none."""
        for line in record_lines(file):
            if not wanted(line.record):
                continue
            try:
                yield _document(file, line)
            except BadRecord as error:
                yield Skip(file.name, str(error), line.number)

    def rewrite(self, file: SourceFile, texts: Mapping[int, str]) -> Iterator[bytes]:
        """Yield the file's lines, the text field replaced in the changed records."""
        indexes = {line.number: line.record for line in record_lines(file)}
        with file.open() as stream:
            for number, content in enumerate(stream, 1):
                text = texts.get(indexes.get(number, -1))
                yield content if text is None else _with_text(content, file.options.text_field, text)


def record_lines(file: SourceFile) -> Iterator[RecordLine]:
    """Yield the lines of a file that hold a record; raises OSError."""
    index = 0
    with file.open() as stream:
        for number, content in enumerate(stream, 1):
            if number == 1:
                content = content.removeprefix(codecs.BOM_UTF8)
            if content.strip(JSON_SPACE):
                yield RecordLine(number, index, content)
                index += 1


def _document(file: SourceFile, line: RecordLine) -> Document:
    record = _parse(line.content)
    text = _field(record, file.options.text_field)
    if text is None:
        raise BadRecord(f"record has no field {file.options.text_field!r}; name the text's field with --text-field")
    if not isinstance(text, str):
        raise BadRecord(f"field {file.options.text_field!r} is {_kind(text)}, not text")
    if "\0" in text:
        raise BadRecord(f"field {file.options.text_field!r} holds a NUL character")
    own = _field(record, file.options.id_field)
    own_id = str(own) if isinstance(own, str | int) and not isinstance(own, bool) else None
    site = _field(record, file.options.site_field)
    key = DocumentKey(line.record, own_id, file.options.text_field, site if isinstance(site, str) else None)
    width = len(line.content.decode("utf-8").rstrip("\r\n"))
    return Document(file.name, text, key, ContainerLine(line.number, width), _language(record))


def _language(record: Any) -> str:
    for name in LANGUAGE_FIELDS:
        tag = _field(record, name)
        if isinstance(tag, str) and LANGUAGE_TAG.fullmatch(tag):
            return tag.replace("_", "-")
    return ""


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadRecord(f"record is not UTF-8: byte 0x{content[error.start]:02x} at column {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise BadRecord(f"record is not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise BadRecord("record is nested too deeply") from None
    except ValueError as error:  # an integer of more digits than Python converts
        raise BadRecord(f"record is not JSON: {error}") from None


def _field(record: Any, dotted: str) -> Any:
    """Return a field by its own name or by its dotted path; None where there is none."""
    if isinstance(record, dict) and dotted in record:
        return record[dotted]
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


def _with_text(content: bytes, dotted: str, text: str) -> bytes:
    line = content.decode("utf-8")
    start = len(line) - len(line.lstrip("\ufeff \t\r\n"))
    first, last = _locate(line, start, dotted)
    # A file that writes only ASCII goes on doing so.
    encoded = json.dumps(text, ensure_ascii=line.isascii())
    return (line[:first] + encoded + line[last:]).encode("utf-8", "backslashreplace")


def _locate(line: str, position: int, dotted: str) -> tuple[int, int]:
    """Return where in a JSON object's source the value of a field stands; the last of equal names counts."""
    decoder = json.JSONDecoder()
    found = None
    head, _, rest = dotted.partition(".")
    position = _skip_space(line, position + 1)
    while line[position] != "}":
        name, position = scanstring(line, position + 1)
        position = _skip_space(line, _skip_space(line, position) + 1)
        start, (_, position) = position, decoder.raw_decode(line, position)
        if name == dotted:
            found = (start, position)
        elif name == head and rest and line[start] == "{":
            found = _locate(line, start, rest)
        position = _skip_space(line, position)
        if line[position] == ",":
            position = _skip_space(line, position + 1)
    if found is None:
        raise BadRecord(f"record has no field {dotted!r}")
    return found


def _skip_space(line: str, position: int) -> int:
    while line[position] in " \t\r\n":
        position += 1
    return position
