"""The intake holds what the readers in `sources` read, document for document, whatever the bytes are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpuslint.document import Document
from corpuslint.executors import nowhere
from corpuslint.scan.compiled import Loops, compiled, interpreted
from corpuslint.sources import ReadOptions, RecordStart, Skip, SourceFile, Stretch, read
from corpuslint.stages.documents import Documents
from corpuslint.stages.intake import Intake, field_names
from corpuslint.stages.shards import Task

TEXTS = (
    "",
    "plain",
    "مدرسة «القرية» تفتح أبوابها",
    "図書館は九時\n",
    "a\u2028b",
    "😀😀",
    'quo"te \\ back',
    "\ud800",
    "\udc00x",
    "x\x7f\u0080",
    "\x00",
    "\ufeffmark",
    "😀" * 40,
)
VALUES = (
    '"s"',
    '"\\u0061"',
    "1",
    "-0",
    "01",
    "1.5e3",
    "-",
    "1e",
    "NaN",
    "true",
    "nul",
    "null",
    "[]",
    "[1,]",
    '{"a": [1, {"b": "é"}]}',
    '{"text": "inner"}',
    "[[[]]]",
    '{"a" 1}',
    "{,}",
    '"\\x"',
    '"\\ud800"',
    '"\\ud83d\\ude00"',
    '"\\ud83dx"',
    '"tab\there"',
    "[" * 70 + "]" * 70,
    "9" * 400,
    '"\\u12G4"',
    "{}",
    "[}",
    '"ar"',
    '"ar_Arab"',
    '"not a tag!"',
    "1 2",
)
FIELDS = ("text", "id", "site", "language", "lang", "meta", "", "t\\u0065xt", "body")
PIECES = (
    b"\n",
    b"\r\n",
    b" ",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3",
    b"\xe2\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xc0\x80",
    b"{",
    b'"',
    b"}",
    b"\\",
    b"\x80",
    b"\x00",
)

texts = st.sampled_from(TEXTS) | st.text(max_size=12)
strings = st.builds(lambda text, plain: json.dumps(text, ensure_ascii=plain), texts, st.booleans())
members = st.builds(
    lambda name, value, space: f'"{name}"{space}:{space}{value}',
    st.sampled_from(FIELDS),
    st.sampled_from(VALUES) | strings,
    st.sampled_from(["", " ", "\t"]),
)
bodies = st.lists(members, max_size=4)
records = st.builds(
    lambda text, before, behind, end: "{" + ", ".join([*before, f'"text": {text}', *behind]) + "}" + end,
    strings,
    bodies,
    bodies,
    st.sampled_from(["\n", "\r\n", "\n\n", " \n", "\r\r\n", ""]),
) | st.builds(lambda body: "{" + ",".join(body) + "}\n", bodies)


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    """Records, some of them broken."""
    content = "".join(draw(st.lists(records, max_size=6))).encode("utf-8", "surrogatepass")
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.sampled_from(PIECES)) + content[at + draw(st.integers(0, 2)) :]
    return content


def loops(form: str) -> Loops:
    found = interpreted() if form == "interpreted" else compiled()
    if found is None:
        pytest.skip("numba is not installed")
    return found


def flat(batches: Iterator[Documents]) -> list[Document]:
    return [document for documents in batches for document in documents]


def taken(
    form: str, content: bytes, options: ReadOptions, stretch: Stretch | None = None
) -> tuple[list[Document], list[Skip]]:
    skips: list[tuple[int, Skip]] = []
    intake = Intake(loops(form), skips, nowhere)
    file = SourceFile(Path("a.jsonl"), "a.jsonl", options, content)
    names = field_names(options)
    assert names
    with np.errstate(over="ignore"):
        found = flat(intake.records(0, Task(file, ()), BytesIO(content), stretch, names))
        return [*found, *flat(intake.rest())], [skip for _, skip in skips]


def by_readers(file: SourceFile, stretch: Stretch | None = None) -> tuple[list[Document], list[Skip]]:
    items = [*read(file, stretch=stretch)]
    return [i for i in items if isinstance(i, Document)], [i for i in items if isinstance(i, Skip)]


both_forms = pytest.mark.parametrize("form", ["interpreted", "compiled"])


@both_forms
@given(content=contents(), text_field=st.sampled_from(["text", "body"]))
@settings(max_examples=300, deadline=None)
@example(content=b'{"text": "ends in the middle', text_field="text")
@example(content=b'\xef\xbb\xbf\n\xef\xbb\xbf{"text": "x"}', text_field="text")
@example(content=b'{"text": "a\xd9"}\n{"text": "\x85b"}\n{"text": "\\n\x85"}\n', text_field="text")
def test_records_are_taken_as_they_are_read(form: str, content: bytes, text_field: str) -> None:
    options = ReadOptions(text_field=text_field)
    file = SourceFile(Path("a.jsonl"), "a.jsonl", options, content)
    assert taken(form, content, options) == by_readers(file)


def test_a_stretch_ends_where_it_ends() -> None:
    lines = [json.dumps({"id": n, "text": f"Text {n}."}).encode() + b"\n" for n in range(9)]
    content = b"\n".join(lines)
    file = SourceFile(Path("a.jsonl"), "a.jsonl", content=content)
    start = RecordStart(3, content.index(lines[3]), 7)
    for stop in (3, 4, 8, 9):
        stretch = Stretch(start, stop)
        assert taken("compiled", content, file.options, stretch) == by_readers(file, stretch)


@pytest.mark.parametrize("most", [1, 2, 7])
@pytest.mark.parametrize("room", [300, 2000, 1 << 20])
def test_batches_of_any_size_hold_the_same_documents(room: int, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"".join(
        json.dumps({"id": f"n{n}", "text": "word " * (n * 37 % 101)}).encode() + b"\n" if n % 13 else b"broken\n"
        for n in range(200)
    )
    file = SourceFile(Path("a.jsonl"), "a.jsonl", content=content)
    monkeypatch.setattr("corpuslint.stages.intake.ROOM", room)
    monkeypatch.setattr("corpuslint.stages.intake.BLOCK", room // 3)
    monkeypatch.setattr("corpuslint.stages.intake.MOST", most)
    assert taken("compiled", content, file.options) == by_readers(file)


@both_forms
@given(contents=st.lists(st.binary(max_size=12) | texts.map(lambda t: t.encode("utf-8", "surrogatepass")), max_size=8))
@settings(max_examples=200, deadline=None)
@example(
    contents=[b"a\xd9", b"\x85b", b"", b"\xef\xbb\xbfmark", b"in \xef\xbb\xbf the middle", b"\xff\xfea\x00", b"nul\x00"]
)
def test_files_are_taken_as_they_are_read(form: str, contents: list[bytes]) -> None:
    skips: list[tuple[int, Skip]] = []
    intake = Intake(loops(form), skips, nowhere)
    files = [SourceFile(Path(f"{n}.txt"), f"{n}.txt", content=content) for n, content in enumerate(contents)]
    with np.errstate(over="ignore"):
        found = [d for n, file in enumerate(files) for d in flat(intake.text(n, Task(file, ()), contents[n]))]
        found += flat(intake.rest())
    expected = [by_readers(file) for file in files]
    assert found == [document for documents, _ in expected for document in documents]
    assert [skip for _, skip in skips] == [skip for _, own in expected for skip in own]


def test_names_that_are_paths_are_left_to_the_readers() -> None:
    assert field_names(ReadOptions(text_field="body.text")) is None
    assert field_names(ReadOptions(id_field="text")) is None
