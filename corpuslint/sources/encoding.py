"""Bytes to text and back without losing one: strict UTF-8, a BOM noticed and kept, UTF-16 by its BOM.

What a text decodes to is never guessed: a wrong guess would be written back by `--fix`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import NamedTuple


class Undecodable(ValueError):
    """The bytes are no text that corpuslint reads; the message says why."""


class Decoded(NamedTuple):
    """A text with what is needed to write it back: the codec, and the BOM that stood before it."""

    text: str
    codec: str
    bom: bytes

    def encode(self, text: str) -> bytes:
        """Return the bytes of a text, or of a part of one, in this one's codec; raises UnicodeEncodeError."""
        return text.encode(self.codec)


# The UTF-32 mark begins with the UTF-16 one, so it is looked for first.
UTF_32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

FIRST_OF_MARKS = frozenset(mark[:1] for mark in (*UTF_32_MARKS, *(mark for mark, _ in MARKS)))


AN_EIGHTH = 8  # of a text is decoded before it is added: a text that is moved when it grows takes linear time
LEAST = 1 << 20  # code points that are added


def decode(content: bytes) -> Decoded:
    """Decode a file; raises Undecodable."""
    bom, codec = _mark(content)
    try:
        text = (content[len(bom) :] if bom else content).decode(codec)
    except UnicodeDecodeError as error:
        where = len(bom) + error.start
        raise Undecodable(f"is not {codec.upper()}: byte 0x{content[where]:02x} at offset {where}") from None
    if "\0" in text:
        raise Undecodable(f"holds a NUL character at code point {text.index(chr(0))}; is it a text file?")
    return Decoded(text, codec, bom)


def decode_pieces(pieces: Iterator[bytes]) -> str:
    """Decode a file that comes in pieces, of which no more are held than an eighth of it; raises Undecodable.

    The error does not say where it is; `decode` does.
    """
    first = next(pieces, b"")
    bom, codec = _mark(first)
    decoder = codecs.getincrementaldecoder(codec)()
    text, held, size = "", [""], 0
    try:
        held.append(decoder.decode(first[len(bom) :]))
        for piece in pieces:
            held.append(decoder.decode(piece))
            size += len(held[-1])
            if size > max(LEAST, len(text) // AN_EIGHTH):
                text += "".join(held)  # in its place, as nothing else holds it
                held, size = [], 0
        text += "".join((*held, decoder.decode(b"", final=True)))
    except UnicodeDecodeError as error:
        raise Undecodable(str(error)) from None
    if "\0" in text:
        raise Undecodable("holds a NUL character")
    return text


def _mark(content: bytes) -> tuple[bytes, str]:
    """Return the BOM with which a file begins, and its codec; raises Undecodable."""
    if content[:1] in FIRST_OF_MARKS:
        if content.startswith(UTF_32_MARKS):
            raise Undecodable("is UTF-32, which is not read; convert it to UTF-8")
        return next(((mark, codec) for mark, codec in MARKS if content.startswith(mark)), (b"", "utf-8"))
    return b"", "utf-8"
