"""The compiled catalogs are those that the TOML files say."""

from __future__ import annotations

from corpuslint.catalogs import COMPILED, catalogs_of, compile_all, compiled, written
from corpuslint.phrase_table import compile_keys


def test_compiled_files_are_current() -> None:
    expected = compile_all()
    assert {path.name for path in COMPILED.glob("*.json")} == set(expected)
    stale = [name for name, text in expected.items() if (COMPILED / name).read_text(encoding="utf-8") != text]
    assert not stale, f"run `python -m scripts.generate`: {', '.join(stale)} differ from what the catalogs say"


def test_compiled_keys_are_current() -> None:
    expected = compile_keys()
    assert {path.name: path.read_bytes() for path in COMPILED.glob("*.keys")} == expected


def test_a_catalog_survives_its_compiled_form() -> None:
    for script, catalog in written().items():
        assert compiled(script) == catalog, script


def test_a_script_without_a_catalog_has_no_phrases() -> None:
    assert catalogs_of(["OGHAM"]) == ()
