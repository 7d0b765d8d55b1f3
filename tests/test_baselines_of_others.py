"""Where the baselines of other tools fail, and this one must not: a test a tool, named after what goes wrong there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from repository import Repository, article, paragraph

FILE = "corpuslint-baseline.jsonl"


@pytest.fixture
def corpus(tmp_path: Path) -> Repository:
    repository = Repository.create(tmp_path)
    for town in ("Arlen", "Borne"):
        repository.write(f"{town}.txt", article(town, town))
    repository.write(".gitattributes", f"{FILE} merge=union\n")
    repository.baseline("create")
    repository.commit("Adopt corpuslint")
    return repository


def test_eslint_path_rule_and_count_hide_a_swap(corpus: Repository) -> None:
    corpus.write("Arlen.txt", article("Arlen", "market"))
    assert corpus.new() == (1, [f"Arlen.txt: {paragraph('market')}"])


def test_eslint_one_too_many_shows_all(corpus: Repository) -> None:
    corpus.write("Arlen.txt", article("Arlen", "Arlen") + article("Arlen again", "market"))
    assert corpus.new() == (1, [f"Arlen.txt: {paragraph('market')}"])


def test_eslint_a_fixed_finding_turns_ci_red(corpus: Repository) -> None:
    corpus.write("Arlen.txt", article("Arlen"))
    assert corpus.new() == (0, [])
    assert corpus.summary()["gone"] == 1


def test_detect_secrets_time_stamps_and_line_numbers_change_the_file(corpus: Repository) -> None:
    corpus.write("Arlen.txt", "A line before.\n\n" + corpus.read("Arlen.txt"))
    corpus.baseline("update")
    assert corpus.git("status", "--porcelain", FILE) == ""
    assert not re.search(r"\d{4}-\d\d-\d\d", corpus.read(FILE))


def test_phpstan_totals_conflict(corpus: Repository) -> None:
    """Two branches add a finding each to one file; with union merge there is no conflict and nothing is lost."""
    corpus.git("switch", "--quiet", "--create", "other")
    corpus.write("Arlen.txt", article("Arlen", "Arlen") + article("Arlen North", "north"))
    corpus.baseline("update", "--accept-new")
    corpus.commit("North")
    corpus.git("switch", "--quiet", "main")
    corpus.write("Borne.txt", article("Borne", "Borne") + article("Borne South", "south"))
    corpus.baseline("update", "--accept-new")
    corpus.commit("South")
    corpus.git("merge", "--quiet", "--no-edit", "other")
    assert corpus.new() == (0, [])
    assert (corpus.summary()["known"], corpus.summary()["gone"]) == (4, 0)


def test_phpstan_has_no_prune_only(corpus: Repository) -> None:
    corpus.write("Arlen.txt", article("Arlen"))
    corpus.write("New.txt", article("New", "new"))
    before = set(corpus.read(FILE).splitlines())
    assert corpus.baseline("prune").status == 0
    after = set(corpus.read(FILE).splitlines())
    assert len(after) == 1
    assert after < before
    assert corpus.new() == (1, [f"New.txt: {paragraph('new')}"])


def test_basedpyright_loses_renames(corpus: Repository) -> None:
    corpus.git("mv", "Arlen.txt", "Arlen upon Water.txt")
    assert corpus.new() == (0, [])


def test_basedpyright_takes_one_finding_for_another_in_the_same_columns(corpus: Repository) -> None:
    corpus.write("Arlen.txt", corpus.read("Arlen.txt").replace("Arlen council", "Aalen council"))
    assert corpus.new() == (1, [f"Arlen.txt: {paragraph('Aalen')}"])


def test_golangci_lint_misses_moves_and_takes_lines_after_a_deletion_for_new(corpus: Repository) -> None:
    old = corpus.read("Arlen.txt")
    corpus.write("Arlen.txt", old.replace(f"{paragraph('Arlen')}\n\n", f"Moved.\n\n{paragraph('Arlen')}\n\n", 1))
    assert corpus.new("--no-baseline", "--since", "HEAD") == (0, [])
    corpus.write("Arlen.txt", old.partition("\n\n")[2])
    assert corpus.new("--no-baseline", "--since", "HEAD") == (0, [])


def test_golangci_lint_does_not_see_paragraphs_over_4096_bytes(corpus: Repository) -> None:
    long = " ".join(f"Sentence number {n} of a very long paragraph." for n in range(400))
    corpus.write("Long.txt", f"{long}\n\nIn between.\n\n{long}\n")
    status, found = corpus.new("--no-baseline", "--since", "HEAD")
    assert (status, len(found)) == (1, 1)


def test_golangci_lint_misses_what_a_change_causes_in_a_line_that_did_not_change(corpus: Repository) -> None:
    """The second paragraph was there already; by the one that is put before it, it becomes a repetition."""
    one = "The mayor opened the new library on Monday and thanked everybody who had helped to build it."
    corpus.write("Library.txt", f"Title\n\nSomething else.\n\n{one}\n")
    corpus.commit("A library")
    corpus.write("Library.txt", f"Title\n\n{one}\n\nSomething else.\n\n{one}\n")
    assert corpus.new("--since", "HEAD") == (1, [f"Library.txt: {one}"])


def test_mypy_baseline_loses_renames_of_whole_folders(corpus: Repository) -> None:
    (corpus.folder / "towns").mkdir()
    corpus.git("mv", "Arlen.txt", "Borne.txt", "towns")
    assert corpus.new() == (0, [])
    assert corpus.baseline("update").stdout == "0 added, 0 gone, 2 moved; 2 findings known.\n"


def test_jscpd_counts_a_third_verbatim_copy_in_a_new_file_as_none(corpus: Repository) -> None:
    corpus.write("Third.txt", corpus.read("Arlen.txt"))
    status, found = corpus.new("--select", "DUP101")
    assert (status, found) == (1, [f"Third.txt: {paragraph('Arlen')}"])


def test_a_third_copy_in_the_same_file_is_new_and_only_it(corpus: Repository) -> None:
    corpus.write("Arlen.txt", corpus.read("Arlen.txt") + "\nAt the end.\n\n" + paragraph("Arlen") + "\n")
    assert corpus.new() == (1, [f"Arlen.txt: {paragraph('Arlen')}"])
    assert corpus.summary()["known"] == 2


def test_records_without_ids_can_be_told_apart(corpus: Repository) -> None:
    text = article("Wire", "wire")
    corpus.write("wire.jsonl", json.dumps({"text": text}) + "\n")
    corpus.baseline("update", "--accept-new")
    corpus.write("wire.jsonl", (json.dumps({"text": text}) + "\n") * 2)
    status, found = corpus.new("--select", "DUP101")
    assert (status, found) == (1, [f"wire.jsonl: {paragraph('wire')}"])
