"""Asks git: files of a revision and of the index, straight from its objects. Nothing is checked out or changed.

What is compared with what is for `since` to say.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path


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
        raise GitError(said[0] if said else f"git {arguments[0]} failed with status {run.returncode}")
    return run.stdout


def top_of(folder: Path) -> Path:
    """Return the working tree's top folder; raises GitError."""
    return Path(os.fsdecode(git(folder, "rev-parse", "--show-toplevel").rstrip(b"\n")))


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


def names(output: bytes) -> Sequence[str]:
    """Split the paths of a `-z` listing."""
    return [os.fsdecode(name) for name in output.split(b"\0") if name]
