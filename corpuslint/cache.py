"""The cache on disk: what the document stage said about each file, in one SQLite file under the run's root.

It may never break a run: whatever goes wrong (a full disk, another run's lock, a damaged file) becomes one note, and
the run goes on without a cache. The folder lies in a corpus that may be hostile: nothing in it is executed or
unpickled, and links are not followed. What is stored is for `recall` to say, its tables for `cache_tables`.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.cache_tables import OF_SETUP, CacheTrouble, connect, trouble
from corpuslint.sources import SourceFile

if TYPE_CHECKING:
    import sqlite3

FOLDER = Path(".corpuslint", "cache")  # below the run's root
FILE = "results-3.sqlite"  # the number is that of the tables below
HASH_BYTES = 16
PIECE = 1 << 20  # bytes of a large file that are hashed at a time
OLD_SETUPS = 6  # setups whose results are kept besides the present ones: a run has up to three (`setups`)


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
        with trouble():
            for path in (root / FOLDER.parent, root / FOLDER, self.file):
                if path.is_symlink():
                    raise CacheTrouble(f"{path} is a link, which the cache does not follow")
            self.file.parent.mkdir(parents=True, exist_ok=True)
            ignore = self.file.parent / ".gitignore"
            if not ignore.exists() and not ignore.is_symlink():
                ignore.write_text("*\n", encoding="utf-8")
            self._connection = connect(self.file)
            # What is read is what was there when reading began, whatever other runs write meanwhile.
            self._reader = connect(self.file)
            self._reader.execute("BEGIN")

    def setup(self, setup: Setup) -> int:
        """Return the number of a setup; it counts as used now."""
        with trouble(), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT OR IGNORE INTO setups VALUES (NULL, ?, ?, ?, 0)", setup)
            where = "WHERE version = ? AND rules = ? AND reading = ?"
            connection.execute(f"UPDATE setups SET used = ? {where}", (time.time_ns(), *setup))
            return int(connection.execute(f"SELECT id FROM setups {where}", setup).fetchone()[0])

    def forget_others(self, setups: Sequence[int]) -> None:
        """Drop the results of all setups but these and the OLD_SETUPS that were used last."""
        with trouble(), self._connection as connection:
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
        with trouble():
            query = "SELECT id, files FROM segments WHERE setup = ? AND pending = x'' ORDER BY id DESC"
            return [Held(*row) for row in self._reader.execute(query, (setup,))]

    def pieces(self, segment: int, name: str, wanted: Sequence[int] | None = None) -> list[bytes]:
        """Return the wanted pieces of a column, or all of them."""
        query = "SELECT content FROM pieces WHERE segment = ? AND name = ?"
        with trouble():
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
        with trouble():
            found = {name: b"".join(self.pieces(segment, name)) for name in names}
            return {name: content for name, content in found.items() if content}

    def write(
        self,
        setup: int,
        files: int,
        columns: Iterable[tuple[str, Iterable[bytes]]],
        *,
        pending: bytes = b"",
        instead_of: Sequence[int] = (),
    ) -> None:
        """Store a segment, all of it or nothing; where it stands for others that another run has replaced, nothing.

        `columns` come one by one, each with its pieces, so that few are in memory. `pending` says of which large file
        it is a part; it counts once it stands in a segment without.
        """
        with trouble(), self._connection as connection:
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
                ((number, name, place, content) for name, pieces in columns for place, content in enumerate(pieces)),
            )

    def pending(self, setup: int, pending: bytes) -> list[int]:
        """Return the segments that are parts of a large file."""
        with trouble():
            query = "SELECT id FROM segments WHERE setup = ? AND pending = ? ORDER BY id"
            return [number for (number,) in self._connection.execute(query, (setup, pending))]

    def drop(self, segments: Sequence[int]) -> None:
        """Drop segments."""
        with trouble(), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            _drop(connection, segments)

    def all_pending(self, setup: int) -> list[int]:
        """Return the parts of all large files of a setup."""
        with trouble():
            query = "SELECT id FROM segments WHERE setup = ? AND pending <> x''"
            return [number for (number,) in self._connection.execute(query, (setup,))]

    def look_again(self) -> None:
        """Read from now on what is there now."""
        with trouble():
            self._reader.execute("ROLLBACK")
            self._reader.execute("BEGIN")

    def setups(self) -> list[tuple[int, Setup]]:
        """Return all setups, the one that was used last first."""
        with trouble():
            query = "SELECT id, version, rules, reading FROM setups ORDER BY used DESC"
            return [(number, Setup(*setup)) for number, *setup in self._reader.execute(query)]

    def answers(self, setup: int) -> dict[bytes, str]:
        """Return what was found out before, by what it depends on."""
        with trouble():
            return dict(self._reader.execute("SELECT question, answer FROM answers WHERE setup = ?", (setup,)))

    def write_answers(self, setup: int, answers: Mapping[bytes, str], forgotten: Iterable[bytes]) -> None:
        """Store answers and drop those to questions that are no longer asked, all or nothing."""
        with trouble(), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "DELETE FROM answers WHERE setup = ? AND question = ?", ((setup, question) for question in forgotten)
            )
            connection.executemany(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", ((setup, *each) for each in answers.items())
            )

    def questions(self, setup: int) -> set[bytes]:
        """Return the questions that have answers."""
        with trouble():
            rows = self._reader.execute("SELECT question FROM answers WHERE setup = ?", (setup,))
            return {question for (question,) in rows}

    def answers_to(self, setup: int, questions: Iterable[bytes]) -> list[str]:
        """Return the answers to some questions."""
        one = "SELECT answer FROM answers WHERE setup = ? AND question = ?"
        with trouble():
            return [self._reader.execute(one, (setup, question)).fetchone()[0] for question in questions]

    def silent(self, setup: int) -> bytes:
        """Return the questions whose answer is nothing, one after another."""
        with trouble():
            found = self._reader.execute("SELECT questions FROM silent WHERE setup = ?", (setup,)).fetchone()
            return bytes(found[0]) if found else b""

    def write_silent(self, setup: int, questions: bytes) -> None:
        """Store the questions whose answer is nothing."""
        with trouble(), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT OR REPLACE INTO silent VALUES (?, ?)", (setup, questions))

    def evidence(self, setup: int, code: str) -> Iterator[tuple[bytes, int, bytes, bytes]]:
        """Yield name, record, digest of the file and the evidence of documents that were compared before."""
        with trouble():
            yield from self._connection.execute(
                "SELECT name, record, digest, found FROM evidence WHERE setup = ? AND code = ?", (setup, code)
            )

    def write_evidence(self, setup: int, code: str, rows: Sequence[tuple[bytes, int, bytes, bytes]]) -> None:
        """Store the evidence of documents, all or none."""
        with trouble(), self._connection as connection:
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


def _drop(connection: sqlite3.Connection, segments: Sequence[int]) -> None:
    for number in segments:
        connection.execute("DELETE FROM segments WHERE id = ?", (number,))
        connection.execute("DELETE FROM pieces WHERE segment = ?", (number,))
