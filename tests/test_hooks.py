"""The hooks, the action and the other ready-made files, tried where they can be tried on this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from repository import Repository, article, paragraph

ROOT = Path(__file__).parent.parent


def yaml(file: str) -> Any:
    module = pytest.importorskip("yaml", reason="PyYAML comes with pre-commit, which is not installed")
    return module.safe_load((ROOT / file).read_text("utf-8"))


@pytest.fixture
def project(tmp_path: Path) -> Repository:
    """A corpus under git whose pre-commit configuration takes our hooks from a repository beside it.

    The hooks run this checkout instead of installing it, so that the test needs no network; all else is as written.
    """
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
    hooks = Repository.create(tmp_path / "hooks")
    hooks.write(".pre-commit-hooks.yaml", (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    hooks.commit("Hooks")
    revision = hooks.git("rev-parse", "HEAD").strip()
    project = Repository.create(tmp_path / "project")
    run = f"{sys.executable} -m corpuslint check"
    project.write(
        ".pre-commit-config.yaml",
        f"repos:\n- repo: {hooks.folder}\n  rev: {revision}\n  hooks:\n"
        f"  - id: corpuslint-fix\n    language: system\n    entry: {run} --fix-only\n"
        f"  - id: corpuslint-check\n    language: system\n    entry: {run}\n",
    )
    for town in ("Arlen", "Borne"):
        project.write(f"{town}.txt", article(town, town))
    project.commit("A corpus with old findings")
    return project


def pre_commit(project: Repository, *arguments: str) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--color", "never", *arguments],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PRE_COMMIT_HOME": str(project.folder.parent / "cache"),
            "PYTHONPATH": str(ROOT),
            "GIT_CONFIG_GLOBAL": os.devnull,
        },
    )
    return run.returncode, run.stdout + run.stderr


def test_check_fails_on_what_is_staged_and_new(project: Repository) -> None:
    assert pre_commit(project, "corpuslint-check")[0] == 0
    project.write("Celle.txt", article("Celle", "Celle"))
    project.git("add", "Celle.txt")
    status, output = pre_commit(project, "corpuslint-check")
    assert status == 1
    assert "Celle.txt:9:1: DUP101" in output
    assert "Arlen.txt" not in output
    assert "1 new finding in" in output


def test_check_finds_that_a_staged_file_repeats_an_unchanged_one(project: Repository) -> None:
    project.write("A copy.txt", project.read("Arlen.txt"))
    project.git("add", "A copy.txt")
    status, output = pre_commit(project, "corpuslint-check")
    assert status == 1
    assert "A copy.txt:1:1: DUP201" in output
    assert "Arlen.txt" in output


def test_check_does_not_see_what_is_not_staged(project: Repository) -> None:
    project.write("Borne.txt", article("Borne", "Borne") + article("Harbour", "harbour"))
    project.write("Celle.txt", article("Celle"))
    project.git("add", "Celle.txt")
    assert pre_commit(project, "corpuslint-check")[0] == 0


def test_fix_mends_the_staged_files_and_no_other(project: Repository) -> None:
    project.write("Celle.txt", article("Celle", "Celle"))
    project.baseline("create", "Arlen.txt")
    project.git("add", "Celle.txt", "corpuslint-baseline.jsonl")
    status, output = pre_commit(project, "corpuslint-fix")
    assert status == 1
    assert "files were modified by this hook" in output
    assert project.read("Celle.txt").count(paragraph("Celle")) == 1
    assert project.read("Arlen.txt").count(paragraph("Arlen")) == 2
    project.git("add", "Celle.txt")
    assert pre_commit(project)[0] == 0


def test_the_hooks_exist_and_call_commands_that_exist() -> None:
    hooks = {hook["id"]: hook for hook in yaml(".pre-commit-hooks.yaml")}
    assert hooks.keys() == {"corpuslint-check", "corpuslint-fix"}
    for hook in hooks.values():
        assert hook["entry"].startswith("corpuslint check")
        assert re.search(hook["files"], "deep/folder/a.jsonl")
        assert not re.search(hook["files"], "a.py")
    for name in ("corpuslint-baseline.jsonl", "data/corpuslint-removed.jsonl"):
        assert re.search(hooks["corpuslint-fix"]["exclude"], name)


def test_the_action_puts_no_input_into_a_script() -> None:
    action = yaml("action.yml")
    assert action["runs"]["using"] == "composite"
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "an input in a script is a command of whoever wrote it"
        assert "run" not in step or step["shell"] == "bash"
    uses = [step["uses"] for step in action["runs"]["steps"] if "uses" in step]
    assert any("codeql-action/upload-sarif" in word for word in uses)


@pytest.mark.parametrize(("files", "status"), [({"a.txt": article("A", "a")}, "1"), ({"a.txt": article("A")}, "0")])
def test_the_action_checks(tmp_path: Path, files: dict[str, str], status: str) -> None:
    """Run the script of the check step as the runner does, with this checkout as the program."""
    step = next(step for step in yaml("action.yml")["runs"]["steps"] if step.get("id") == "check")
    project = Repository.create(tmp_path / "project")
    for name, text in files.items():
        project.write(name, text)
    program = tmp_path / "temp/corpuslint/bin/corpuslint"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m corpuslint "$@"\n')
    program.chmod(0o755)
    output, summary = tmp_path / "output", tmp_path / "summary.md"
    run = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "RUNNER_TEMP": str(tmp_path / "temp"),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "PATHS": ". *.txt",
            "ARGS": "--select DUP101",
            "SARIF": "corpuslint.sarif",
        },
    )
    assert (run.returncode, output.read_text()) == (0, f"status={status}\n"), run.stderr
    assert (project.folder / "corpuslint.sarif").exists()
    assert summary.read_text().startswith("# corpuslint")
    assert ("::warning file=a.txt" in run.stdout) is (status == "1")


def test_the_gitlab_job_uses_options_that_exist() -> None:
    job = yaml("examples/gitlab-ci.yml")["corpuslint"]
    reports = job["artifacts"]["reports"]
    script = " ".join(job["script"])
    assert f"--output-format gitlab={reports['codequality']}" in script
    assert f"--output-format junit={reports['junit']}" in script


def test_three_commands_lead_to_a_green_build(tmp_path: Path) -> None:
    """The commands of docs/ci.md as they stand, on a corpus with old findings."""
    page = (ROOT / "docs/ci.md").read_text("utf-8")
    block = re.search(r"## From 3,000 old findings.*?```bash\n(.*?)```", page, re.DOTALL)
    assert block
    commands = [line.partition("  #")[0].strip() for line in block[1].strip().split("\n")]
    assert len(commands) == 3
    project = Repository.create(tmp_path / "project")
    for n in range(30):
        project.write(f"{n}.txt", article(f"Town {n}", f"town {n}"))
    project.commit("Old")
    assert project.corpuslint("check").status == 1
    program = tmp_path / "bin/corpuslint"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m corpuslint "$@"\n')
    program.chmod(0o755)
    who = {f"GIT_{role}_{what}": "test@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for command in commands:
        subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=project.folder,
            check=True,
            capture_output=True,
            env={**os.environ, **who, "PYTHONPATH": str(ROOT), "PATH": f"{program.parent}:{os.environ['PATH']}"},
        )
    assert project.git("status", "--porcelain") == ""
    assert project.new() == (0, [])


def test_the_suppressions_that_the_page_shows_can_be_read() -> None:
    from corpuslint.suppress import parse

    page = (ROOT / "docs/ci.md").read_text("utf-8")
    block = re.search(r"```toml\n(\[\[ignore.*?)```", page, re.DOTALL)
    assert block
    assert tomllib.loads(block[1])
    assert len(parse(block[1].encode(), "docs/ci.md")) == 3
