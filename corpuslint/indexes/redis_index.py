"""An index in Redis, through datasketch's own MinHashLSH storage: for texts that arrive one at a time on many machines.

It holds the evidence and the first line of each document too, so a machine needs no file of the old corpus. A
document counts once its record is written, which is done last: whatever a kill leaves of it before is never seen, and
is taken away when the document is added again. Keys and values are bytes and JSON; nothing is unpickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from corpuslint.corpus_rule import CorpusRule, Member, document_name
from corpuslint.executors.local import Local
from corpuslint.indexes.index import IndexTrouble, Old, Rules, Scheme, Signed
from corpuslint.indexes.repeats import Describe, Described, reading_again
from corpuslint.minhash import CANDIDATE_PROBABILITY, Bands, choose_bands, to_lean
from corpuslint.recalling.stored_findings import place_list, read_place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.rules.near_duplicate_document import NearDuplicateDocument

    Hashes = NDArray[np.uint64]

PREFIX = "corpuslint"
TOGETHER = 256  # documents that are added at a time
MOST_CANDIDATES = 1000  # old documents that a new one is compared with
TIMEOUT = 10.0  # seconds that a server has to answer


@contextlib.contextmanager
def _trouble(where: str) -> Iterator[None]:
    from redis.exceptions import RedisError

    try:
        yield
    except (RedisError, ConnectionError, TimeoutError) as error:
        raise IndexTrouble(f"{where}: {error or type(error).__name__}; what was added so far stays") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise IndexTrouble(f"{where}: is damaged ({type(error).__name__}: {error})") from None


@dataclass(frozen=True)
class _Server:
    """A Redis server with the names under which the index lies there."""

    where: str  # the URL without a password
    redis: Any
    storage: Mapping[str, Any]  # what datasketch connects with
    prefix: str

    @classmethod
    def of(cls, url: str) -> _Server:
        """Read a URL like redis://:password@host:6379/0?prefix=news; raises IndexTrouble."""
        try:
            import redis
        except ImportError:
            raise IndexTrouble(
                "an index in Redis needs the extra `redis`: pip install corpuslint-text[redis]"
            ) from None
        try:
            parts = urlsplit(url)
            words = parse_qs(parts.query)
            database, port = int(parts.path.strip("/") or 0), parts.port or 6379
        except ValueError as error:
            raise IndexTrouble(f"{url.rpartition('@')[2]}: is no address of a Redis server ({error})") from None
        prefix = words.get("prefix", [PREFIX])[0]
        connection: dict[str, Any] = {
            "host": parts.hostname or "localhost",
            "port": port,
            "db": database,
            "username": parts.username,
            "password": parts.password,
            "ssl": parts.scheme == "rediss",
            "socket_timeout": TIMEOUT,
            "socket_connect_timeout": TIMEOUT,
        }
        where = f"{parts.scheme}://{connection['host']}:{port}/{database}?prefix={prefix}"
        return cls(where, redis.Redis(**connection), connection, prefix)

    def key(self, name: str) -> str:
        """Return the name of one of the index's keys."""
        return f"{self.prefix}:{name}"

    def lsh(self, bands: Bands, permutations: int) -> Any:
        """Return datasketch's index over this server."""
        from datasketch import MinHashLSH

        config = {"type": "redis", "basename": self.key("lsh").encode(), "redis": dict(self.storage)}
        return MinHashLSH(
            num_perm=permutations, params=(bands.bands, bands.rows), storage_config=config, prepickle=False
        )

    def header(self) -> dict[str, Any] | None:
        """Return what the index says about itself, None where there is none."""
        content = self.redis.get(self.key("header"))
        if content is None:
            return None
        header = json.loads(content)
        if not isinstance(header, dict):
            raise IndexTrouble(f"{self.where}: is no index of corpuslint")
        return header


def read_redis_header(url: str) -> dict[str, Any]:
    """Return what an index says about itself, with the number of its documents; raises IndexTrouble."""
    server = _Server.of(url)
    with _trouble(server.where):
        header = _made(server)
        return {**header, "documents": server.redis.hlen(server.key("documents"))}


def _made(server: _Server) -> dict[str, Any]:
    header = server.header()
    if header is None:
        raise IndexTrouble(f"{server.where}: there is no index; make one with `corpuslint index build --storage`")
    return header


def store(url: str, rules: Rules, signed: Signed) -> tuple[int, int]:
    """Add documents that are not there yet, or not as they are now; return how many, and how many there are."""
    server = _Server.of(url)
    with _trouble(server.where):
        bands = choose_bands(rules.near.threshold, rules.near.permutations)
        made = {"scheme": asdict(Scheme.of(rules)), "bands": [bands.bands, bands.rows]}
        server.redis.set(server.key("header"), json.dumps(made), nx=True)
        header = _made(server)
        Scheme.of(rules).require(header.get("scheme"), server.where)
        writer = _Writer(server, server.lsh(Bands(*header["bands"]), rules.near.permutations), rules)
        # A build that is killed leaves this mark, so that a check can say that documents are missing.
        unfinished = server.key("unfinished")
        run = hashlib.sha256(repr(sorted(signed.documents[:1])).encode("utf-8", "replace")).hexdigest()[:16]
        server.redis.sadd(unfinished, run)
        added = sum(writer.add(signed, first) for first in range(0, len(signed.documents), TOGETHER))
        server.redis.srem(unfinished, run)
        return added, server.redis.hlen(server.key("documents"))


def _document_key(document: Old) -> bytes:
    return f"{document.path}\x1f{document.record}".encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class _Writer:
    """Adds documents to an index, some at a time."""

    server: _Server
    lsh: Any
    rules: Rules

    def add(self, signed: Signed, first: int) -> int:
        """Add TOGETHER documents from a number on; those that are there as they are now are passed over."""
        numbers = range(first, min(first + TOGETHER, len(signed.documents)))
        keys = [_document_key(signed.documents[number]) for number in numbers]
        there = self.server.redis.hmget(self.server.key("documents"), keys)
        state = {n: f"{int(signed.texts[n]):016x}{signed.documents[n].name_hash:016x}" for n in numbers}
        todo = [
            (number, key)
            for number, key, record in zip(numbers, keys, there, strict=True)
            if record is None or json.loads(record)["state"] != state[number]
        ]
        if not todo:
            return 0
        described = reading_again(Local(), lambda document: document.file)(
            [signed.documents[number] for number, _ in todo], [self.rules.equal, self.rules.near]
        )
        for _, key in todo:
            self._forget(key)
        todo = [(number, key) for number, key in todo if signed.documents[number] in described]
        with self.lsh.insertion_session() as session:
            for number, key in todo:
                if signed.shingles[number] >= self.rules.near.min_shingles:
                    session.insert(key, to_lean(signed.signatures[number]), check_duplication=False)
        # The record makes a document count: it goes last, in one transaction with all that is not datasketch's.
        pipe = self.server.redis.pipeline(transaction=True)
        for number, key in todo:
            document = signed.documents[number]
            text = f"{int(signed.texts[number]):016x}"
            pipe.sadd(self.server.key(f"text:{text}"), key)
            for rule in (self.rules.equal, self.rules.near):
                evidence = described[document].evidence[rule.code].astype("<u8").tobytes()
                pipe.hset(self.server.key(f"evidence:{rule.code}"), key, evidence)
            member = described[document].member
            place = place_list(member.place)
            record = {"old": list(document), "state": state[number], "place": place, "name_hash": member.text_hash}
            pipe.hset(self.server.key("documents"), key, json.dumps(record))
        pipe.execute()
        return len(todo)

    def _forget(self, key: bytes) -> None:
        """Take away what is there of a document, whole or half."""
        record = self.server.redis.hget(self.server.key("documents"), key)
        if record is not None:
            text = json.loads(record)["state"][:16]
            self.server.redis.hdel(self.server.key("documents"), key)
            self.server.redis.srem(self.server.key(f"text:{text}"), key)
        if key in self.lsh:
            self.lsh.remove(key)


@dataclass(frozen=True)
class RedisIndex:
    """An index in Redis that new documents are held against."""

    server: _Server
    bands: Bands

    @classmethod
    def open(cls, url: str, rules: Rules) -> RedisIndex:
        """Open an index; raises IndexTrouble where there is none, or it was made otherwise."""
        server = _Server.of(url)
        with _trouble(server.where):
            header = _made(server)
            Scheme.of(rules).require(header.get("scheme"), server.where)
            bands = Bands(*header["bands"])
            threshold = rules.near.threshold
            wanted = choose_bands(threshold, rules.near.permutations)
            if bands != wanted and bands.probability(threshold) < CANDIDATE_PROBABILITY:
                raise IndexTrouble(
                    f"{server.where}: its bands find documents of a higher similarity than {threshold} only; "
                    "build it under another prefix with this threshold"
                )
        return cls(server, bands)

    @property
    def notes(self) -> list[str]:
        """What there is to say about the index."""
        with _trouble(self.server.where):
            unfinished = self.server.redis.scard(self.server.key("unfinished"))
        if not unfinished:
            return []
        return [f"{self.server.where}: a build is running or was interrupted; run it again to complete the index."]

    def equal(self, texts: Hashes) -> Iterator[tuple[int, Old]]:
        """Yield (number of a new text, old document) where the hashes of all words are equal."""
        for number, text in enumerate(texts.tolist()):
            with _trouble(self.server.where):
                keys = self.server.redis.smembers(self.server.key(f"text:{text:016x}"))
                olds = self._records(sorted(keys)[:MOST_CANDIDATES])
            for old in olds:
                yield number, old

    def alike(self, new: Signed, near: NearDuplicateDocument) -> tuple[list[tuple[int, Old]], int]:
        """Return documents that share a band, and how many new ones had more candidates than are compared."""
        found: list[tuple[int, Old]] = []
        left_out = 0
        with _trouble(self.server.where):
            lsh = self.server.lsh(self.bands, near.permutations)
            for number, signature in enumerate(new.signatures):
                if new.shingles[number] < near.min_shingles:
                    continue
                keys = sorted(lsh.query(to_lean(signature)))
                left_out += len(keys) > MOST_CANDIDATES
                found += ((number, old) for old in self._records(keys[:MOST_CANDIDATES]))
        return found, left_out

    def _records(self, keys: Sequence[bytes]) -> list[Old]:
        if not keys:
            return []
        records = self.server.redis.hmget(self.server.key("documents"), list(keys))
        # A key without a record belongs to a document that was not added whole.
        return [_old(json.loads(record)["old"]) for record in records if record is not None]

    def describing(self, describe: Describe, name: Callable[[Path], str]) -> Describe:
        """Return what describes documents of the index by what the server holds, and all others as `describe` does."""

        def both(documents: Sequence[Old], rules: Sequence[CorpusRule]) -> dict[Old, Described]:
            with _trouble(self.server.where):
                held = dict(self._described(documents, rules, name))
            return held | describe([document for document in documents if document not in held], rules)

        return both

    def _described(
        self, documents: Sequence[Old], rules: Sequence[CorpusRule], name: Callable[[Path], str]
    ) -> Iterator[tuple[Old, Described]]:
        import numpy as np

        for document in documents:
            key = _document_key(document)
            record = self.server.redis.hget(self.server.key("documents"), key)
            stored = record and json.loads(record)
            if not stored or _old(stored["old"]) != document:
                continue
            evidence = {}
            for rule in rules:
                content = self.server.redis.hget(self.server.key(f"evidence:{rule.code}"), key)
                evidence[rule.code] = np.frombuffer(content or b"", "<u8").astype(np.uint64)
            path = name(Path(document.path))
            place = read_place(path, stored["place"])
            text_hash = int(stored["name_hash"], 16)
            member = Member(place, document_name(path, place.key, text_hash), stored["name_hash"])
            yield document, Described(member, evidence)


def _old(values: Any) -> Old:
    path, index, id_, field, text_field, id_field, name_hash = values
    if not isinstance(path, str) or type(index) is not int or type(name_hash) is not int:
        raise TypeError("a document's record is none")
    return Old(path, index, id_, field, text_field, id_field, name_hash)
