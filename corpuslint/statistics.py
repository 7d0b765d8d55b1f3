"""What a corpus holds: documents, characters, words, scripts, languages where known, and how long documents are.

Nothing here looks for defects, and no text is kept: a document leaves a handful of numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from corpuslint.document import Document, DocumentKey
from corpuslint.languages import language_of
from corpuslint.normal import words
from corpuslint.sources import Skip, SourceFile, read

PERCENTILES = (0, 5, 25, 50, 75, 95, 99, 100)


class DocumentFacts(NamedTuple):
    """What is kept of a document: its place, its length in code points and words, script and language ("" unknown)."""

    path: str
    key: DocumentKey
    characters: int
    words: int
    script: str
    language: str

    @classmethod
    def of(cls, document: Document) -> DocumentFacts:
        """Measure a document; a character of a script that writes no spaces counts as a word."""
        return cls(
            document.path,
            document.key,
            len(document.text),
            len(words(document.text)),
            document.script,
            language_of(document),
        )


class Share(NamedTuple):
    """How many documents and code points belong to a group."""

    documents: int
    characters: int


@dataclass(frozen=True)
class Statistics:
    """A corpus in numbers; `scripts` and `languages` are sorted, the largest first."""

    files: int
    documents: int
    characters: int
    words: int
    scripts: tuple[tuple[str, Share], ...]
    languages: tuple[tuple[str, Share], ...]
    characters_percentiles: tuple[int, ...]  # at PERCENTILES; empty without documents
    words_percentiles: tuple[int, ...]
    skipped: int = 0

    @classmethod
    def of(cls, facts: Sequence[DocumentFacts], files: int, skipped: int = 0) -> Statistics:
        """Add up the facts of all documents."""
        return cls(
            files,
            len(facts),
            sum(fact.characters for fact in facts),
            sum(fact.words for fact in facts),
            _shares((fact.script, fact) for fact in facts),
            _shares((fact.language, fact) for fact in facts),
            percentiles([fact.characters for fact in facts]),
            percentiles([fact.words for fact in facts]),
            skipped,
        )

    def as_json(self) -> dict[str, Any]:
        """Return plain values; a group without a name stands under "unknown"."""
        return {
            "files": self.files,
            "documents": self.documents,
            "characters": self.characters,
            "words": self.words,
            "scripts": {name or "unknown": share._asdict() for name, share in self.scripts},
            "languages": {name or "unknown": share._asdict() for name, share in self.languages},
            "length": {
                "characters": _named(self.characters_percentiles),
                "words": _named(self.words_percentiles),
            },
            "skipped": self.skipped,
        }


def read_facts(files: Iterable[SourceFile]) -> Iterator[DocumentFacts | Skip]:
    """Yield the facts of every document of some files, and a Skip for what cannot be read."""
    for file in files:
        for item in read(file):
            yield item if isinstance(item, Skip) else DocumentFacts.of(item)


def percentiles(values: Iterable[int]) -> tuple[int, ...]:
    """Return the values at PERCENTILES by nearest rank, so that each is the length of a real document."""
    ordered = sorted(values)
    if not ordered:
        return ()
    return tuple(ordered[max(0, -(-percent * len(ordered) // 100) - 1)] for percent in PERCENTILES)


def _shares(named: Iterable[tuple[str, DocumentFacts]]) -> tuple[tuple[str, Share], ...]:
    documents: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for name, fact in named:
        documents[name] += 1
        characters[name] += fact.characters
    ordered = sorted(documents, key=lambda name: (-characters[name], name))
    return tuple((name, Share(documents[name], characters[name])) for name in ordered)


def _named(values: tuple[int, ...]) -> dict[str, int]:
    names = {0: "least", 50: "median", 100: "most"}
    return {names.get(percent, f"p{percent}"): value for percent, value in zip(PERCENTILES, values, strict=False)}
