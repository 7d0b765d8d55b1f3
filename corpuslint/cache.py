"""The cache on disk: what the document stage said about each file, in one SQLite file under the run's root.

It may never break a run: whatever goes wrong (a full disk, another run's lock, a damaged file) becomes one note, and
the run goes on without a cache. The folder lies in a corpus that may be hostile: nothing in it is executed or
unpickled, and links are not followed. What is stored is for `recall` to say.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.sources import SourceFile

if TYPE_CHECKING:
    import sqlite3

FOLDER = Path(".corpuslint", "cache")  # below the run's root
FILE = "results-2.sqlite"  # the number is that of the tables below
LOCK_SECONDS = 10.0  # how long a run waits for another one that is writing
HASH_BYTES = 16
PIECE = 1 << 20  # bytes of a large file that are hashed at a time
PAGE = 1 << 15  # bytes of a page of the file: columns are long, and are read through a chain of pages
OLD_SETUPS = 4  # sets of rules and options whose results are kept besides those of the present run

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
"""
OF_SETUP = ("segments", "evidence", "answers")


class CacheTrouble(Exception):
    """The cache cannot be used; the message says why."""


class Setup(NamedTuple):
    """What results depend on besides a file's content: version, rules with their options, how records are read."""

    version: str
    rules: str
    reading: str


def content_hash(content: bytes) -> bytes:
    """Return the hash by which a file's content is known again."""
    return hashlib.blake2b(content, digest_size=HASH_BYTES).digest()


def encoded(name: str) -> bytes:
    """Return a file's name as the cache keys it; names that are no UTF-8 have lone surrogates."""
    return name.encode("utf-8", "surrogatepass")


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


class Held(NamedTuple):
    """A segment that the cache holds."""

    id: int  # a later one has a greater number
    files: int


class Cache:
    """One open cache; every method raises CacheTrouble."""

    def __init__(self, root: Path) -> None:
        self.root = root
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
            # What is read is what was there when reading began, whatever other runs write meanwhile.
            self._reader = _connect(self.file)
            self._reader.execute("BEGIN")

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
                connection.execute(
                    "DELETE FROM pieces WHERE segment IN (SELECT id FROM segments WHERE setup = ?)", (number,)
                )
                for table in OF_SETUP:
                    connection.execute(f"DELETE FROM {table} WHERE setup = ?", (number,))
                connection.execute("DELETE FROM setups WHERE id = ?", (number,))

    def segments(self, setup: int) -> list[Held]:
        """Return the segments of a setup, the last first."""
        with _trouble():
            query = "SELECT id, files FROM segments WHERE setup = ? AND pending = x'' ORDER BY id DESC"
            return [Held(*row) for row in self._reader.execute(query, (setup,))]

    def pieces(self, segment: int, name: str, wanted: Sequence[int] | None = None) -> list[bytes]:
        """Return the wanted pieces of a column, or all of them."""
        query = "SELECT content FROM pieces WHERE segment = ? AND name = ?"
        with _trouble():
            if wanted is None:
                rows = self._reader.execute(f"{query} ORDER BY piece", (segment, name)).fetchall()
                return [content for (content,) in rows]
            one = f"{query} AND piece = ?"
            found = [self._reader.execute(one, (segment, name, piece)).fetchone() for piece in wanted]
            if None in found:
                raise CacheTrouble("a piece of it is lost")
            return [content for (content,) in found]

    def columns(self, segment: int, names: Sequence[str]) -> dict[str, bytes]:
        """Return whole columns of a segment, those that it has."""
        with _trouble():
            found = {name: b"".join(self.pieces(segment, name)) for name in names}
            return {name: content for name, content in found.items() if content}

    def write(
        self,
        setup: int,
        files: int,
        columns: Mapping[str, Sequence[bytes]],
        *,
        pending: bytes = b"",
        instead_of: Sequence[int] = (),
    ) -> None:
        """Store a segment, all of it or nothing; where it stands for others that another run has replaced, nothing.

        `pending` says of which large file it is a part; it counts once it stands in a segment without.
        """
        with _trouble(), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            there = {number for (number,) in connection.execute("SELECT id FROM segments")}
            if not there.issuperset(instead_of):
                return
            # The greatest number is taken before others go, so that no later segment gets one that was in use.
            number = max(there, default=0) + 1
            connection.execute("INSERT INTO segments VALUES (?, ?, ?, ?)", (number, setup, files, pending))
            _drop(connection, instead_of)
            connection.executemany(
                "INSERT INTO pieces VALUES (?, ?, ?, ?)",
                (
                    (number, name, place, content)
                    for name, pieces in columns.items()
                    for place, content in enumerate(pieces)
                ),
            )

    def pending(self, setup: int, pending: bytes) -> list[int]:
        """Return the segments that are parts of a large file."""
        with _trouble():
            query = "SELECT id FROM segments WHERE setup = ? AND pending = ? ORDER BY id"
            return [number for (number,) in self._connection.execute(query, (setup, pending))]

    def drop(self, segments: Sequence[int]) -> None:
        """Drop segments."""
        with _trouble(), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            _drop(connection, segments)

    def all_pending(self, setup: int) -> list[int]:
        """Return the parts of all large files of a setup."""
        with _trouble():
            query = "SELECT id FROM segments WHERE setup = ? AND pending <> x''"
            return [number for (number,) in self._connection.execute(query, (setup,))]

    def look_again(self) -> None:
        """Read from now on what is there now."""
        with _trouble():
            self._reader.execute("ROLLBACK")
            self._reader.execute("BEGIN")

    def setups(self) -> list[tuple[int, Setup]]:
        """Return all setups, the one that was used last first."""
        with _trouble():
            query = "SELECT id, version, rules, reading FROM setups ORDER BY used DESC"
            return [(number, Setup(*setup)) for number, *setup in self._reader.execute(query)]

    def answers(self, setup: int) -> dict[bytes, str]:
        """Return what was found out before, by what it depends on."""
        with _trouble():
            return dict(self._reader.execute("SELECT question, answer FROM answers WHERE setup = ?", (setup,)))

    def write_answers(self, setup: int, answers: Mapping[bytes, str], forgotten: Iterable[bytes]) -> None:
        """Store answers and drop those to questions that are no longer asked, all or nothing."""
        with _trouble(), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "DELETE FROM answers WHERE setup = ? AND question = ?", ((setup, question) for question in forgotten)
            )
            connection.executemany(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", ((setup, *each) for each in answers.items())
            )

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

        for connection in (self._reader, self._connection):
            with contextlib.suppress(sqlite3.Error):
                connection.close()


@contextlib.contextmanager
def _trouble() -> Iterator[None]:
    import sqlite3

    try:
        yield
    except (sqlite3.Error, OSError, OverflowError, MemoryError, TypeError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise CacheTrouble(what or type(error).__name__) from None


def _drop(connection: sqlite3.Connection, segments: Sequence[int]) -> None:
    for number in segments:
        connection.execute("DELETE FROM segments WHERE id = ?", (number,))
        connection.execute("DELETE FROM pieces WHERE segment = ?", (number,))


def _connect(file: Path) -> sqlite3.Connection:
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
