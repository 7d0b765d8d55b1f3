"""--fix on files: exact bytes, undo, accidents. Each test goes red when the protection it names is taken out."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from broken import BRACKET, BROKEN, CLEAN, LAST, LEAD, MENDED, make
from program import corpuslint, write

from corpuslint.changing.journal import FileChange, Journal
from corpuslint.changing.patch import Patch
from corpuslint.changing.transaction import transaction, undo
from corpuslint.changing.writing import NotChanged, Survivors
from corpuslint.changing.writing import make as make_change

SELECT = ("--select", "DUP101,FRN101")


def fix(folder: Path, *words: str) -> None:
    outcome = corpuslint(folder, "check", ".", *SELECT, "--fix", *words)
    assert outcome.status == 0, outcome


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, its own notes left out."""
    files = [path for path in folder.rglob("*") if path.is_file() and ".corpuslint" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_fixing_changes_nothing_but_the_edits_and_undo_restores_every_byte(tmp_path: Path) -> None:
    corpus = make(tmp_path, 9, 12)
    fix(tmp_path)
    assert contents(tmp_path) == {name: new for name, (_, new) in corpus.items()}
    undone = corpuslint(tmp_path, "undo")
    assert (undone.status, undone.stderr) == (0, "Run 0001: 7 files restored.\n")
    assert contents(tmp_path) == {name: old for name, (old, _) in corpus.items()}
    assert corpuslint(tmp_path, "undo").status == 2
    fix(tmp_path)
    assert contents(tmp_path) == {name: new for name, (_, new) in corpus.items()}


def test_a_second_fix_changes_nothing_and_keeps_no_journal(tmp_path: Path) -> None:
    make(tmp_path, 4, 0)
    fix(tmp_path)
    before = contents(tmp_path)
    fix(tmp_path)
    assert contents(tmp_path) == before
    assert [run.id for run in Journal(tmp_path).runs()] == ["0001"]


def test_diff_applies_with_git_and_gives_the_bytes_of_fix(tmp_path: Path) -> None:
    corpus = make(tmp_path / "one", 6, 8)
    crlf = BROKEN.replace("\n", "\r\n").removesuffix("\r\n")
    write(tmp_path / "one", {"crlf.txt": crlf, 'a "name" مع.txt': BROKEN})
    make(tmp_path / "two", 6, 8)
    write(tmp_path / "two", {"crlf.txt": crlf, 'a "name" مع.txt': BROKEN})
    before = contents(tmp_path / "one")
    shown = corpuslint(tmp_path / "one", "check", ".", *SELECT, "--diff")
    assert shown.status == 1
    assert contents(tmp_path / "one") == before
    assert not (tmp_path / "one" / ".corpuslint").exists()
    subprocess.run(["git", "apply", "-"], input=shown.stdout.encode(), cwd=tmp_path / "one", check=True)
    fix(tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert contents(tmp_path / "one")["all.jsonl"] == corpus["all.jsonl"][1]


def test_undo_refuses_what_was_changed_since_and_restores_the_rest(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": BROKEN, "b.txt": BROKEN})
    fix(tmp_path)
    (tmp_path / "a.txt").write_text(CLEAN + "more\n", encoding="utf-8")
    undone = corpuslint(tmp_path, "undo", "1")
    assert undone.status == 1
    assert "a.txt: not restored: it was changed by somebody else in the meantime" in undone.stderr
    assert contents(tmp_path) == {"a.txt": (CLEAN + "more\n").encode(), "b.txt": BROKEN.encode()}


def test_undo_lists_and_names_runs(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": BROKEN})
    assert corpuslint(tmp_path, "undo", "--list").stdout == ""
    fix(tmp_path, "--ignore", "DUP101")
    fix(tmp_path)
    listed = corpuslint(tmp_path, "undo", "--list").stdout.splitlines()
    assert [(line.split()[0], line.split()[-1]) for line in listed] == [("0001", "done"), ("0002", "done")]
    # The first run's change lies under the second one's.
    assert corpuslint(tmp_path, "undo", "0001").status == 1
    assert corpuslint(tmp_path, "undo").status == 0
    assert corpuslint(tmp_path, "undo").status == 0
    assert contents(tmp_path) == {"a.txt": BROKEN.encode()}


def plan(root: Path, name: str, patch: Patch, before: str) -> FileChange:
    """Write a plan by hand and return its one change."""
    stage = Journal(root).begin().stage()
    stage.begin(name)
    stage.patch(patch)
    stage.end(before)
    return stage.finish()[0]


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_file_changed_between_reading_and_writing_is_left_alone(tmp_path: Path) -> None:
    """The patch still fits, so only the comparison of the whole content can tell."""
    (tmp_path / "a.txt").write_bytes(b"one two three")
    change = plan(tmp_path, "a.txt", Patch(4, b"two", b""), sha(b"one two three"))
    (tmp_path / "a.txt").write_bytes(b"one two THREE")
    with pytest.raises(NotChanged, match="changed by somebody else"):
        make_change(tmp_path, change, Survivors(tmp_path))
    assert contents(tmp_path) == {"a.txt": b"one two THREE"}


def test_a_file_changed_while_the_new_one_is_written_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_bytes(b"one two three")
    change = plan(tmp_path, "a.txt", Patch(4, b"two", b""), sha(b"one two three"))
    flush = os.fsync

    def somebody_else_writes(handle: int) -> None:
        flush(handle)
        (tmp_path / "a.txt").write_bytes(b"one two THREE")

    monkeypatch.setattr(os, "fsync", somebody_else_writes)
    with pytest.raises(NotChanged, match="changed by somebody else"):
        make_change(tmp_path, change, Survivors(tmp_path))
    assert contents(tmp_path) == {"a.txt": b"one two THREE"}


def test_a_file_replaced_while_the_new_one_is_written_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_bytes(b"one two three")
    change = plan(tmp_path, "a.txt", Patch(4, b"two", b""), sha(b"one two three"))
    flush = os.fsync

    def somebody_else_replaces(handle: int) -> None:
        flush(handle)
        (tmp_path / "other").write_bytes(b"another file")
        (tmp_path / "other").replace(tmp_path / "a.txt")

    monkeypatch.setattr(os, "fsync", somebody_else_replaces)
    with pytest.raises(NotChanged, match="changed by somebody else"):
        make_change(tmp_path, change, Survivors(tmp_path))
    assert contents(tmp_path) == {"a.txt": b"another file"}


def test_everything_is_flushed_before_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Journal, its folder, new file: each flushed before the rename; the folder behind it."""
    calls: list[str] = []
    flush, replace = os.fsync, os.replace
    (tmp_path / "a.txt").write_bytes(b"one two three")

    def named(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink().name
        calls.append("flush " + name.split("-")[0])
        flush(handle)

    def renamed(source: str, target: str) -> None:
        calls.append(f"rename {Path(source).name.split('-')[0]} {Path(target).name}")
        replace(source, target)

    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc to name open files")
    monkeypatch.setattr(os, "fsync", named)
    monkeypatch.setattr(os, "replace", renamed)
    # pathlib's rename goes to os.replace as it was imported, so the order is asked from there too.
    monkeypatch.setattr(Path, "replace", lambda self, target: renamed(str(self), str(target)))
    change = plan(tmp_path, "a.txt", Patch(4, b"two", b""), sha(b"one two three"))
    make_change(tmp_path, change, Survivors(tmp_path))
    assert calls == [
        "flush journal",
        "flush 1.draft",
        "rename 1.draft 1.jsonl",
        "flush 0001",
        "flush .corpuslint",
        "rename .corpuslint a.txt",
        f"flush {tmp_path.name.split('-')[0]}",
    ]


def test_nothing_is_changed_where_no_journal_can_be_written(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": BROKEN})
    (tmp_path / ".corpuslint").write_text("in the way")
    outcome = corpuslint(tmp_path, "check", ".", *SELECT, "--fix")
    assert outcome.status == 2
    assert "the undo journal cannot be written, so nothing was changed" in outcome.stderr
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == BROKEN


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a small file system; the test is skipped where that is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a small file system needs more rights: " + mounted.stderr.decode().strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_read_only_disk_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {"open/b.txt": BROKEN})
    with small_disk(tmp_path / "shut", "1m") as disk:
        write(disk, {"a.txt": BROKEN})
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        outcome = corpuslint(tmp_path, "check", ".", *SELECT, "--fix")
        assert outcome.status == 2
        assert "shut/a.txt: not fixed: cannot be written: Read-only file system" in outcome.stderr
        assert contents(tmp_path) == {"shut/a.txt": BROKEN.encode(), "open/b.txt": CLEAN.encode()}
        inside = corpuslint(disk, "check", ".", *SELECT, "--fix", "--isolated")
        assert inside.status == 2
        assert "the undo journal cannot be written, so nothing was changed" in inside.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into every folder")
def test_a_read_only_folder_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {"shut/a.txt": BROKEN, "open/b.txt": BROKEN})
    (tmp_path / "shut").chmod(0o555)
    outcome = corpuslint(tmp_path, "check", ".", *SELECT, "--fix")
    (tmp_path / "shut").chmod(0o755)
    assert outcome.status == 2
    assert "shut/a.txt: not fixed: cannot be written: Permission denied" in outcome.stderr
    assert contents(tmp_path) == {"shut/a.txt": BROKEN.encode(), "open/b.txt": CLEAN.encode()}


def test_a_full_disk_leaves_everything_old_until_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        old, new = make(disk, 1, 40)["all.jsonl"]
        write(disk, {"small.txt": BROKEN})
        ballast = disk / "ballast"
        with ballast.open("wb", buffering=0) as stream, suppress(OSError):
            while True:
                stream.write(bytes(4096))
        said: list[str] = []
        finished = False
        # Room for nothing, then for the journal, then for the small file, then for all.
        while not finished and ballast.stat().st_size:
            outcome = corpuslint(disk, "check", ".", *SELECT, "--fix", "--isolated")
            state = contents(disk)
            assert state["all.jsonl"] in (old, new)
            assert state["small.txt"] in (BROKEN.encode(), CLEAN.encode())
            assert not [name for name in state if Path(name).name.startswith(".corpuslint-")]
            finished = outcome.status == 0
            assert finished or "No space left on device" in outcome.stderr
            said.append(outcome.stderr)
            os.truncate(ballast, max(0, ballast.stat().st_size - 5 * 4096))
        assert state["all.jsonl"] == new
        assert any("the undo journal cannot be written, so nothing was changed" in text for text in said)
        assert any("all.jsonl: not fixed: cannot be written" in text for text in said)


def test_links_modes_and_attributes_keep_their_meaning(tmp_path: Path) -> None:
    write(tmp_path, {"store/a.txt": BROKEN, "corpus/b.txt": BROKEN, "corpus/c.txt": BROKEN})
    (tmp_path / "corpus/link.txt").symlink_to("../store/a.txt")
    (tmp_path / "corpus/b.txt").chmod(0o640)
    os.link(tmp_path / "corpus/c.txt", tmp_path / "store/other-name.txt")
    try:
        os.setxattr(tmp_path / "corpus/b.txt", "user.origin", b"crawl 7")
    except OSError:
        attributes = False
    else:
        attributes = True
    outcome = corpuslint(tmp_path, "check", "corpus", *SELECT, "--fix")
    assert outcome.status == 2
    assert "corpus/c.txt: not fixed: it has 2 hard links" in outcome.stderr
    assert (tmp_path / "corpus/link.txt").is_symlink()
    assert (tmp_path / "store/a.txt").read_text(encoding="utf-8") == CLEAN
    assert (tmp_path / "corpus/b.txt").read_text(encoding="utf-8") == CLEAN
    assert (tmp_path / "corpus/b.txt").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "corpus/c.txt").read_text(encoding="utf-8") == BROKEN
    assert (tmp_path / "corpus/c.txt").samefile(tmp_path / "store/other-name.txt")
    if attributes:
        assert os.getxattr(tmp_path / "corpus/b.txt", "user.origin") == b"crawl 7"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs the right to give files away")
def test_the_owner_stays(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": BROKEN})
    os.chown(tmp_path / "a.txt", 65534, 65534)
    fix(tmp_path)
    assert (tmp_path / "a.txt").stat().st_uid == 65534
    assert corpuslint(tmp_path, "undo").status == 0
    assert (tmp_path / "a.txt").stat().st_uid == 65534


def test_two_runs_at_once_take_turns(tmp_path: Path) -> None:
    corpus = make(tmp_path, 12, 6)
    command = [sys.executable, "-m", "corpuslint", "check", ".", *SELECT, "--fix"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    with Journal(tmp_path).locked(lambda: None):
        runs = [
            subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            for _ in range(2)
        ]
        for run in runs:
            assert run.stderr is not None
            assert b"Waiting for another corpuslint run" in run.stderr.readline()
        assert contents(tmp_path) == {name: old for name, (old, _) in corpus.items()}
    assert [run.communicate() and run.returncode for run in runs] == [0, 0]
    assert contents(tmp_path) == {name: new for name, (_, new) in corpus.items()}
    assert len(Journal(tmp_path).runs()) == 1


def test_runs_under_different_roots_do_not_write_one_file_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one two three")
    change = plan(tmp_path, "a.txt", Patch(4, b"two", b""), sha(b"one two three"))
    with (tmp_path / "a.txt").open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(NotChanged, match="another run is changing it"):
            make_change(tmp_path, change, Survivors(tmp_path))
    assert contents(tmp_path) == {"a.txt": b"one two three"}


def test_a_run_that_was_cut_off_is_cleared_up_and_can_be_undone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one two three")
    (tmp_path / "b.txt").write_bytes(b"one two three")
    stage = Journal(tmp_path).begin().stage()
    for name in ("a.txt", "b.txt"):
        stage.begin(name)
        stage.patch(Patch(4, b"two", b"2"))
        stage.end(sha(b"one two three"))
    first, second = stage.finish()
    make_change(tmp_path, first, Survivors(tmp_path))
    (tmp_path / second.temporary).write_bytes(b"half a fi")
    said: list[str] = []
    with transaction(tmp_path, said.append):
        pass
    assert contents(tmp_path) == {"a.txt": b"one 2 three", "b.txt": b"one two three"}
    assert said == ["Run 0001 was cut off; each file is as it was or as planned. `corpuslint undo 0001` takes it back."]
    done = undo(Journal(tmp_path).runs()[0], tmp_path)
    assert (done.restored, done.refused) == (("a.txt",), ())
    assert contents(tmp_path) == {"a.txt": b"one two three", "b.txt": b"one two three"}


def test_a_big_share_of_a_document_is_held_back(tmp_path: Path) -> None:
    text = f"نص قصير جدا.\n[{'in the north of the country ' * 8}]. نص\n"
    write(tmp_path, {"a.txt": text, "b.txt": BROKEN})
    outcome = corpuslint(tmp_path, "check", ".", "--select", "FRN101", "--fix", "--unsafe-fixes")
    assert "a.txt: the fixes of FRN101 were held back: they would take" in outcome.stderr
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == text
    advice = outcome.stderr.split("To allow it: [fix] ")[1].splitlines()[0]
    (tmp_path / "corpuslint.toml").write_text(f"[fix]\n{advice}\n", encoding="utf-8")
    corpuslint(tmp_path, "check", ".", "--select", "FRN101", "--fix", "--unsafe-fixes")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") != text


def test_text_that_still_stands_does_not_count_as_taken(tmp_path: Path) -> None:
    block = "\n\n".join((LEAD, BRACKET.replace("[in the north] ", ""), LAST))
    write(tmp_path, {"a.txt": "\n\n".join([block] * 5) + "\n"})
    fix(tmp_path)
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == block + "\n"


def test_a_run_that_takes_too_much_of_the_corpus_is_held_back(tmp_path: Path) -> None:
    short = "قال المبعوث للصحفيين هذا [in the north of the country] أمس."
    corpus = {f"{n:02}.txt": short for n in range(50)}
    write(tmp_path, corpus)
    words = ("check", ".", "--select", "FRN101", "--fix")
    held = corpuslint(tmp_path, *words)
    assert held.status == 1
    assert "Nothing was fixed: the fixes would take" in held.stderr
    assert contents(tmp_path) == {name: text.encode() for name, text in corpus.items()}
    assert corpuslint(tmp_path, "check", ".", "--select", "FRN101", "--diff").stdout == ""
    (tmp_path / "49.txt").unlink()  # fewer than 50 documents say nothing about a corpus
    assert corpuslint(tmp_path, *words).status == 0
    assert corpuslint(tmp_path, "undo").status == 0
    write(tmp_path, corpus)
    assert corpuslint(tmp_path, *words, "--allow-shrink").status == 0
    assert (tmp_path / "00.txt").read_text(encoding="utf-8") == "قال المبعوث للصحفيين هذا أمس."


def test_a_project_regrades_fixes(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": BROKEN, "corpuslint.toml": '[fix]\nunsafe = ["bracketed-foreign-text"]\n'})
    corpuslint(tmp_path, "check", ".", *SELECT, "--fix")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == CLEAN.replace(MENDED, BRACKET)
    report = corpuslint(tmp_path, "check", ".", *SELECT, "--output-format", "json").json
    assert [d["fix"]["applicability"] for d in report["diagnostics"]] == ["unsafe"]
    write(tmp_path, {"corpuslint.toml": '[fix]\nsafe = ["FRN"]\n'})
    fix(tmp_path)
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == CLEAN


def test_interactive_asks_for_one_fix_at_a_time(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": BROKEN, "b.txt": BROKEN, "c.txt": BROKEN})
    words = ("check", ".", *SELECT, "--fix", "--interactive")
    asked = corpuslint(tmp_path, *words, stdin=b"n\ny\na\nwhat?\nn\nq\n")
    assert asked.stderr.count("Apply this fix?") == 6
    assert "-دعا المبعوث الأطراف المتحاربة [in the north] إلى وقف القتال فورا." in asked.stderr
    without_block = BROKEN.replace(CLEAN.split("\n\n")[2] + "\n\n", "", 1)
    assert contents(tmp_path) == {
        "a.txt": without_block.encode(),
        "b.txt": BROKEN.replace(BRACKET, MENDED).encode(),
        "c.txt": BROKEN.replace(BRACKET, MENDED).encode(),
    }


def test_fixes_of_a_report_apply_only_where_the_text_is_the_same(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(("a.txt", "b.txt", "c.txt", "d.txt"), BROKEN))
    report = corpuslint(tmp_path, "check", ".", *SELECT, "--output-format", "json")
    (tmp_path / "report.json").write_text(report.stdout, encoding="utf-8")
    ids = {(d["path"], d["code"]): d["id"] for d in report.json["diagnostics"]}
    one = corpuslint(tmp_path, "fix", "report.json", "--id", ids["a.txt", "FRN101"])
    assert one.status == 0, one
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == BROKEN.replace(BRACKET, MENDED)
    assert (tmp_path / "b.txt").read_text(encoding="utf-8") == BROKEN
    changed = BROKEN.replace("in the north", "in the south")
    write(tmp_path, {"b.txt": changed})
    (tmp_path / "c.txt").unlink()
    # The same id, since white space does not count in it; but it is not the text that was reported.
    spaced = BROKEN.replace("[in the north]", "[in  the north]")
    write(tmp_path, {"d.txt": spaced})
    rest = corpuslint(tmp_path, "fix", "report.json")
    assert rest.status == 1
    assert f"{ids['b.txt', 'FRN101']} b.txt: not fixed: the text there is no longer the same" in rest.stderr
    assert "c.txt: not fixed: there is no such file any more" in rest.stderr
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == CLEAN
    assert (tmp_path / "b.txt").read_text(encoding="utf-8") == CLEAN.replace(MENDED, BRACKET.replace("north", "south"))
    assert f"{ids['d.txt', 'FRN101']} d.txt: not fixed: the text there is no longer the same" in rest.stderr
    assert "[in  the north]" in (tmp_path / "d.txt").read_text(encoding="utf-8")
    assert corpuslint(tmp_path, "undo").status == 0
    assert (tmp_path / "b.txt").read_text(encoding="utf-8") == changed


@pytest.mark.parametrize("text", ["", "[]", '{"version": 1, "diagnostics": [{"fix": {"applicability": "safe"}}]}', "{"])
def test_a_file_that_is_no_report_is_a_usage_error(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"report.json": text})
    outcome = corpuslint(tmp_path, "fix", "report.json")
    assert outcome.status == 2
    assert "Traceback" not in outcome.stderr


# The kernel's own mark of this process: the usual resource usage begins with that of the process that started it.
PEAK = """
from pathlib import Path
from corpuslint.cli import main
try:
    main(["check", "a.jsonl", "--isolated", "--select", "FRN101", "--fix-only"])
finally:
    print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to ask for a process's memory")
def test_a_large_file_of_records_is_fixed_in_the_memory_of_one_record(tmp_path: Path) -> None:
    clean = json.dumps({"text": f"{LEAD}\n{LAST}\n" * 40}, ensure_ascii=False) + "\n"
    broken = json.dumps({"text": f"{LEAD}\n{BRACKET}\n" * 2}, ensure_ascii=False) + "\n"
    peaks = []
    for name, times in (("small", 1), ("large", 12)):
        folder = tmp_path / name
        write(folder, {"a.jsonl": (clean * 150 + broken) * times})
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
        run = subprocess.run(
            [sys.executable, "-c", PEAK], cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        assert f"Fixed {2 * times} findings" in run.stderr
        peaks.append(int(run.stdout) / 1024)
    size = (tmp_path / "large/a.jsonl").stat().st_size / 1e6
    assert size > 20
    assert peaks[1] - peaks[0] < 8, f"{peaks[1] - peaks[0]:.1f} MB more for {size:.0f} MB"
