"""Mining a corpus's own boilerplate: what is listed, what is written, and that a check then knows it."""

from __future__ import annotations

import json
from pathlib import Path

from program import corpuslint

TEXT = "Rakonto {n} pri la haveno diras kiel la ŝipoj revenis hejmen kun ĉiuj maristoj en vintra nokto, numero {n}{n}."
TAIL = "\nHavena Gazeto {nova}\nDiru al ni, kion vi vidis\n"


def corpus(folder: Path) -> None:
    (folder / "news").mkdir()
    for n in range(6):
        (folder / "news" / f"{n}.txt").write_text(TEXT.replace("{n}", str(n)) + TAIL, encoding="utf-8")


def test_candidates_are_listed_with_counts_and_examples(tmp_path: Path) -> None:
    corpus(tmp_path)
    run = corpuslint(tmp_path, "mine", "news", "--output-format", "json")
    found = json.loads(run.stdout)["candidates"]
    assert [candidate["text"] for candidate in found] == ["Diru al ni, kion vi vidis", "Havena Gazeto {nova}"]
    assert {(c["documents"], c["of"], c["group"], c["strength"]) for c in found} == {(6, 6, "news", "edge")}
    assert found[0]["examples"] == ["news/0.txt", "news/1.txt", "news/2.txt"]


def test_accepted_lines_become_phrases_that_a_check_knows(tmp_path: Path) -> None:
    corpus(tmp_path)
    found = json.loads(corpuslint(tmp_path, "mine", "news", "--output-format", "json").stdout)["candidates"]
    for candidate in found:  # one after the other: what a catalog has stays in it
        assert corpuslint(tmp_path, "mine", "news", "--accept", candidate["id"]).status == 0
    (tmp_path / "corpuslint.toml").write_text('catalog = ["corpuslint-catalog.toml"]\n')
    run = corpuslint(tmp_path, "check", "news/0.txt", "--select", "JNK", "--output-format", "json")
    assert [d["text"] for d in json.loads(run.stdout)["diagnostics"]] == [TAIL.strip()]


def test_a_catalog_that_changes_is_read_anew(tmp_path: Path) -> None:
    corpus(tmp_path)
    (tmp_path / "corpuslint.toml").write_text('catalog = ["own.toml"]\n')
    counts = []
    for phrase in ("Nothing here", "Diru al ni, kion vi vidis"):
        (tmp_path / "own.toml").write_text(f"[navigation]\nalone = '''\n{phrase}\n'''\n", encoding="utf-8")
        run = corpuslint(tmp_path, "check", "news", "--select", "JNK", "--output-format", "json")
        counts.append(len(json.loads(run.stdout)["diagnostics"]))
    assert counts == [0, 6]


def test_mistakes_are_said_in_a_line(tmp_path: Path) -> None:
    corpus(tmp_path)
    run = corpuslint(tmp_path, "mine", "news", "--accept", "nope")
    assert run.status == 2
    assert "no candidate has the id 'nope'" in run.stderr
    (tmp_path / "corpuslint.toml").write_text('catalog = ["own.toml"]\n')
    for content in ("[x", "[unknown-kind]\nalone = 'a'\n", "[navigation]\nalone = 3\n", None):
        (tmp_path / "own.toml").unlink(missing_ok=True)
        if content is not None:
            (tmp_path / "own.toml").write_text(content)
        run = corpuslint(tmp_path, "check", "news")
        assert run.status == 2, content
        assert "own.toml" in run.stderr
        assert "Traceback" not in run.stderr
