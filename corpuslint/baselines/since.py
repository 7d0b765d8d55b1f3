"""What a git revision already had: its documents as tasks for the engine, and its findings as a baseline of one run.

A finding is old where it has the same id on the old side, or continues one under a new file name; never where its
line is outside a diff. Both sides are checked by today's rules and configuration. Files come from git's objects;
nothing is checked out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from corpuslint.baseline import Entries, entries_for, entry_for, pair_names
from corpuslint.baselines.git import GitError, Objects, blobs_of, blobs_of_index, changed_paths, commit_of, top_of
from corpuslint.corpus_rule import KeyedRule
from corpuslint.diagnostic import Diagnostic
from corpuslint.revisit import Revisit
from corpuslint.rule import Rule
from corpuslint.sources import ReadOptions, SourceFile


@dataclass(frozen=True, kw_only=True)
class GitFile(SourceFile):
    """A file as git keeps it, not as it lies on the disk."""

    objects: Objects
    oid: str

    def pieces(self) -> Iterator[bytes]:
        """Yield the object's content; raises OSError."""
        yield self.objects.read(self.oid)

    def open(self) -> BinaryIO:
        """Open the object's content; raises OSError."""
        return BytesIO(self.read())


@dataclass(frozen=True)
class Sides:
    """Two states of a working tree by paths from its top: the old one in git, the new one on disk or in the index."""

    top: Path
    objects: Objects
    old: Mapping[str, str]  # object ids
    changed: frozenset[str]  # paths whose content differs between the sides
    index: Mapping[str, str] | None = None  # object ids of the new side; None: the new side is the disk
    unlike_disk: frozenset[str] = frozenset()  # paths whose index and disk differ

    def is_unchanged(self, path: Path) -> bool:
        """Say whether a file is the same on both sides."""
        name = self.name(path)
        return name in self.old and name not in self.changed

    def name(self, path: Path) -> str:
        """Return a path from the top folder."""
        return path.relative_to(self.top).as_posix() if path.is_relative_to(self.top) else ""

    def exists(self, root: Path) -> Callable[[str], bool]:
        """Return a question about the new side: does a path below `root` exist there?"""
        index = self.index
        assert index is not None
        return lambda path: self.name(root / path) in index

    def old_files(self, root: Path, options: Callable[[Path], ReadOptions]) -> Iterator[GitFile]:
        """Yield the files of the old side."""
        for name, oid in sorted(self.old.items()):
            yield self._file(name, oid, root, options)

    def staged_files(self, root: Path, options: Callable[[Path], ReadOptions]) -> Iterator[SourceFile]:
        """Yield the files of the index; those that lie on the disk in the same form are read from there."""
        for name, oid in sorted((self.index or {}).items()):
            file = self._file(name, oid, root, options)
            yield file if name in self.unlike_disk else SourceFile(file.path, file.name, file.options)

    def _file(self, name: str, oid: str, root: Path, options: Callable[[Path], ReadOptions]) -> GitFile:
        path = self.top / name
        shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        # Content that is not None says that this is not the file on the disk: no cache may take one for the other.
        return GitFile(path, shown, options(path), b"", objects=self.objects, oid=oid)


def since_revision(folder: Path, revision: str) -> Sides:
    """Return a revision beside the working tree; raises GitError."""
    commit = commit_of(folder, revision)
    top = top_of(folder)
    return Sides(top, Objects(top), blobs_of(top, commit), changed_paths(top, commit))


def since_last_commit(folder: Path) -> Sides:
    """Return the last commit beside the index; raises GitError."""
    top = top_of(folder)
    index = blobs_of_index(top)
    try:
        commit = commit_of(folder, "HEAD")
    except GitError:
        commit = ""  # before the first commit, everything that is staged is new
    old = blobs_of(top, commit) if commit else {}
    changed = frozenset(name for name in old.keys() | index.keys() if old.get(name) != index.get(name))
    return Sides(top, Objects(top), old, changed, index, changed_paths(top))


def document_rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules that look at one document and at nothing else."""
    return tuple(rule for rule in rules if not isinstance(rule, KeyedRule))


def corpus_rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules that see the corpus."""
    return tuple(rule for rule in rules if isinstance(rule, KeyedRule))


def old_entries(diagnostics: Sequence[Diagnostic], revisit: Revisit, exists: Callable[[str], bool]) -> Entries:
    """Return the old side's findings as entries; only what lost its path can have been renamed and needs a sketch."""
    return entries_for(diagnostics, revisit, lambda path: not exists(path))


def unchanged_entries(diagnostics: Iterable[Diagnostic], unchanged: Collection[str], codes: Collection[str]) -> Entries:
    """Return entries for findings that document rules (`codes`) have in files that are the same on both sides."""
    return {
        diagnostic.id: entry_for(diagnostic, {})
        for diagnostic in diagnostics
        if diagnostic.place.path in unchanged and diagnostic.code in codes and pair_names(diagnostic) is None
    }
