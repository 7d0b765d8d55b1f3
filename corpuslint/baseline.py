"""The baseline: the findings that a corpus is known to have, a sorted set of one-line JSON objects that git can merge.

An entry says which finding it is (id, rule, path, an excerpt for people) and what recognises it after its file was
renamed (a hash without the path, a sketch of the document). It holds no line number, date, total or version, so that
only findings that come and go change the file. Which findings of a run it covers is for `comparison` to say.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NotRequired, TypedDict, cast

from corpuslint.diagnostic import Diagnostic, Place
from corpuslint.display import excerpt, readable_json, visible
from corpuslint.own_files import write_own_file
from corpuslint.revisit import Address, Revisit
from corpuslint.sketch import sketch

FILE_NAME = "corpuslint-baseline.jsonl"
EXCERPT = 48  # code points of the flagged text, for the people who read the file
LONGEST_LINE = 1 << 18  # bytes; an entry's path, excerpt and hashes need a few hundred, the longest paths 100,000

# The separators inside Diagnostic.identity: between the two documents of a pair, between a path and a record.
BETWEEN_DOCUMENTS, BETWEEN_NAMES = "\x1e", "\x1f"


class Side(TypedDict):
    """A document that an entry names: its path, its record in a many-document container, the sketch of its text."""

    path: str
    record: NotRequired[str]
    record_hash: NotRequired[str]  # of a record without an id: the hash of its normalised text
    sketch: NotRequired[str]


class Entry(Side):
    """A known finding. The order of the keys is the order in which people read and `sort` compares."""

    code: str
    excerpt: NotRequired[str]
    id: str
    hash: NotRequired[str]
    kept: NotRequired[Side]  # of a finding about two documents: the other one


Entries = dict[str, Entry]  # by id


class BaselineError(ValueError):
    """A baseline that cannot be used; the message names the file, the line and what is wrong."""


def entry_for(diagnostic: Diagnostic, sketches: Mapping[Address, str]) -> Entry:
    """Return the entry of a finding; `sketches` are those of its documents."""
    names = pair_names(diagnostic)
    entry = cast("Entry", _side(diagnostic.place, names[0] if names else "", sketches))
    last = entry.pop("sketch")
    entry["code"] = diagnostic.code
    entry["excerpt"] = visible(excerpt(diagnostic.place.text, EXCERPT))
    entry["id"] = diagnostic.id
    entry["hash"] = diagnostic.path_free_hash
    entry["sketch"] = last
    if names:
        entry["kept"] = _side(diagnostic.related[0].place, names[1], sketches)
    return entry


def entries_for(
    diagnostics: Iterable[Diagnostic], revisit: Revisit, wants_sketch: Callable[[str], bool] = lambda _path: True
) -> Entries:
    """Return the entries of findings; their documents are read once more for the sketches, where one is wanted."""
    diagnostics = tuple(diagnostics)
    wanted = (at for diagnostic in diagnostics for at in addresses(diagnostic) if wants_sketch(at[0]))
    sketches = revisit.facts(wanted, lambda document: sketch(document.text))
    return {diagnostic.id: entry_for(diagnostic, sketches) for diagnostic in diagnostics}


def addresses(diagnostic: Diagnostic) -> list[Address]:
    """Return the documents that a finding's entry names: its own, and of a pair the kept one."""
    places = [diagnostic.place]
    if pair_names(diagnostic):
        places.append(diagnostic.related[0].place)
    return [(place.path, place.key.index) for place in places]


def pair_names(diagnostic: Diagnostic) -> tuple[str, str] | None:
    """Return the names of the two documents of a finding about a pair, the flagged one first."""
    names = diagnostic.identity.split(BETWEEN_DOCUMENTS)
    return (names[0], names[1]) if len(names) == 2 and diagnostic.related else None


def document_names(entry: Entry) -> Iterator[str]:
    """Yield the names of an entry's documents as corpus rules know them: path, and record where there is one."""
    yield side_name(entry)
    if "kept" in entry:
        yield side_name(entry["kept"])


def side_name(side: Side) -> str:
    """Return the name of one document of an entry."""
    if "record" in side:
        return BETWEEN_NAMES.join((side["path"], side["record"]))
    return BETWEEN_NAMES.join((side["path"], "", side["record_hash"])) if "record_hash" in side else side["path"]


def _side(place: Place, name: str, sketches: Mapping[Address, str]) -> Side:
    side: Side = {"path": place.path}
    if place.key.id is not None:
        side["record"] = place.key.id
    elif name.count(BETWEEN_NAMES) == 2:
        side["record_hash"] = name.rpartition(BETWEEN_NAMES)[2]
    side["sketch"] = sketches.get((place.path, place.key.index), "")
    return side


def write(file: Path, entries: Entries) -> bool:
    """Write a baseline, sorted; return whether the file changed; raises OSError."""
    lines = sorted(readable_json(entry) + "\n" for entry in entries.values())
    return write_own_file(file, "".join(lines).encode("utf-8"))


def read(file: Path) -> Entries:
    """Read a baseline; raises BaselineError."""
    try:
        with file.open("rb") as stream:
            return read_stream(stream, str(file))
    except OSError as error:
        raise BaselineError(f"{file}: cannot be read: {error.strerror or error}") from None


def read_bytes(content: bytes, name: str) -> Entries:
    """Read a baseline that is not a file, as a git object; raises BaselineError."""
    return read_stream(BytesIO(content), name)


def read_stream(stream: BinaryIO, name: str) -> Entries:
    """Read the lines of a baseline; raises BaselineError, OSError."""
    entries: Entries = {}
    # The decoder's own scanner: `json.loads` would look for white space around every line, at a third of its time.
    scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        try:
            text = line.decode("utf-8")
            entry, end = scan(text, 0)
            if text[end:] not in ("\n", "\r\n", ""):
                raise ValueError("text follows the entry")
        except (ValueError, StopIteration, RecursionError) as error:
            if number == 1 and line.startswith(codecs.BOM_UTF8):
                raise BaselineError(f"{name}:1: begins with a byte order mark; save it as UTF-8 without one") from None
            if not line.strip():
                continue
            raise BaselineError(f"{name}:{number}: {_trouble(line, error)}") from None
        if wrong := _wrong_type(entry):
            raise BaselineError(f"{name}:{number}: {wrong}")
        known = entries.setdefault(entry["id"], entry)
        # A union merge of two branches that both refreshed an entry leaves both forms of it, and either will do;
        # a line that stands twice was written by neither git nor corpuslint.
        if known is not entry and known == entry:
            raise BaselineError(f"{name}:{number}: repeats the entry {entry['id']!r}; `sort -u` leaves each line once")
    return entries


def _wrong_type(entry: Any) -> str:
    """Say what is wrong with a parsed line, "" where nothing is."""
    if type(entry) is not dict:
        return "is not a JSON object"
    for key in ("id", "code", "path"):
        if type(entry.get(key)) is not str:
            return f"{key!r} must be a string" if key in entry else f"has no {key!r}"
    for key in ("hash", "sketch", "excerpt", "record", "record_hash"):
        if key in entry and type(entry[key]) is not str:
            return f"{key!r} must be a string"
    if "kept" in entry:
        kept = entry["kept"]
        if (
            type(kept) is not dict
            or type(kept.get("path")) is not str
            or not all(type(v) is str for v in kept.values())
        ):
            return "'kept' must be an object with a path"
    return ""


def _trouble(line: bytes, error: Exception) -> str:
    """Say in words why a line is no entry."""
    if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
        return f"is longer than {LONGEST_LINE} bytes, which no entry is"
    if line.startswith((b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")):
        return (
            "holds a merge conflict: keep the lines of both sides and leave out the marks "
            f"(git does it by itself with `{FILE_NAME} merge=union` in .gitattributes)"
        )
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8: byte 0x{line[error.start]:02x} at column {error.start + 1}"
    if not line.endswith(b"\n"):
        return "is not JSON; it ends without a line end: was the file cut off?"
    return "is not a JSON object"
