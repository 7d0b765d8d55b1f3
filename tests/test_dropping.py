"""--drop-duplicates: copies go, one of each cluster stays, whatever happens; what went is written down."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import pytest
from broken import BLOCK, BROKEN, CLEAN, LAST, LEAD
from program import corpuslint, write
from test_fixing_files import contents, sha, small_disk

from corpuslint.changing import writing
from corpuslint.changing.journal import Journal
from corpuslint.changing.patch import Patch
from corpuslint.changing.writing import NotChanged, Survivors
from corpuslint.changing.writing import make as make_change

SELECT = ("--select", "DUP201,DUP202")
DROP = ("check", ".", *SELECT, "--fix", "--drop-duplicates")


def text(number: int) -> str:
    """Return a text of its own, long enough to be compared."""
    words = [f"كلمة{number * 1000 + n}" for n in range(120)]
    return " ".join(words) + f".\n{number}\n"


def near(number: int) -> str:
    return text(number).replace(f"كلمة{number * 1000 + 60}", "أخرى")


def rows(folder: Path, name: str = "corpuslint-removed.jsonl") -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def line(id_: int, body: str) -> str:
    return json.dumps({"id": id_, "text": body}, ensure_ascii=False) + "\n"


def test_copies_go_and_one_of_each_stays(tmp_path: Path) -> None:
    files = {
        "a.txt": text(1),
        "b.txt": text(1).upper() + "\n",
        "c.txt": near(1),
        "d.txt": text(2),
        "e.jsonl": line(1, text(3)) + line(2, text(2)) + line(3, near(3)) + line(4, text(4)),
    }
    write(tmp_path, files)
    outcome = corpuslint(tmp_path, *DROP)
    assert outcome.status == 0, outcome
    assert "Removed 4 documents from 3 files" in outcome.stderr
    left = contents(tmp_path)
    removed = left.pop("corpuslint-removed.jsonl")
    assert left == {
        "a.txt": files["a.txt"].encode(),
        "d.txt": files["d.txt"].encode(),
        "e.jsonl": (line(1, text(3)) + line(4, text(4))).encode(),
    }
    found = {(row["path"], row["document"]["index"]): row for row in map(json.loads, removed.splitlines())}
    assert {key: (row["kept"]["path"], row["kept"]["index"], row["cluster_size"]) for key, row in found.items()} == {
        ("b.txt", 0): ("a.txt", 0, 2),
        ("c.txt", 0): ("a.txt", 0, 3),
        ("e.jsonl", 1): ("d.txt", 0, 2),
        ("e.jsonl", 2): ("e.jsonl", 0, 2),
    }
    assert found["c.txt", 0]["text"] == near(1)
    assert found["e.jsonl", 2]["document"] == {"index": 2, "id": "3", "field": "text"}
    assert found["e.jsonl", 2]["kept"]["id"] == "1"
    assert found["b.txt", 0]["similarity"] == 1.0
    assert 0.7 < found["c.txt", 0]["similarity"] < 1
    undone = corpuslint(tmp_path, "undo")
    assert undone.status == 0
    assert contents(tmp_path) == {name: body.encode() for name, body in files.items()}


def test_fixes_and_removals_are_one_run(tmp_path: Path) -> None:
    files = {"a.txt": CLEAN, "b.txt": BROKEN}
    write(tmp_path, files)
    (tmp_path / "b.txt").chmod(0o640)
    outcome = corpuslint(tmp_path, "check", ".", "--select", "DUP,FRN101", "--fix", "--drop-duplicates")
    assert outcome.status == 0, outcome
    assert sorted(contents(tmp_path)) == ["a.txt", "corpuslint-removed.jsonl"]
    assert corpuslint(tmp_path, "undo").status == 0
    assert contents(tmp_path) == {name: body.encode() for name, body in files.items()}
    assert (tmp_path / "b.txt").stat().st_mode & 0o777 == 0o640


def test_diff_lists_what_would_go_and_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": text(1), "b.txt": text(1)})
    outcome = corpuslint(tmp_path, "check", ".", *SELECT, "--diff", "--drop-duplicates")
    assert outcome.status == 1
    assert outcome.stdout == "would remove b.txt: DUP201, similarity 1.00 with a.txt, cluster of 2\n"
    assert sorted(contents(tmp_path)) == ["a.txt", "b.txt"]
    assert corpuslint(tmp_path, "check", ".", *SELECT, "--drop-duplicates").status == 2


def test_the_policy_says_which_copy_is_kept(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"a.txt": text(1), "b.txt": text(1), "corpuslint.toml": '[rules.duplicate-document]\nkeep = "last"\n'},
    )
    assert corpuslint(tmp_path, *DROP).status == 0
    assert (tmp_path / "b.txt").exists()
    assert not (tmp_path / "a.txt").exists()


def test_a_kept_copy_is_not_removed_for_being_a_copy_itself(tmp_path: Path) -> None:
    """By exact copies b is kept, by near copies a: removing b too would leave c's text nowhere."""
    settings = '[rules.duplicate-document]\nkeep = "first"\n[rules.near-duplicate-document]\nkeep = "first"\n'
    write(tmp_path, {"a.txt": near(1), "b.txt": text(1), "c.txt": text(1), "corpuslint.toml": settings})
    outcome = corpuslint(tmp_path, *DROP)
    assert "b.txt: not removed: it or a.txt is kept for another document; run again" in outcome.stderr
    assert sorted(contents(tmp_path)) == ["a.txt", "b.txt", "corpuslint-removed.jsonl", "corpuslint.toml"]
    assert corpuslint(tmp_path, *DROP).status == 0
    assert sorted(contents(tmp_path)) == ["a.txt", "corpuslint-removed.jsonl", "corpuslint.toml"]
    assert [row["path"] for row in rows(tmp_path)] == ["c.txt", "b.txt"]
    for _ in range(2):
        assert corpuslint(tmp_path, "undo").status == 0
    assert sorted(contents(tmp_path)) == ["a.txt", "b.txt", "c.txt", "corpuslint.toml"]


def test_links_to_the_kept_copy_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {"a/one.txt": text(1), "b/three.jsonl": line(1, text(2)) + line(2, text(3))})
    (tmp_path / "a/two.txt").symlink_to("one.txt")
    os.link(tmp_path / "a/one.txt", tmp_path / "a/zero.txt")
    (tmp_path / "b/four.jsonl").symlink_to("three.jsonl")
    before = contents(tmp_path)
    outcome = corpuslint(tmp_path, *DROP)
    assert outcome.status == 1
    assert contents(tmp_path) == before
    assert outcome.stderr.count("not removed") == 3


def drop_by_hand(root: Path, victim: str, kept: str) -> tuple[writing.FileChange, Survivors]:
    """Plan the removal of one file for another one by hand."""
    stage = Journal(root).begin().stage()
    stage.begin(victim, gone=True)
    stage.patch(Patch(0, (root / victim).read_bytes(), b""))
    stage.end(sha((root / victim).read_bytes()), {kept: sha((root / kept).read_bytes())})
    return stage.finish()[0], Survivors(root)


def test_a_copy_stays_where_the_kept_one_is_gone_or_changed(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": text(1), "b.txt": text(1)})
    change, survivors = drop_by_hand(tmp_path, "b.txt", "a.txt")
    (tmp_path / "a.txt").rename(tmp_path / "away")
    with pytest.raises(NotChanged, match=r"the kept copy a\.txt cannot be read"):
        make_change(tmp_path, change, survivors)
    write(tmp_path, {"a.txt": text(2)})
    with pytest.raises(NotChanged, match=r"the kept copy a\.txt is no longer what it was"):
        make_change(tmp_path, change, survivors)
    assert (tmp_path / "b.txt").exists()
    write(tmp_path, {"a.txt": text(1)})
    make_change(tmp_path, change, survivors)
    assert not (tmp_path / "b.txt").exists()


@pytest.mark.parametrize("again", [False, True], ids=["removed", "written anew"])
def test_a_kept_copy_that_goes_between_opening_and_locking_is_missed(
    again: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"a.txt": text(1), "b.txt": text(1)})
    change, survivors = drop_by_hand(tmp_path, "b.txt", "a.txt")
    lock = writing.lock

    def lock_late(stream: BinaryIO, *, exclusive: bool) -> bool:
        if not exclusive:  # the kept one is open; another run, which held it, removes it and ends
            (tmp_path / "a.txt").unlink()
            if again:
                write(tmp_path, {"a.txt": text(2)})
        return lock(stream, exclusive=exclusive)

    monkeypatch.setattr(writing, "lock", lock_late)
    with pytest.raises(NotChanged, match=r"the kept copy a\.txt (cannot be read|was replaced)"):
        make_change(tmp_path, change, survivors)
    assert (tmp_path / "b.txt").exists()


def test_a_kept_copy_that_was_verified_is_looked_at_again(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": text(1), "b.txt": text(1), "c.txt": text(1)})
    (first, survivors), (second, _) = (drop_by_hand(tmp_path, name, "a.txt") for name in ("b.txt", "c.txt"))
    make_change(tmp_path, first, survivors)
    write(tmp_path, {"a.txt": text(1)[:-2] + "2\n"})
    with pytest.raises(NotChanged, match="no longer what it was"):
        make_change(tmp_path, second, survivors)


def test_of_two_runs_that_each_want_the_other_copy_one_sees_the_other(tmp_path: Path) -> None:
    """Both hold their own copy and look at the other one: under no order of steps do both remove."""
    write(tmp_path, {"a.txt": text(1), "b.txt": text(1)})
    change, survivors = drop_by_hand(tmp_path, "b.txt", "a.txt")
    with (tmp_path / "a.txt").open("rb") as other_run:
        fcntl.flock(other_run, fcntl.LOCK_EX)
        with pytest.raises(NotChanged, match=r"the kept copy a\.txt is being changed by another run"):
            make_change(tmp_path, change, survivors)
    assert sorted(contents(tmp_path)) == ["a.txt", "b.txt"]


def test_racing_runs_with_opposite_policies_leave_one_copy(tmp_path: Path) -> None:
    """Two roots, so that the root's lock does not help: only the copies' own locks and looks do."""
    for attempt in range(6):
        top = tmp_path / str(attempt)
        files = {f"data/{n:02}-{side}.txt": text(n) for n in range(8) for side in "xy"}
        write(top, {**files, "one/corpuslint.toml": 'extension = ["txt"]\n', "two/corpuslint.toml": ""})
        for root, keep in (("one", "first"), ("two", "last")):
            write(top, {f"{root}/corpuslint.toml": f'[rules.duplicate-document]\nkeep = "{keep}"\n'})
        command = [sys.executable, "-m", "corpuslint", "check", "../data", *SELECT, "--fix", "--drop-duplicates"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
        runs = [
            subprocess.Popen(
                command, cwd=top / root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
            for root in ("one", "two")
        ]
        for run in runs:
            run.communicate()
        left = sorted(path.name for path in (top / "data").iterdir())
        assert len({name[:2] for name in left}) == 8, left


def test_threads_that_race_for_opposite_copies_never_remove_both(tmp_path: Path) -> None:
    for attempt in range(60):
        names = (f"{attempt}-a.txt", f"{attempt}-b.txt")
        write(tmp_path, dict.fromkeys(names, text(attempt)))
        plans = [drop_by_hand(tmp_path, names[0], names[1]), drop_by_hand(tmp_path, names[1], names[0])]
        start = threading.Barrier(2)

        def race(plan: tuple[writing.FileChange, Survivors], start: threading.Barrier = start) -> None:
            start.wait()
            with suppress(NotChanged):
                make_change(tmp_path, *plan)

        threads = [threading.Thread(target=race, args=(plan,)) for plan in plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert any((tmp_path / name).exists() for name in names)


def test_nothing_is_removed_where_it_cannot_be_written_down(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": text(1), "b.txt": text(1)})
    with small_disk(tmp_path / "full", "64k") as disk:
        (disk / "ballast").write_bytes(b"")
        with (disk / "ballast").open("wb", buffering=0) as stream, suppress(OSError):
            while True:
                stream.write(bytes(4096))
        outcome = corpuslint(tmp_path, *DROP, "--removed", "full/removed.jsonl")
        assert outcome.status == 2
        assert "nothing was removed" in outcome.stderr
        assert {"a.txt", "b.txt"} <= contents(tmp_path).keys()


def test_the_removed_file_grows_and_is_not_read_as_corpus(tmp_path: Path) -> None:
    for number in (1, 2):
        write(tmp_path, {"a.txt": text(number), "b.txt": text(number)})
        assert corpuslint(tmp_path, *DROP, "--removed", "gone.jsonl").status == 0
    assert [row["text"] for row in rows(tmp_path, "gone.jsonl")] == [text(1), text(2)]
    assert corpuslint(tmp_path, "undo").status == 0
    assert [row["text"] for row in rows(tmp_path, "gone.jsonl")] == [text(1)]


def test_a_document_that_changed_since_it_was_compared_stays(tmp_path: Path) -> None:
    from corpuslint.diagnostic import Diagnostic, Place, Related, Severity
    from corpuslint.document import Document
    from corpuslint.fixes.dropping import choose_drops, plan_drops, text_hash
    from corpuslint.sources import SourceFile
    from corpuslint.text import Span

    write(tmp_path, {"a.txt": text(1), "b.txt": text(1)})
    kept, copy = (Document(name, text(1)) for name in ("a.txt", "b.txt"))
    place = Place.of(copy, Span(0, 1))
    related = (Related(Place.of(kept, Span(0, 1)), "kept copy"),)
    compared = "\x1e".join(sorted((text_hash(kept), text_hash(copy))))
    finding = Diagnostic("DUP201", "duplicate-document", Severity.WARNING, "", place, related, content=compared)
    files = {name: SourceFile(tmp_path / name, name) for name in ("a.txt", "b.txt")}
    for changed in ("a.txt", "b.txt"):
        write(tmp_path, {"a.txt": text(1), "b.txt": text(1), changed: f"{LEAD}\n{BLOCK}\n{LAST}\n"})
        run = Journal(tmp_path).begin()
        plan = plan_drops(choose_drops([finding])[0], files, tmp_path / "removed.jsonl", run.stage(), run.stage())
        assert plan.documents == {}
        assert plan.notes == ["b.txt: not removed: it or the kept copy a.txt was changed since they were compared"]
