"""Edits over edits, patches and diffs: what is composed, reversed or shown is what was done."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from corpuslint.changing.patch import Patch, patched, reversed_patches
from corpuslint.changing.pieces import EditedText
from corpuslint.diagnostic import Edit
from corpuslint.diff import unified_diff


def spliced(text: str, edits: list[Edit]) -> str:
    """Apply edits the plain way, from behind."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.content + text[edit.end :]
    return text


@st.composite
def edits_of(draw: st.DrawFn, length: int) -> list[Edit]:
    cuts = sorted(set(draw(st.lists(st.integers(0, length), max_size=8))))
    contents = st.sampled_from(["", "", "x", "اثنان", "a\n"])
    return [Edit(start, end, draw(contents)) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]


@given(st.text(alphabet="abc \n\r", max_size=40), st.data())
def test_rounds_of_edits_compose_to_edits_of_the_original(text: str, data: st.DataObject) -> None:
    edited, plain = EditedText.of(text), text
    for _ in range(data.draw(st.integers(1, 4))):
        edits = data.draw(edits_of(len(plain)))
        edited, plain = edited.apply(edits), spliced(plain, edits)
        assert edited.text == plain
    assert spliced(text, list(edited.edits)) == plain
    for before, after in zip(edited.edits, edited.edits[1:], strict=False):
        assert before.end < after.start or before.start < before.end <= after.start


LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c", b"\n", b"dd\r\n", b"\r", b"e f\n"]), max_size=40)


@st.composite
def contents_with_patches(draw: st.DrawFn) -> tuple[bytes, list[Patch]]:
    old = b"".join(draw(LINES))
    cuts = sorted(set(draw(st.lists(st.integers(0, len(old)), max_size=10))))
    new = st.sampled_from([b"", b"", b"X", b"Y\n", b"\nZ"])
    return old, [Patch(a, old[a:b], draw(new)) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]


@given(contents_with_patches())
def test_reversed_patches_lead_back(case: tuple[bytes, list[Patch]]) -> None:
    old, patches = case
    assert patched(patched(old, patches), reversed_patches(patches)) == old


def test_diffs_made_of_patches_apply_with_git(tmp_path: Path) -> None:
    @given(contents_with_patches())
    def holds(case: tuple[bytes, list[Patch]]) -> None:
        old, patches = case
        new = patched(old, patches)
        diff = b"".join(unified_diff("a.txt", BytesIO(old), patches))
        assert bool(diff) == (old != new)
        if diff and old and new:
            (tmp_path / "a.txt").write_bytes(old)
            subprocess.run(["git", "apply", "-"], input=diff, cwd=tmp_path, check=True, capture_output=True)
            assert (tmp_path / "a.txt").read_bytes() == new

    holds()
