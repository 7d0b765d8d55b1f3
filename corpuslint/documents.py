"""Documents that are looked at together: what is known of each, and the document itself when somebody asks for it.

Most documents of a corpus are never asked for: the scan says of their code points that no rule has anything to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

from corpuslint.document import ContainerLine, Document, DocumentKey
from corpuslint.rows import Kind, Names, Rows
from corpuslint.shards import Task
from corpuslint.sources import SourceFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.scan.texts import Texts

    Hashes = NDArray[np.uint64]


class Draft(NamedTuple):
    """All of a document but its text."""

    file: SourceFile
    record: int = 0  # its index in the container, from 0
    id: str | None = None
    site: str | None = None
    place: tuple[int, int] | None = None  # number and width of its line in the container; None where it is the file
    language: str = ""

    @property
    def kind(self) -> Kind:
        """Field and site."""
        return None if self.place is None else self.file.options.text_field, self.site

    def document(self, text: str) -> Document:
        """Return the document with its text."""
        key = DocumentKey(self.record, self.id, *self.kind)
        line = None if self.place is None else ContainerLine(*self.place)
        return Document(self.file.name, text, key, line, self.language, self.file.options.catalogs)


class Documents(Sequence[Document]):
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

    @overload
    def __getitem__(self, place: int) -> Document: ...
    @overload
    def __getitem__(self, place: slice) -> list[Document]: ...
    def __getitem__(self, place: int | slice) -> Document | list[Document]:
        """Return a document; it is made once."""
        if isinstance(place, slice):
            return [self[number] for number in range(len(self))[place]]
        draft = self._drafts[place]
        if isinstance(draft, Document):
            return draft
        assert self.texts is not None
        made = self._drafts[place] = draft.document(self.texts[place])
        return made

    def one(self, place: int) -> Documents:
        """Return one of the documents by itself."""
        return Documents([self.tasks[place]], [self.numbers[place]], [self[place]])

    def record(self, place: int) -> int:
        """Return the index of a document in its container."""
        draft = self._drafts[place]
        return draft.key.index if isinstance(draft, Document) else draft.record

    @property
    def distinct_tasks(self) -> list[Task]:
        """The tasks of the documents, one for each set of rules and of catalogs."""
        return [*{(id(task.rules), task.file.options.catalogs): task for task in self.tasks}.values()]

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
                records.append(draft.key.index)
                ids.append(draft.key.id)
                kinds.append((draft.key.field, draft.key.site))
            else:
                records.append(draft.record)
                ids.append(draft.id)
                kinds.append(draft.kind)
        return Rows.of(self.numbers, records, Names.of(ids, kinds), self.sizes, text_hashes)
