"""Unified diffs as `git apply` takes them, of bytes: encodings, line ends and a missing last line end stay visible."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

CONTEXT = 3  # lines shown around a change, as git does
NO_NEWLINE = b"\\ No newline at end of file\n"


def unified_diff(name: str, old: bytes, new: bytes) -> Iterator[bytes]:
    """Yield the lines of a diff between two contents of one file."""
    before, after = _lines(old), _lines(new)
    header = b"diff --git " + _quoted("a/" + name) + b" " + _quoted("b/" + name) + b"\n"
    first = True
    for line in difflib.diff_bytes(
        difflib.unified_diff,
        before,
        after,
        _quoted("a/" + name),
        _quoted("b/" + name),
        n=CONTEXT,
        lineterm=b"\n",
    ):
        if first:
            yield header
            first = False
        yield line if line.endswith(b"\n") else line + b"\n" + NO_NEWLINE


def _lines(content: bytes) -> list[bytes]:
    """Split at LF only: a lone CR is a character of its line to git."""
    lines = content.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _quoted(name: str) -> bytes:
    """Return a path as git writes it: quoted like a C string where it holds more than plain characters."""
    raw = name.encode("utf-8", "surrogateescape")
    if all(byte >= 0x20 and byte not in (0x22, 0x5C, 0x7F) for byte in raw):
        return raw
    escapes = {0x22: b'\\"', 0x5C: b"\\\\", 0x0A: b"\\n", 0x09: b"\\t", 0x0D: b"\\r"}
    body = b"".join(escapes.get(byte, bytes([byte]) if 0x20 <= byte < 0x7F else b"\\%03o" % byte) for byte in raw)
    return b'"' + body + b'"'
