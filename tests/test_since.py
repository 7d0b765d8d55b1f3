"""`--since REV` and `--staged`: what a revision does not have, whatever lines moved."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from program import corpuslint
from repository import Repository, article, paragraph


@pytest.fixture
def corpus(tmp_path: Path) -> Repository:
    repository = Repository.create(tmp_path / "corpus")
    for town in ("Arlen", "Borne"):
        repository.write(f"news/{town}.txt", article(town, town))
    repository.write("wire.jsonl", json.dumps({"id": "w1", "text": article("Wire", "wire")}) + "\n")
    repository.commit("First")
    return repository


def test_nothing_changed(corpus: Repository) -> None:
    assert corpus.new("--since", "HEAD") == (0, [])
    assert corpus.new("--staged") == (0, [])
    assert corpus.summary("--since", "HEAD")["known"] == 3


def test_only_what_is_new(corpus: Repository) -> None:
    corpus.write("news/Arlen.txt", "Moved.\n\n" + article("Arlen", "Arlen") + article("Harbour", "harbour"))
    corpus.write(
        "wire.jsonl", json.dumps({"id": "w0", "text": article("W", "new wire")}) + "\n" + corpus.read("wire.jsonl")
    )
    assert corpus.new("--since", "HEAD") == (
        1,
        [f"news/Arlen.txt: {paragraph('harbour')}", f"wire.jsonl: {paragraph('new wire')}"],
    )


def test_a_rename_with_an_edit_is_followed(corpus: Repository) -> None:
    corpus.git("mv", "news/Arlen.txt", "news/Arlon.txt")
    corpus.write("news/Arlon.txt", corpus.read("news/Arlon.txt").replace("weather there", "weather in June"))
    assert corpus.new("--since", "HEAD") == (0, [])
    assert corpus.new("--since", "HEAD", "news/Arlon.txt") == (0, [])
    corpus.git("add", "--all")
    assert corpus.new("--staged") == (0, [])


def test_an_older_revision(corpus: Repository) -> None:
    corpus.write("news/Celle.txt", article("Celle", "Celle"))
    corpus.commit("Second")
    assert corpus.new("--since", "HEAD") == (0, [])
    assert corpus.new("--since", "HEAD~1") == (1, [f"news/Celle.txt: {paragraph('Celle')}"])
    assert corpus.new("--since", "main~1", "news/Arlen.txt") == (0, [])


def test_untracked_files_are_new(corpus: Repository) -> None:
    corpus.write("news/Celle.txt", article("Celle", "Celle"))
    assert corpus.new("--since", "HEAD") == (1, [f"news/Celle.txt: {paragraph('Celle')}"])


def test_staged_reads_the_index_and_not_the_disk(corpus: Repository) -> None:
    corpus.write("news/Arlen.txt", article("Arlen", "Arlen") + article("Harbour", "harbour"))
    assert corpus.new("--staged") == (0, [])
    corpus.git("add", "--all")
    corpus.write("news/Arlen.txt", "Mended on the disk, but not in what will be committed.\n")
    corpus.write("news/Untracked.txt", article("U", "untracked"))
    assert corpus.new("--staged") == (1, [f"news/Arlen.txt: {paragraph('harbour')}"])
    (corpus.folder / "news/Arlen.txt").unlink()
    assert corpus.new("--staged") == (1, [f"news/Arlen.txt: {paragraph('harbour')}"])


def test_the_cache_takes_neither_side_for_the_other(corpus: Repository) -> None:
    """From 200 files on results are kept by the files' status on the disk, which says nothing of the index."""
    for n in range(200):
        corpus.write(f"many/{n}.txt", f"A text of its own, number {n}.\n")
    corpus.commit("Many")
    clean = corpus.read("many/7.txt")
    corpus.write("many/7.txt", article("Harbour", "harbour"))
    corpus.git("add", "--all")
    corpus.write("many/7.txt", clean)
    for file in corpus.folder.rglob("*.txt"):
        os.utime(file, (1_600_000_000, 1_600_000_000))
    for _ in range(2):
        assert corpus.new("--staged") == (1, [f"many/7.txt: {paragraph('harbour')}"])
        assert corpus.new("--since", "HEAD") == (0, [])
        assert corpus.new("many") == (0, [])


def test_staged_before_the_first_commit(tmp_path: Path) -> None:
    repository = Repository.create(tmp_path)
    repository.write("a.txt", article("Arlen", "Arlen"))
    repository.git("add", "--all")
    assert repository.new("--staged") == (1, [f"a.txt: {paragraph('Arlen')}"])


def test_nothing_is_checked_out_or_changed(corpus: Repository) -> None:
    corpus.write("news/Arlen.txt", article("Arlen", "Arlen", "harbour"))
    before = corpus.git("status", "--porcelain"), corpus.git("rev-parse", "HEAD")
    corpus.new("--since", "HEAD")
    corpus.new("--staged")
    assert (corpus.git("status", "--porcelain"), corpus.git("rev-parse", "HEAD")) == before


def test_a_root_below_the_repository_and_a_folder_below_the_root(corpus: Repository) -> None:
    (corpus.folder / "corpuslint.toml").unlink()
    corpus.write("news/corpuslint.toml", "")
    corpus.write("news/deep/Celle.txt", article("Celle", "Celle"))
    for folder in ("news", "news/deep"):
        outcome = corpuslint(corpus.folder / folder, "check", "--since", "HEAD", "--output-format", "json")
        assert [d["path"] for d in outcome.json["diagnostics"]] == ["deep/Celle.txt"], outcome.stderr


def test_names_that_git_quotes(corpus: Repository) -> None:
    name = 'news/"quoted"\tمقال\n.txt'
    corpus.write(name, article("Arlen", "market"))
    corpus.commit("A name")
    assert corpus.new("--since", "HEAD") == (0, [])
    corpus.write(name, article("Arlen", "market") + article("Harbour", "harbour"))
    assert corpus.new("--since", "HEAD") == (1, [f"{name}: {paragraph('harbour')}"])


def test_with_a_baseline_both_count(corpus: Repository) -> None:
    corpus.baseline("create")
    corpus.write("news/Celle.txt", article("Celle", "Celle"))
    corpus.commit("Not in the baseline, but in HEAD")
    corpus.write("news/Delft.txt", article("Delft", "Delft"))
    assert corpus.new("--since", "HEAD") == (1, [f"news/Delft.txt: {paragraph('Delft')}"])
    corpus.write("news/Arlen.txt", article("Arlen"))
    assert corpus.summary("--since", "HEAD")["gone"] == 1
    (corpus.folder / "corpuslint-baseline.jsonl").unlink()
    assert corpus.summary("--since", "HEAD")["gone"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--since", "nothing"), "revision 'nothing' does not exist in this repository"),
        (("--since", "--help"), "'--help' is no revision"),
        (("--since", "HEAD", "--staged"), "--since and --staged exclude each other"),
        (("--staged", "--fix"), "leave one of them out"),
    ],
)
def test_what_cannot_be_answered_is_one_line(corpus: Repository, arguments: tuple[str, ...], message: str) -> None:
    outcome = corpus.corpuslint("check", *arguments)
    assert (outcome.status, outcome.stdout) == (2, "")
    assert message in outcome.stderr


def test_outside_a_repository(tmp_path: Path) -> None:
    outcome = corpuslint(
        tmp_path, "check", "--isolated", "--since", "HEAD", GIT_CEILING_DIRECTORIES=str(tmp_path.parent)
    )
    assert outcome.status == 2
    assert "not a git repository" in outcome.stderr


def test_without_git(corpus: Repository, tmp_path: Path) -> None:
    outcome = corpus.corpuslint("check", "--since", "HEAD", PATH=str(tmp_path))
    assert outcome.status == 2
    assert "git is not installed" in outcome.stderr
