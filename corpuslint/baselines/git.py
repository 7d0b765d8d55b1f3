"""Asks git: files of a revision and of the index, straight from its objects. Nothing is checked out or changed.

What is compared with what is for `since` to say.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class GitError(ValueError):
    """Git cannot answer; the message says why and what to do."""


def git(folder: Path, *arguments: str) -> bytes:
    """Run git in a folder and return what it prints; raises GitError."""
    try:
        # Filters and hooks of a hostile repository are not asked for; locale and pager do not matter to plumbing.
        run = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            check=False,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise GitError("git is not installed, and a revision can be read by nothing else") from None
    if run.returncode:
        said = run.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(
            said[0].removeprefix("fatal: ") if said else f"git {arguments[0]} failed with status {run.returncode}"
        )
    return run.stdout


def top_of(folder: Path) -> Path:
    """Return the working tree's top folder; raises GitError."""
    # The way up from the folder, not the resolved path: a folder behind a link keeps the name it has in reports.
    up = os.fsdecode(git(folder, "rev-parse", "--show-cdup").rstrip(b"\n"))
    return Path(os.path.normpath(folder / up))


def commit_of(folder: Path, revision: str) -> str:
    """Return the commit that a revision means; raises GitError that says what a shallow clone lacks."""
    if revision.startswith("-"):
        raise GitError(f"{revision!r} is no revision")
    top_of(folder)
    try:
        return (
            git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
            .decode()
            .strip()
        )
    except GitError:
        pass
    if git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true":
        raise GitError(
            f"revision {revision!r} is not in this shallow clone; fetch it first with "
            f"`git fetch --depth=1 origin {revision}`, or clone the whole history (`fetch-depth: 0`)"
        )
    raise GitError(f"revision {revision!r} does not exist in this repository")


def file_at(file: Path, revision: str) -> bytes | None:
    """Return a file's content in a revision, None where it had none; raises GitError."""
    folder = file.resolve().parent
    commit = commit_of(folder, revision)
    listed = git(folder, "ls-tree", "-z", commit, "--", f"./{file.name}")
    return git(folder, "cat-file", "blob", listed.split(b"\t")[0].split()[2].decode()) if listed else None


def attribute(file: Path, name: str) -> str:
    """Return a .gitattributes attribute of a file, "" outside a repository."""
    try:
        return git(file.resolve().parent, "check-attr", "-z", name, "--", file.name).split(b"\0")[2].decode()
    except (GitError, IndexError):
        return ""


def blobs_of(top: Path, commit: str) -> dict[str, str]:
    """Return the regular files of a commit: object ids by path from the top folder; raises GitError."""
    blobs = {}
    for line in git(top, "ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
        if line:
            about, _, path = line.partition(b"\t")
            mode, _, oid = about.split()
            if mode.startswith(b"100"):  # not a link (120000), not a submodule (160000)
                blobs[os.fsdecode(path)] = oid.decode()
    return blobs


def blobs_of_index(top: Path) -> dict[str, str]:
    """Return the regular files of the index: object ids by path from the top folder; raises GitError."""
    blobs = {}
    for line in git(top, "ls-files", "-z", "--stage", "--full-name").split(b"\0"):
        if line:
            about, _, path = line.partition(b"\t")
            mode, oid, stage = about.split()
            # Of a path in conflict there is no version that would be committed.
            if mode.startswith(b"100") and stage == b"0":
                blobs[os.fsdecode(path)] = oid.decode()
    return blobs


def changed_paths(top: Path, *arguments: str) -> frozenset[str]:
    """Return the paths, from the top folder, in which `git diff ARGUMENTS` sees a difference; raises GitError."""
    listed = git(top, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", *arguments, "--")
    return frozenset(os.fsdecode(path) for path in listed.split(b"\0") if path)


@dataclass
class Objects:
    """Reads objects of a repository through one `git cat-file --batch` that is started when it is needed."""

    folder: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        """Travel to another process without the one that runs here."""
        return {"folder": self.folder, "_process": None}

    def read(self, oid: str) -> bytes:
        """Return an object's content; raises OSError where the repository does not hold it."""
        if self._process is None:
            self._process = subprocess.Popen(
                ["git", "-C", str(self.folder), "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        asked, answered = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answered is not None
        asked.write(oid.encode() + b"\n")
        asked.flush()
        header = answered.readline().split()
        if len(header) != 3:
            raise OSError(f"git has no object {oid}; a partial or shallow clone may lack it")
        content = answered.read(int(header[2]))
        answered.read(1)
        return content

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()
            self._process = None
