"""A real git repository with a corpus in it, told in short words, for the stories that tests tell."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from program import Outcome, corpuslint

# A paragraph that is long enough for a repeated block.
PARAGRAPH = "The {} council met on Tuesday and agreed to repair the old bridge before the winter comes."


def paragraph(word: str) -> str:
    """A sentence of its own for each word."""
    return PARAGRAPH.format(word)


def article(title: str, *pasted: str) -> str:
    """An article with a paragraph of its own, in which the paragraphs about `pasted` stand twice."""
    body = [f"{title} is a town of which this article tells what nobody else has told about {title} so far."]
    body += [paragraph(word) for word in pasted]
    body += [f"Between the two stands a line about the people of {title} and about the weather there."]
    body += [paragraph(word) for word in pasted]
    return "\n\n".join([title, *body]) + "\n"


@dataclass(frozen=True)
class Repository:
    """A folder under git."""

    folder: Path

    @classmethod
    def create(cls, folder: Path) -> Repository:
        folder.mkdir(parents=True, exist_ok=True)
        repository = cls(folder)
        repository.git("init", "--quiet", "--initial-branch=main")
        repository.write("corpuslint.toml", "")
        return repository

    def git(self, *arguments: str) -> str:
        run = subprocess.run(
            [
                "git",
                "-c",
                "user.name=Test",
                "-c",
                "user.email=test@example.org",
                "-c",
                "protocol.file.allow=always",
                *arguments,
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
        )
        assert run.returncode == 0, (arguments, run.stdout, run.stderr)
        return run.stdout

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))

    def read(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode("utf-8")

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def corpuslint(self, *arguments: str, stdin: bytes = b"", **environment: str) -> Outcome:
        return corpuslint(self.folder, *arguments, stdin=stdin, **environment)

    def new(self, *arguments: str) -> tuple[int, list[str]]:
        """Check, and return the exit status with the new findings as "path: flagged text"."""
        outcome = self.corpuslint("check", "--output-format", "json", *arguments)
        assert outcome.stdout, outcome.stderr
        return outcome.status, [f"{d['path']}: {d['text']}" for d in outcome.json["diagnostics"]]

    def baseline(self, *arguments: str, stdin: bytes = b"") -> Outcome:
        return self.corpuslint("baseline", *arguments, stdin=stdin)

    def summary(self, *arguments: str) -> dict[str, int]:
        outcome = self.corpuslint("check", "--output-format", "json", *arguments)
        found: dict[str, int] = outcome.json["summary"]
        return found
