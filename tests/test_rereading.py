"""Records are found again where they begin, whatever stands between them."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import numpy as np
import pytest

from corpuslint.corpus_rule import Member, head
from corpuslint.diagnostic import Place
from corpuslint.document import Document
from corpuslint.rereading import Again, Portions, read_again
from corpuslint.rows import Names, Rows
from corpuslint.shards import Task
from corpuslint.sources import SourceFile, read
from corpuslint.sources.jsonl import record_lines
from corpuslint.sources.starts import record_starts
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
    monkeypatch.setattr("corpuslint.rereading.PASSED_OVER", passed_over)
    monkeypatch.setattr("corpuslint.rereading.SHARD", 3000)
    file = SourceFile(tmp_path / "a.jsonl", "a.jsonl")
    lines = [json.dumps({"id": f"n{n}", "text": f"Text {n}.\n"}) for n in range(50)]
    file.path.write_text("\ufeff" + "\n\n".join(lines[:30]) + "\n{broken\n" + "\n".join(lines[30:]), encoding="utf-8")
    documents = [item for item in read(file) if isinstance(item, Document)]
    names = Names.of([d.key.id for d in documents], [(d.key.field, d.key.site) for d in documents])
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


@pytest.mark.parametrize(
    "text", ["", " \n\t", "a", "\n\r\n  First line. \r\nSecond", "\u2028x\u0085 y \x0c\nz", "x\ry"]
)
def test_a_head_says_what_the_document_says(text: str) -> None:
    document = Document("a.txt", text)
    written = document.written_lines
    span = trim(text, document.lines[written[0]].span) if written else Span(0, 0)
    for read_of_it in (document, Document("a.txt", head(text))):
        assert Member.of(read_of_it, 5).place == Place.of(document, span)
