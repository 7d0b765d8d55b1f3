"""Where phrases come from: `catalog/<language>.toml` as people write them, `catalog/compiled/` as programs load them.

Reading and folding all languages takes longer than checking a small corpus, so `python -m scripts.generate` folds,
merges and cuts them by script beforehand; a test holds the two forms together. Matching is in `corpuslint.phrases`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from corpuslint.normal import normal_lines
from corpuslint.phrases import KINDS, NAME_LISTS, STRENGTHS, Catalog, Entry, Pattern, phrase_lines

FOLDER = Path(__file__).parent / "catalog"
COMPILED = FOLDER / "compiled"


def catalogs_of(scripts: Iterable[str]) -> tuple[Catalog, ...]:
    """Return the catalogs for a document's scripts, in the order of their names."""
    found = (compiled(script) for script in sorted(scripts))
    return tuple(catalog for catalog in found if catalog is not None)


@cache
def names_of(kind: str, scripts: frozenset[str]) -> frozenset[str]:
    """Return the names of a list (one of NAME_LISTS) for a document's scripts."""
    return frozenset[str]().union(*(catalog.names.get(kind, ()) for catalog in catalogs_of(scripts)))


@cache
def compiled(script: str) -> Catalog | None:
    """Return the phrases of a script's languages; None for a script that no catalog is for."""
    try:
        content = json.loads((COMPILED / f"{script}.json").read_bytes())
    except FileNotFoundError:
        return None
    return from_json(content)


def from_json(content: dict[str, Any]) -> Catalog:
    """Make a catalog of its compiled form."""
    catalog = Catalog()
    entries = [Entry(*entry) for entry in content["entries"]]
    for number, block in content["literal"]:
        catalog.literal.update(dict.fromkeys(block.split("\n"), entries[number]))
    for number, block in content["trailing"]:
        catalog.trailing.update(dict.fromkeys(block.split("\n"), entries[number]))
    for number, rows in content["patterns"]:
        for head, slot, tail, sign, end in rows:
            catalog.add_pattern(Pattern(tuple(head.split()), slot, tuple(tail.split()), sign, end, entries[number]))
    catalog.names = {kind: frozenset(block.split("\n")) for kind, block in content["names"].items()}
    return catalog


def to_json(catalog: Catalog) -> dict[str, Any]:
    """Return the compiled form of a catalog."""
    entries: dict[Entry, int] = {}
    literal: dict[int, list[str]] = {}
    trailing: dict[int, list[str]] = {}
    patterns: list[tuple[int, list[list[Any]]]] = []  # runs of one entry, in their order
    for phrases, groups in ((catalog.literal, literal), (catalog.trailing, trailing)):
        for phrase, entry in phrases.items():
            groups.setdefault(entries.setdefault(entry, len(entries)), []).append(phrase)
    for pattern in catalog.patterns:
        head, slot, tail, *marks, entry = pattern
        row = [" ".join(head), slot, " ".join(tail), *marks]
        number = entries.setdefault(entry, len(entries))
        if not patterns or patterns[-1][0] != number:
            patterns.append((number, []))
        patterns[-1][1].append(row)
    return {
        "entries": [list(entry) for entry in entries],
        "literal": [[number, "\n".join(sorted(block))] for number, block in literal.items()],
        "trailing": [[number, "\n".join(block)] for number, block in trailing.items()],
        "patterns": patterns,
        "names": {kind: "\n".join(sorted(names)) for kind, names in sorted(catalog.names.items()) if names},
    }


def compile_all(folder: Path = FOLDER) -> dict[str, str]:
    """Return the compiled files of all scripts by name, as JSON text."""
    return {
        f"{script}.json": json.dumps(to_json(catalog), ensure_ascii=False, indent=0) + "\n"
        for script, catalog in sorted(written(folder).items())
    }


def written(folder: Path = FOLDER) -> dict[str, Catalog]:
    """Return the phrases of all languages by script, as the TOML files say; raises ValueError."""
    import tomllib

    contents = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"), reverse=True)]
    scripts = {script: Catalog() for content in contents for script in content["scripts"]}
    # A phrase of several claims is the strongest, the first kind's, the first language's; but the English catalog
    # has the last word on English phrases, which sites of every language use.
    english = [content for content in contents if content["language"] == "en"]
    for group in ([content for content in contents if content not in english], english):
        for strength, kind, content in product(reversed(STRENGTHS), reversed(KINDS), group):
            for script in content["scripts"] if kind in content else ():
                scripts[script].add(content[kind], kind, content["language"], strength)
    for content in contents:
        for script in content["scripts"]:
            _add_names(scripts[script], content)
    return scripts


def from_toml(path: Path) -> Catalog:
    """Read one catalog file by itself, a user's or one that is being written.

    Raises ValueError with what is wrong in it, OSError where it cannot be read.
    """
    import tomllib

    content = tomllib.loads(path.read_text(encoding="utf-8"))
    language = content.get("language", "")
    unknown = {name for name, value in content.items() if isinstance(value, dict)} - {*KINDS, *NAME_LISTS}
    if unknown:
        raise ValueError(f"unknown table [{min(unknown)}]; kinds are {', '.join(KINDS)}")
    catalog = Catalog()
    for strength, kind in product(reversed(STRENGTHS), reversed(KINDS)):
        if kind in content:
            catalog.add(content[kind], kind, language, strength)
    _add_names(catalog, content)
    return catalog


def _add_names(catalog: Catalog, content: dict[str, Any]) -> None:
    for names in NAME_LISTS:
        if listed := normal_lines(phrase_lines(content.get(names, {}).get("names", ""))):
            catalog.names[names] = catalog.names.get(names, frozenset()).union(listed)
