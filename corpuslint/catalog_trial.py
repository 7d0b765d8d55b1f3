"""Tries a catalog on a corpus: which lines its phrases are, which were known, and which stand inside an article.

The author of a catalog reads this before anybody's text is changed. Where phrases come from and how they match
is for `corpuslint.catalogs` and `corpuslint.phrases`; nothing here decides what is junk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from corpuslint.document import Document
from corpuslint.junk import is_prose, junk_blocks, match_line
from corpuslint.phrases import Catalog


@dataclass
class Catch:
    """What the phrases of one kind and strength are in a corpus; every count is of lines."""

    kind: str
    strength: str
    lines: int = 0
    documents: int = 0
    known: int = 0  # the catalogs that ship with corpuslint find them already
    inside: int = 0  # between two lines of prose: read these, a sentence or a heading may be among them
    texts: Counter[str] = field(default_factory=Counter)
    inside_texts: Counter[str] = field(default_factory=Counter)


def try_catalog(catalog: Catalog, documents: Iterable[Document]) -> list[Catch]:
    """Return what a catalog's phrases are in these documents, most lines first."""
    catches: dict[tuple[str, str], Catch] = {}
    for document in documents:
        prose = [n for n in document.written_lines if is_prose(document.line_text(n))]
        known = {n for block in document.fact(junk_blocks) for n in range(block.first, block.last + 1)}
        seen = set()
        for number in document.written_lines:
            match = match_line(document.line_text(number).strip(), document.normal_lines[number], (catalog,))
            if match is None:
                continue
            key = (match.kind, match.entry.strength)
            catch = catches.setdefault(key, Catch(*key))
            seen.add(key)
            _count(catch, document.line_text(number).strip(), number in known, _between(number, prose))
        for key in seen:
            catches[key].documents += 1
    return sorted(catches.values(), key=lambda catch: (-catch.lines, catch.kind, catch.strength))


def _count(catch: Catch, text: str, known: bool, inside: bool) -> None:
    catch.lines += 1
    catch.known += known
    catch.texts[text] += 1
    if inside:
        catch.inside += 1
        catch.inside_texts[text] += 1


def _between(number: int, prose: list[int]) -> bool:
    return bool(prose) and prose[0] < number < prose[-1]
