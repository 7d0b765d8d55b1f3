"""Line rules with the cache: no document is read again without need, and no answer is older than the corpus."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from corpora import rendered
from program import write

from corpuslint.cache import FILE, FOLDER, Cache
from corpuslint.cache_tables import CacheTrouble
from corpuslint.diagnostic import Applicability
from corpuslint.document import Document
from corpuslint.engine import Run, check
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.recalling import recall as recall_module
from corpuslint.recalling.recall import Recall
from corpuslint.rule import Rule
from corpuslint.rules.repeated_boilerplate import RepeatedBoilerplate
from corpuslint.rules.title_suffix import TitleSuffix
from corpuslint.sources import SourceFile
from corpuslint.stages.shards import Task

RULES: tuple[Rule, ...] = (RepeatedBoilerplate(), TitleSuffix(least_documents=2))
FOOTER = "Harbour Gazette, the paper of the coast\nTell us what you saw: 555 0199"
WORDS = [f"word{n}" for n in range(500)]


@pytest.fixture(autouse=True)
def small_input_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall_module, "FEW_FILES", 0)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that line rules look at, as they do."""
    names: list[str] = []
    plain = RepeatedBoilerplate.find_repeated

    def find(self: RepeatedBoilerplate, document: Document, levels: Any) -> Iterator[Any]:
        names.append(document.path)
        return plain(self, document, levels)

    monkeypatch.setattr(RepeatedBoilerplate, "find_repeated", find)
    return names


def article(seed: int, footer: str = FOOTER, title: str = "") -> str:
    chance = random.Random(seed)
    paragraphs = [" ".join(chance.choice(WORDS) for _ in range(30)) + "." for _ in range(2)]
    return "\n\n".join([f"Story number {seed} of this paper{title}", *paragraphs, footer]) + "\n"


def tasks(folder: Path, rules: tuple[Rule, ...] = RULES, policy: FixPolicy = FixPolicy()) -> list[Task]:  # noqa: B008
    files = sorted(path for path in folder.glob("**/*.*") if path.suffix in (".txt", ".jsonl"))
    return [Task(SourceFile(path, path.relative_to(folder).as_posix()), rules, policy) for path in files]


def cached(folder: Path, rules: tuple[Rule, ...] = RULES, policy: FixPolicy = FixPolicy()) -> Run:  # noqa: B008
    run = check(tasks(folder, rules, policy), folder, recall=Recall(folder, verbose=True))
    assert "as they were" in run.notes[0]
    return run


def same(run: Run, plain: Run) -> bool:
    return (rendered(run), run.skips, run.counts) == (rendered(plain), plain.skips, plain.counts)


def corpus(folder: Path, files: int = 8) -> None:
    write(folder, {f"a/{n}.txt": article(n, title=" | Gazette" if n < 2 else " - Coast") for n in range(files)})
    write(folder, {f"b/{n}.txt": article(100 + n, footer=f"Nobody else says {n}.") for n in range(4)})


def test_a_second_run_reads_no_document_again(tmp_path: Path, read: list[str]) -> None:
    corpus(tmp_path)
    first = cached(tmp_path)
    assert {d.code for d in first.diagnostics} == {"DUP204", "JNK104"}
    assert sorted(read) == [f"a/{n}.txt" for n in range(8)]
    read.clear()
    assert same(cached(tmp_path), first)
    assert read == []


def test_a_file_more_changes_the_numbers_of_all_and_only_it_is_read(tmp_path: Path, read: list[str]) -> None:
    corpus(tmp_path)
    before = cached(tmp_path)
    assert sum("in 8 of 8 documents of a." in d.message for d in before.diagnostics) == 8
    read.clear()
    write(tmp_path, {"a/new.txt": article(50)})
    after = cached(tmp_path)
    assert read == ["a/new.txt"]
    assert sum("in 9 of 9 documents of a." in d.message for d in after.diagnostics) == 9
    assert same(after, check(tasks(tmp_path), tmp_path))
    read.clear()
    write(tmp_path, {"a/new.txt": article(50, footer="It ends otherwise.")})
    after = cached(tmp_path)
    assert read == []
    assert sum("in 8 of 9 documents of a." in d.message for d in after.diagnostics) == 8
    assert same(after, check(tasks(tmp_path), tmp_path))


def test_documents_are_read_again_where_a_line_passes_a_bound(tmp_path: Path, read: list[str]) -> None:
    """One line at the edge is a finding from five documents on."""
    write(tmp_path, {f"a/{n}.txt": article(n, footer="The one line that they share") for n in range(4)})
    assert not cached(tmp_path).diagnostics
    read.clear()
    write(tmp_path, {"a/4.txt": article(4, footer="The one line that they share")})
    after = cached(tmp_path)
    assert len(after.diagnostics) == len(read) == 5
    assert same(after, check(tasks(tmp_path), tmp_path))
    (tmp_path / "a/4.txt").unlink()
    assert not cached(tmp_path).diagnostics


def test_a_changed_or_renamed_document_is_read_again(tmp_path: Path, read: list[str]) -> None:
    corpus(tmp_path)
    cached(tmp_path)
    read.clear()
    (tmp_path / "a/3.txt").rename(tmp_path / "b/3.txt")
    write(tmp_path, {"a/5.txt": "A word before.\n\n" + article(5)})
    assert same(cached(tmp_path), check(tasks(tmp_path), tmp_path))
    assert sorted(set(read)) == sorted({"a/5.txt", "b/3.txt", *read})  # the plain run reads them all
    read.clear()
    cached(tmp_path)
    assert read == []


@pytest.mark.parametrize(
    ("rules", "policy"),
    [
        ((RepeatedBoilerplate(least_documents=9), TitleSuffix(least_documents=2)), FixPolicy()),
        ((RepeatedBoilerplate(), TitleSuffix(least_documents=7)), FixPolicy()),
        ((RepeatedBoilerplate(),), FixPolicy()),
        (RULES, FixPolicy({"DUP204": Applicability.SAFE})),
    ],
    ids=["least", "titles", "one rule", "grade"],
)
def test_other_options_ask_anew(tmp_path: Path, rules: tuple[Rule, ...], policy: FixPolicy) -> None:
    corpus(tmp_path)
    before = cached(tmp_path)
    after = cached(tmp_path, rules, policy)
    assert same(after, check(tasks(tmp_path, rules, policy), tmp_path))
    assert not same(after, before)
    assert same(cached(tmp_path), before)


def test_another_version_asks_anew(tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    corpus(tmp_path)
    cached(tmp_path)
    read.clear()
    monkeypatch.setattr("corpuslint.recalling.setups.version_mark", lambda: "another")
    cached(tmp_path)
    assert len(read) == 8


def test_a_grade_of_a_folder_counts_for_its_files(tmp_path: Path) -> None:
    """Two folders with one content and two policies: neither gets the other's answer."""
    corpus(tmp_path)
    safe = FixPolicy({"DUP204": Applicability.SAFE})

    def mixed(moved: bool) -> list[Task]:
        return [replace(t, policy=safe) if t.file.name[2] in "0123" or moved else t for t in tasks(tmp_path)]

    for moved in (False, True, False):
        run = check(mixed(moved), tmp_path, recall=Recall(tmp_path, verbose=True))
        assert same(run, check(mixed(moved), tmp_path))


def test_a_file_that_changes_while_it_is_read_is_not_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus(tmp_path)
    plain = RepeatedBoilerplate.find_repeated

    def find(self: RepeatedBoilerplate, document: Document, levels: Any) -> Iterator[Any]:
        if document.path == "a/2.txt":
            write(tmp_path, {"a/2.txt": "Something else.\n\n" + article(2)})
        return plain(self, document, levels)

    monkeypatch.setattr(RepeatedBoilerplate, "find_repeated", find)
    cached(tmp_path)
    monkeypatch.setattr(RepeatedBoilerplate, "find_repeated", plain)
    write(tmp_path, {"a/2.txt": article(2)})
    assert same(cached(tmp_path), check(tasks(tmp_path), tmp_path))


def test_records_of_sites(tmp_path: Path, read: list[str]) -> None:
    records = [{"id": f"r{n}", "site": f"{'ab'[n % 2]}.example", "text": article(n)} for n in range(12)]
    for part in range(3):
        write(tmp_path, {f"{part}.jsonl": "".join(json.dumps(r) + "\n" for r in records[part::3])})
    assert same(cached(tmp_path), check(tasks(tmp_path), tmp_path))
    read.clear()
    write(tmp_path, {"3.jsonl": json.dumps({"id": "r12", "site": "a.example", "text": article(12)}) + "\n"})
    after = cached(tmp_path)
    assert read == ["3.jsonl"]
    assert same(after, check(tasks(tmp_path), tmp_path))


@pytest.mark.parametrize("seed", range(4))
def test_a_long_life(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is written, deleted and renamed, every run says what a run without a cache says."""
    monkeypatch.setattr("corpuslint.recalling.line_answers.MOST_OLD", 5)
    monkeypatch.setattr("corpuslint.recalling.known.TICK", -(10**18) if seed % 2 else 2_000_000_000)
    chance = random.Random(seed)
    corpus(tmp_path, 5)
    footers = [FOOTER, "A line of its own.", "The one line that they share", FOOTER.partition("\n")[0]]
    for _ in range(25):
        for _ in range(chance.randrange(3)):
            files = sorted(tmp_path.glob("[ab]/*.txt"))
            path = chance.choice(files)
            if chance.random() < 0.25 and len(files) > 3:
                path.unlink()
            elif chance.random() < 0.3:
                path.rename(path.parent / f"r{chance.randrange(5)}.txt")
            else:
                name = f"{chance.choice('ab')}/{chance.randrange(12)}.txt"
                title = chance.choice((" | Gazette", " - Coast", " - Coast", ""))
                write(tmp_path, {name: article(chance.randrange(30), chance.choice(footers), title)})
        rules = RULES if chance.random() < 0.8 else RULES[:1]
        assert same(cached(tmp_path, rules), check(tasks(tmp_path, rules), tmp_path))


class TestTrouble:
    """Whatever is wrong with the answers, the run says the same."""

    @pytest.mark.parametrize(
        "damage",
        [
            "UPDATE silent SET questions = x'00'",
            "UPDATE silent SET questions = 5",
            "UPDATE answers SET answer = '[[1]]'",
            "UPDATE answers SET answer = '5'",
            "UPDATE answers SET answer = replace(answer, 'lines', 'other')",
            "UPDATE answers SET answer = replace(answer, 'DUP204', 'DUP299')",
            "UPDATE answers SET answer = substr(answer, 1, length(answer) - 3) || ',7]]]'",
        ],
    )
    def test_damaged_answers(self, tmp_path: Path, damage: str) -> None:
        corpus(tmp_path)
        write(tmp_path, {f"a/s{n}.txt": article(n, footer=f"A line of two\n\n{article(30 + n)}") for n in range(2)})
        cached(tmp_path)
        with sqlite3.connect(tmp_path / FOLDER / FILE) as connection:
            connection.execute(damage)
        connection.close()
        run = check(tasks(tmp_path), tmp_path, recall=Recall(tmp_path, verbose=True))
        assert same(run, check(tasks(tmp_path), tmp_path))
        assert [note.partition(" used:")[0] for note in run.notes] == ["cache: not"]

    @pytest.mark.parametrize("method", ["write_answers", "write_silent"])
    def test_a_full_disk(self, tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
        corpus(tmp_path)
        write(tmp_path, {f"a/s{n}.txt": article(n, footer=f"A line of two\n\n{article(30 + n)}") for n in range(2)})

        def full(*_arguments: object, **_options: object) -> None:
            raise CacheTrouble("database or disk is full")

        monkeypatch.setattr(Cache, method, full)
        run = check(tasks(tmp_path), tmp_path, recall=Recall(tmp_path))
        assert same(run, check(tasks(tmp_path), tmp_path))
        assert "disk is full" in run.notes[0]
        monkeypatch.undo()

    def test_a_run_that_ends_in_the_middle(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What was said before stays said, and what was not is asked again."""
        corpus(tmp_path)
        monkeypatch.setattr("corpuslint.recalling.recall.FEW_FILES", 0)
        monkeypatch.setattr(Recall, "finish", lambda _self: [])
        check(tasks(tmp_path), tmp_path, recall=Recall(tmp_path))
        monkeypatch.undo()
        monkeypatch.setattr("corpuslint.recalling.recall.FEW_FILES", 0)
        assert same(cached(tmp_path), check(tasks(tmp_path), tmp_path))
