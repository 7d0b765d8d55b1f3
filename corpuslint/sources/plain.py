"""Plain text (.txt, .md and whatever else is named on the command line): one file, one document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from corpuslint.document import Document
from corpuslint.sources import Skip, SourceFile, Wanted
from corpuslint.sources.encoding import Undecodable, decode


class PlainText:
    """A file that is one document."""

    def read(self, file: SourceFile, wanted: Wanted) -> Iterator[Document | Skip]:
        """Yield the one document."""
        if not wanted(0):
            return
        try:
            yield Document(file.name, decode(file.bytes()).text)
        except Undecodable as error:
            yield Skip(file.name, str(error))

    def rewrite(self, file: SourceFile, texts: Mapping[int, str]) -> Iterator[bytes]:
        """Yield the new text in the file's own encoding, with its BOM."""
        yield decode(file.bytes()).encode(texts[0])
