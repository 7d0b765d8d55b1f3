"""Documents that are looked at together: what is known of each, and the document itself when somebody asks for it.

Most documents of a corpus are never asked for: the scan says of their code points that no rule has anything to say.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.document import ContainerLine, Document, DocumentKey
from corpuslint.lazy import Lazy
from corpuslint.scan.record_columns import (
    ABSENT,
    END,
    ESCAPED_STRING,
    FIELDS,
    INTEGER,
    KIND,
    LINE,
    START,
    STRING,
    WIDTH,
)
from corpuslint.sources import SourceFile
from corpuslint.sources.jsonl import LANGUAGE_FIELDS, language_tag
from corpuslint.stages.rows import Kind, Names, Rows
from corpuslint.stages.shards import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.scan.texts import Texts

    Hashes = NDArray[np.uint64]

ID, SITE, *LANGUAGES = range(FIELDS + 3, FIELDS + 3 * (3 + len(LANGUAGE_FIELDS)), 3)  # columns, behind the text's


class Draft(NamedTuple):
    """All of a document but its text: of a file that is one document, or of a record and what was found in it."""

    file: SourceFile
    record: int = 0  # its index in the container, from 0
    found: Sequence[int] | None = None  # what `take_records` says of it; None where the file is the document
    content: bytes = b""  # what `found` counts in

    @property
    def id(self) -> str | None:
        """The record's own id."""
        value = self._value(ID)
        return None if value is None else str(value)

    @property
    def written_id(self) -> bytes | None:
        """The id in UTF-8."""
        if self.found and self.found[ID + KIND] == STRING:  # nearly all: as it stands in the file
            return self.content[self.found[ID + START] + 1 : self.found[ID + END] - 1]
        return None if self.id is None else self.id.encode("utf-8", "surrogatepass")

    @property
    def kind(self) -> Kind:
        """Field and site."""
        if self.found is None:
            return None, None
        site = None if self.found[SITE + KIND] == ABSENT else self._value(SITE)
        return self.file.options.text_field, site if isinstance(site, str) else None

    @property
    def place(self) -> tuple[int, int] | None:
        """The number and the width of its line in the container; None where the file is the document."""
        return None if self.found is None else (self.found[LINE], self.found[WIDTH])

    def document(self, text: str) -> Document:
        """Return the document with its text."""
        options = self.file.options
        key = DocumentKey(self.record, self.id, *self.kind)
        if self.found is None:
            return Document(self.file.name, text, key, catalogs=options.catalogs)
        line = ContainerLine(self.found[LINE], self.found[WIDTH])
        language = language_tag(map(self._value, LANGUAGES))
        return Document(self.file.name, text, key, line, language, options.catalogs)

    def _value(self, field: int) -> str | int | None:
        """Return what a field says that is a string or an integer."""
        if self.found is None:
            return None
        start, end, kind = self.found[field : field + 3]
        if kind == STRING:
            return self.content[start + 1 : end - 1].decode("utf-8")
        if kind == INTEGER:
            return int(self.content[start:end])
        if kind != ESCAPED_STRING:
            return None
        value: str = json.loads(self.content[start:end])
        return value


class Documents(Lazy[Document]):
    """Some documents of a run in their order, (documents,): each with the number of its task, whole or as a draft."""

    def __init__(
        self,
        tasks: Sequence[Task],
        numbers: Sequence[int],
        drafts: Sequence[Draft | Document],
        texts: Texts | None = None,
    ) -> None:
        self.tasks = tasks  # (documents,)
        self.numbers = numbers  # of the tasks in the run
        self.texts = texts  # None where all documents are whole
        self._drafts = list(drafts)

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self._drafts)

    def _one(self, place: int) -> Document:
        """Return a document; it is made once."""
        draft = self._drafts[place]
        if isinstance(draft, Document):
            return draft
        assert self.texts is not None
        made = self._drafts[place] = draft.document(self.texts[place])
        return made

    def one(self, place: int) -> Documents:
        """Return one of the documents by itself."""
        return Documents([self.tasks[place]], [self.numbers[place]], [self[place]])

    def draft(self, place: int) -> Draft | Document:
        """Return what is known of a document, without making it."""
        return self._drafts[place]

    def record(self, place: int) -> int:
        """Return the index of a document in its container."""
        draft = self._drafts[place]
        return draft.key.index if isinstance(draft, Document) else draft.record

    @cached_property
    def distinct_tasks(self) -> list[Task]:
        """The tasks of the documents, one for each set of rules and of catalogs."""
        tasks = dict(zip(self.numbers, self.tasks, strict=True))
        return [*{(id(task.rules), task.file.options.catalogs): task for task in tasks.values()}.values()]

    @property
    def sizes(self) -> list[int]:
        """How many code points each has."""
        if self.texts is not None:
            sizes: list[int] = self.texts.sizes.tolist()
            return sizes
        return [len(document.text) for document in self]

    def rows(self, text_hashes: Hashes) -> Rows:
        """Return what the corpus stage has to know about them; `text_hashes` are those of their words."""
        records, ids, kinds = [], [], []
        for draft in self._drafts:
            if isinstance(draft, Document):
                key = draft.key
                records.append(key.index)
                ids.append(None if key.id is None else key.id.encode("utf-8", "surrogatepass"))
                kinds.append((key.field, key.site))
            else:
                records.append(draft.record)
                ids.append(draft.written_id)
                kinds.append(draft.kind)
        return Rows.of(self.numbers, records, Names.of(ids, kinds), self.sizes, text_hashes)
