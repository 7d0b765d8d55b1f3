"""Fixes of rules that count over the corpus: JNK104's suffixes and DUP204's lines, with everything `--fix` promises."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from program import corpuslint, write
from repository import Repository

SELECT = ("--select", "JNK104,DUP204")
NAME = "Tidewater Mornings"
TAIL = "\n\nTidewater Mornings, the paper of the coast\nTell the desk of Tidewater what you saw\n"
SUBJECTS = (
    "ferry",
    "depot",
    "choir",
    "whale",
    "cannon",
    "market",
    "bridge",
    "library",
    "tower",
    "bakery",
    "mill",
    "dam",
)


def headline(subject: str) -> str:
    """A headline of its own for each subject."""
    return f"The old {subject} opens its doors again"


def story(subject: str) -> str:
    """A body of its own for each subject."""
    return f"Nobody thought that the {subject} would be mended before the winter; now the {subject} has its lamps back."


def page(subject: str, suffix: str = f" - {NAME}", tail: str = TAIL) -> str:
    return f"{headline(subject)}{suffix}\n{story(subject)}{tail}"


def corpus(folder: Path, count: int = 12) -> dict[str, str]:
    """Write pages that share a suffix and two lines at their tail; return their texts."""
    texts = {f"{subject}.txt": page(subject) for subject in SUBJECTS[:count]}
    write(folder, texts)
    return texts


def read(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))}


def test_fix_deletes_the_proven_suffix_and_leaves_what_is_unsafe(tmp_path: Path) -> None:
    before = corpus(tmp_path)
    corpuslint(tmp_path, "check", ".", *SELECT, "--fix")
    without = {f"{subject}.txt": page(subject, "") for subject in SUBJECTS}
    assert read(tmp_path) == without
    corpuslint(tmp_path, "check", ".", *SELECT, "--fix")
    assert read(tmp_path) == without
    assert corpuslint(tmp_path, "undo").stderr == "Run 0001: 12 files restored.\n"
    assert read(tmp_path) == before


def test_unsafe_fixes_delete_the_repeated_lines_too(tmp_path: Path) -> None:
    corpus(tmp_path)
    outcome = corpuslint(tmp_path, "check", ".", *SELECT, "--fix", "--unsafe-fixes")
    assert read(tmp_path) == {f"{subject}.txt": f"{headline(subject)}\n{story(subject)}\n" for subject in SUBJECTS}
    assert (outcome.status, "Fixed 24 findings in 12 documents (12 files)" in outcome.stderr) == (0, True), outcome


def test_records_of_a_container_and_other_bytes_of_their_lines(tmp_path: Path) -> None:
    rows = [{"id": s, "site": "a", "text": page(s), "n": 1.50} for s in SUBJECTS]
    rows += [{"id": f"b-{s}", "site": "b", "text": f"{headline(s)} - in pictures\n{story(s)}"} for s in SUBJECTS[:3]]
    rows += [{"id": f"c-{s}", "site": "b", "text": f"{headline(s)} once more\n{story(s)}"} for s in SUBJECTS[3:]]
    file = tmp_path / "pages.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    corpuslint(tmp_path, "check", ".", "--select", "JNK104", "--fix")
    texts = [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert texts == [page(s, "") for s in SUBJECTS] + [row["text"] for row in rows[12:]]
    assert '"n": 1.5}' in file.read_text(encoding="utf-8")


def test_diff_shows_what_fix_does(tmp_path: Path) -> None:
    corpus(tmp_path)
    shown = corpuslint(tmp_path, "check", ".", *SELECT, "--diff", "--unsafe-fixes")
    removed = [line for line in shown.stdout.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert removed.count("-Tell the desk of Tidewater what you saw") == len(SUBJECTS)
    assert sum(line.endswith(NAME) for line in removed) == len(SUBJECTS)
    assert not (tmp_path / ".corpuslint").exists()


def test_what_is_suppressed_stays(tmp_path: Path) -> None:
    before = corpus(tmp_path)
    found = corpuslint(tmp_path, "check", ".", *SELECT, "--output-format", "json").json["diagnostics"]
    for row in found:
        if row["path"] == "whale.txt":
            assert corpuslint(tmp_path, "ignore", row["id"], "--reason", "meant so").status == 0
    corpuslint(tmp_path, "check", ".", *SELECT, "--fix", "--unsafe-fixes")
    after = read(tmp_path)
    assert after["whale.txt"] == before["whale.txt"]
    assert after["mill.txt"] == f"{headline('mill')}\n{story('mill')}\n"


def test_the_project_may_call_the_lines_safe(tmp_path: Path) -> None:
    corpus(tmp_path)
    write(tmp_path, {"corpuslint.toml": '[fix]\nsafe = ["DUP204"]\n'})
    found = corpuslint(tmp_path, "check", ".", *SELECT, "--output-format", "json").json["diagnostics"]
    assert {row["fix"]["applicability"] for row in found} == {"safe"}
    corpuslint(tmp_path, "check", ".", *SELECT, "--fix")
    assert read(tmp_path) == {f"{subject}.txt": f"{headline(subject)}\n{story(subject)}\n" for subject in SUBJECTS}


def test_the_shrink_guard_holds_what_takes_too_much(tmp_path: Path) -> None:
    tail = TAIL + "".join(f"Part {s} of the menu of Tidewater pages, all in one place for you\n" for s in SUBJECTS[:4])
    write(tmp_path, {f"{subject}.txt": page(subject, "", tail) for subject in SUBJECTS})
    outcome = corpuslint(tmp_path, "check", ".", *SELECT, "--fix", "--unsafe-fixes")
    assert read(tmp_path)["whale.txt"] == page("whale", "", tail)
    assert "the fixes of DUP204 were held back" in outcome.stderr


def test_one_finding_where_both_stages_see_the_suffix(tmp_path: Path) -> None:
    """By its words alone "Tidewater News" is unsafe; the corpus makes it certain, and it is the same finding."""
    write(tmp_path, {f"{s}.txt": page(s, " - Tidewater News", "\n") for s in SUBJECTS[:6]})
    alone = corpuslint(tmp_path, "check", "ferry.txt", "--select", "JNK104", "--output-format", "json").json
    found = corpuslint(tmp_path, "check", ".", "--select", "JNK104", "--output-format", "json").json["diagnostics"]
    assert [row["fix"]["applicability"] for row in alone["diagnostics"]] == ["unsafe"]
    assert [(row["path"], row["fix"]["applicability"]) for row in found] == [
        (f"{s}.txt", "safe") for s in sorted(SUBJECTS[:6])
    ]
    assert alone["diagnostics"][0]["id"] in {row["id"] for row in found}


@pytest.mark.parametrize("suffix", [" - day 3", " - Channel 4"])
def test_a_suffix_with_a_number_is_never_certain(tmp_path: Path, suffix: str) -> None:
    write(tmp_path, {f"{s}.txt": page(s, suffix, "\n") for s in SUBJECTS})
    found = corpuslint(tmp_path, "check", ".", "--select", "JNK104", "--output-format", "json").json["diagnostics"]
    assert {row["fix"]["applicability"] for row in found} == {"unsafe"}


def test_a_cached_file_is_seen_with_the_corpus_of_today(tmp_path: Path) -> None:
    """What proves a suffix may be a file that came later; the cache keeps keys, never the corpus's verdict."""
    write(tmp_path, {f"other{n}.txt": f"A line of text, number {n}\n{story(str(n))}\n" for n in range(240)})
    write(tmp_path, {f"site/{s}.txt": page(s, tail="\n") for s in SUBJECTS[:4]})
    words = ("check", ".", "--select", "JNK104", "--output-format", "json", "-v")
    assert corpuslint(tmp_path, *words).json["diagnostics"] == []
    write(tmp_path, {f"site/{SUBJECTS[4]}.txt": page(SUBJECTS[4], tail="\n")})
    second = corpuslint(tmp_path, *words)
    assert "244 of 245 files are as they were" in second.stderr
    assert len(second.json["diagnostics"]) == 5
    (tmp_path / "site" / f"{SUBJECTS[0]}.txt").unlink()
    assert corpuslint(tmp_path, *words).json["diagnostics"] == []


def test_a_baseline_knows_the_suffixes_and_a_new_page_is_new(tmp_path: Path) -> None:
    corpus(tmp_path)
    assert corpuslint(tmp_path, "baseline", "create", ".", *SELECT).status == 0
    assert corpuslint(tmp_path, "check", ".", *SELECT).status == 0
    write(tmp_path, {"school.txt": page("school")})
    outcome = corpuslint(tmp_path, "check", ".", *SELECT, "--output-format", "json")
    assert {row["path"] for row in outcome.json["diagnostics"]} == {"school.txt"}
    assert outcome.status == 1


def test_since_counts_over_the_whole_corpus_and_fixes_what_was_asked_for(tmp_path: Path) -> None:
    repository = Repository.create(tmp_path / "corpus")
    for subject in SUBJECTS[:-1]:
        repository.write(f"old/{subject}.txt", page(subject))
    repository.commit("First")
    repository.write(f"old/{SUBJECTS[-1]}.txt", page(SUBJECTS[-1]))
    asked = (f"old/{SUBJECTS[-1]}.txt", "--since", "HEAD", *SELECT)
    found = corpuslint(repository.folder, "check", *asked, "--output-format", "json")
    assert [(row["code"], row["path"]) for row in found.json["diagnostics"]] == [
        ("JNK104", f"old/{SUBJECTS[-1]}.txt"),
        ("DUP204", f"old/{SUBJECTS[-1]}.txt"),
    ]
    corpuslint(repository.folder, "check", *asked, "--fix", "--unsafe-fixes")
    assert repository.read(f"old/{SUBJECTS[-1]}.txt") == f"{headline(SUBJECTS[-1])}\n{story(SUBJECTS[-1])}\n"
    assert repository.read(f"old/{SUBJECTS[0]}.txt") == page(SUBJECTS[0])


def test_a_report_of_one_page_is_fixed_with_the_corpus_in_view(tmp_path: Path) -> None:
    before = corpus(tmp_path)
    report = corpuslint(tmp_path, "check", ".", *SELECT, "--output-format", "json")
    (tmp_path / "report.json").write_text(report.stdout, encoding="utf-8")
    ids = [row["id"] for row in report.json["diagnostics"] if row["path"] == "whale.txt"]
    chosen = [word for id_ in ids for word in ("--id", id_)]
    outcome = corpuslint(tmp_path, "fix", "report.json", *chosen, "--unsafe-fixes")
    assert (outcome.status, len(ids)) == (0, 2), outcome
    after = read(tmp_path)
    assert after.pop("whale.txt") == f"{headline('whale')}\n{story('whale')}\n"
    assert after.items() <= before.items()
