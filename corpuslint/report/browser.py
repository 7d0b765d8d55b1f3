"""The data behind the findings browser: columns to filter by, and cards in blocks that are unpacked when shown.

A large report stays quick since a page of it touches few blocks. Text goes into the file as JSON without "<", or
packed as base64: nothing of it can end its element. What a card says is for `cards`.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corpuslint.diagnostic import Diagnostic, Severity
from corpuslint.display import visible
from corpuslint.report.clusters import DocumentName, name_of
from corpuslint.report.markup import Element, data
from corpuslint.report.series import folder_of, language_name
from corpuslint.statistics import DocumentFacts

CAPACITY = 100_000  # findings that the page can browse; report.json has all
BLOCK = 500  # cards a block
PACK_ABOVE = 1_000_000  # characters of JSON; a smaller report stays plain, so that git shows what changed in it
FOLDERS = 400  # folders to choose from
NOT_IN_MARKUP = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


@dataclass(frozen=True)
class Filter:
    """A column to filter by: its values with their counts, and the value of each finding by number."""

    name: str
    label: str
    values: tuple[tuple[str, int], ...]
    column: tuple[int, ...]


def chosen(diagnostics: Sequence[Diagnostic], capacity: int = CAPACITY) -> list[int]:
    """Return the numbers of the findings that the page can browse: of too many, the most severe."""
    numbers = range(len(diagnostics))
    if len(diagnostics) <= capacity:
        return list(numbers)
    return sorted(sorted(numbers, key=lambda number: diagnostics[number].severity.rank)[:capacity])


def filters(diagnostics: Sequence[Diagnostic], facts: dict[DocumentName, DocumentFacts]) -> list[Filter]:
    """Return the columns by which findings are filtered, those with a single value left out."""
    columns = [
        _filter("rule", "Rule", [f"{d.code} {d.name}" for d in diagnostics]),
        _filter("severity", "Severity", [str(d.severity) for d in diagnostics], list(Severity)),
        _filter("language", "Language", [language_name(facts.get(name_of(d.place))) for d in diagnostics]),
        _filter("folder", "Folder", [folder_of(d.place.path) for d in diagnostics]),
        _filter("state", "Baseline", [d.baseline for d in diagnostics]),
        _filter("fix", "Fix", [str(d.fix.applicability) if d.fix else "none" for d in diagnostics]),
    ]
    return [column for column in columns if len(column.values) > 1]


def _filter(name: str, label: str, values: Sequence[str], order: Sequence[str] = ()) -> Filter:
    counts = Counter(visible(value) for value in values)
    names = [str(value) for value in order if value in counts] or sorted(counts)
    places = {value: number for number, value in enumerate(names)}
    column = tuple(places[visible(value)] for value in values)
    return Filter(name, label, tuple((value, counts[value]) for value in names), column)


def scripts(
    columns: Sequence[Filter],
    cards: Callable[[Sequence[int]], Iterator[Element]],
    numbers: Sequence[int],
    clusters: Sequence[Element],
) -> Iterator[str]:
    """Yield the data elements of the page, one after the other; each holds no character that HTML knows."""
    blocks = [numbers[start : start + BLOCK] for start in range(0, len(numbers), BLOCK)]
    packed = False
    for number, block in enumerate(blocks):
        text = _json([data(card) for card in cards(block)])
        packed = packed or len(text) * len(blocks) > PACK_ABOVE
        yield _script(f"findings-{number}", text, packed)
    cluster_blocks = [clusters[start : start + CLUSTER_BLOCK] for start in range(0, len(clusters), CLUSTER_BLOCK)]
    for number, items in enumerate(cluster_blocks):
        text = _json([data(item) for item in items])
        yield _script(f"clusters-{number}", text, packed or len(text) * len(cluster_blocks) > PACK_ABOVE)
    index = {
        "findings": {"count": len(numbers), "block": BLOCK},
        "clusters": {"count": len(clusters), "block": CLUSTER_BLOCK},
        "columns": {column.name: column.column for column in columns},
        "values": {column.name: [value for value, _ in column.values] for column in columns},
    }
    yield _script("index", _json(index), packed)


CLUSTER_BLOCK = 20  # clusters a block; their side-by-side texts are long


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _script(id_: str, text: str, packed: bool) -> str:
    if not packed:
        return f'<script type="application/json" id="{id_}">{text.translate(NOT_IN_MARKUP)}</script>\n'
    content = base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0)).decode("ascii")
    return f'<script type="text/plain" id="{id_}">{content}</script>\n'
