"""corpus/planted.toml says what is planted in corpus/; check must report that and nothing else."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from program import corpuslint

from corpuslint.normal import script_of
from corpuslint.rules import all_rules

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    diagnostics: list[dict[str, Any]] = corpuslint(
        ROOT, "check", "corpus", "--isolated", "--output-format", "json"
    ).json["diagnostics"]
    return diagnostics


@pytest.fixture(scope="module")
def planted() -> list[dict[str, Any]]:
    defects: list[dict[str, Any]] = tomllib.loads((CORPUS / "planted.toml").read_text("utf-8"))["defect"]
    return defects


def test_what_is_planted_is_found_and_nothing_else(found: list[dict[str, Any]], planted: list[dict[str, Any]]) -> None:
    reported = Counter(
        (d["path"], d["document"]["id"], d["code"], d["text"].strip(), (d["fix"] or {}).get("applicability", "display"))
        for d in found
    )
    expected = Counter(
        (f"corpus/{p['file']}", p.get("record"), p["code"], p["text"].strip(), p["fix"]) for p in planted
    )
    assert reported == expected


def test_every_rule_that_is_on_by_default_has_its_defect(planted: list[dict[str, Any]]) -> None:
    assert {rule.code for rule in all_rules() if rule.default} <= {defect["code"] for defect in planted}


def test_the_corpus_is_wide() -> None:
    """At least 25 documents in eight languages and five scripts, seven of them Arabic, several clean."""
    documents = {path.relative_to(CORPUS).as_posix(): path.read_text("utf-8") for path in CORPUS.glob("*/*.txt")}
    languages = Counter(name.split("/")[0] for name in documents)
    assert len(documents) >= 25
    assert len(languages) >= 8
    assert languages["ar"] >= 7
    records = [json.loads(line) for line in (CORPUS / "wire.jsonl").read_text("utf-8").splitlines()]
    assert len({record["id"] for record in records}) == len(records) >= 6
    assert len({script_of(text[0]) for text in documents.values()}) >= 5


def test_several_documents_are_clean(found: list[dict[str, Any]]) -> None:
    flagged = {diagnostic["path"] for diagnostic in found}
    clean = [path for path in CORPUS.glob("*/*.txt") if path.relative_to(ROOT).as_posix() not in flagged]
    assert len(clean) >= 5
