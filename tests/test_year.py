"""A year of a corpus in small: one real git repository, and after each step what a person would say about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from repository import Repository, article, paragraph

CLEAN: tuple[int, list[str]] = (0, [])


@pytest.fixture
def year(tmp_path: Path) -> Repository:
    """January: a corpus that has grown for years, with a pasted paragraph in each of its articles."""
    repository = Repository.create(tmp_path / "corpus")
    for town in ("Arlen", "Borne", "Celle", "Delft"):
        repository.write(f"news/{town}.txt", article(town, town))
    records = [{"id": f"wire-{n}", "text": article(f"Wire {n}", f"wire {n}")} for n in range(3)]
    repository.write("wire.jsonl", "".join(json.dumps(record) + "\n" for record in records))
    unnamed = [{"text": article(f"Note {n}", f"note {n}")} for n in range(3)]
    repository.write("unnamed.jsonl", "".join(json.dumps(record) + "\n" for record in unnamed))
    repository.write(".gitattributes", "corpuslint-baseline.jsonl merge=union\n")
    repository.commit("A corpus")
    return repository


def test_a_year(year: Repository) -> None:
    # Adopt: ten old findings, and from now on a green build.
    status, found = year.new()
    assert status == 1
    assert len(found) == 10
    assert year.baseline("create").status == 0
    assert year.new() == CLEAN
    year.commit("Adopt corpuslint")

    # Add: a new article with a pasted paragraph. That one is new, and nothing else.
    year.write("news/Emden.txt", article("Emden", "Emden"))
    assert year.new() == (1, [f"news/Emden.txt: {paragraph('Emden')}"])
    year.write("news/Emden.txt", article("Emden"))
    assert year.new() == CLEAN
    year.commit("An article about Emden")

    # Move: paragraphs in front of the old finding; every line number changes.
    year.write("news/Arlen.txt", "A first line.\n\nAnd a second one.\n\n" + year.read("news/Arlen.txt"))
    assert year.new() == CLEAN

    # Move into another folder, and rename there: the old findings come along.
    (year.folder / "news/towns").mkdir()
    year.git("mv", "news/Borne.txt", "news/towns/Borne upon Water.txt")
    assert year.new() == CLEAN
    assert year.summary()["known"] == 10

    # The baseline learns the new name. Nothing is added and nothing is lost.
    outcome = year.baseline("update")
    assert (outcome.status, outcome.stdout) == (0, "0 added, 0 gone, 1 moved; 10 findings known.\n")
    assert year.new() == CLEAN
    year.commit("Borne moved")

    # Edit neighbours: every other line of an article is written anew, and white space is wrapped differently.
    text = year.read("news/Celle.txt").replace("the people of Celle", "two people who lived in Celle")
    year.write("news/Celle.txt", text.replace("\n\n", "\n\n\n").replace(" and agreed", "  and  agreed"))
    assert year.new() == CLEAN

    # ... and only then the file is renamed: it is still the same article.
    year.git("mv", "news/Celle.txt", "news/Zelle.txt")
    assert year.new() == CLEAN
    assert year.baseline("update").status == 0
    year.commit("Celle is Zelle now")

    # Insert records: before the known ones, in a file whose records have ids and in one whose records have none.
    clean = json.dumps({"id": "wire-new", "text": article("Wire new")}) + "\n"
    year.write("wire.jsonl", clean + year.read("wire.jsonl"))
    year.write("unnamed.jsonl", json.dumps({"text": article("Note new")}) + "\n" + year.read("unnamed.jsonl"))
    assert year.new() == CLEAN
    year.commit("More from the wire")


def test_two_branches_change_the_baseline(year: Repository) -> None:
    year.baseline("create")
    year.commit("Adopt corpuslint")

    # One branch fixes Arlen, the other accepts Fürth and Genua; both change the baseline.
    year.git("switch", "--quiet", "--create", "fix-arlen")
    year.write("news/Arlen.txt", article("Arlen"))
    assert year.baseline("prune").stdout == "1 gone; 9 left in the baseline.\n"
    year.commit("Arlen is fixed")
    year.git("switch", "--quiet", "main")
    for town in ("Fürth", "Genua", "Aalen"):
        year.write(f"news/{town}.txt", article(town, town))
    assert year.baseline("update").status == 1  # it never grows silently
    assert len(year.new()[1]) == 3
    assert year.baseline("update", "--accept-new").status == 0
    year.commit("Three more towns")

    # No conflict, and the merged baseline knows what both branches know. Where one branch deletes a line right beside
    # one that the other adds, git keeps the deleted line too: its finding is gone, which fails nothing.
    year.git("merge", "--quiet", "--no-edit", "fix-arlen")
    assert year.new() == CLEAN
    summary = year.summary()
    assert (summary["known"], summary["gone"]) == (12, 1)
    assert year.baseline("prune").status == 0
    assert len(year.read("corpuslint-baseline.jsonl").splitlines()) == 12
    assert year.new() == CLEAN


def test_debt_is_paid_down(year: Repository) -> None:
    year.baseline("create")
    year.commit("Adopt corpuslint")

    # Fix: one old finding less. The build stays green though nobody touched the baseline.
    year.write("news/Delft.txt", article("Delft"))
    assert year.new() == CLEAN
    assert year.summary()["gone"] == 1

    # Delete a file: its findings are gone as well.
    (year.folder / "news/Arlen.txt").unlink()
    assert year.new() == CLEAN
    assert year.summary()["gone"] == 2

    # Prune: the baseline shrinks by those two lines and no other changes.
    before = year.read("corpuslint-baseline.jsonl").splitlines()
    assert year.baseline("prune").status == 0
    after = year.read("corpuslint-baseline.jsonl").splitlines()
    assert set(after) < set(before)
    assert len(before) - len(after) == 2
    assert year.new() == CLEAN
    year.commit("Two less")
    stats = year.baseline("stats", "--since", "HEAD~1").stdout
    assert "10 then, 8 now: 2 gone, 0 added since HEAD~1." in stats

    # Fix everything that can be fixed safely, prune, and there is nothing left to know.
    assert year.corpuslint("check", "--fix").status == 0
    assert year.baseline("prune").stdout == "8 gone; 0 left in the baseline.\n"
    assert year.new("--no-baseline") == CLEAN


def test_a_swap_is_seen(year: Repository) -> None:
    year.baseline("create")
    # In one edit the old finding is fixed and a new one of the same rule comes into the same file.
    year.write("news/Arlen.txt", article("Arlen", "harbour"))
    assert year.new() == (1, [f"news/Arlen.txt: {paragraph('harbour')}"])
    summary = year.summary()
    assert (summary["new"], summary["known"], summary["gone"]) == (1, 9, 1)


def test_a_shallow_clone(year: Repository, tmp_path: Path) -> None:
    year.commit("Second")
    year.baseline("create")
    year.commit("Adopt corpuslint")
    year.git("clone", "--quiet", "--depth=1", f"file://{year.folder}", str(tmp_path / "clone"))
    clone = Repository(tmp_path / "clone")
    # The baseline is a file: it needs no history.
    assert clone.new() == CLEAN
    clone.write("news/Hamm.txt", article("Hamm", "Hamm"))
    assert clone.new() == (1, [f"news/Hamm.txt: {paragraph('Hamm')}"])
    # Neither does the one commit that is there; of another one the message says how to get it.
    assert clone.new("--no-baseline", "--since", "HEAD") == (1, [f"news/Hamm.txt: {paragraph('Hamm')}"])
    outcome = clone.corpuslint("check", "--since", "origin/main~2")
    assert outcome.status == 2
    assert "is not in this shallow clone" in outcome.stderr
    assert "git fetch --depth=1 origin" in outcome.stderr
