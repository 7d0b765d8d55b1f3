"""The project's own catalogs: phrases of the sites a corpus comes from, beside those that every corpus knows.

A file has the form of the catalogs in `corpuslint/catalog`; the configuration names it under `catalog`, and
`corpuslint mine` writes one. Which documents it counts for is the configuration's business.
"""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import product
from pathlib import Path

from corpuslint.phrases import KINDS, STRENGTHS, Catalog


class BadCatalog(ValueError):
    """A file that is no catalog; the message says why."""


@cache
def with_digest(file: str) -> tuple[str, str]:
    """Return what documents and caches name a catalog by: its path and the hash of its content; raises BadCatalog."""
    try:
        return file, hashlib.blake2b(Path(file).read_bytes(), digest_size=8).hexdigest()
    except OSError as error:
        raise BadCatalog(f"{file} cannot be read: {error.strerror}") from None


def project_catalogs(files: tuple[tuple[str, str], ...]) -> tuple[Catalog, ...]:
    """Return the catalogs of some files, each with its digest; raises BadCatalog."""
    return tuple(project_catalog(file) for file, _ in files)


@cache
def project_catalog(file: str) -> Catalog:
    """Read a catalog file, once; raises BadCatalog."""
    import tomllib

    try:
        content = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadCatalog(f"{file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadCatalog(f"{file} is not TOML: {error}") from None
    tables = {key: table for key, table in content.items() if isinstance(table, dict)}
    if unknown := sorted(tables.keys() - set(KINDS)):
        raise BadCatalog(f"{file}: unknown table {unknown[0]!r}; kinds are {', '.join(KINDS)}")
    catalog = Catalog()
    try:
        for strength, kind in product(reversed(STRENGTHS), reversed(KINDS)):
            catalog.add(tables.get(kind, {}), kind, str(content.get("language", "")), strength)
    except (ValueError, AttributeError, TypeError) as error:
        raise BadCatalog(f"{file}: {error}") from None
    return catalog
