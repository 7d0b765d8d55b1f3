"""Generated files are what the generator makes: rule table, reference pages, picture, reports."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def generated() -> Iterator[dict[str, str]]:
    sys.path.insert(0, str(ROOT))
    from scripts.generate import generated

    yield generated()
    sys.path.remove(str(ROOT))


def test_generated_files_are_current(generated: dict[str, str]) -> None:
    stale = [
        name
        for name, content in generated.items()
        if not (ROOT / name).exists() or (ROOT / name).read_text(encoding="utf-8") != content
    ]
    assert not stale, f"run `python -m scripts.generate` and read what changed in {', '.join(stale)}"


def test_no_page_of_a_rule_that_is_gone(generated: dict[str, str]) -> None:
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/rules").glob("*.md")}
    assert pages <= generated.keys()
