"""Reads the documents of some findings once more, for what the findings do not carry themselves.

A finding holds its flagged text and no more, so that a run's memory does not grow with the corpus. The few things
that need the whole document (a sketch for the baseline, a comment beside the finding, columns in bytes) are
rare or bounded by the findings, and read it again from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from corpuslint.document import Document
from corpuslint.sources import SourceFile, read

T = TypeVar("T")
Address = tuple[str, int]  # a document's path and its record index


@dataclass(frozen=True, eq=False)
class Revisit:
    """The files of a run by their names in reports."""

    files: Mapping[str, SourceFile]

    def documents(self, wanted: Iterable[Address]) -> Iterator[Document]:
        """Yield the documents, file by file, each file read once; what can no longer be read is left out."""
        indexes: dict[str, set[int]] = {}
        for path, index in wanted:
            indexes.setdefault(path, set()).add(index)
        for path in sorted(path for path in indexes if path in self.files):
            for item in read(self.files[path]):
                if isinstance(item, Document) and item.key.index in indexes[path]:
                    yield item

    def facts(self, wanted: Iterable[Address], compute: Callable[[Document], T]) -> dict[Address, T]:
        """Return what `compute` says of each document."""
        return {(document.path, document.key.index): compute(document) for document in self.documents(wanted)}
