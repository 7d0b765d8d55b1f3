"""corpuslint report and corpuslint stats, as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from program import corpuslint, write

from corpuslint.report import FILES

BLOCK = "The ferry to the island leaves at nine in the morning and comes back before the sun goes down.\n"
OTHER = "Somebody else wrote a line about bread here, and it stands only once in the whole of this corpus.\n"
NEW = "Nobody had expected the old lighthouse to be painted in such a loud and cheerful shade of red.\n"
CORPUS = {
    "texts/en/twice.txt": f"{BLOCK}\n{OTHER}\n{BLOCK}",
    "texts/ar/clean.txt": "تصل العبّارة إلى الجزيرة في الصباح وتعود منها قبل غروب الشمس كل يوم.\n",
}


def report(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "reports/report.json").read_text("utf-8"))
    return value


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write(tmp_path, CORPUS)
    return tmp_path


def test_all_files_are_written_and_the_numbers_are_right(corpus: Path) -> None:
    done = corpuslint(corpus, "report", "texts", "-o", "reports")
    assert done.status == 0, done.stderr
    assert {file.name for file in (corpus / "reports").iterdir()} == set(FILES)
    characters = sum(map(len, CORPUS.values()))
    numbers = report(corpus)["numbers"]
    assert numbers["documents"] == 2
    assert numbers["characters"] == characters
    assert numbers["findings"] == 1
    assert numbers["flagged_characters"] == len(BLOCK) - 1
    assert numbers["removed_characters"] == len(BLOCK) + 1
    assert "| Documents | 2 |" in (corpus / "reports/summary.md").read_text("utf-8")
    assert json.loads((corpus / "reports/report.sarif").read_text("utf-8"))["version"] == "2.1.0"


def test_what_safe_fixes_remove_is_what_they_remove(corpus: Path) -> None:
    corpuslint(corpus, "report", "texts")
    corpuslint(corpus, "check", "texts", "--fix")
    left = len((corpus / "texts/en/twice.txt").read_text("utf-8"))
    assert report(corpus)["numbers"]["removed_characters"] == len(CORPUS["texts/en/twice.txt"]) - left


def test_the_same_corpus_gives_the_same_bytes(corpus: Path) -> None:
    corpuslint(corpus, "report", "texts")
    before = {name: (corpus / "reports" / name).read_bytes() for name in FILES}
    corpuslint(corpus, "report", "texts")
    assert {name: (corpus / "reports" / name).read_bytes() for name in FILES} == before


def test_a_report_is_no_part_of_the_corpus(corpus: Path) -> None:
    corpuslint(corpus, "report", ".", "-o", "texts")
    corpuslint(corpus, "report", ".", "-o", "texts")
    assert json.loads((corpus / "texts/report.json").read_text("utf-8"))["numbers"]["documents"] == 2


def test_a_saved_run_finds_its_texts_again(corpus: Path) -> None:
    run = corpuslint(corpus, "check", "texts", "--output-format", "json")
    write(corpus, {"run.json": run.stdout})
    done = corpuslint(corpus, "report", "run.json")
    assert done.status == 0, done.stderr
    [finding] = report(corpus)["diagnostics"]
    assert finding["related"][0]["context"]["text"] == BLOCK.strip()
    assert report(corpus)["numbers"]["documents"] == 2


def test_a_saved_report_gives_the_same_findings(corpus: Path) -> None:
    corpuslint(corpus, "report", "texts")
    first = (corpus / "reports/report.json").read_bytes()
    corpuslint(corpus, "report", "reports/report.json")
    assert (corpus / "reports/report.json").read_bytes() == first


def test_a_changed_document_keeps_what_the_run_said(corpus: Path) -> None:
    run = corpuslint(corpus, "check", "texts", "--output-format", "json")
    write(corpus, {"run.json": run.stdout, "texts/en/twice.txt": "Short now.\n"})
    assert corpuslint(corpus, "report", "run.json").status == 0
    [finding] = report(corpus)["diagnostics"]
    assert finding["text"] == BLOCK.strip()
    assert finding["context"] == {"before": "", "after": ""}


@pytest.mark.parametrize("path", ["../secret.txt", ".hidden/secret.txt", "secret.key", "link.txt", "/etc/hostname"])
def test_a_run_from_a_stranger_brings_no_other_file_into_the_report(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    write(tmp_path, {"secret.txt": "TOPSECRET text"})
    write(root, {**CORPUS, ".hidden/secret.txt": "TOPSECRET text", "secret.key": "TOPSECRET text"})
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    run = json.loads(corpuslint(root, "check", "texts", "--output-format", "json").stdout)
    run["diagnostics"][0]["related"][0].update(path=path, span={"start": 0, "end": 9})
    run["diagnostics"][0]["data"] = {"cluster_size": 2}
    write(root, {"run.json": json.dumps(run)})
    assert corpuslint(root, "report", "run.json").status == 0
    for name in FILES:
        assert "TOPSECRET" not in (root / "reports" / name).read_text("utf-8")


def test_changes_since_an_earlier_report(corpus: Path) -> None:
    corpuslint(corpus, "report", "texts", "-o", "may")
    write(corpus, {"texts/en/twice.txt": OTHER, "texts/en/new.txt": f"{NEW}\n{NEW}"})
    done = corpuslint(corpus, "report", "texts", "--compare", "may/report.json")
    assert done.status == 0, done.stderr
    summary = (corpus / "reports/summary.md").read_text("utf-8")
    assert "### Since `may`" in summary
    assert "**1 new**, 1 gone." in summary


def test_the_baseline_is_said_not_hidden(corpus: Path) -> None:
    corpuslint(corpus, "baseline", "create", "texts")
    corpuslint(corpus, "report", "texts")
    assert [finding["baseline"] for finding in report(corpus)["diagnostics"]] == ["known"]
    assert "Since the baseline: **0 new**, 1 known, 0 gone." in (corpus / "reports/summary.md").read_text("utf-8")


def test_what_cannot_be_read_is_said(corpus: Path) -> None:
    (corpus / "texts/bad.txt").write_bytes(b"\xff\xfe\xff")
    done = corpuslint(corpus, "report", "texts")
    assert done.status == 2
    assert "bad.txt" in done.stderr
    assert "1 file or record could not be read" in (corpus / "reports/index.html").read_text("utf-8")
    assert corpuslint(corpus, "report", "texts", "--allow-skipped").status == 0


def test_a_clean_corpus_has_a_report(corpus: Path) -> None:
    done = corpuslint(corpus, "report", "texts/ar")
    assert done.status == 0, done.stderr
    assert "No findings" in (corpus / "reports/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "said"),
    [("{}", "version is None"), ("nothing", "is not JSON"), ('{"version": 1}', "summary is not an object")],
)
def test_what_is_no_run_is_a_usage_error(corpus: Path, content: str, said: str) -> None:
    write(corpus, {"run.json": content})
    done = corpuslint(corpus, "report", "run.json")
    assert done.status == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_a_usage_error(corpus: Path) -> None:
    write(corpus, {"reports": "a file"})
    done = corpuslint(corpus, "report", "texts")
    assert done.status == 2
    assert "Traceback" not in done.stderr


class TestStats:
    def test_numbers(self, corpus: Path) -> None:
        write(
            corpus, {"texts/c.jsonl": '{"text": "Ein Satz.", "language": "de"}\n{"text": "Да.", "lang": "not a tag"}\n'}
        )
        value = corpuslint(corpus, "stats", "texts", "--output-format", "json").json
        texts = [*CORPUS.values(), "Ein Satz.", "Да."]
        assert (value["files"], value["documents"], value["skipped"]) == (3, 4, 0)
        assert value["characters"] == sum(map(len, texts))
        assert value["languages"] == {
            "en": {"documents": 1, "characters": len(texts[0])},
            "ar": {"documents": 1, "characters": len(texts[1])},
            "de": {"documents": 1, "characters": 9},
            "unknown": {"documents": 1, "characters": 3},
        }
        assert value["scripts"]["LATIN"]["documents"] == 2
        assert value["length"]["characters"] == {
            "least": 3, "p5": 3, "p25": 3, "median": 9, "p75": len(texts[1]), "p95": len(texts[0]),
            "p99": len(texts[0]), "most": len(texts[0]),
        }  # fmt: skip

    def test_table(self, corpus: Path) -> None:
        done = corpuslint(corpus, "stats", "texts")
        assert done.status == 0
        assert done.stdout.startswith("files")
        assert "arabic" in done.stdout

    def test_nothing_and_what_cannot_be_read(self, tmp_path: Path) -> None:
        assert corpuslint(tmp_path, "stats", ".").status == 0
        (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\xff")
        assert corpuslint(tmp_path, "stats", ".").status == 2
        assert corpuslint(tmp_path, "stats", ".", "--allow-skipped").status == 0
