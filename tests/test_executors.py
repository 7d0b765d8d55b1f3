"""Work in one process and in many gives the same bytes; a worker that dies takes one document with it."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from corpora import rendered, run

from corpuslint.diagnostic import Diagnostic, Severity
from corpuslint.document import Document
from corpuslint.engine import check
from corpuslint.executors import At, nowhere
from corpuslint.executors.local import Local
from corpuslint.executors.processes import WorkerFailed
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.rule import DocumentRule
from corpuslint.rules.duplicate_document import DuplicateDocument
from corpuslint.rules.near_duplicate_document import NearDuplicateDocument
from corpuslint.rules.repeated_block import RepeatedBlock
from corpuslint.sources import ReadOptions, SourceFile, read
from corpuslint.stages.shards import Files, Task, make_shards
from corpuslint.stages.work import Handling, Work

METHODS = ("fork", "spawn")
WORDS = [f"word{n}" for n in range(400)]


def double(item: int, at: At) -> int:
    at(item, 0)
    return 2 * item


def die_at_three(item: int, at: At) -> int:
    at(item, 7)
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def fail(item: int, at: At) -> int:  # noqa: ARG001
    raise ValueError(f"item {item}")


def give_up(_item: int, _place: tuple[int, int] | None) -> None:
    return None


@dataclass(frozen=True)
class Fatal(DocumentRule):
    """Kills the process at a document that says so."""

    code: ClassVar[str] = "TST901"
    name: ClassVar[str] = "fatal-document"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, document: Document) -> Iterator[Diagnostic]:
        if document.text.startswith("FATAL"):
            os.kill(os.getpid(), signal.SIGKILL)
        yield from ()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("items", [0, 1, 2, 25])
def test_results_come_in_the_order_of_the_items(method: str, items: int) -> None:
    assert list(Local(3, method).map(double, range(items), give_up)) == [2 * n for n in range(items)]


@pytest.mark.parametrize("method", METHODS)
def test_a_dead_worker_names_where_it_was(method: str) -> None:
    deaths = []

    def instead(item: int, place: tuple[int, int] | None) -> int | None:
        deaths.append((item, place))
        return 30 if item == 3 else None

    assert list(Local(2, method).map(die_at_three, range(6), instead)) == [0, 1, 2, 30, 4, 5]
    assert deaths == [(3, (3, 7))]


def test_what_a_worker_raises_is_raised_here() -> None:
    with pytest.raises(WorkerFailed, match="item"):
        list(Local(2, "fork").map(fail, range(4), give_up))


def whose(_item: int, _at: At) -> int:
    return os.getpid()


@pytest.mark.parametrize("method", METHODS)
def test_processes_work_on_for_the_next_map_until_they_are_not_kept(method: str) -> None:
    with Local(2, method, keep=True) as executor:
        first, second = (set(executor.map(whose, range(8), give_up)) for _ in range(2))
        assert second <= first
        assert list(executor.map(double, range(8), give_up)) == [2 * n for n in range(8)]
        workers = multiprocessing.active_children()
        assert {worker.pid for worker in workers} == first
        workers[0].kill()  # by whoever kills a process that does nothing
        workers[0].join()
        assert list(executor.map(double, range(8), give_up)) == [2 * n for n in range(8)]
    assert not multiprocessing.active_children()
    assert list(executor.map(double, range(8), give_up)) == [2 * n for n in range(8)]
    assert not multiprocessing.active_children()


def test_kept_processes_end_when_a_map_fails() -> None:
    executor = Local(2, "fork", keep=True)
    assert list(executor.map(double, range(4), give_up)) == [0, 2, 4, 6]
    with pytest.raises(WorkerFailed):
        list(executor.map(fail, range(4), give_up))
    assert not multiprocessing.active_children()


def test_workers_end_when_results_are_no_longer_wanted() -> None:
    results = Local(2, "fork").map(double, range(1000), give_up)
    assert next(iter(results)) == 0
    results.close()  # type: ignore[attr-defined]


def corpus(folder: Path) -> list[Task]:
    """Two large JSONL files and some text files, with copies across all of them."""
    rng = random.Random(4)
    rules = (DuplicateDocument(), NearDuplicateDocument(), RepeatedBlock())
    made: list[str] = []
    for _ in range(700):
        if made and rng.random() < 0.3:
            words = rng.choice(made).split(" ")
            made.append(" ".join(w if rng.random() < 0.98 else rng.choice(WORDS) for w in words))
        else:
            made.append(" ".join(rng.choice(WORDS) for _ in range(60)))
    for name, texts in (("a.jsonl", made[:300]), ("b.jsonl", made[300:650])):
        lines = [f'{{"id": {number}, "text": "{text}"}}\n' for number, text in enumerate(texts)]
        lines.insert(5, "broken\n")
        (folder / name).write_text("".join(lines))
    for number, text in enumerate(made[650:]):
        (folder / f"c{number}.txt").write_text(text)
    return [Task(SourceFile(path, path.name), rules) for path in sorted(folder.iterdir())]


def test_any_number_of_jobs_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpuslint.stages.shards.SHARD", 50_000)
    monkeypatch.setattr("corpuslint.stages.rereading.SHARD", 20_000)
    tasks = corpus(tmp_path)
    alone = check(tasks, tmp_path)
    assert len(alone.diagnostics) > 100
    for jobs, method in ((2, "fork"), (5, "fork"), (2, "spawn")):
        together = check(tasks, tmp_path, jobs=jobs, parallel_from=0, start_method=method)
        assert rendered(together) == rendered(alone)
        assert (together.skips, together.counts) == (alone.skips, alone.counts)
    backwards = check(tasks[::-1], tmp_path, jobs=2, parallel_from=0, start_method="fork")
    assert rendered(backwards) == rendered(alone)


@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf", b"\n \n"], ids=["plain", "byte order mark", "blank lines"])
def test_parts_of_a_large_file_hold_each_record_once(
    begin: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpuslint.stages.shards.SHARD", 1000)
    monkeypatch.setattr("corpuslint.stages.shards.PART", 3000)
    records = [f'{{"id": {n}, "text": "{"x" * (n % 90)}"}}' + "\n" * (1 + n % 3) for n in range(500)]
    path = tmp_path / "large.jsonl"
    path.write_bytes(begin + "".join(records).encode())
    file = SourceFile(path, "large.jsonl")
    shards = make_shards([Task(file, ())], (), [path.stat().st_size])
    assert len(shards) > 6
    assert [shard.part for shard in shards] == list(range(len(shards)))
    whole = list(read(file))
    assert [item for shard in shards for item in read(file, shard.wanted(0, nowhere), shard.stretch)] == whole
    assert [document.key.index for document in whole if isinstance(document, Document)] == list(range(500))


@pytest.mark.parametrize("method", METHODS)
def test_the_run_goes_on_without_the_document_that_kills(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if method == "spawn" and __name__ != "test_executors":
        pytest.skip("a spawned worker imports this module by its name")
    monkeypatch.setattr("corpuslint.stages.shards.SHARD", 3000)
    texts = ["One two.", "FATAL", *(f"Text {n}." for n in range(8)), "one two", "FATAL too"]
    outcome = run(tmp_path, texts, DuplicateDocument(), Fatal(), jobs=2, parallel_from=0, start_method=method)
    assert [skip.path for skip in outcome.skips] == ["000001.txt", "000011.txt"]
    assert all("died" in skip.reason for skip in outcome.skips)
    assert outcome.counts.documents == 10
    assert [d.place.path for d in outcome.diagnostics] == ["000010.txt"]


def test_an_interrupt_ends_the_run_and_its_workers_at_once(tmp_path: Path) -> None:
    """Ctrl-C reaches the whole group, as from a terminal; nobody is left and no traceback is shown."""
    line = '{"text": "' + "some words of a sentence " * 40 + '"}\n'
    (tmp_path / "large.jsonl").write_text(line * 30_000)
    (tmp_path / "other.jsonl").write_text(line * 30_000)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [
        sys.executable,
        "-m",
        "corpuslint",
        "check",
        ".",
        "--jobs",
        "2",
        "--isolated",
        "--output-format",
        "jsonl",
    ]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        time.sleep(3)
        assert process.poll() is None, "the corpus is too small to be interrupted"
        os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=20)
    assert process.returncode not in (0, None)
    assert b"Traceback" not in stderr
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_files_travel_without_the_others_of_a_run(tmp_path: Path) -> None:
    names, policies = [f"{n}.txt" for n in range(9)], (FixPolicy(), FixPolicy(max_shrink=0.1))
    tasks = [Task(SourceFile(tmp_path / name, name), (), policies[n % 2]) for n, name in enumerate(names)]
    handlings = [Handling(ReadOptions(), (), policy) for policy in policies]
    for of_run in (tasks, Work.of(tasks), Work(tmp_path, names, handlings, [n % 2 for n in range(9)])):
        files = Files([2, 3, 7], of_run)
        there = pickle.loads(pickle.dumps(files))
        assert list(files) == list(there) == [(number, tasks[number]) for number in (2, 3, 7)]
        assert list(pickle.loads(pickle.dumps(there))) == list(files)
        assert b"8.txt" not in pickle.dumps(files)
