"""A text that is scanned in portions is seen as one that is scanned whole, wherever it is cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from corpora import rendered
from fixtures import FIRING
from hypothesis import given, settings
from hypothesis import strategies as st
from test_scan import RULES, any_texts, both_forms, loops, phrases, rules_that_find, scan, scanner_of

from corpuslint import sources
from corpuslint.batch import Batch, written_hash
from corpuslint.document import Document
from corpuslint.engine import check
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.rules import all_rules
from corpuslint.sources import SourceFile, encoding
from corpuslint.sources.encoding import Undecodable, decode, decode_pieces
from corpuslint.stages import intake, large_text, reading
from corpuslint.stages.large_text import LargeBatch, LargeFacts, portions, scan_large
from corpuslint.stages.shards import Task


def scanned(form: str, text: str, size: int) -> LargeFacts:
    with np.errstate(over="ignore"):
        return scan_large(scanner_of(form), text, size)


@given(texts=any_texts, size=st.integers(1, 40))
@settings(max_examples=200, deadline=None)
def test_portions_are_the_text_and_end_where_lines_do(texts: list[str], size: int) -> None:
    text = "\n".join(texts)
    cut = list(portions(text, size))
    assert "".join(text[portion.start : portion.end] for portion in cut) == text
    for portion in cut:
        part, rest = text[portion.start : portion.end], text[portion.end :]
        assert part
        assert not (part.endswith("\r") and rest.startswith("\n"))
        assert portion.goes_on == bool(rest and not part.endswith(("\r", "\n")))
        assert not portion.goes_on or not part[:size].count("\n")


@both_forms
@given(texts=any_texts, size=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_a_text_in_portions_has_the_hashes_of_the_whole(form: str, texts: list[str], size: int) -> None:
    text = "\n".join(texts)
    documents = [Document("a.txt", text)]
    # One after the other: a scan writes over the arrays of the last one.
    expected = hashes_of(Batch(documents, scan(form, [text]), loops(form)))
    assert hashes_of(LargeBatch(documents, None, loops(form), large=scanned(form, text, size))) == expected


def hashes_of(batch: Batch) -> list[list[int]]:
    with np.errstate(over="ignore"):
        of_words = [
            found.tolist()
            for variants in ("apart", "same")
            for found in (batch.text_hashes(variants), batch.shingle_counts(variants, 3))
        ]
        return [*of_words, batch.line_hashes.key.tolist(), batch.line_hashes.document.tolist()]


@both_forms
@given(texts=any_texts, size=st.integers(1, 40), shingle=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_a_text_in_portions_has_the_signature_of_the_whole(
    form: str, texts: list[str], size: int, shingle: int
) -> None:
    text = "\n".join(texts)
    batch = LargeBatch([Document("a.txt", text)], None, loops(form))
    with np.errstate(over="ignore"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_text, "PORTION", size)
        patch.setattr(large_text.portions, "__defaults__", (size,))
        signed = batch.signatures("apart", shingle, 16)
    with np.errstate(over="ignore"):
        plain = Batch([Document("a.txt", text)], None, loops(form)).signatures("apart", shingle, 16)
    assert signed.tolist() == plain.tolist()


@both_forms
@given(texts=any_texts, size=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_facts_in_portions_let_at_least_as_much_through(form: str, texts: list[str], size: int) -> None:
    text = "\n".join(texts)
    whole = scan(form, [text]).present
    may, characters, held = int(whole.may[0]), whole.characters.tolist(), whole.scripts.tolist()
    large = scanned(form, text, size).present
    assert not may & ~int(large.may[0])
    assert large.characters.tolist() == characters
    assert large.scripts.tolist() == held


@pytest.mark.parametrize("size", [1, 30, 200])
def test_every_fixture_in_portions_is_seen_by_the_rules_that_find_something_in_it(size: int) -> None:
    for case in FIRING:
        facts = scanned("compiled", case.text, size)
        for rule in rules_that_find(case.text, RULES):
            assert facts.holding(rule.triggers()), (rule.code, case.text)


def test_phrases_are_seen_wherever_a_line_is_cut() -> None:
    text = " ".join(f"some words before it {phrase}" for phrase in phrases(300))
    may = int(scan("compiled", [text]).present.may[0])
    for size in (50, 1000):
        assert not may & ~int(scanned("compiled", text, size).present.may[0])


def test_characters_without_words_are_hashed_alike_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "* \u3000😀\n *** \ud800 ¡ \n" * 5
    hashes = {written_hash(text)}
    for size in (1, 2, 7):
        monkeypatch.setattr("corpuslint.batch.WRITTEN_TOGETHER", size)
        hashes.add(written_hash(text))
    assert len(hashes) == 1


def test_a_check_of_large_texts_finds_what_it_finds_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        f"Sentence {n % 70} of the harbour's story goes on about the ferry, the old quay and it." for n in range(90)
    ]
    files = {
        "a.txt": "\n".join(lines),
        "b.txt": "\n".join(lines),
        "c.txt": "\n".join([*lines[:80], "Share on Facebook", "Print this page"]),
        "d.txt": " ".join(lines),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    rules = tuple(rule() for rule in all_rules() if rule.default)
    work = [Task(SourceFile(tmp_path / name, name), rules, FixPolicy()) for name in files]
    loops("compiled")
    monkeypatch.setattr("corpuslint.stages.shards.is_worth_it", lambda _size: True)
    expected = check(work, tmp_path)
    assert {"DUP101", "DUP201", "DUP202"} <= {diagnostic.code for diagnostic in expected.diagnostics}
    monkeypatch.setattr(intake, "ROOM", 500)
    monkeypatch.setattr(large_text.portions, "__defaults__", (300,))
    monkeypatch.setattr(large_text.scan_large, "__defaults__", (300,))
    assert rendered(check(work, tmp_path)) == rendered(expected)


@given(
    content=st.binary(max_size=40)
    | st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.text(max_size=20).map(lambda text: b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass"))
    | st.text(max_size=20).map(lambda text: b"\xef\xbb\xbf" + text.encode("utf-8", "replace")),
    size=st.integers(4, 9),
)
@settings(max_examples=300, deadline=None)
def test_pieces_are_decoded_as_the_whole(content: bytes, size: int) -> None:
    pieces = (content[first : first + size] for first in range(0, len(content), size))
    try:
        expected = decode(content).text
    except Undecodable:
        with pytest.raises(Undecodable):
            decode_pieces(pieces)
    else:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(encoding, "LEAST", size)
            assert decode_pieces(pieces) == expected


@pytest.mark.parametrize("content", [b"a line \xff\n", b"a \0 line\n", "a line é\n".encode()])
def test_a_long_file_is_read_in_pieces_or_skipped_as_a_short_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    (tmp_path / "a.txt").write_bytes(b"One line.\n" * 20 + content)
    work = [Task(SourceFile(tmp_path / "a.txt", "a.txt"), RULES, FixPolicy())]
    expected = check(work, tmp_path)
    monkeypatch.setattr(reading, "LONG", 7)
    monkeypatch.setattr(sources, "PIECE", 5)
    outcome = check(work, tmp_path)
    assert (outcome.skips, outcome.counts) == (expected.skips, expected.counts)
    assert rendered(outcome) == rendered(expected)
