"""Which files are read, in which order, and how their bytes become documents and go back."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program import corpuslint, write

from corpuslint.changing.patch import patched
from corpuslint.diagnostic import Edit
from corpuslint.document import Document
from corpuslint.sources import ReadOptions, Skip, SourceFile, Unwritable, container_for, read
from corpuslint.sources.walk import NoSuchPath, Walk
from corpuslint.stages.work import Work


def names(folder: Path, *paths: str, **options: tuple[str, ...]) -> list[str]:
    walk = Walk(folder, **options)
    return [walk.name(path) for path in walk.find([str(folder / path) for path in paths])]


def test_order_is_the_sorted_path_and_nothing_comes_twice(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(("b.txt", "a/z.txt", "a/b/c.md", "a.txt", "a/y.jsonl", "a/n.py"), ""))
    assert names(tmp_path, "b.txt", ".", "a", "a/*.txt") == ["a.txt", "a/b/c.md", "a/y.jsonl", "a/z.txt", "b.txt"]


def test_exclude_extension_and_own_files(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(("a.txt", "b.text", "drafts/c.txt", "corpuslint-baseline.jsonl", "d/e.txt"), ""))
    assert names(tmp_path, ".", exclude=("drafts/", "d/*")) == ["a.txt"]
    assert names(tmp_path, ".", extensions=(".text",)) == ["b.text"]
    assert names(tmp_path, "b.text") == ["b.text"]  # named outright


def test_gitignore_of_all_levels_is_respected(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".git/HEAD": "",
            ".gitignore": "raw/\n*.old.txt\n",
            "a.txt": "",
            "b.old.txt": "",
            "raw/c.txt": "",
            "in/.gitignore": "!keep.old.txt\n/top.txt\n",
            "in/keep.old.txt": "",
            "in/top.txt": "",
            "in/deep/top.txt": "",
        },
    )
    assert names(tmp_path, ".") == ["a.txt", "in/deep/top.txt", "in/keep.old.txt"]
    assert names(tmp_path, "in") == ["in/deep/top.txt", "in/keep.old.txt"]
    assert names(tmp_path, "b.old.txt") == ["b.old.txt"]


def test_a_path_outside_the_root_is_absolute(tmp_path: Path) -> None:
    write(tmp_path, {"root/a.txt": "", "other/b.txt": ""})
    walk = Walk(tmp_path / "root")
    found = walk.find([str(tmp_path / "other"), str(tmp_path / "root")])
    assert [walk.name(path) for path in found] == sorted([str(tmp_path / "other/b.txt"), "a.txt"])


def test_no_such_path_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoSuchPath, match=r"x\*\.txt: no such file"):
        names(tmp_path, "x*.txt")


def edited(file: SourceFile, *edits: Edit) -> bytes:
    """Return the file's bytes after edits of its first document."""
    container = container_for(file.path)
    with file.open() as stream:
        record = next(iter(container.records(file, stream)))
        assert not isinstance(record, Skip)
        return patched(file.path.read_bytes(), container.patches(file, record, edits))


def documents(path: Path, options: ReadOptions | None = None) -> list[Document]:
    found = list(read(SourceFile(path, path.name, options or ReadOptions())))
    assert all(isinstance(item, Document) for item in found), found
    return [item for item in found if isinstance(item, Document)]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_come_back_as_they_were(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("سطر\r\nآخر\r".encode(codec))
    (document,) = documents(path)
    assert document.text == "سطر\r\nآخر\r"
    file = SourceFile(path, "a.txt")
    assert edited(file, Edit(0, 0)) == path.read_bytes()
    assert edited(file, Edit(0, len(document.text), "x")) == "x".encode(codec)


def test_dotted_paths_name_fields_inside_fields(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"doc": {"body": "one"}, "meta": {"id": 7}}\n\n{"doc.body": "two", "meta": {"id": true}}\n')
    found = documents(path, ReadOptions("doc.body", "meta.id"))
    assert [(d.text, d.key.index, d.key.id, d.key.field) for d in found] == [
        ("one", 0, "7", "doc.body"),
        ("two", 1, None, "doc.body"),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(st.tuples(st.dictionaries(st.text(max_size=3), JSON, max_size=4), st.text()), min_size=1, max_size=4),
    st.booleans(),
    st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", "  : ")]),
    st.sampled_from(["", "\n", "\r\n"]),
)
def test_only_the_text_of_changed_records_is_written_anew(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[tuple[dict[str, object], str]],
    ascii_only: bool,
    separators: tuple[str, str],
    last: str,
) -> None:
    path = tmp_path_factory.getbasetemp() / "property.jsonl"
    clean = [({**record, "text": text.replace("\0", "")}) for record, text in records]
    lines = [json.dumps(record, ensure_ascii=ascii_only, separators=separators) for record in clean]
    path.write_bytes(("\n".join(lines) + last).encode("utf-8", "backslashreplace"))
    old = path.read_bytes().split(b"\n")
    file = SourceFile(path, path.name)
    added = 'نص جديد \\ "quoted"\n'
    new = edited(file, Edit(0, len(clean[0]["text"]), added)).split(b"\n")
    assert new[1:] == old[1:]
    assert json.loads(new[0]) == {**json.loads(old[0]), "text": added}
    assert edited(file) == path.read_bytes()


def test_a_file_name_that_is_no_utf8_is_read_and_shown(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "w") as stream:  # noqa: PTH123  # pathlib takes no bytes
        stream.write("a\n")
    outcome = corpuslint(tmp_path, "check", ".", "--output-format", "json")
    assert outcome.status == 0
    assert outcome.json["summary"]["documents"] == 1


def test_the_nearest_configuration_decides_about_the_rules(tmp_path: Path) -> None:
    bad = "دعا المبعوث الأطراف المتحاربة [in the north] إلى وقف القتال فورا.\n"
    write(
        tmp_path,
        {
            "corpuslint.toml": 'select = ["FRN101"]\n[per-file-ignores]\n"quiet/*" = ["FRN"]\n',
            "a.txt": bad,
            "quiet/b.txt": bad,
            "inner/pyproject.toml": "[tool.corpuslint]\nselect = ['DUP101']\n",
            "inner/c.txt": bad,
            "plain/pyproject.toml": "[project]\nname = 'x'\n",
            "plain/d.txt": bad,
        },
    )
    outcome = corpuslint(tmp_path, "check", ".", "--output-format", "json")
    assert [d["path"] for d in outcome.json["diagnostics"]] == ["a.txt", "plain/d.txt"]
    below = corpuslint(tmp_path / "plain", "check", ".", "--output-format", "json")
    assert [(d["path"], d["id"]) for d in below.json["diagnostics"]] == [
        (d["path"], d["id"]) for d in outcome.json["diagnostics"][1:]
    ]


def test_halves_of_a_surrogate_pair_are_never_joined(tmp_path: Path) -> None:
    """Two lone halves with a word between them: without the word a reader would see another character."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "\\ud83d word \\ude00"}\n')
    with pytest.raises(Unwritable, match="would not be read back as it was written"):
        edited(SourceFile(path, "a.jsonl"), Edit(1, 7))


def test_a_mark_that_an_edit_would_put_first_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x\ufeffy", encoding="utf-8")
    with pytest.raises(Unwritable, match="would not be read back as it was written"):
        edited(SourceFile(path, "a.txt"), Edit(0, 1))


def test_escapes_outside_an_edit_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"n": 1e2, "text":"\\u0645\\/ \\ud83d\\ude00 [x] \\t\\u00e9"  ,"text2":"[x]"}\r\n')
    assert edited(SourceFile(path, "a.jsonl"), Edit(4, 8)) == (
        b'{"n": 1e2, "text":"\\u0645\\/ \\ud83d\\ude00 \\t\\u00e9"  ,"text2":"[x]"}\r\n'
    ), "one code point is two escapes"


def test_the_folders_of_a_run() -> None:
    """Files that follow each other in a folder are counted together; folders between them part them."""
    names = ["a/b/1.txt", "a/b/2.txt", "a/c.txt", "a/d/1.txt", "a/e.txt", "b.txt", "c.txt", "/out/side.txt"]
    assert Work(Path(), names, [], [0] * len(names)).folders == [
        *(("a/b", 2), ("a", 1), ("a/d", 1), ("a", 1), ("", 2), ("/out", 1))
    ]
    assert Work(Path(), [], [], []).folders == []
