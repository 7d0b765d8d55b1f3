"""Writes every generated file of the repository: `python -m scripts.generate`.

README's rule table, the reference pages of docs/, the picture, and what corpuslint says about corpus/. CI runs
this and asks git whether anything changed. What the files say is for the modules beside this one.
"""

from __future__ import annotations

from pathlib import Path

from corpuslint.catalogs import COMPILED, compile_all
from corpuslint.phrase_table import compile_keys
from scripts import picture, quality, reference, reports

ROOT = Path(__file__).parent.parent


def generated() -> dict[str, str]:
    """Return the content of every generated file by its path in the repository."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return {
        "README.md": reference.with_rule_table(readme),
        **reference.pages(),
        **quality.page(ROOT),
        **picture.pictures(ROOT),
        **reports.reports(ROOT),
    }


def main() -> None:
    """Write what differs, and remove pages of rules that are gone."""
    # First of all: the reports are made with the compiled catalogs.
    _write({f"corpuslint/catalog/compiled/{name}": content for name, content in compile_all().items()})
    for name, keys in compile_keys().items():
        (COMPILED / name).write_bytes(keys)
    files = generated()
    _write(files)
    for page in (ROOT / "docs/rules").glob("*.md"):
        if f"docs/rules/{page.name}" not in files:
            page.unlink()
            print(f"removed docs/rules/{page.name}")


def _write(files: dict[str, str]) -> None:
    for name, content in files.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
            print(f"wrote {name}")


if __name__ == "__main__":
    main()
