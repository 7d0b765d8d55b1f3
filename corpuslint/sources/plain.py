"""Plain text (.txt, .md and whatever else is named on the command line): one file, one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from corpuslint.changing.patch import Patch, edit_patches, patched
from corpuslint.changing.pieces import EditedText
from corpuslint.diagnostic import Edit
from corpuslint.document import Document
from corpuslint.sources import Record, Skip, SourceFile, Stretch, Unwritable, Wanted, every_record
from corpuslint.sources.encoding import Undecodable, decode, decode_pieces


def text_document(file: SourceFile, content: bytes) -> Document | Skip:
    """Return the document that a file is."""
    try:
        return Document(file.name, decode(content).text, catalogs=file.options.catalogs)
    except Undecodable as error:
        return Skip(file.name, str(error))


def large_document(file: SourceFile, pieces: Iterator[bytes]) -> Document | Skip:
    """Return the document that a large file is, read in pieces; raises OSError."""
    try:
        return Document(file.name, decode_pieces(pieces), catalogs=file.options.catalogs)
    except Undecodable:
        return text_document(file, file.read())  # which says where


class PlainText:
    """A file that is one document."""

    def records(
        self,
        file: SourceFile,
        stream: BinaryIO,
        wanted: Wanted = every_record,
        stretch: Stretch | None = None,  # noqa: ARG002  # one document has no stretches
    ) -> Iterator[Record | Skip]:
        """Yield the one document."""
        if not wanted(0):
            return
        content = stream.read()
        document = text_document(file, content)
        yield document if isinstance(document, Skip) else Record(document, 0, content)

    def patches(self, file: SourceFile, record: Record, edits: Sequence[Edit]) -> list[Patch]:  # noqa: ARG002
        """Return the edits in the file's own encoding."""
        decoded = decode(record.content)
        try:
            patches = list(edit_patches(decoded.text, edits, decoded.encode, len(decoded.bom)))
            new = decode(patched(record.content, patches)).text
        except (UnicodeEncodeError, Undecodable) as error:
            raise Unwritable(f"cannot be written in its encoding: {error}") from None
        if new != EditedText.of(decoded.text).apply(edits).text:
            raise Unwritable("would not be read back as it was written")
        return patches

    def removal(self, record: Record) -> Patch | None:  # noqa: ARG002
        """Return None: the document is the file."""
        return None
