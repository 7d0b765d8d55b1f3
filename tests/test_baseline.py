"""The baseline: what stands in the file, what the commands do to it, and what is never done silently."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from repository import Repository, article, paragraph

from corpuslint.baselines.baseline_file import LONGEST_LINE, BaselineError, read, read_bytes

FILE = "corpuslint-baseline.jsonl"


@pytest.fixture
def corpus(tmp_path: Path) -> Repository:
    repository = Repository.create(tmp_path)
    for town in ("Arlen", "Borne", "Celle"):
        repository.write(f"news/{town}.txt", article(town, town))
    return repository


def entries(repository: Repository) -> list[dict[str, str]]:
    return [json.loads(line) for line in repository.read(FILE).splitlines()]


def test_the_file_is_sorted_lines_for_people(corpus: Repository) -> None:
    corpus.baseline("create")
    lines = corpus.read(FILE).splitlines()
    assert lines == sorted(lines)
    assert corpus.read(FILE).endswith("\n")
    first = entries(corpus)[0]
    assert list(first) == ["path", "code", "excerpt", "id", "trace"]
    assert first["path"] == "news/Arlen.txt"
    assert first["excerpt"].startswith("The Arlen council")


def test_the_file_holds_no_date_total_version_or_line_number(corpus: Repository) -> None:
    corpus.baseline("create")
    before = corpus.read(FILE)
    assert not re.search(r"20\d\d|version|line|total|count\b", before)
    for town in ("Arlen", "Borne", "Celle"):
        corpus.write(f"news/{town}.txt", "Moved down.\n\n" + corpus.read(f"news/{town}.txt"))
    corpus.baseline("create", "--force")
    after = corpus.read(FILE)
    without_sketch = [re.sub(r"\.[0-9a-f]+\"}", "", text) for text in (before, after)]
    assert without_sketch[0] == without_sketch[1]


def test_ids_are_those_of_every_other_way_to_check(corpus: Repository) -> None:
    corpus.baseline("create")
    ids = {entry["id"] for entry in entries(corpus)}
    for arguments in ((".",), (str(corpus.folder),), ("news",), ("--jobs", "2"), ("news/*.txt",)):
        found = corpus.corpuslint("check", "--no-baseline", "--output-format", "json", *arguments).json["diagnostics"]
        assert {d["id"] for d in found} == ids, arguments


def test_create_does_not_replace_a_baseline(corpus: Repository) -> None:
    assert corpus.baseline("create").status == 0
    corpus.write("news/Delft.txt", article("Delft", "Delft"))
    outcome = corpus.baseline("create")
    assert (outcome.status, len(entries(corpus))) == (2, 3)
    assert "corpuslint baseline update" in outcome.stderr
    assert corpus.baseline("create", "--force").status == 0
    assert len(entries(corpus)) == 4


@pytest.mark.parametrize("command", ["update", "prune", "stats", "audit"])
def test_without_a_baseline_the_commands_say_how_to_get_one(corpus: Repository, command: str) -> None:
    outcome = corpus.baseline(command)
    assert outcome.status == 2
    assert "corpuslint baseline create" in outcome.stderr
    assert not (corpus.folder / FILE).exists()


def test_update_adds_nothing_silently(corpus: Repository) -> None:
    corpus.baseline("create")
    corpus.write("news/Delft.txt", article("Delft", "Delft"))
    before = corpus.read(FILE)
    outcome = corpus.baseline("update")
    assert outcome.status == 1
    assert "1 new finding left out; --accept-new adds them" in outcome.stdout
    assert corpus.read(FILE) == before
    outcome = corpus.baseline("update", "--accept-new")
    assert (outcome.status, outcome.stdout) == (0, "1 added, 0 gone, 0 moved; 4 findings known.\n")
    assert set(before.splitlines()) < set(corpus.read(FILE).splitlines())


def test_update_does_not_touch_the_lines_that_stay(corpus: Repository) -> None:
    corpus.baseline("create")
    before = corpus.read(FILE)
    corpus.write("news/Arlen.txt", "One more line.\n\n" + corpus.read("news/Arlen.txt"))
    corpus.baseline("update")
    assert corpus.read(FILE) == before


def test_a_partial_run_leaves_the_rest_alone(corpus: Repository) -> None:
    corpus.baseline("create")
    for town in ("Arlen", "Borne"):
        corpus.write(f"news/{town}.txt", article(town))
    # Only Arlen was read, so only Arlen's finding is known to be gone.
    assert corpus.summary("news/Arlen.txt")["gone"] == 1
    corpus.baseline("prune", "news/Arlen.txt")
    assert [entry["path"] for entry in entries(corpus)] == ["news/Borne.txt", "news/Celle.txt"]
    # The rule did not run at all, so nothing is known.
    assert corpus.summary("--select", "FRN101")["gone"] == 0
    corpus.baseline("prune", "--select", "FRN101")
    assert len(entries(corpus)) == 2
    corpus.baseline("prune")
    assert [entry["path"] for entry in entries(corpus)] == ["news/Celle.txt"]


def test_a_file_that_cannot_be_read_is_not_judged(corpus: Repository) -> None:
    corpus.baseline("create")
    (corpus.folder / "news/Arlen.txt").write_bytes(b"\xff\xfe\xff")
    outcome = corpus.baseline("prune", "--allow-skipped")
    assert outcome.status == 0
    assert len(entries(corpus)) == 3
    assert corpus.baseline("prune").status == 2


def test_a_deleted_file_is_judged_where_its_folder_was_read(corpus: Repository) -> None:
    corpus.baseline("create")
    (corpus.folder / "news/Arlen.txt").unlink()
    corpus.write("other/a.txt", "Nothing to say.\n")
    assert corpus.summary("other")["gone"] == 0
    assert corpus.summary("news/Borne.txt")["gone"] == 0
    assert corpus.summary("news")["gone"] == 1
    assert corpus.summary()["gone"] == 1


def test_a_renamed_file_checked_alone_keeps_its_entries(corpus: Repository) -> None:
    corpus.baseline("create")
    (corpus.folder / "news/Arlen.txt").rename(corpus.folder / "news/Arlon.txt")
    assert corpus.new("news/Arlon.txt") == (0, [])


def test_a_copied_file_is_new(corpus: Repository) -> None:
    """The old path is still there: this is one more copy of the defect, not the old one under a new name."""
    corpus.baseline("create")
    corpus.write("news/Copy.txt", corpus.read("news/Arlen.txt"))
    assert corpus.new("--select", "DUP101") == (1, [f"news/Copy.txt: {paragraph('Arlen')}"])


def test_another_article_with_the_same_defect_is_no_rename(corpus: Repository) -> None:
    """Arlen's article is deleted, and an article of its own has the same pasted paragraph."""
    corpus.baseline("create")
    (corpus.folder / "news/Arlen.txt").unlink()
    text = article("Zwolle", "Arlen").replace("people", "beautiful streets")
    text += "\n\n".join(f"This is sentence number {n} which only Zwolle has in it." for n in range(9))
    corpus.write("news/Zwolle.txt", text)
    assert corpus.new() == (1, [f"news/Zwolle.txt: {paragraph('Arlen')}"])


def test_known_findings_are_shown_when_asked_for(corpus: Repository) -> None:
    corpus.baseline("create")
    status, found = corpus.new("--show-known")
    assert (status, len(found)) == (0, 3)
    assert "(known)" in corpus.corpuslint("check", "--show-known").stdout
    assert corpus.new("--no-baseline")[0] == 1
    states = [
        d["baseline"] for d in corpus.corpuslint("check", "--show-known", "--output-format", "json").json["diagnostics"]
    ]
    assert states == ["known"] * 3


def test_another_file_as_baseline(corpus: Repository) -> None:
    outcome = corpus.baseline("create", "--baseline", "lists/known.jsonl")
    assert (outcome.status, outcome.stdout) == (2, "")
    assert "lists/known.jsonl: cannot be written" in outcome.stderr
    (corpus.folder / "lists").mkdir()
    assert corpus.baseline("create", "--baseline", "lists/known.jsonl").status == 0
    assert corpus.corpuslint("check", "news").status == 1
    assert corpus.new("--baseline", "lists/known.jsonl") == (0, [])
    outcome = corpus.corpuslint("check", "--baseline", "missing.jsonl")
    assert outcome.status == 2
    assert "missing.jsonl: cannot be read" in outcome.stderr


def test_the_baseline_is_no_part_of_the_corpus(corpus: Repository) -> None:
    corpus.baseline("create", "--baseline", "known.jsonl")
    assert corpus.summary("--baseline", "known.jsonl")["files"] == 3


def test_stats_count_by_rule_and_folder_now_and_then(corpus: Repository) -> None:
    corpus.baseline("create")
    corpus.commit("Three")
    corpus.write("news/Arlen.txt", article("Arlen"))
    corpus.write("wire/deep/Delft.txt", article("Delft", "Delft"))
    corpus.baseline("update", "--accept-new")
    lines = corpus.baseline("stats").stdout.splitlines()
    assert [line.split() for line in lines if line] == [
        ["known", "rule"],
        ["3", "DUP101"],
        ["known", "folder"],
        ["2", "news"],
        ["1", "wire"],
        ["3", "known."],
    ]
    table = corpus.baseline("stats", "--since", "HEAD").stdout.splitlines()
    assert table[0].split() == ["then", "gone", "added", "now", "rule"]
    assert table[1].split() == ["3", "1", "1", "3", "DUP101"]
    assert table[4].split() == ["3", "1", "0", "2", "news"]
    assert table[5].split() == ["0", "0", "1", "1", "wire"]
    assert "wire/deep" in corpus.baseline("stats", "--depth", "2").stdout
    assert corpus.baseline("stats", "--since", "nothing").status == 2


def test_create_says_how_git_merges_the_file(corpus: Repository) -> None:
    assert "add to .gitattributes: corpuslint-baseline.jsonl merge=union" in corpus.baseline("create").stderr
    corpus.write(".gitattributes", f"{FILE} merge=union\n")
    assert corpus.baseline("create", "--force").stderr == ""


def test_audit_keeps_suppresses_and_fixes(corpus: Repository) -> None:
    corpus.baseline("create")
    outcome = corpus.baseline("audit", stdin=b"k\ns\n\ns\nThe council asked for it twice.\nf\n")
    assert outcome.status == 0
    assert "A suppression needs a reason." in outcome.stdout
    assert outcome.stdout.endswith("1 finding suppressed, 1 fixed, 1 still known.\n")
    assert {entry["path"] for entry in entries(corpus)} == {"news/Arlen.txt"}
    assert "The council asked for it twice." in corpus.read("corpuslint-ignore.toml")
    assert corpus.read("news/Celle.txt").count(paragraph("Celle")) == 1
    summary = corpus.summary()
    assert (summary["new"], summary["known"], summary["suppressed"], summary["gone"]) == (0, 1, 1, 0)


def test_audit_ends_with_its_input(corpus: Repository) -> None:
    corpus.baseline("create")
    before = corpus.read(FILE)
    for answers in (b"", b"q\n", b"k\n", b"s\n", b"nonsense\n"):
        assert corpus.baseline("audit", stdin=answers).status == 0
        assert corpus.read(FILE) == before


ENTRY = '{"path": "a.txt", "code": "DUP101", "id": "0123456789abcdef"}\n'
HOSTILE = {
    "truncated": (ENTRY + ENTRY[:30], "b:2: is not JSON; it ends without a line end: was the file cut off?"),
    "duplicated": (ENTRY + ENTRY, "b:2: repeats the line of '0123456789abcdef'; `sort -u` leaves each line once"),
    "a list": ("[]\n", "b:1: is not a JSON object"),
    "a number": (ENTRY + "7\n", "b:2: is not a JSON object"),
    "an id that is a number": (ENTRY.replace('"0123456789abcdef"', "7"), "b:1: 'id' must be a string"),
    "a path that is null": (ENTRY.replace('"a.txt"', "null"), "b:1: 'path' must be a string"),
    "no code": ('{"id": "0", "path": "a"}\n', "b:1: has no 'code'"),
    "a trace that is a list": (ENTRY.replace("}", ', "trace": []}'), "b:1: 'trace' must be a string"),
    "kept that is a string": (ENTRY.replace("}", ', "kept": "x"}'), "b:1: 'kept' must be an object with a path"),
    "kept without a path": (ENTRY.replace("}", ', "kept": {}}'), "b:1: 'kept' must be an object with a path"),
    "two entries on a line": (ENTRY.strip() + ENTRY, "b:1: is not a JSON object"),
    "a conflict": ("<<<<<<< HEAD\n" + ENTRY, "b:1: holds a merge conflict"),
    "a conflict's middle": (ENTRY + "=======\n", "b:2: holds a merge conflict"),
    "a deep nest": ("[" * 100_000 + "\n", "b:1: is not a JSON object"),
    "a number of many digits": (ENTRY.replace("}", ', "x": ' + "9" * 5000 + "}"), "b:1: is not a JSON object"),
    "a byte order mark": ("\ufeff" + ENTRY, "b:1: begins with a byte order mark"),
    "a long line": ("x" * (LONGEST_LINE + 1) + "\n", f"b:1: is longer than {LONGEST_LINE} bytes"),
    "a long entry": (ENTRY.replace("a.txt", "a" * LONGEST_LINE), f"b:1: is longer than {LONGEST_LINE} bytes"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_baseline_is_one_clear_line(name: str) -> None:
    content, message = HOSTILE[name]
    with pytest.raises(BaselineError) as error:
        read_bytes(content.encode(), "b")
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["truncated", "duplicated", "a list", "a conflict"])
def test_a_hostile_baseline_ends_with_status_2(corpus: Repository, name: str) -> None:
    corpus.write(FILE, HOSTILE[name][0])
    for command in (("check",), ("baseline", "update"), ("baseline", "stats")):
        outcome = corpus.corpuslint(*command)
        assert (outcome.status, outcome.stdout) == (2, "")
        assert outcome.stderr.splitlines()[-1].startswith("Error: ")
        assert f"{FILE}:" in outcome.stderr.splitlines()[-1]
    assert corpus.read(FILE) == HOSTILE[name][0]


def test_bytes_that_are_no_text(corpus: Repository) -> None:
    (corpus.folder / FILE).write_bytes(b'{"id": "\xff"}\n')
    outcome = corpus.corpuslint("check")
    assert outcome.status == 2
    assert f"{FILE}:1: is not UTF-8: byte 0xff at column 9" in outcome.stderr


def test_a_line_of_a_gigabyte_is_not_read_into_memory(tmp_path: Path) -> None:
    """The file is sparse: a gigabyte of zero bytes without a line end that takes no room on the disk."""
    import tracemalloc

    file = tmp_path / FILE
    with file.open("wb") as stream:
        stream.write(b'{"id": "')
        stream.truncate(1 << 30)
    tracemalloc.start()
    with pytest.raises(BaselineError, match=r":1: is longer than \d+ bytes"):
        read(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 * LONGEST_LINE


def test_what_a_union_merge_may_leave_is_read(corpus: Repository) -> None:
    """Lines in no order, a blank line, no last line end, two forms of an entry that both branches refreshed."""
    corpus.baseline("create")
    lines = corpus.read(FILE).splitlines()
    other = json.dumps({**json.loads(lines[0]), "trace": "0000.0000"})
    corpus.write(FILE, "\n".join([lines[2], "", other, lines[1], lines[0]]))
    assert corpus.new() == (0, [])
    corpus.baseline("update")
    assert len(corpus.read(FILE).splitlines()) == 3
