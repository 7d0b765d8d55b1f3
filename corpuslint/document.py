"""Document: one text with its place in the corpus, and the facts about it that several rules ask for.

Facts are computed once, on first use. What the text is worth is for the rules to say.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeVar, cast

from corpuslint.normal import normal, script_of
from corpuslint.text import LARGE, Line, PositionIndex, Span, split_lines

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """Where a document stands in its container: record index from 0, its own id, the field its text was read from."""

    index: int = 0
    id: str | None = None
    field: str | None = None
    site: str | None = None  # where its text comes from, where the record says so

    def __reduce__(self) -> tuple[type[DocumentKey], tuple[object, ...]]:
        """Travel as the values: by name, as dataclasses do it, takes four times as long."""
        return DocumentKey, (self.index, self.id, self.field, self.site)


class ContainerLine(NamedTuple):
    """The line of a container that holds a document: number from 1, width in code points without its line end."""

    number: int
    width: int


@dataclass(frozen=True)
class Document:
    """One text of the corpus; `path` is relative to the run's root, with "/"."""

    path: str
    text: str = field(repr=False)
    key: DocumentKey = DocumentKey()
    record: ContainerLine | None = None  # None where the file is the document
    language: str = ""  # a language tag ("ar", "zh-Hans") where the record itself gives one
    catalogs: tuple[tuple[str, str], ...] = ()  # files of the project's own interface phrases, with their digests
    _facts: dict[object, object] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def lines(self) -> Sequence[Line]:
        """The lines of the text."""
        return split_lines(self.text)

    @cached_property
    def normal_lines(self) -> tuple[str, ...]:
        """The normal form of each line; "" for a line without words."""
        text = self.text
        made = (normal(text[line.start : line.end]) for line in self.lines)
        if len(text) < LARGE:
            return tuple(made)
        seen: dict[str, str] = {}  # what many lines of a large text say is held once
        return tuple(seen.setdefault(line, line) for line in made)

    @cached_property
    def written_lines(self) -> Sequence[int]:
        """Numbers (from 0) of the lines that hold anything but white space."""
        text = self.text
        written = (
            n
            for n, line in enumerate(self.lines)
            if not text[line.start : line.end].isspace() and line.end > line.start
        )
        return tuple(written) if len(text) < LARGE else array("I", written)

    @cached_property
    def positions(self) -> PositionIndex:
        """Lines and columns of the text."""
        return PositionIndex(self.text, self.lines)

    @cached_property
    def scripts(self) -> Counter[str]:
        """How many letters of each script the text holds."""
        scripts: Counter[str] = Counter()
        for character, count in Counter(self.text).items():
            if script := script_of(character):
                scripts[script] += count
        return scripts

    @property
    def script_names(self) -> frozenset[str]:
        """The scripts of its letters, without their counts: a fraction of the cost of `scripts`."""
        return self.fact(script_names)

    @property
    def script(self) -> str:
        """The script of most letters ("ARABIC", "LATIN", …), "" without any."""
        # Equal counts are settled by name: the answer must not depend on the order of the letters.
        return max(self.scripts.items(), key=lambda item: (item[1], item[0]), default=("", 0))[0]

    def line_text(self, number: int) -> str:
        """Return the text of a line (from 0) without its line end."""
        line = self.lines[number]
        return self.text[line.start : line.end]

    def lines_span(self, first: int, last: int) -> Span:
        """Return the span of the lines `first` to `last` (from 0, both included) without the last line end."""
        return Span(self.lines[first].start, self.lines[last].end)

    def fact(self, compute: Callable[[Document], T]) -> T:
        """Return `compute(self)`, computed once a document however many rules ask."""
        if compute not in self._facts:
            self._facts[compute] = compute(self)
        return cast("T", self._facts[compute])

    def learn(self, compute: Callable[[Document], T], value: T) -> None:
        """Take a fact that was found for many documents at once."""
        self._facts[compute] = value


def script_names(document: Document) -> frozenset[str]:
    """Return the scripts of a document's letters: a fact that a scan may know already."""
    return frozenset(script_of(character) for character in set(document.text)) - {""}
