"""Findings about two documents in the baseline: a pair is what it is, whoever joins, sorts first or is renamed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from repository import Repository, article

WORDS = [f"word{n}" for n in range(300)]


def story(*changed: int, number: int = 0) -> str:
    """A text of 300 words of its own number; a few of them are replaced where they are named."""
    words = [f"{word}x{number}" for word in WORDS]
    for place in changed:
        words[place] = f"other{place}"
    return "\n".join(" ".join(words[n : n + 10]) + "." for n in range(0, 300, 10)) + "\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Repository:
    """Two texts that say the same, and two that are nearly the same; all of it is known."""
    repository = Repository.create(tmp_path)
    repository.write("m/first.txt", story())
    repository.write("m/second.txt", story())
    repository.write("m/near.txt", story(number=1))
    repository.write("m/nearly.txt", story(50, 51, number=1))
    repository.write("single.txt", article("Arlen"))
    assert repository.baseline("create").status == 0
    assert repository.new() == (0, [])
    repository.commit("Adopt corpuslint")
    return repository


def flagged(repository: Repository, *arguments: str) -> list[tuple[str, str, str]]:
    found = repository.corpuslint("check", "--output-format", "json", *arguments).json["diagnostics"]
    return [(d["code"], d["path"], d["related"][0]["path"]) for d in found]


def test_a_further_verbatim_copy_is_new_and_only_it(corpus: Repository) -> None:
    corpus.write("z.txt", story())
    assert flagged(corpus) == [("DUP201", "z.txt", "m/first.txt")]


def test_a_new_file_that_sorts_first_takes_the_blame_itself(corpus: Repository) -> None:
    corpus.write("a.txt", story())
    corpus.write("b.txt", story(70, number=1))
    assert flagged(corpus) == [("DUP201", "a.txt", "m/first.txt"), ("DUP202", "b.txt", "m/near.txt")]
    corpus.baseline("update", "--accept-new")
    corpus.write("0.txt", story())
    assert flagged(corpus) == [("DUP201", "0.txt", "m/first.txt")]


@pytest.mark.parametrize("name", ["m/first.txt", "m/second.txt", "m/near.txt", "m/nearly.txt"])
@pytest.mark.parametrize("new", ["a/renamed.txt", "z/renamed.txt"])
def test_a_renamed_file_keeps_its_pairs(corpus: Repository, name: str, new: str) -> None:
    """Even where the new name makes it the first of the two, or the text was edited on the way."""
    text = corpus.read(name)
    (corpus.folder / name).unlink()
    corpus.write(new, text)
    assert corpus.new() == (0, [])
    if "near" in name:
        corpus.write(new, text.replace("word150", "edited150"))
        assert corpus.new() == (0, [])
    assert corpus.baseline("update").stdout == "0 added, 0 gone, 1 moved; 2 findings known.\n"
    assert corpus.new() == (0, [])


def test_a_renamed_folder_keeps_its_pairs(corpus: Repository) -> None:
    (corpus.folder / "m").rename(corpus.folder / "another")
    assert corpus.new() == (0, [])
    assert corpus.baseline("update").stdout == "0 added, 0 gone, 2 moved; 2 findings known.\n"


def test_an_edited_word_does_not_make_a_known_pair_new(corpus: Repository) -> None:
    for name in ("m/near.txt", "m/nearly.txt"):
        corpus.write(name, corpus.read(name).replace("word200", "edited"))
        assert corpus.new() == (0, [])


def test_a_pair_is_gone_only_where_both_documents_were_read(corpus: Repository) -> None:
    corpus.write("m/nearly.txt", article("Borne"))
    assert corpus.summary("m/nearly.txt")["gone"] == 0
    assert corpus.summary("m/near.txt", "m/nearly.txt")["gone"] == 1
    (corpus.folder / "m/second.txt").unlink()
    assert corpus.summary()["gone"] == 2
    assert corpus.baseline("prune").stdout == "2 gone; 0 left in the baseline.\n"


def test_records_keep_their_pairs_when_records_come_before_them(tmp_path: Path) -> None:
    corpus = Repository.create(tmp_path)
    named = [json.dumps({"id": f"r{n}", "text": story(n, number=2)}) for n in range(2)]
    unnamed = [json.dumps({"text": story(n, number=3)}) for n in range(2)]
    corpus.write("named.jsonl", "\n".join(named) + "\n")
    corpus.write("unnamed.jsonl", "\n".join(unnamed) + "\n")
    corpus.baseline("create")
    assert corpus.summary()["known"] == 2
    corpus.write("named.jsonl", json.dumps({"id": "r9", "text": article("New")}) + "\n" + "\n".join(named) + "\n")
    corpus.write("unnamed.jsonl", json.dumps({"text": article("Newer")}) + "\n" + "\n".join(unnamed) + "\n")
    assert corpus.new() == (0, [])
    # A new record before the known ones that is one more copy.
    corpus.write("named.jsonl", json.dumps({"id": "r10", "text": story(5, number=2)}) + "\n" + "\n".join(named) + "\n")
    found = corpus.corpuslint("check", "--output-format", "json").json["diagnostics"]
    assert [d["document"]["id"] for d in found] == ["r10"]


def test_a_staged_file_that_repeats_an_unchanged_one_is_found(corpus: Repository) -> None:
    corpus.write("0.txt", story())
    corpus.git("add", "--all")
    expected = [("DUP201", "0.txt", "m/first.txt")]
    assert flagged(corpus, "--staged") == expected
    assert flagged(corpus, "--staged", "--no-baseline") == expected
    assert flagged(corpus, "--staged", "--no-baseline", "0.txt") == expected
    assert flagged(corpus, "--since", "HEAD", "--no-baseline", "0.txt") == expected
    assert flagged(corpus, "--since", "HEAD", "--no-baseline", "single.txt") == []


def test_since_blames_the_new_file_without_any_baseline(tmp_path: Path) -> None:
    corpus = Repository.create(tmp_path)
    corpus.write("m.txt", story())
    corpus.commit("One")
    corpus.write("a.txt", story())
    assert flagged(corpus, "--since", "HEAD") == [("DUP201", "a.txt", "m.txt")]


def test_since_sees_renames_of_pairs(corpus: Repository) -> None:
    corpus.git("mv", "m/first.txt", "zzz.txt")
    corpus.git("mv", "m/nearly.txt", "aaa.txt")
    assert flagged(corpus, "--since", "HEAD", "--no-baseline") == []
    assert flagged(corpus, "--staged", "--no-baseline") == []
