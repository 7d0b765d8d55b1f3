"""Bad input: each kind gets a clear line, the run goes on, and nothing crashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from program import corpuslint, write

GOOD = "دعا المبعوث الأطراف المتحاربة [in the north] إلى وقف القتال فورا.\n"
RULES = ("--select", "FRN101,DUP101")


def check_beside_good(folder: Path, *more: str) -> tuple[int, str]:
    """Check a folder that also holds a good file: its finding must be there whatever else happened."""
    write(folder, {"zz.txt": GOOD, "aa.txt": GOOD})
    outcome = corpuslint(folder, "check", ".", *RULES, "--output-format", "concise", *more)
    assert "aa.txt:1:31: FRN101" in outcome.stdout
    assert "zz.txt:1:31: FRN101" in outcome.stdout
    return outcome.status, outcome.stderr


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("latin.txt", "café".encode("latin-1"), "latin.txt: is not UTF-8: byte 0xe9 at offset 3\n"),
        ("cut.txt", "سلام".encode()[:-1], "cut.txt: is not UTF-8: byte 0xd9 at offset 6\n"),
        ("nul.txt", b"a\0b", "nul.txt: holds a NUL character at code point 1; is it a text file?\n"),
        ("half.txt", b"\xff\xfea\0b", "half.txt: is not UTF-16-LE: byte 0x62 at offset 4\n"),
        ("u32.txt", b"\xff\xfe\0\0a\0\0\0", "u32.txt: is UTF-32, which is not read; convert it to UTF-8\n"),
        ("s.txt", b"\xed\xa0\x80", "s.txt: is not UTF-8: byte 0xed at offset 0\n"),
        (
            "r.jsonl",
            b'{"text": "a"}\n{"text": "b"',
            "r.jsonl:2: record is not JSON: Expecting ',' delimiter at column 13\n",
        ),
        ("r.jsonl", b'\n\n{"text": "a"\n', "r.jsonl:3: record is not JSON: Expecting ',' delimiter at column 1\n"),
        ("r.jsonl", b'{"text": "a', "r.jsonl:1: record is not JSON: Unterminated string starting at column 10\n"),
        ("r.jsonl", b'{"text": 3}', "r.jsonl:1: field 'text' is a number, not text\n"),
        ("r.jsonl", b'{"text": ["a"]}', "r.jsonl:1: field 'text' is a list, not text\n"),
        ("r.jsonl", b'{"text": "a\\u0000b"}', "r.jsonl:1: field 'text' holds a NUL character\n"),
        ("r.jsonl", b'{"t": "a"}', "r.jsonl:1: record has no field 'text'; name the text's field with --text-field\n"),
        ("r.jsonl", b"[1]", "r.jsonl:1: record has no field 'text'; name the text's field with --text-field\n"),
        ("r.jsonl", b'{"text": "\xff"}', "r.jsonl:1: record is not UTF-8: byte 0xff at column 11\n"),
        ("r.jsonl", b"[" * 100_000, "r.jsonl:1: record is nested too deeply\n"),
    ],
)
def test_unreadable_input_is_skipped_with_one_line(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert check_beside_good(tmp_path) == (2, said)
    assert check_beside_good(tmp_path, "--allow-skipped") == (1, said)


def test_unreadable_file_is_skipped_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "closed.txt").write_text("a")
    (tmp_path / "closed.txt").chmod(0)
    if os.access(tmp_path / "closed.txt", os.R_OK):
        pytest.skip("this user may read every file")
    assert check_beside_good(tmp_path) == (2, "closed.txt: cannot be read: Permission denied\n")


def test_a_file_that_vanishes_while_we_work_is_skipped(tmp_path: Path) -> None:
    # Named outright it is taken without a look, as if it had vanished after the walk.
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    write(tmp_path, {"aa.txt": GOOD})
    outcome = corpuslint(tmp_path, "check", "gone.txt", "aa.txt", *RULES, "--output-format", "concise")
    assert outcome.status == 2
    assert outcome.stderr == "gone.txt: cannot be read: No such file or directory\n"
    assert outcome.stdout.startswith("aa.txt:1:31: FRN101")


def test_link_loops_hidden_folders_and_broken_links_are_left_out_silently(tmp_path: Path) -> None:
    write(tmp_path, {"a/text.txt": "a\n", ".hidden/b.txt": GOOD, "a/.c.txt": GOOD})
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "broken.txt").symlink_to(tmp_path / "nowhere")
    outcome = corpuslint(tmp_path, "check", ".", *RULES, "--output-format", "json")
    assert (outcome.status, outcome.stderr, outcome.json["summary"]["documents"]) == (0, "", 1)


@pytest.mark.parametrize(
    "text",
    ["", "\n\n \n\t\n", "\ufeff", "word\n" * 1_000_000],
    ids=["empty", "blank lines", "only a BOM", "a million one-word lines"],
)
def test_odd_documents_are_ordinary(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.txt").write_text(text, encoding="utf-8", newline="")
    assert check_beside_good(tmp_path) == (1, "")


def test_a_line_of_100_mb_is_ordinary(tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_bytes("كلمة ".encode() * 11_000_000)
    assert check_beside_good(tmp_path) == (1, "")


def test_a_path_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    outcome = corpuslint(tmp_path, "check", "nowhere")
    assert outcome.status == 2
    assert "nowhere: no such file or folder" in outcome.stderr
    assert outcome.stdout == ""


def test_a_folder_without_documents_is_said_so(tmp_path: Path) -> None:
    outcome = corpuslint(tmp_path, "check", ".")
    assert outcome.status == 0
    assert "No documents found" in outcome.stderr


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("selct = []", "unknown key 'selct'; did you mean 'select'?"),
        ("select = 'DUP101'", "select must be a list of strings"),
        ("select = ['DUP999']", "select: unknown rule 'DUP999'; did you mean"),
        ("fail-on = 'bad'", "fail-on must be one of error, warning, info, not 'bad'"),
        ("[rules.repeated-blok]", "rules: unknown rule 'repeated-blok'; did you mean 'repeated-block'?"),
        ("[rules.DUP101]\nmin-character = 3", "unknown option 'min-character'; did you mean 'min-characters'?"),
        ("[rules.DUP101]\nmin-characters = 'x'", "min-characters must be of type int, not 'x'"),
        ("[rules.DUP101]\nmin-characters = true", "min-characters must be of type int, not True"),
        ("[rules.DUP101]\nmin-characters = 0", "min-characters must be at least 1, not 0"),
        ("[rules.DUP101]\n[rules.repeated-block]", "DUP101 stands there twice"),
        ("[per-file-ignores]\n'*.txt' = ['X']", "per-file-ignores.'*.txt': unknown rule 'X'"),
        ("select = [", "is not TOML"),
    ],
)
def test_a_wrong_configuration_is_a_usage_error_that_names_file_and_key(tmp_path: Path, table: str, said: str) -> None:
    write(tmp_path, {"corpuslint.toml": table, "a.txt": "a\n"})
    outcome = corpuslint(tmp_path, "check", ".")
    assert outcome.status == 2
    assert "corpuslint.toml" in outcome.stderr
    assert said in " ".join(outcome.stderr.split())
    assert "Traceback" not in outcome.stderr


def test_an_unknown_rule_on_the_command_line_is_a_usage_error(tmp_path: Path) -> None:
    outcome = corpuslint(tmp_path, "check", ".", "--select", "DUP11")
    assert outcome.status == 2
    assert "unknown rule 'DUP11'; did you mean" in outcome.stderr


def test_terminal_commands_in_texts_and_names_are_made_visible(tmp_path: Path) -> None:
    attack = "دعا المبعوث \x1b[31m الأطراف المتحاربة [in \u202ethe north] إلى وقف القتال فورا.\n"
    write(tmp_path, {"a\x1b]0;title\x07.txt": attack})
    for output_format in ("full", "concise"):
        outcome = corpuslint(tmp_path, "check", ".", *RULES, "--output-format", output_format)
        assert not set(outcome.stdout) & set("\x1b\x07\u202e")


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    write(tmp_path, {f"{number}.txt": GOOD for number in range(300)})
    command = f"{sys.executable} -m corpuslint check . --select FRN101 | head -1"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    run = subprocess.run(
        ["bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert run.stderr == b""
    assert run.stdout.splitlines()[-1] == b"1"
