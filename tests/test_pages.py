"""Pages written by hand use the names and numbers of the code."""

from __future__ import annotations

import re
from pathlib import Path

from program import corpuslint

from corpuslint.minhash import CANDIDATE_PROBABILITY, choose_bands
from corpuslint.rules.near_duplicate_document import NearDuplicateDocument

ROOT = Path(__file__).parent.parent
SOURCES = "\n".join(path.read_text("utf-8") for path in (ROOT / "corpuslint").rglob("*.py"))


def test_near_duplicates_page_uses_the_names_of_the_code() -> None:
    page = re.sub(r"```.*?```", "", (ROOT / "docs/near-duplicates.md").read_text("utf-8"), flags=re.DOTALL)
    for code in re.findall(r"`([^`]+)`", page):
        for name in re.findall(r"[A-Za-z_][\w./-]*", code):
            path = ROOT / name if name.startswith("corpuslint/") else ROOT / "corpuslint" / name
            in_rules = ROOT / "corpuslint/rules" / name
            word = name.replace("-", "_").rsplit(".", 1)[-1]
            known = (
                path.exists() or in_rules.exists() or re.search(rf"\b{re.escape(word)}\b", SOURCES) or name in SOURCES
            )
            assert known, f"{name} is not in the code"


def test_near_duplicates_page_has_the_numbers_of_the_code() -> None:
    rule = NearDuplicateDocument()
    bands = choose_bands(rule.threshold, rule.permutations)
    page = " ".join((ROOT / "docs/near-duplicates.md").read_text("utf-8").split())
    assert f"{bands.bands} bands of {bands.rows} rows" in page
    assert f"for {rule.threshold} and {rule.permutations} permutations" in page
    assert f"a probability of at least {CANDIDATE_PROBABILITY}" in page
    assert rule.shingle_size == 5
    assert "five consecutive words (`shingle-size`)" in page
    assert rule.min_shingles == 10
    assert "fewer than ten different shingles" in page


def test_json_page_has_every_key() -> None:
    report = corpuslint(ROOT, "check", "corpus", "--isolated", "--output-format", "json").json
    page = (ROOT / "docs/json.md").read_text("utf-8")
    documented = set(re.findall(r"`(\w+)`", page))
    assert report["summary"].keys() <= documented
    for diagnostic in report["diagnostics"]:
        assert diagnostic.keys() <= documented
        assert (diagnostic["fix"] or {}).keys() <= documented
