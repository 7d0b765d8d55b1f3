"""Records are found again where they begin, whatever stands between them."""

from __future__ import annotations

import io
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpuslint.corpus_rule import Member, head
from corpuslint.diagnostic import Place
from corpuslint.document import Document
from corpuslint.executors import nowhere
from corpuslint.rules.duplicate_document import DuplicateDocument
from corpuslint.rules.near_duplicate_document import NearDuplicateDocument
from corpuslint.scan.compiled import compiled, interpreted
from corpuslint.sources import SourceFile, read
from corpuslint.sources.jsonl import record_lines
from corpuslint.sources.starts import record_starts
from corpuslint.stages.rereading import Again, Head, Portions, Wanted, read_again, read_descriptions
from corpuslint.stages.rows import Names, Rows
from corpuslint.stages.shards import Task
from corpuslint.text import Span, trim

PIECES = [
    b"{}\n",
    b"\n",
    b" \t\r\n",
    b" {}\n",
    b'{"text": "a"}\r\n',
    b"  \n",
    b"\xef\xbb\xbf\n",
    b"x" * 70 + b"\n",
    b"\r",
]


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("block", [1, 7, 64, 1 << 18])
def test_records_begin_where_reading_them_says(
    seed: int, block: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("corpuslint.sources.starts.BLOCK", block)
    rng = random.Random(seed)
    content = b"".join(rng.choice(PIECES) for _ in range(rng.randrange(12)))
    content = rng.choice([b"", b"\xef\xbb\xbf"]) + content + rng.choice([b"", b"{}", b"  "])
    starts = record_starts(SourceFile(tmp_path / "a.jsonl", "a.jsonl", content=content))
    assert starts is not None
    expected = [(line.record, line.offset, line.number) for line in record_lines(io.BytesIO(content))]
    assert [tuple(start) for start in starts.of(range(20))] == expected


def test_only_files_with_a_record_a_line_have_starts(tmp_path: Path) -> None:
    assert record_starts(SourceFile(tmp_path / "a.txt", "a.txt", content=b"a\nb\n")) is None
    assert record_starts(SourceFile(tmp_path / "gone.jsonl", "gone.jsonl")) is None


@pytest.mark.parametrize("passed_over", [0, 1 << 30], ids=["sought", "passed over"])
def test_documents_are_read_again_as_they_were(
    passed_over: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("corpuslint.stages.rereading.PASSED_OVER", passed_over)
    monkeypatch.setattr("corpuslint.stages.rereading.SHARD", 3000)
    file = SourceFile(tmp_path / "a.jsonl", "a.jsonl")
    lines = [json.dumps({"id": f"n{n}", "text": f"Text {n}.\n"}) for n in range(50)]
    file.path.write_text("\ufeff" + "\n\n".join(lines[:30]) + "\n{broken\n" + "\n".join(lines[30:]), encoding="utf-8")
    documents = [item for item in read(file) if isinstance(item, Document)]
    names = Names.of([str(d.key.id).encode() for d in documents], [(d.key.field, d.key.site) for d in documents])
    keys = [d.key for d in documents]
    rows = Rows.of([0] * 50, [key.index for key in keys], names, [100] * 50, np.arange(50, dtype=np.uint64))
    wanted = np.array([0, 3, 29, 30, 31, 49])
    portions = Again([Task(file, ())], rows).portions(wanted)
    assert isinstance(portions, Portions)
    assert len(portions) > 1
    asked: list[tuple[int, int]] = []
    found = [pair for portion in portions for pair in read_again(portion, lambda *place: asked.append(place))]
    assert found == [(number, documents[number]) for number in wanted.tolist()]
    assert asked == [(0, keys[number].index) for number in wanted.tolist()]
    left_out = portions[0].without((0, 3))
    assert [number for number, _ in read_again(left_out, lambda *_: None)] == [0, 29][
        : len(portions[0].text_hashes) - 1
    ]
    file.path.write_text(lines[0] + "\n", encoding="utf-8")  # the others are gone, and nobody stumbles
    again = Again([Task(file, ())], rows).portions(wanted)
    assert [number for portion in again for number, _ in read_again(portion, lambda *_: None)] == [0]


def described(wanted: Wanted) -> tuple[dict[int, Head], dict[tuple[str, int], list[int]]]:
    found = read_descriptions(wanted, nowhere)
    evidence = {
        (code, number): row.tolist()
        for code, numbers, sets in found.evidence
        for number, row in zip(numbers.tolist(), sets.each(), strict=True)
    }
    return found.heads, evidence


@pytest.mark.parametrize("form", ["interpreted", "compiled"])
@pytest.mark.parametrize("room", [25, 200, 1 << 20], ids=lambda room: f"room for {room}")
@pytest.mark.parametrize("block", [1, 300, 1 << 18])
def test_drafts_say_what_documents_say(
    form: str, block: int, room: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    loops = interpreted() if form == "interpreted" else compiled()
    if loops is None:
        pytest.skip("numba is not installed")
    monkeypatch.setattr("corpuslint.stages.rereading.compiled", lambda: loops)
    monkeypatch.setattr("corpuslint.stages.rereading.PASSED_OVER", 50)
    monkeypatch.setattr("corpuslint.stages.intake.BLOCK", block)
    monkeypatch.setattr("corpuslint.stages.intake.ROOM", room)  # larger texts are whole documents
    texts = [f" \n Text {n % 7} of a\tfew words, مَدْرَسة {n}.\nEnd" for n in range(30)]
    lines = [json.dumps({"id": n, "text": text, "site": "s"}, ensure_ascii=n % 2 == 0) for n, text in enumerate(texts)]
    lines[7:7] = ["", "{broken", ' {"text": "\\ud800 spaced"}', '{"text": "twice", "text": "last"}', '{"no": 1}', "  "]
    (tmp_path / "a.jsonl").write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    (tmp_path / "b.txt").write_text("\n\nOne text\rwith odd line ends", encoding="utf-8")
    (tmp_path / "c.jsonl").write_text('{"text": "short"}\n{"text": "file"}', encoding="utf-8")
    (tmp_path / "gone.txt").write_text("Not there for long")
    files = [SourceFile(tmp_path / name, name) for name in ("a.jsonl", "b.txt", "c.jsonl", "gone.txt")]
    documents = [(n, item) for n, file in enumerate(files) for item in read(file) if isinstance(item, Document)]
    records, sizes = [d.key.index for _, d in documents], [len(d.text) for _, d in documents]
    rows = Rows.of([n for n, _ in documents], records, None, sizes, np.zeros(len(documents), np.uint64))
    rules = (DuplicateDocument(), NearDuplicateDocument(shingle_size=1, min_shingles=1))
    wanted, some = np.arange(len(documents)), np.arange(0, len(documents), 3)
    again = Again([Task(file, ()) for file in files], rows)
    (portion,) = again.portions(wanted, [(rules[0], some), (rules[1], wanted)])
    (tmp_path / "gone.txt").unlink()
    with np.errstate(over="ignore"):
        heads, evidence = described(replace(portion, compiled=True))
        assert (heads, evidence) == described(replace(portion, compiled=False))
        assert sorted(heads) == wanted[:-1].tolist()
        # A file that is written to in the meantime makes nobody stumble.
        (tmp_path / "a.jsonl").write_bytes(b"\n \n" * 70 + b'{"text": "other"}\n')
        described(replace(portion, compiled=True))


@pytest.mark.parametrize(
    "text", ["", " \n\t", "a", "\n\r\n  First line. \r\nSecond", "\u2028x\u0085 y \x0c\nz", "x\ry"]
)
def test_a_head_says_what_the_document_says(text: str) -> None:
    document = Document("a.txt", text)
    written = document.written_lines
    span = trim(text, document.lines[written[0]].span) if written else Span(0, 0)
    for read_of_it in (document, Document("a.txt", head(text))):
        assert Member.of(read_of_it, 5).place == Place.of(document, span)
