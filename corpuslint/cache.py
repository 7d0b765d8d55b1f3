"""The cache on disk: what the document stage said about each file, in one SQLite file under the run's root.

It may never break a run: whatever goes wrong (a full disk, another run's lock, a damaged file) becomes one note, and
the run goes on without a cache. The folder lies in a corpus that may be hostile: nothing in it is executed or
unpickled, and links are not followed. What is stored is for `recall` to say.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.sources import SourceFile

if TYPE_CHECKING:
    import sqlite3

FOLDER = Path(".corpuslint", "cache")  # below the run's root
FILE = "results-1.sqlite"  # the number is that of the tables below
LOCK_SECONDS = 10.0  # how long a run waits for another one that is writing
HASH_BYTES = 16
PIECE = 1 << 20  # bytes of a large file that are hashed at a time
OLD_SETUPS = 4  # sets of rules and options whose results are kept besides those of the present run

TABLES = """
CREATE TABLE IF NOT EXISTS setups (
    id INTEGER PRIMARY KEY, version TEXT NOT NULL, rules TEXT NOT NULL, reading TEXT NOT NULL, used INTEGER NOT NULL,
    UNIQUE (version, rules, reading));
CREATE TABLE IF NOT EXISTS files (
    setup INTEGER NOT NULL, name BLOB NOT NULL,
    size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER, recorded INTEGER, digest BLOB,
    parts INTEGER NOT NULL, documents INTEGER, characters INTEGER, names TEXT, found TEXT, rows BLOB, records BLOB,
    PRIMARY KEY (setup, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parts (
    setup INTEGER NOT NULL, name BLOB NOT NULL, part INTEGER NOT NULL, digest BLOB,
    documents INTEGER, characters INTEGER, names TEXT, found TEXT, rows BLOB, records BLOB,
    PRIMARY KEY (setup, name, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS evidence (
    setup INTEGER NOT NULL, code TEXT NOT NULL, name BLOB NOT NULL, record INTEGER NOT NULL, digest BLOB, found BLOB,
    PRIMARY KEY (setup, code, name, record)) WITHOUT ROWID;
"""


class CacheTrouble(Exception):
    """The cache cannot be used; the message says why."""


class Setup(NamedTuple):
    """What results depend on besides a file's content: version, rules with their options, how records are read."""

    version: str
    rules: str
    reading: str


class Status(NamedTuple):
    """What a file's directory entry says; equal ones mean equal content, unless the file was only just written."""

    size: int
    mtime: int
    ctime: int
    inode: int


def status_of(file: SourceFile) -> Status | None:
    """Return the status of a file, None for standard input and what cannot be looked at."""
    if file.content is not None:
        return None
    try:
        found = file.path.stat()
    except OSError:
        return None
    return Status(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def content_hash(content: bytes) -> bytes:
    """Return the hash by which a file's content is known again."""
    return hashlib.blake2b(content, digest_size=HASH_BYTES).digest()


def file_hash(file: SourceFile) -> bytes:
    """Return the same hash of a file that may be large; nothing where it cannot be read."""
    running = hashlib.blake2b(digest_size=HASH_BYTES)
    try:
        with file.open() as stream:
            while piece := stream.read(PIECE):
                running.update(piece)
    except OSError:
        return b""
    return running.digest()


class Stored(NamedTuple):
    """The result of the document stage on a file, or on one part of a large one, as it is stored."""

    documents: int
    characters: int
    names: str | None  # ids and fields of the documents where they have any, JSON
    found: str | None  # findings and skips where there are any, JSON
    rows: bytes
    records: bytes


class File(NamedTuple):
    """A stored file; `parts` is 0 where the result stands here, else the number of parts that hold it."""

    name: bytes
    status: Status
    recorded: int  # nanoseconds since 1970, before the file was read
    digest: bytes
    parts: int
    stored: Stored


class Cache:
    """One open cache; every method raises CacheTrouble."""

    def __init__(self, root: Path) -> None:
        self.file = root / FOLDER / FILE
        with _trouble():
            for path in (root / FOLDER.parent, root / FOLDER, self.file):
                if path.is_symlink():
                    raise CacheTrouble(f"{path} is a link, which the cache does not follow")
            self.file.parent.mkdir(parents=True, exist_ok=True)
            ignore = self.file.parent / ".gitignore"
            if not ignore.exists() and not ignore.is_symlink():
                ignore.write_text("*\n", encoding="utf-8")
            self._connection = _connect(self.file)

    def setup(self, setup: Setup) -> int:
        """Return the number of a setup; it counts as used now."""
        with _trouble(), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT OR IGNORE INTO setups VALUES (NULL, ?, ?, ?, 0)", setup)
            where = "WHERE version = ? AND rules = ? AND reading = ?"
            connection.execute(f"UPDATE setups SET used = ? {where}", (time.time_ns(), *setup))
            return int(connection.execute(f"SELECT id FROM setups {where}", setup).fetchone()[0])

    def forget_others(self, setups: Sequence[int]) -> None:
        """Drop the results of all setups but these and the OLD_SETUPS that were used last."""
        with _trouble(), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            others = [
                number
                for (number,) in connection.execute("SELECT id FROM setups ORDER BY used DESC")
                if number not in setups
            ]
            for number in others[OLD_SETUPS:]:
                for table in ("files", "parts", "evidence"):
                    connection.execute(f"DELETE FROM {table} WHERE setup = ?", (number,))
                connection.execute("DELETE FROM setups WHERE id = ?", (number,))

    def files(self, setup: int) -> Iterator[File]:
        """Yield what is stored about files under a setup."""
        with _trouble():
            rows = self._connection.execute(
                "SELECT name, size, mtime, ctime, inode, recorded, digest, parts,"
                " documents, characters, names, found, rows, records FROM files WHERE setup = ?",
                (setup,),
            )
            for row in rows:
                yield File(row[0], Status(*row[1:5]), row[5], row[6], row[7], Stored(*row[8:]))

    def parts(self, setup: int, name: bytes, digest: bytes) -> list[Stored]:
        """Return the stored parts of a large file, in order."""
        with _trouble():
            rows = self._connection.execute(
                "SELECT documents, characters, names, found, rows, records FROM parts"
                " WHERE setup = ? AND name = ? AND digest = ? ORDER BY part",
                (setup, name, digest),
            )
            return [Stored(*row) for row in rows]

    def write(self, setup: int, files: Sequence[File]) -> None:
        """Store files, all or none."""
        with _trouble(), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                f"INSERT OR REPLACE INTO files VALUES ({', '.join('?' * 15)})",
                ((setup, f.name, *f.status, f.recorded, f.digest, f.parts, *f.stored) for f in files),
            )

    def write_part(self, setup: int, name: bytes, part: int, digest: bytes, stored: Stored) -> None:
        """Store a part of a large file."""
        with _trouble(), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                f"INSERT OR REPLACE INTO parts VALUES ({', '.join('?' * 10)})", (setup, name, part, digest, *stored)
            )

    def forget_other_parts(self, setup: int, name: bytes, digest: bytes) -> None:
        """Drop the parts of a large file's former contents."""
        with _trouble():
            where = "setup = ? AND name = ? AND digest <> ?"
            self._connection.execute(f"DELETE FROM parts WHERE {where}", (setup, name, digest))

    def latest_setup(self, name: bytes) -> Setup | None:
        """Return the setup under which a file was last checked."""
        with _trouble():
            row = self._connection.execute(
                "SELECT version, rules, reading FROM setups WHERE id IN (SELECT setup FROM files WHERE name = ?"
                " AND setup IN (SELECT id FROM setups)) ORDER BY used DESC LIMIT 1",
                (name,),
            ).fetchone()
        return Setup(*row) if row else None

    def evidence(self, setup: int, code: str) -> Iterator[tuple[bytes, int, bytes, bytes]]:
        """Yield name, record, digest of the file and the evidence of documents that were compared before."""
        with _trouble():
            yield from self._connection.execute(
                "SELECT name, record, digest, found FROM evidence WHERE setup = ? AND code = ?", (setup, code)
            )

    def write_evidence(self, setup: int, code: str, rows: Sequence[tuple[bytes, int, bytes, bytes]]) -> None:
        """Store the evidence of documents, all or none."""
        with _trouble(), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT OR REPLACE INTO evidence VALUES (?, ?, ?, ?, ?, ?)",
                ((setup, code, name, record, digest, found) for name, record, digest, found in rows),
            )

    def close(self) -> None:
        """Close the file."""
        import sqlite3

        with contextlib.suppress(sqlite3.Error):
            self._connection.close()


@contextlib.contextmanager
def _trouble() -> Iterator[None]:
    import sqlite3

    try:
        yield
    except (sqlite3.Error, OSError, OverflowError, MemoryError, TypeError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise CacheTrouble(what or type(error).__name__) from None


def _connect(file: Path) -> sqlite3.Connection:
    import sqlite3

    connection = sqlite3.connect(file, timeout=LOCK_SECONDS, isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
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
