"""The tables of the cache, made in a new file and looked at in an old one: nothing but these may be there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

LOCK_SECONDS = 10.0  # how long a run waits for another one that is writing
PAGE = 1 << 15  # bytes of a page of the file: columns are long, and are read through a chain of pages

TABLES = """
CREATE TABLE IF NOT EXISTS setups (
    id INTEGER PRIMARY KEY, version TEXT NOT NULL, rules TEXT NOT NULL, reading TEXT NOT NULL, used INTEGER NOT NULL,
    UNIQUE (version, rules, reading));
CREATE TABLE IF NOT EXISTS segments (
    id INTEGER PRIMARY KEY, setup INTEGER NOT NULL, files INTEGER NOT NULL, pending BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS pieces (
    segment INTEGER NOT NULL, name TEXT NOT NULL, piece INTEGER NOT NULL, content BLOB NOT NULL,
    UNIQUE (segment, name, piece));
CREATE TABLE IF NOT EXISTS evidence (
    setup INTEGER NOT NULL, code TEXT NOT NULL, name BLOB NOT NULL, record INTEGER NOT NULL, digest BLOB, found BLOB,
    PRIMARY KEY (setup, code, name, record)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
    setup INTEGER NOT NULL, question BLOB NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY (setup, question)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS silent (setup INTEGER PRIMARY KEY, questions BLOB NOT NULL);
"""
OF_SETUP = ("segments", "evidence", "answers", "silent")


class CacheTrouble(Exception):
    """The cache cannot be used; the message says why."""


@contextlib.contextmanager
def trouble() -> Iterator[None]:
    """Raise CacheTrouble for whatever goes wrong with a database or a file."""
    import sqlite3

    try:
        yield
    except (sqlite3.Error, OSError, OverflowError, MemoryError, TypeError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise CacheTrouble(what or type(error).__name__) from None


def connect(file: Path) -> sqlite3.Connection:
    """Open a database with these tables; raises CacheTrouble where it holds others."""
    import sqlite3

    connection = sqlite3.connect(file, timeout=LOCK_SECONDS, isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute(f"PRAGMA page_size = {PAGE}")
    # A reader does not wait for a writer, and a kill at any instant leaves the last whole transaction.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    with connection:
        connection.execute("BEGIN IMMEDIATE")  # two first runs at once make the tables once
        if not _has_our_tables(connection):
            for table in TABLES.split(";"):
                connection.execute(table)
    return connection


def _has_our_tables(connection: sqlite3.Connection) -> bool:
    """Say whether the tables are there; raises CacheTrouble where there is anything else."""
    found: Mapping[str, str] = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    if not found:
        return False
    ours = {" ".join(sql.replace(" IF NOT EXISTS", "").split()) for sql in TABLES.split(";") if sql.strip()}
    # A view or a trigger could do what a table cannot.
    if {" ".join(sql.split()) for sql in found.values()} != ours:
        raise CacheTrouble("it is not a cache of this version")
    return True
