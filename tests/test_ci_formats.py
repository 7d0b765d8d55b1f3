"""What CI systems read: SARIF against its schema, and each other format against its consumer's rules."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from program import corpuslint, write
from repository import Repository, article, paragraph
from runs import finding, rendered, run

from corpuslint.diagnostic import Severity
from corpuslint.reporters import FORMATS
from corpuslint.reporters.sarif import MOST_RESULTS

SCHEMA_PACKAGE = "sarif-pydantic==0.6.2"  # its source distribution holds the schema; nothing of it is installed
SCHEMA_FILE = "sarif-schema-2.1.0.json"


@pytest.fixture(scope="session")
def validate(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function that fails where a SARIF log is not valid; skips where the schema cannot be had."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema[format] is not installed")
    pytest.importorskip("rfc3987", reason="jsonschema[format] is not installed: URIs would not be checked")
    folder = tmp_path_factory.mktemp("schema")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", SCHEMA_PACKAGE]
    fetched = subprocess.run([*command, "--dest", str(folder)], capture_output=True, text=True, check=False)
    archives = list(folder.glob("*.tar.gz"))
    if not archives:
        reason = (fetched.stderr.strip().splitlines() or ["no archive came"])[-1]
        pytest.skip(f"the SARIF schema cannot be fetched: {reason}")
    with tarfile.open(archives[0]) as archive:
        member = next(member for member in archive.getmembers() if member.name.endswith("/" + SCHEMA_FILE))
        stream = archive.extractfile(member)
        assert stream is not None
        schema = json.load(stream)
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)

    def check(log: Any) -> None:
        errors = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(log)]
        assert not errors, errors[:5]

    return check


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A corpus in a folder of a repository, with names and texts that need care."""
    repository = Repository.create(tmp_path)
    (tmp_path / "corpuslint.toml").unlink()
    repository.write("data/corpuslint.toml", "")
    repository.write("data/أخبار/مقال 1 [أ].txt", article("Arlen", "Arlen") + article("Aalen", "Aalen"))
    records = ["", json.dumps({"id": "wire 1", "text": article("Wire", "wire")})]
    repository.write("data/wire.jsonl", "\n".join(records) + "\n")
    return repository


def sarif(repository: Repository, *arguments: str) -> Any:
    return corpuslint(repository.folder / "data", "check", "--output-format", "sarif", *arguments).json


def test_sarif_is_valid(repository: Repository, validate: Any) -> None:
    log = sarif(repository)
    assert log["runs"][0]["results"]
    validate(log)


def test_sarif_without_findings_is_valid(tmp_path: Path, validate: Any) -> None:
    outcome = corpuslint(tmp_path, "check", "--isolated", "--output-format", "sarif")
    assert outcome.status == 0
    assert outcome.json["runs"][0]["results"] == []
    validate(outcome.json)


def test_the_format_checker_is_at_work(repository: Repository, validate: Any) -> None:
    log = sarif(repository)
    artifact = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    artifact["uri"] = "data/أخبار/مقال 1.txt"
    with pytest.raises(AssertionError):
        validate(log)


def test_sarif_says_what_code_scanning_needs(repository: Repository) -> None:
    log = sarif(repository)
    found = log["runs"][0]
    assert (log["version"], found["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    ids = [
        d["id"] for d in corpuslint(repository.folder / "data", "check", "--output-format", "json").json["diagnostics"]
    ]
    assert [result["partialFingerprints"]["corpuslint/v1"] for result in found["results"]] == ids
    for result in found["results"]:
        assert result["partialFingerprints"]["primaryLocationLineHash"].startswith(
            result["partialFingerprints"]["corpuslint/v1"]
        )
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region.keys() == {"startLine", "startColumn", "endLine", "endColumn"}
        assert result["message"]["text"].endswith("](1).")
        assert result["relatedLocations"][0]["id"] == 1
        assert found["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    for rule in found["tool"]["driver"]["rules"]:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]


def test_paths_are_those_of_the_repository(repository: Repository) -> None:
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in sarif(repository)["runs"][0]["results"]
    }
    assert "data/wire.jsonl" in uris
    assert "data/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/%D9%85%D9%82%D8%A7%D9%84%201%20%5B%D8%A3%5D.txt" in uris


def test_a_record_is_on_its_line_of_the_file(repository: Repository) -> None:
    """The first line of the JSONL file is blank, so that record 0 stands on line 2."""
    result = next(r for r in sarif(repository)["runs"][0]["results"] if "logicalLocations" in r["locations"][0])
    region = result["locations"][0]["physicalLocation"]["region"]
    line = repository.read("data/wire.jsonl").splitlines()[1]
    assert region == {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": len(line) + 1}
    assert result["locations"][0]["logicalLocations"][0]["name"] == "wire 1"
    assert "fixes" not in result
    issues = json.loads(corpuslint(repository.folder / "data", "check", "--output-format", "gitlab").stdout)
    assert [i["location"]["lines"]["begin"] for i in issues if i["location"]["path"] == "data/wire.jsonl"] == [2]


def test_sarif_fixes_delete_what_fix_deletes(repository: Repository) -> None:
    text = repository.read("data/أخبار/مقال 1 [أ].txt")
    changes = [r["fixes"][0]["artifactChanges"][0] for r in sarif(repository)["runs"][0]["results"] if "fixes" in r]
    for change in reversed(changes):
        [replacement] = change["replacements"]
        start = replacement["deletedRegion"]["charOffset"]
        end = start + replacement["deletedRegion"]["charLength"]
        text = text[:start] + replacement.get("insertedContent", {}).get("text", "") + text[end:]
    corpuslint(repository.folder / "data", "check", "--fix")
    assert text == repository.read("data/أخبار/مقال 1 [أ].txt")


def test_known_findings_are_left_out_of_sarif_unless_asked_for(repository: Repository, validate: Any) -> None:
    corpuslint(repository.folder / "data", "baseline", "create")
    assert sarif(repository)["runs"][0]["results"] == []
    log = sarif(repository, "--show-known")
    assert {s["kind"] for r in log["runs"][0]["results"] for s in r["suppressions"]} == {"external"}
    validate(log)


def many(number: int, text: str = "") -> list[Any]:
    """Return warnings with one error at the end."""
    one = finding()
    found = [replace(one, message=f"Finding {n}.{text}", id=f"{n:016x}") for n in range(number)]
    return [*found[:-1], replace(found[-1], severity=Severity.ERROR)]


def test_sarif_keeps_the_worst_of_too_many_results() -> None:
    said: list[str] = []
    of = replace(run(), diagnostics=tuple(many(MOST_RESULTS + 5)))
    log = json.loads(rendered(of, "sarif", said))
    results = log["runs"][0]["results"]
    assert len(results) == MOST_RESULTS
    assert sum(result["level"] == "error" for result in results) == 1
    assert said[0].startswith(f"SARIF holds the {MOST_RESULTS} worst findings; 5 more are left out")
    notes = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert notes[0]["message"]["text"] == said[0]


def test_sarif_stays_below_ten_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpuslint.reporters.sarif.MOST_BYTES", 20_000)
    said: list[str] = []
    text = rendered(replace(run(), diagnostics=tuple(many(3000))), "sarif", said)
    assert len(gzip.compress(text.encode())) <= 20_000
    results = json.loads(text)["runs"][0]["results"]
    assert len(results) > 100
    assert any(result["level"] == "error" for result in results)
    assert f"; {3000 - len(results)} more are left out" in said[0]


def test_github_annotates_ten_of_a_kind_and_puts_all_into_the_summary(tmp_path: Path) -> None:
    for n in range(14):
        write(tmp_path, {f"{n:02}.txt": article(f"Town {n}", f"town {n}")})
    summary = tmp_path / "summary.md"
    summary.write_text("What stood there before.\n")
    outcome = corpuslint(tmp_path, "check", "--isolated", "--output-format", "github", GITHUB_STEP_SUMMARY=str(summary))
    lines = outcome.stdout.splitlines()
    assert outcome.status == 1
    assert sum(line.startswith("::warning ") for line in lines) == 10
    assert "4 more findings are not annotated: GitHub shows 10 of a kind. The step summary has them." in lines
    report = summary.read_text()
    assert report.startswith("What stood there before.\n# corpuslint")
    assert all(f"| {n:02}.txt" in report for n in range(14))


def test_github_gives_columns_only_on_one_line() -> None:
    one = rendered(run(finding()), "github").splitlines()[0]
    assert one.startswith("::warning file=a.txt,line=2,endLine=2,col=1,endColumn=10,title=DUP101 repeated-block::Line")
    two = rendered(run(finding(text="One.\nTwo.\nOne.\nTwo.\n", span=(10, 19))), "github").splitlines()[0]
    assert two.startswith("::warning file=a.txt,line=3,endLine=4,title=")


def test_gitlab(repository: Repository) -> None:
    outcome = corpuslint(repository.folder / "data", "check", "--output-format", "gitlab")
    issues = json.loads(outcome.stdout)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 3
    for issue in issues:
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert not issue["location"]["path"].startswith((".", "/"))
    assert not outcome.stdout.startswith("\ufeff")


def test_gitlab_without_findings_is_an_empty_array(tmp_path: Path) -> None:
    assert corpuslint(tmp_path, "check", "--isolated", "--output-format", "gitlab").stdout == "[]\n"


def test_gitlab_fingerprints_do_not_depend_on_other_findings(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": article("Arlen", "Arlen")})
    before = json.loads(corpuslint(tmp_path, "check", "--isolated", "--output-format", "gitlab").stdout)
    write(tmp_path, {"a.txt": "New.\n\n" + article("Arlen", "Arlen") + article("Aalen", "Aalen")})
    write(tmp_path, {"0.txt": article("Arlen", "Arlen")})
    after = json.loads(corpuslint(tmp_path, "check", "--isolated", "--output-format", "gitlab").stdout)
    assert len(after) == 3
    assert before[0]["fingerprint"] in {issue["fingerprint"] for issue in after}


def test_junit_has_a_suite_a_file_and_a_case_a_finding(repository: Repository) -> None:
    suites = ElementTree.fromstring(corpuslint(repository.folder / "data", "check", "--output-format", "junit").stdout)
    assert [(len(suite), suite.get("name")) for suite in suites] == [(1, "wire.jsonl"), (2, "أخبار/مقال 1 [أ].txt")]
    assert (suites.get("tests"), suites.get("failures")) == ("3", "3")
    clean = ElementTree.fromstring(rendered(run(), "junit"))
    assert [(case.get("name"), len(case)) for case in clean.iter("testcase")] == [("No findings", 0)]


def test_junit_fails_for_what_check_fails_for() -> None:
    found = (finding(), finding("Known.", baseline="known"), finding("Info.", severity=Severity.INFO))
    suites = ElementTree.fromstring(rendered(run(*found), "junit"))
    assert suites.get("failures") == "1"
    assert sorted(case[0].tag for case in suites.iter("testcase")) == ["failure", "skipped", "system-out"]


def test_rdjson_counts_bytes(tmp_path: Path) -> None:
    text = "دعا المبعوث الأطراف المتحاربة [in the north] إلى وقف القتال فورا.\n"
    write(tmp_path, {"a.txt": "سطر أول.\n" + text})
    outcome = corpuslint(tmp_path, "check", "--isolated", "--select", "FRN101", "--output-format", "rdjson")
    [found] = outcome.json["diagnostics"]
    before, flagged, _ = text.partition("[in the north]")
    start = len(before.encode()) + 1
    assert found["location"]["range"] == {
        "start": {"line": 2, "column": start},
        "end": {"line": 2, "column": start + len(flagged)},
    }
    assert found["suggestions"][0]["range"]["start"]["line"] == 2


@pytest.mark.parametrize("format_name", [name for name in FORMATS if name != "jsonl"])
def test_the_same_id_in_every_format(tmp_path: Path, format_name: str) -> None:
    write(tmp_path, {"a.txt": article("Arlen", "Arlen")})
    [found] = corpuslint(tmp_path, "check", "--isolated", "--output-format", "json").json["diagnostics"]
    output = corpuslint(tmp_path, "check", "--isolated", "--output-format", format_name).stdout
    assert found["id"] in output


def test_several_formats_at_once(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": article("Arlen", "Arlen")})
    outcome = corpuslint(
        tmp_path, "check", "--isolated",
        "--output-format", "sarif=out.sarif", "--output-format", "gitlab=quality.json", "--output-format", "concise",
    )  # fmt: skip
    assert outcome.status == 1
    assert outcome.stdout.startswith("a.txt:9:1: DUP101")
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"
    assert len(json.loads((tmp_path / "quality.json").read_text())) == 1
    both = corpuslint(tmp_path, "check", "--isolated", "--output-format", "sarif", "--output-format", "full")
    assert both.status == 2
    assert "two formats go to standard output" in both.stderr


def test_statistics_beside_a_format_for_machines(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": article("Arlen", "Arlen")})
    outcome = corpuslint(tmp_path, "check", "--isolated", "--statistics", "--output-format", "gitlab")
    assert len(json.loads(outcome.stdout)) == 1
    characters = len(paragraph("Arlen"))
    assert f"       1         1  {characters:10}  DUP101 repeated-block" in outcome.stderr
    share = 100 * characters / len(article("Arlen", "Arlen"))
    assert f"{share:.1f}% of" in outcome.stderr
