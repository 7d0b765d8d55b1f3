"""The cache: a second run says the same, byte for byte, whatever happened to the files or to the cache in between."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from corpora import rendered
from fixtures import DOCUMENT_RULES, cases
from program import corpuslint, write

from corpuslint.cache import FILE, FOLDER, Cache, Setup
from corpuslint.cache_tables import CacheTrouble
from corpuslint.diagnostic import Diagnostic, Edit, Fix, Place, Related
from corpuslint.document import ContainerLine, DocumentKey
from corpuslint.engine import Run, check
from corpuslint.executors import nowhere
from corpuslint.recalling import recall as recall_module
from corpuslint.recalling.recall import Recall
from corpuslint.recalling.stored_findings import found_lists, read_diagnostic, read_skip
from corpuslint.rule import Rule
from corpuslint.rules.duplicate_document import DuplicateDocument
from corpuslint.rules.near_duplicate_document import NearDuplicateDocument
from corpuslint.rules.repeated_block import RepeatedBlock
from corpuslint.rules.repeated_boilerplate import RepeatedBoilerplate
from corpuslint.sources import Skip, SourceFile
from corpuslint.sources.status import status_of
from corpuslint.stages.document_stage import ShardResult, check_shard
from corpuslint.stages.rows import Columns, Names
from corpuslint.stages.shards import Task, make_shards

RULES: tuple[Rule, ...] = (DuplicateDocument(), NearDuplicateDocument(), RepeatedBlock())
WORDS = [f"word{n}" for n in range(500)]


@pytest.fixture(autouse=True)
def small_input_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall_module, "FEW_FILES", 0)


def text(seed: int) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) for _ in range(60)) + "."


def corpus(folder: Path) -> None:
    block = "\n".join(text(n) for n in (90, 91, 92))
    files = {f"{n}.txt": text(n) for n in range(12)}
    files |= {
        "12.txt": text(3),
        "13.txt": "Another " + text(4),
        "14.txt": f"{block}\n\nIn between.\n\n{block}\n",
    }
    lines = [f'{{"id": "r{n}", "text": "{text(100 + n % 7)}"}}\n' for n in range(10)] + ["broken\n"]
    write(folder, {**files, "records.jsonl": "".join(lines)})
    (folder / "bad.txt").write_bytes(b"\xff\xfe\xfd")
    age(folder)


def age(folder: Path) -> None:
    """Make files look as if they were written long ago: ctime cannot be set, so the clock of the run is moved."""
    for path in folder.glob("*.*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))


def tasks(folder: Path, rules: tuple[Rule, ...] = RULES) -> list[Task]:
    return [Task(SourceFile(path, path.name), rules) for path in sorted(folder.glob("*.*")) if path.is_file()]


def cached(folder: Path, rules: tuple[Rule, ...] = RULES) -> Run:
    return check(tasks(folder, rules), folder, recall=Recall(folder, verbose=True))


def same(run: Run, plain: Run) -> bool:
    return (rendered(run), run.skips, run.counts) == (rendered(plain), plain.skips, plain.counts)


def known(run: Run) -> str:
    return run.notes[0].split(" files")[0].removeprefix("cache: ")


class TestSecondRun:
    def test_it_says_the_same_and_reads_nothing(self, tmp_path: Path) -> None:
        corpus(tmp_path)
        plain = check(tasks(tmp_path), tmp_path)
        assert {d.code for d in plain.diagnostics} == {"DUP101", "DUP201", "DUP202"}
        first, second = cached(tmp_path), cached(tmp_path)
        assert same(first, plain)
        assert same(second, plain)
        assert (known(first), known(second)) == ("0 of 17", "17 of 17")

    def test_a_changed_neighbour_changes_the_answer(self, tmp_path: Path) -> None:
        corpus(tmp_path)
        before = cached(tmp_path)
        assert not any(d.place.path == "5.txt" for d in before.diagnostics)
        write(tmp_path, {"0.txt": text(5)})
        after = cached(tmp_path)
        assert [d.related[0].place.path for d in after.diagnostics if d.place.path == "5.txt"] == ["0.txt"]
        assert known(after) == "16 of 17"
        assert "cache: 1 checked, its content changed: 0.txt" in after.notes
        assert same(after, check(tasks(tmp_path), tmp_path))

    def test_a_new_and_a_deleted_file(self, tmp_path: Path) -> None:
        corpus(tmp_path)
        cached(tmp_path)
        (tmp_path / "3.txt").unlink()
        write(tmp_path, {"new.txt": text(1)})
        after = cached(tmp_path)
        assert same(after, check(tasks(tmp_path), tmp_path))
        assert "cache: 1 checked, it is not in the cache: new.txt" in after.notes

    def test_a_change_that_keeps_size_and_time_is_seen(self, tmp_path: Path) -> None:
        corpus(tmp_path)
        cached(tmp_path)
        path = tmp_path / "5.txt"
        path.write_text(text(5).replace("word", "bird"))
        os.utime(path, (1_000_000_000, 1_000_000_000))
        after = cached(tmp_path)
        assert same(after, check(tasks(tmp_path), tmp_path))
        assert known(after) == "16 of 17"

    def test_a_file_that_was_only_touched_is_known_by_its_content(self, tmp_path: Path) -> None:
        corpus(tmp_path)
        cached(tmp_path)
        os.utime(tmp_path / "5.txt")
        assert known(cached(tmp_path)) == "17 of 17"

    def test_lines_that_many_files_have_are_counted_over_all_files(self, tmp_path: Path) -> None:
        for number in range(8):
            record = {"id": f"r{number}", "site": "a.example", "text": f"{text(number)}\nTell us what you saw: 555\n"}
            write(tmp_path, {f"{number}.jsonl": json.dumps(record) + "\n"})
        rules = (RepeatedBoilerplate(),)
        first = cached(tmp_path, rules)
        assert len(first.diagnostics) == 8
        write(tmp_path, {"7.jsonl": json.dumps({"id": "r7", "site": "a.example", "text": text(7)}) + "\n"})
        after = cached(tmp_path, rules)
        assert known(after) == "7 of 8"
        assert len(after.diagnostics) == 7
        assert same(after, check(tasks(tmp_path, rules), tmp_path))

    def test_candidates_are_not_read_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        corpus(tmp_path)
        rules = (DuplicateDocument(), NearDuplicateDocument())
        plain = cached(tmp_path, rules)
        monkeypatch.setattr(NearDuplicateDocument, "evidence", lambda *_: pytest.fail("read again"))
        assert same(cached(tmp_path, rules), plain)

    def test_documents_are_compared_again_only_where_a_candidate_changed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("corpuslint.stages.shards.SHARD", 2000)  # several segments, which become one
        monkeypatch.setattr("corpuslint.recalling.storing.MOST_SEGMENTS", 3)
        corpus(tmp_path)
        rules = (DuplicateDocument(), NearDuplicateDocument())
        cached(tmp_path, rules)
        compared = []
        plain = NearDuplicateDocument.verify

        def verify(self: NearDuplicateDocument, sets: Any, lefts: Any, rights: Any) -> Any:
            compared.append(len(rights))
            return plain(self, sets, lefts, rights)

        monkeypatch.setattr(NearDuplicateDocument, "verify", verify)
        write(tmp_path, {"0.txt": "Something that nobody else says, and that nobody has said before."})
        assert cached(tmp_path, rules).diagnostics
        assert compared == []
        write(tmp_path, {"0.txt": "Another " + text(5)})
        after = cached(tmp_path, rules)
        assert compared == [1]
        monkeypatch.setattr(NearDuplicateDocument, "verify", plain)
        assert same(after, check(tasks(tmp_path, rules), tmp_path))

    def test_the_status_of_an_old_file_is_enough(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        corpus(tmp_path)
        cached(tmp_path)
        cached(tmp_path)
        monkeypatch.setattr("corpuslint.recalling.known.TICK", -(10**18))
        monkeypatch.setattr("corpuslint.recalling.known.file_hash", lambda _file: b"")
        assert known(cached(tmp_path)) == "17 of 17"

    def test_no_name_is_looked_at_where_the_files_are_the_same(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Segments of several shards become one in the order of the files' names."""
        monkeypatch.setattr("corpuslint.stages.shards.SHARD", 2000)
        monkeypatch.setattr("corpuslint.recalling.storing.MOST_SEGMENTS", 3)
        corpus(tmp_path)
        plain = cached(tmp_path)
        monkeypatch.setattr("corpuslint.recalling.known.Matching._places", lambda *_: pytest.fail("looked at"))
        assert same(cached(tmp_path), plain)
        monkeypatch.undo()
        monkeypatch.setattr(recall_module, "FEW_FILES", 0)
        write(tmp_path, {"0.txt": text(77), "00.txt": text(3)})
        assert same(cached(tmp_path), check(tasks(tmp_path), tmp_path))

    def test_other_options_and_rules_are_named(self, tmp_path: Path) -> None:
        corpus(tmp_path)
        cached(tmp_path)
        stricter = (DuplicateDocument(), NearDuplicateDocument(threshold=0.99), RepeatedBlock())
        after = cached(tmp_path, stricter)
        assert same(after, check(tasks(tmp_path, stricter), tmp_path))
        assert any("with other options (DUP202)" in note for note in after.notes)
        fewer = cached(tmp_path, (RepeatedBlock(),))
        assert known(fewer) == "0 of 17"
        assert any("other rules" in note for note in fewer.notes)
        assert known(cached(tmp_path)) == "17 of 17"

    def test_another_version_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        corpus(tmp_path)
        cached(tmp_path)
        monkeypatch.setattr("corpuslint.recalling.setups.version_mark", lambda: "another")
        assert any("another version" in note for note in cached(tmp_path).notes)

    @pytest.mark.parametrize("jobs", [1, 2, 3])
    def test_a_large_file_is_known_by_its_parts(
        self, tmp_path: Path, jobs: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("corpuslint.stages.shards.SHARD", 2000)
        monkeypatch.setattr("corpuslint.stages.shards.PART", 400)
        corpus(tmp_path)
        plain = check(tasks(tmp_path), tmp_path)
        for expected in ("0 of 17", "17 of 17"):
            run = check(
                tasks(tmp_path),
                tmp_path,
                jobs=jobs,
                parallel_from=0,
                start_method="fork",
                recall=Recall(tmp_path, verbose=True),
            )
            assert same(run, plain)
            assert known(run) == expected
        with (tmp_path / "records.jsonl").open("a") as stream:
            stream.write(f'{{"text": "{text(1)}"}}\n')
        assert same(cached(tmp_path), check(tasks(tmp_path), tmp_path))

    def test_small_input_neither_reads_nor_writes(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(recall_module, "FEW_FILES", 200)
        corpus(tmp_path)
        cached(tmp_path)
        assert not (tmp_path / FOLDER).exists()


LINES = [f"Line number {n} that several of the files have in common." for n in range(6)]


def changed(folder: Path, chance: random.Random) -> None:
    """Do to a folder what people do: write, add, delete, rename, touch, put back."""
    files = sorted(path for path in folder.glob("*.*") if path.is_file())
    path = chance.choice(files)
    kind = chance.randrange(6)
    if kind == 0 and len(files) > 3:
        path.unlink()
    elif kind == 1:
        path.rename(folder / f"r{chance.randrange(10)}{path.suffix}")
    elif kind == 2:
        os.utime(path)
    else:
        name = path.name if kind == 3 else f"n{chance.randrange(10)}.{chance.choice(('txt', 'txt', 'jsonl'))}"
        count = chance.randrange(1, 4)
        texts = ["\n".join((text(chance.randrange(12)), *chance.sample(LINES, 2))) for _ in range(count)]
        records = [json.dumps({"text": each, "site": chance.choice("ab")}) for each in texts]
        write(folder, {name: "\n".join(records) if name.endswith("l") else texts[0]})


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("looked_up", [0, 10**6])
def test_a_long_life(seed: int, looked_up: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After many changes, with segments that become one now and then, a run says the same as one without a cache."""
    monkeypatch.setattr("corpuslint.recalling.known.LOOKED_UP", looked_up)
    monkeypatch.setattr("corpuslint.recalling.segment_columns.PIECE", 5)
    monkeypatch.setattr("corpuslint.recalling.storing.SMALL", 1 + seed)
    monkeypatch.setattr("corpuslint.recalling.storing.MOST_SEGMENTS", 3)
    if seed % 2:
        monkeypatch.setattr("corpuslint.recalling.known.TICK", -(10**18))
    chance = random.Random(seed)
    corpus(tmp_path)
    rules = (*RULES, RepeatedBoilerplate(least_documents=3, least_share=0.1))
    for _ in range(25):
        for _ in range(chance.randrange(3)):
            changed(tmp_path, chance)
        run = cached(tmp_path, rules)
        assert "as they were" in run.notes[0]
        assert same(run, check(tasks(tmp_path, rules), tmp_path))


@pytest.mark.parametrize("rule", DOCUMENT_RULES, ids=lambda rule: rule.code)
def test_every_finding_comes_back_as_it_was(rule: type[Rule], tmp_path: Path) -> None:
    """Over the fixtures of every rule: data, fixes and related places survive being stored."""
    firing = cases(rule, "firing")
    write(tmp_path, {f"{number}.txt": case.text for number, case in enumerate(firing)})
    work = tasks(tmp_path, (rule(),))
    (shard,) = make_shards(work, (), [10] * len(work), range(len(work)))
    result = check_shard(shard, nowhere)
    places = {task.file.name: number for number, task in enumerate(work)}
    stored = json.loads(json.dumps(found_lists(result, places, {number: number for number in places.values()})))
    again = ShardResult()
    for number, diagnostics, skips in stored:
        again.diagnostics += [read_diagnostic(work[number].file.name, values) for values in diagnostics]
        again.skips += [(number, read_skip(work[number].file.name, values)) for values in skips]
    assert result.diagnostics
    assert _comparable(again) == _comparable(result)


def test_everything_that_a_finding_and_a_row_hold_is_stored() -> None:
    """Who adds a field to one of these has to store it in `stored_findings` or `segment_columns` too."""
    assert [field.name for field in fields(DocumentKey)] == ["index", "id", "field", "site"]
    assert ContainerLine._fields == ("number", "width")
    assert Edit._fields == ("start", "end", "content")
    assert Fix._fields == ("title", "edits", "applicability")
    assert Related._fields == ("place", "message")
    assert Place._fields == ("path", "key", "span", "start", "end", "text", "before", "after", "record")
    filled_in_later = {"id", "baseline", "ordinal"}
    assert [field.name for field in fields(Diagnostic) if field.name not in filled_in_later] == [
        *("code", "name", "severity", "message", "place", "related", "data", "fix", "identity", "content")
    ]
    assert Columns._fields == ("task", "record", "characters", "text_hash", "names")
    assert Names._fields == ("ids", "ends", "kind", "kinds")
    assert [field.name for field in fields(Skip)] == ["path", "reason", "line"]


def _comparable(result: ShardResult) -> tuple[object, ...]:
    return ([{**_values(d), "data": dict(d.data)} for d in result.diagnostics], result.skips)


def _values(diagnostic: Diagnostic) -> dict[str, object]:
    return {field.name: getattr(diagnostic, field.name) for field in fields(diagnostic)}


class TestTrouble:
    """Whatever is wrong with the cache, the run says the same, and says once that it had none."""

    def assert_no_cache(self, folder: Path, *, words: str = "") -> None:
        run = cached(folder)
        assert same(run, check(tasks(folder), folder))
        assert len(run.notes) == 1
        assert run.notes[0].startswith("cache: not used: ")
        assert words in run.notes[0]

    @pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
    def test_a_file_that_is_none(self, tmp_path: Path, content: bytes) -> None:
        corpus(tmp_path)
        (tmp_path / FOLDER).mkdir(parents=True)
        (tmp_path / FOLDER / FILE).write_bytes(content)
        self.assert_no_cache(tmp_path)

    def test_other_tables(self, tmp_path: Path) -> None:
        corpus(tmp_path)
        cached(tmp_path)
        with sqlite3.connect(tmp_path / FOLDER / FILE) as connection:
            connection.execute("CREATE TRIGGER t AFTER INSERT ON pieces BEGIN DELETE FROM pieces; END")
        connection.close()
        self.assert_no_cache(tmp_path, words="not a cache of this version")

    @pytest.mark.parametrize(
        "damage",
        [
            "DELETE FROM pieces WHERE name = 'names'",
            "DELETE FROM pieces WHERE name = 'key DUP202'",
            *(
                f"UPDATE pieces SET content = {content} WHERE name {name}"
                for content in ("x'00'", "5", "'text'", "x'ffffffffffffffff'", "zeroblob(16)", "zeroblob(800)")
                for name in ("IN ('task', 'record')", "= 'found'", "IN ('ends', 'kind')", "= 'document DUP202'")
            ),
            "UPDATE pieces SET content = x'ff' WHERE name = 'found'",
            "UPDATE pieces SET content = CAST('[[0,[[1]],[]]]' AS BLOB) WHERE name = 'found'",
            "UPDATE pieces SET content = CAST('[[999,[],[]]]' AS BLOB) WHERE name = 'found'",
            "UPDATE pieces SET content = CAST('[[1,2]]' AS BLOB) WHERE name = 'kinds'",
            "UPDATE pieces SET content = CAST('{}' AS BLOB) WHERE name = 'kinds'",
            "UPDATE pieces SET content = x'00' WHERE name = 'counts'",
            "UPDATE pieces SET content = x'00' WHERE name = 'statuses'",
        ],
    )
    def test_damaged_entries(self, tmp_path: Path, damage: str) -> None:
        corpus(tmp_path)
        cached(tmp_path)
        with sqlite3.connect(tmp_path / FOLDER / FILE) as connection:
            connection.execute(damage)
        connection.close()
        self.assert_no_cache(tmp_path)

    def test_a_link_is_not_followed(self, tmp_path: Path) -> None:
        corpus(tmp_path)
        outside = tmp_path / "outside"
        outside.mkdir()
        (tmp_path / FOLDER.parent).mkdir()
        (tmp_path / FOLDER).symlink_to(outside)
        self.assert_no_cache(tmp_path, words="is a link")
        assert not list(outside.iterdir())

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        corpus(tmp_path)
        (tmp_path / FOLDER.parent).write_text("a file")
        self.assert_no_cache(tmp_path)

    def test_a_full_disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        corpus(tmp_path)

        def full(*_arguments: object, **_options: object) -> None:
            raise CacheTrouble("database or disk is full")

        monkeypatch.setattr(Cache, "write", full)
        self.assert_no_cache(tmp_path, words="disk is full")

    def test_a_lock_that_stays(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("corpuslint.cache_tables.LOCK_SECONDS", 0.05)
        corpus(tmp_path)
        cached(tmp_path)
        other = sqlite3.connect(tmp_path / FOLDER / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        self.assert_no_cache(tmp_path, words="locked")
        other.close()

    def test_a_page_limit_leaves_the_old_entries(self, tmp_path: Path) -> None:
        """SQLite's own "disk is full": the transaction that met it is undone, the ones before it stand."""
        cache = Cache(tmp_path)
        own = cache.setup(Setup("1", "{}", ""))
        cache._connection.execute("PRAGMA max_page_count = 12")
        with pytest.raises(CacheTrouble, match="full"):
            cache.write_evidence(own, "DUP202", [(b"a", n, b"", b"x" * 4000) for n in range(100)])
        assert list(cache.evidence(own, "DUP202")) == []
        assert cache.setup(Setup("1", "{}", "")) == own
        cache.close()


def test_two_runs_at_once_and_a_kill(tmp_path: Path) -> None:
    write(tmp_path, {f"{n}.txt": text(n % 300) for n in range(400)})
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    arguments = ("check", ".", "--isolated", "--output-format", "jsonl", "--jobs", "1")
    command = [sys.executable, "-m", "corpuslint", *arguments]
    plain = corpuslint(tmp_path, *arguments, "--no-cache")
    runs = [subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE) for _ in range(3)]
    file = tmp_path / FOLDER / FILE
    while not file.exists() and runs[2].poll() is None:
        time.sleep(0.01)
    runs[2].kill()
    assert [run.communicate()[0].decode() for run in runs[:2]] == [plain.stdout] * 2
    runs[2].communicate()
    third = corpuslint(tmp_path, *arguments, "-v")
    assert third.stdout == plain.stdout
    assert "cache: 400 of 400 files are as they were" in third.stderr


def test_clean_removes_the_cache_only(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "One.", ".corpuslint/cache/x": "1", ".corpuslint/journal/y": "2"})
    outcome = corpuslint(tmp_path, "clean", "--isolated")
    assert outcome.status == 0
    assert not (tmp_path / FOLDER).exists()
    assert (tmp_path / ".corpuslint/journal/y").exists()
    assert "no cache" in corpuslint(tmp_path, "clean", "--isolated").stdout


def test_status_of_what_is_not_there(tmp_path: Path) -> None:
    assert status_of(tmp_path / "none.txt") is None
