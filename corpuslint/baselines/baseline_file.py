"""Reads a baseline, which is hostile input as any file, at little more than the cost of parsing its lines.

A check asks a large baseline very little: is this id in it, and which files does it name? So only that is held;
the entries themselves are read again by whoever needs them. Held objects, not parsing, would be most of the cost.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from corpuslint.baseline import FILE_NAME, Entries, Entry, hash_of
from corpuslint.diagnostic import ID_LENGTH

LONGEST_LINE = 1 << 18  # bytes; an entry's path, excerpt and hashes need a few hundred, the longest paths 100,000
TRACE = b'"trace": "'  # as corpuslint writes it
USUAL_VALUES = 5  # of an entry that names a file and nothing else


class BaselineError(ValueError):
    """A baseline that cannot be used; the message names the file, the line and what is wrong."""


class BaselineFile(Mapping[str, Entry]):
    """The entries of a baseline by id; of those that name one file, only the paths are held."""

    def __init__(self, name: str, open_stream: Callable[[], BinaryIO]) -> None:
        """Read and check every line; raises BaselineError, OSError."""
        self._name = name
        self._open = open_stream
        self.paths: dict[str, dict[str, str]] = {}  # by code, by id
        self.rich: dict[str, Entry] = {}  # the entries that name a record or two documents, whole
        read = 0
        for entry in self._lines():
            read += 1
            code = entry["code"]
            if code not in self.paths:
                self.paths[code] = {}
            self.paths[code][entry["id"]] = entry["path"]
            if len(entry) > USUAL_VALUES or "record" in entry or "record_hash" in entry:
                self.rich[entry["id"]] = entry
        if len(self) != read:
            self._refuse_repeated_lines()

    def __contains__(self, id_: object) -> bool:
        """Say whether a finding is known."""
        return any(id_ in paths for paths in self.paths.values())

    def __iter__(self) -> Iterator[str]:
        """Yield the ids."""
        return chain.from_iterable(self.paths.values())

    def __len__(self) -> int:
        """Count the entries."""
        return sum(map(len, self.paths.values()))

    def __getitem__(self, id_: str) -> Entry:
        """Return an entry; the first one makes the file to be read again."""
        return self._entries[id_]

    def with_hashes(self, hashes: Collection[str]) -> Iterator[Entry]:
        """Yield the entries whose findings have one of these hashes; the file is read again for them."""
        # Parsed are only lines with one of the hashes where corpuslint writes it, and lines that it did not write.
        wanted = frozenset(word.encode() for word in hashes)

        def may_hold(line: bytes) -> bool:
            at = line.rfind(TRACE)
            return at < 0 or line[at + len(TRACE) : at + len(TRACE) + ID_LENGTH] in wanted

        return (entry for entry in self._lines(may_hold) if hash_of(entry) in hashes) if wanted else iter(())

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for entry in self._lines():
            entries.setdefault(entry["id"], entry)
        return entries

    def _refuse_repeated_lines(self) -> None:
        """Refuse a line that stands twice; raises BaselineError.

        A union merge of two branches that both refreshed an entry leaves both forms of it, and either will do; the
        same line twice was written by neither git nor corpuslint.
        """
        seen: set[bytes] = set()
        with self._open() as stream:
            for number, line in enumerate(stream, 1):
                bare = line.strip()
                if bare in seen:
                    what = f"repeats the line of {json.loads(bare)['id']!r}; `sort -u` leaves each line once"
                    raise BaselineError(f"{self._name}:{number}: {what}")
                if bare:
                    seen.add(bare)

    def _lines(self, may_be_wanted: Callable[[bytes], bool] | None = None) -> Iterator[Entry]:
        """Yield the entry of every line, or of those that may be wanted; raises BaselineError."""
        # The decoder's own scanner: `json.loads` would look for white space around every line, at a third of its time.
        scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
        with self._open() as stream:
            readline, join = stream.readline, "".join
            number = 0
            while line := readline(LONGEST_LINE):
                number += 1
                if may_be_wanted is not None and not may_be_wanted(line):
                    continue
                try:
                    text = line.decode("utf-8")
                    entry, end = scan(text, 0)
                    if (rest := text[end:]) != "\n" and rest not in ("", "\r\n"):
                        raise ValueError("text follows the entry")
                except (ValueError, StopIteration, RecursionError) as error:
                    if line.strip():
                        raise BaselineError(f"{self._name}:{number}: {_trouble(line, error)}") from None
                    continue
                try:
                    # Joining is the fastest way to see that all values are strings; a pair's entry holds an object too.
                    join(entry.values())
                    entry["id"], entry["code"], entry["path"]
                    if "kept" in entry:
                        raise TypeError("an object was expected")
                except (AttributeError, TypeError, KeyError):
                    if wrong := _wrong_type(entry):
                        raise BaselineError(f"{self._name}:{number}: {wrong}") from None
                yield entry


def read(file: Path) -> BaselineFile:
    """Read a baseline; raises BaselineError."""
    try:
        return BaselineFile(str(file), lambda: file.open("rb"))
    except OSError as error:
        raise BaselineError(f"{file}: cannot be read: {error.strerror or error}") from None


def read_bytes(content: bytes, name: str) -> Entries:
    """Read a baseline that is not a file, as a git object; raises BaselineError."""
    return BaselineFile(name, lambda: BytesIO(content))


def _wrong_type(entry: Any) -> str:
    """Say what is wrong with a parsed line, "" where nothing is."""
    if type(entry) is not dict:
        return "is not a JSON object"
    for key in ("id", "code", "path"):
        if type(entry.get(key)) is not str:
            return f"{key!r} must be a string" if key in entry else f"has no {key!r}"
    for key in ("trace", "excerpt", "record", "record_hash"):
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
    if line.startswith(codecs.BOM_UTF8):
        return "begins with a byte order mark; save it as UTF-8 without one"
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
