"""`index` and `check --against`: what repeats an old corpus is named with the old document and the exact similarity."""

from __future__ import annotations

import base64
import json
import random
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from program import Outcome, corpuslint, write

from corpuslint.executors.local import Local
from corpuslint.indexes.index import IndexTrouble, Rules, every, sign
from corpuslint.indexes.index_file import read_index, write_index
from corpuslint.rules.duplicate_document import DuplicateDocument
from corpuslint.rules.near_duplicate_document import NearDuplicateDocument
from corpuslint.sources import SourceFile
from corpuslint.stages.shards import Task

WORDS = [f"word{n}" for n in range(800)]


def text(seed: int, words: int = 80) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) for _ in range(words)) + "."


def edited(seed: int) -> str:
    words = text(seed).split(" ")
    return " ".join(["New", *words[:40], "changed", *words[41:]])


OLD = {
    **{f"old/{n}.txt": text(n) for n in range(20)},
    "old/records.jsonl": "".join(f'{{"uid": "r{n}", "body": "{text(100 + n)}"}}\n' for n in range(20)),
    "corpuslint.toml": 'text-field = "body"\nid-field = "uid"\n',
}
NEW = {
    "new/copy.txt": text(3).upper(),
    "new/near.txt": edited(5),
    "new/near-record.txt": edited(107),
    "new/other.txt": text(1000),
    "new/twin.txt": text(1000, 79),
    "new/short.txt": "Too short.",
}
EXPECTED = {
    "new/copy.txt": ("DUP201", "old/3.txt", 1.0),
    "new/near.txt": ("DUP202", "old/5.txt", 0.8721),
    "new/near-record.txt": ("DUP202", "old/records.jsonl", 0.8721),
}


def found(outcome: Outcome) -> dict[str, tuple[str, str, float]]:
    """The findings by path: code, kept document, similarity."""
    return {
        d["path"]: (d["code"], d["related"][0]["path"], d["data"]["similarity"]) for d in outcome.json["diagnostics"]
    }


def check(folder: Path, against: str, *more: str) -> Outcome:
    return corpuslint(folder, "check", "new", "--select", "DUP", "--output-format", "json", "--against", against, *more)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write(tmp_path, OLD | NEW)
    return tmp_path


@pytest.fixture
def indexed(corpus: Path) -> Path:
    outcome = corpuslint(corpus, "index", "build", "old", "-o", "old.index")
    assert (outcome.status, outcome.stderr) == (0, "old.index holds 40 documents.\n")
    return corpus


def exact(one: str, other: str) -> float:
    """The similarity by its definition."""
    left, right = (
        {tuple(words[place : place + 5]) for place in range(len(words) - 4)}
        for words in (one.lower().strip(".").split(), other.lower().strip(".").split())
    )
    return round(len(left & right) / len(left | right), 4)


class TestAgainst:
    def test_an_index(self, indexed: Path) -> None:
        outcome = check(indexed, "old.index")
        twin = exact(text(1000), text(1000, 79))
        similar = {"new/twin.txt": ("DUP202", "new/other.txt", twin)}
        expected = {
            path: (code, old, 1.0 if code == "DUP201" else exact(edited(seed), text(seed)))
            for (path, (code, old, _)), seed in zip(EXPECTED.items(), (3, 5, 107), strict=True)
        }
        assert found(outcome) == expected | similar
        assert outcome.status == 1
        assert not outcome.stderr
        (record,) = [d for d in outcome.json["diagnostics"] if d["path"] == "new/near-record.txt"]
        assert record["related"][0]["document"] == {"index": 7, "id": "r7", "field": "body"}
        assert "old/records.jsonl[r7]" in record["message"]

    def test_a_folder_says_the_same(self, indexed: Path) -> None:
        assert check(indexed, "old").stdout == check(indexed, "old.index").stdout

    def test_any_number_of_jobs_says_the_same(self, indexed: Path) -> None:
        assert check(indexed, "old.index", "--jobs", "3").stdout == check(indexed, "old.index", "--jobs", "1").stdout
        corpuslint(indexed, "index", "build", "old", "-o", "again.index", "--jobs", "3")
        assert (indexed / "again.index").read_bytes() == (indexed / "old.index").read_bytes()

    def test_the_old_corpus_is_only_read_to_verify(self, indexed: Path) -> None:
        for path in (indexed / "old").iterdir():
            if path.name not in ("3.txt", "5.txt", "records.jsonl"):
                path.unlink()
        assert set(EXPECTED) < set(found(check(indexed, "old.index")))

    def test_what_cannot_be_verified_is_said_and_not_reported(self, indexed: Path) -> None:
        (indexed / "old/5.txt").unlink()
        outcome = check(indexed, "old.index")
        assert "new/near.txt" not in found(outcome)
        assert "1 old documents that may be repeated could not be read again" in outcome.stderr

    def test_an_old_document_that_changed_is_compared_as_it_is(self, indexed: Path) -> None:
        write(indexed, {"old/5.txt": text(2000)})
        assert "new/near.txt" not in found(check(indexed, "old.index"))

    def test_a_document_is_no_repeat_of_itself(self, indexed: Path) -> None:
        outcome = corpuslint(indexed, "check", "old", "--select", "DUP", "--against", "old.index")
        assert outcome.status == 0

    def test_standard_input(self, indexed: Path) -> None:
        outcome = corpuslint(
            indexed, "check", "-", "--against", "old.index", "--output-format", "json", stdin=text(4).encode()
        )
        assert found(outcome) == {"stdin.txt": ("DUP201", "old/4.txt", 1.0)}

    def test_rules_that_are_not_selected_say_nothing(self, indexed: Path) -> None:
        assert {code for code, *_ in found(check(indexed, "old.index", "--ignore", "DUP202")).values()} == {"DUP201"}

    def test_corpus_and_index_can_move_together(self, indexed: Path) -> None:
        (indexed / "moved").mkdir()
        shutil.move(indexed / "old", indexed / "moved/old")
        shutil.move(indexed / "old.index", indexed / "moved/old.index")
        assert found(check(indexed, "moved/old.index"))["new/copy.txt"] == ("DUP201", "moved/old/3.txt", 1.0)


class TestIndex:
    def test_add_takes_new_files_and_replaces_changed_ones(self, indexed: Path) -> None:
        write(indexed, {"old/5.txt": text(2000), "more/a.txt": text(1000)})
        outcome = corpuslint(indexed, "index", "add", "old.index", "old/5.txt", "more")
        assert (outcome.status, outcome.stderr) == (0, "old.index holds 41 documents.\n")
        after = found(check(indexed, "old.index"))
        assert after["new/other.txt"] == ("DUP201", "more/a.txt", 1.0)
        assert after["new/twin.txt"][:2] == ("DUP202", "more/a.txt")
        assert "new/near.txt" not in after

    def test_info(self, indexed: Path) -> None:
        shown = corpuslint(indexed, "index", "info", "old.index", "--output-format", "json").json
        assert shown["documents"] == 40
        assert (shown["scheme"], shown["seed"], shown["permutations"]) == ("affine32", 1, 128)
        assert "permutations: 128" in corpuslint(indexed, "index", "info", "old.index").stdout

    @pytest.mark.parametrize(
        ("name", "value"),
        [("version", 2), ("scheme", "affine64"), ("seed", 7), ("hash", "other"), ("permutations", 64)],
    )
    def test_one_that_was_made_otherwise_is_refused(self, tmp_path: Path, name: str, value: object) -> None:
        rules = Rules(DuplicateDocument(), NearDuplicateDocument())
        write_index(tmp_path / "old.index", sign([], rules, Local()), rules)
        read_index(tmp_path / "old.index", rules)
        magic, line, rest = (tmp_path / "old.index").read_bytes().split(b"\n", 2)
        header = json.loads(line)
        header["scheme"][name] = value
        (tmp_path / "old.index").write_bytes(b"\n".join((magic, json.dumps(header).encode(), rest)))
        with pytest.raises(IndexTrouble, match=re.escape(f"was made otherwise ({name} is {value!r}, here ")):
            read_index(tmp_path / "old.index", rules)

    def test_damaged_files_are_refused(self, indexed: Path) -> None:
        rules = Rules(DuplicateDocument(), NearDuplicateDocument())
        whole = (indexed / "old.index").read_bytes()
        lines = whole.rindex(b'["old/0.txt"')
        damaged = [
            whole[:-1],
            whole + b"x",
            whole[:40],
            b"other\n" + whole,
            whole[:lines] + b"[" * 20 + whole[lines + 20 :],
            whole.replace(b'"documents": 40', b'"documents": -1'),
        ]
        for content in damaged:
            (indexed / "old.index").write_bytes(content)
            with pytest.raises(IndexTrouble, match=r"damaged|is no index"):
                list(every(read_index(indexed / "old.index", rules).signed))

    def test_other_options_of_the_rules_are_refused(self, indexed: Path) -> None:
        with (indexed / "corpuslint.toml").open("a") as stream:
            stream.write("[rules.DUP202]\nshingle-size = 4\n")
        assert "shingle size is 5, here 4" in check(indexed, "old.index").stderr

    def test_what_does_not_exist(self, corpus: Path) -> None:
        assert "no such index or folder" in check(corpus, "none.index").stderr
        assert "name where the index goes" in corpuslint(corpus, "index", "build", "old").stderr

    def test_no_documents(self, corpus: Path) -> None:
        (corpus / "empty").mkdir()
        assert corpuslint(corpus, "index", "build", "empty", "-o", "e.index").status == 0
        assert set(found(check(corpus, "e.index"))) == {"new/twin.txt"}

    def test_datasketch_reads_what_is_exported(self, indexed: Path) -> None:
        from datasketch import LeanMinHash, MinHash

        from corpuslint.minhash import shingle_hash

        outcome = corpuslint(indexed, "index", "export", "old.index", "--format", "datasketch", "-o", "lean.jsonl")
        assert outcome.status == 0
        rows = [json.loads(line) for line in (indexed / "lean.jsonl").read_text("utf-8").splitlines()]
        assert len(rows) == 40
        row = next(row for row in rows if row["path"].endswith("old/7.txt"))
        lean = LeanMinHash.deserialize(bytearray(base64.b64decode(row["minhash"])), "<")
        minhash = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=shingle_hash)
        words = text(7).rstrip(".").split()
        for place in range(len(words) - 4):
            minhash.update(" ".join(words[place : place + 5]).encode())
        assert lean == LeanMinHash(minhash)


@dataclass
class Server:
    """A Redis server of the test's own, on loopback."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0?prefix=test"

    def start(self) -> None:
        import redis

        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", ""]
        words += ["--appendonly", "yes", "--appendfsync", "always"]
        self.process = subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        client = redis.Redis(port=self.port)
        for _ in range(200):
            try:
                client.ping()
                return
            except redis.exceptions.RedisError:
                time.sleep(0.05)
        raise AssertionError("redis-server does not start")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    pytest.importorskip("redis", reason="the package redis is not installed")
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Server(tmp_path_factory.mktemp("redis"), port)
    made.start()
    yield made
    made.kill()


class TestRedis:
    def test_it_says_what_a_file_says(self, indexed: Path, server: Server) -> None:
        outcome = corpuslint(indexed, "index", "build", "old", "--storage", server.url)
        assert (outcome.status, outcome.stderr) == (0, "Added 40 documents; the index holds 40.\n")
        assert check(indexed, server.url).stdout == check(indexed, "old.index").stdout
        again = corpuslint(indexed, "index", "build", "old", "--storage", server.url)
        assert "Added 0 documents; the index holds 40." in again.stderr
        assert corpuslint(indexed, "index", "info", server.url, "--output-format", "json").json["documents"] == 40
        # The texts of the old corpus are not needed.
        expected = check(indexed, "old.index").stdout
        shutil.rmtree(indexed / "old")
        assert check(indexed, server.url).stdout == expected

    def test_documents_come_one_at_a_time(self, corpus: Path, server: Server) -> None:
        corpuslint(corpus, "index", "build", "old/3.txt", "--storage", server.url)
        assert found(check(corpus, server.url))["new/copy.txt"] == ("DUP201", "old/3.txt", 1.0)
        assert "new/near.txt" not in found(check(corpus, server.url))
        corpuslint(corpus, "index", "add", server.url, "old/5.txt")
        assert "new/near.txt" in found(check(corpus, server.url))
        write(corpus, {"old/5.txt": text(2000)})
        outcome = corpuslint(corpus, "index", "add", server.url, "old/5.txt")
        assert outcome.stderr == "Added 1 documents; the index holds 2.\n"
        assert "new/near.txt" not in found(check(corpus, server.url))

    def test_one_that_was_made_otherwise_is_refused(self, corpus: Path, server: Server) -> None:
        import redis

        corpuslint(corpus, "index", "build", "old/3.txt", "--storage", server.url)
        client = redis.Redis(port=server.port)
        header = json.loads(client.get("test:header"))
        header["scheme"]["seed"] = 9
        client.set("test:header", json.dumps(header))
        for outcome in (
            check(corpus, server.url),
            corpuslint(corpus, "index", "add", server.url, "old/4.txt"),
        ):
            assert outcome.status == 2
            assert "was made otherwise (seed is 9, here 1)" in outcome.stderr

    def test_no_server_and_no_index(self, corpus: Path, server: Server) -> None:
        assert "there is no index" in check(corpus, server.url).stderr
        server.kill()
        for outcome in (
            check(corpus, server.url),
            corpuslint(corpus, "index", "build", "old", "--storage", server.url),
            corpuslint(corpus, "index", "info", server.url),
        ):
            assert outcome.status == 2
            assert "Traceback" not in outcome.stderr
            assert f"redis://127.0.0.1:{server.port}/0" in outcome.stderr

    def test_a_server_that_is_killed_in_the_middle(
        self, corpus: Path, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The server dies between datasketch's buckets and our records; the build then resumes."""
        from corpuslint.indexes import redis_index

        monkeypatch.setattr(redis_index, "TOGETHER", 8)
        rules = Rules(DuplicateDocument(), NearDuplicateDocument())
        files = [SourceFile(path, path.name) for path in sorted((corpus / "old").glob("*.txt"))]
        signed = sign([Task(file, ()) for file in files], rules, Local(), 1)
        lean, calls = redis_index.to_lean, []

        def dying(signature: object) -> object:
            calls.append(signature)
            if len(calls) == 13:
                server.kill()
            return lean(signature)  # type: ignore[arg-type]

        monkeypatch.setattr(redis_index, "to_lean", dying)
        with pytest.raises(IndexTrouble, match="what was added so far stays"):
            redis_index.store(server.url, rules, signed)
        server.start()
        shown = corpuslint(corpus, "index", "info", server.url, "--output-format", "json").json
        assert shown["documents"] == 8
        outcome = check(corpus, server.url)
        assert "a build is running or was interrupted" in outcome.stderr
        assert set(found(outcome)) <= {*EXPECTED, "new/twin.txt"}
        calls.clear()
        monkeypatch.setattr(redis_index, "to_lean", lean)
        assert redis_index.store(server.url, rules, signed) == (12, 20)
        outcome = check(corpus, server.url)
        assert "interrupted" not in outcome.stderr
        assert {"new/copy.txt", "new/near.txt"} < set(found(outcome))
