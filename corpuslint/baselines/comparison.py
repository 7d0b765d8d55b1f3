"""Compares a run's findings with a baseline: which are new, which known, which entries are gone, which moved along.

Identity decides, never a count or a line number: one old finding swapped for a new one is one new and one gone. An
entry follows its document when the file was renamed: its old path is gone, and the text is still the same text. Only
what a run could have found is judged, so that a partial run leaves the rest alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from corpuslint.baseline import Entries, Entry, Side, addresses, hash_of, side_name, sketch_of
from corpuslint.baselines.baseline_file import BaselineFile
from corpuslint.baselines.sketch import alike, parts, sketch
from corpuslint.diagnostic import Diagnostic
from corpuslint.document import Document
from corpuslint.revisit import Address, Revisit
from corpuslint.stages.findings import KNOWN, LEFT_OUT, NEW, marked

MOST_TRIED = 64  # entries that a finding is compared with: a thousand equal files in a renamed folder stay linear


@dataclass(frozen=True)
class Scope:
    """What a run looked at: the rules of every file that was read whole, and how to ask whether a path still exists."""

    codes: Mapping[str, frozenset[str]]
    folders: tuple[str, ...]  # that were walked, relative to the root, each ending with "/"; "" is the root
    ran: frozenset[str]
    exists: Callable[[str], bool]

    def judges(self, code: str, path: str) -> bool:
        """Say whether the run would have found a rule's finding in a file again if it were still there."""
        if (codes := self.codes.get(path)) is not None:
            return code in codes
        # A deleted file was not read; it is within the run where the folder that held it was.
        return path.startswith(self.folders) and code in self.ran and not self.exists(path)


@dataclass(frozen=True)
class Comparison:
    """The outcome: ids of known findings, of those that moved with the id that they had before, and gone entries."""

    known: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def state(self, diagnostic: Diagnostic) -> int:
        """Return NEW or KNOWN."""
        return KNOWN if diagnostic.id in self.known or diagnostic.id in self.moved else NEW


def on_disk(root: Path) -> Callable[[str], bool]:
    """Return a question: does a path still lie below the root?"""
    # Folders are listed once each: a baseline may name a hundred thousand files, and asking for each costs more.
    listed: dict[str, frozenset[str]] = {}

    def exists(path: str) -> bool:
        folder, _, name = path.rpartition("/")
        if folder not in listed:
            try:
                listed[folder] = frozenset(os.listdir(_folder(root, path, folder)))  # noqa: PTH208  # names, not paths
            except (OSError, ValueError):  # no such folder, or a name that no folder can have
                listed[folder] = frozenset()
        return name in listed[folder]

    return exists


def _folder(root: Path, path: str, folder: str) -> Path:
    return root / (folder or ("/" if path.startswith("/") else "."))


def compare(diagnostics: Sequence[Diagnostic], entries: Entries, scope: Scope, revisit: Revisit) -> Comparison:
    """Compare all findings of a run with a baseline."""
    paths, rich = _outline(entries)
    known = {diagnostic.id for diagnostic in diagnostics if diagnostic.id in paths.get(diagnostic.code, ())}
    new = marked(diagnostics, bytes(NEW if diagnostic.id not in known else LEFT_OUT for diagnostic in diagnostics))
    moved = _Moves(new, _candidates(new, entries, known), scope, revisit).found() if new else {}
    followed = {*known, *moved.values()}
    gone = [
        id_
        for code in paths
        if code in scope.ran
        for id_ in _judged(scope, code, paths[code])
        if id_ not in followed and (not rich or _judges_kept(scope, code, rich.get(id_)))
    ]
    return Comparison(frozenset(known), moved, frozenset(gone))


def _judged(scope: Scope, code: str, paths: Mapping[str, str]) -> Iterator[str]:
    """Yield the ids of a rule's entries whose files the run looked at; a baseline is sorted, so files come together."""
    before, judged = "", False
    for id_, path in paths.items():
        if path != before:
            before, judged = path, scope.judges(code, path)
        if judged:
            yield id_


def _judges_kept(scope: Scope, code: str, entry: Entry | None) -> bool:
    return entry is None or "kept" not in entry or scope.judges(code, entry["kept"]["path"])


def _outline(entries: Entries) -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, Entry]]:
    """Return the paths of entries by code and id, and whole those that name a record or two documents."""
    if isinstance(entries, BaselineFile):
        return entries.paths, entries.rich
    paths: dict[str, dict[str, str]] = {}
    for id_, entry in entries.items():
        paths.setdefault(entry["code"], {})[id_] = entry["path"]
    return paths, entries


def _candidates(new: Iterable[Diagnostic], entries: Entries, known: Collection[str]) -> list[Entry]:
    """Return the entries that are not found, and may be those of new findings under another path."""
    hashes = frozenset(diagnostic.path_free_hash for diagnostic in new if len(addresses(diagnostic)) == 1)
    _, rich = _outline(entries)
    alike_ones = entries.with_hashes(hashes) if isinstance(entries, BaselineFile) else entries.values()
    found = {entry["id"]: entry for entry in (*alike_ones, *rich.values()) if entry["id"] not in known}
    return [found[id_] for id_ in sorted(found)]


def preferred(entries: Entries, older: Collection[str] = ()) -> dict[str, int]:
    """Rank documents as corpus rules shall keep them, so that a new file never moves blame to one that was there.

    0: kept so far; 1: kept, but itself a copy of another one; 2: named by an entry; 3: there before, `older`.
    """
    paths, rich = _outline(entries)
    ranks = dict.fromkeys(older, 3)
    for ids in paths.values():
        ranks |= dict.fromkeys(ids.values(), 2)
    ranks |= dict.fromkeys(map(side_name, rich.values()), 2)
    pairs = [entry for entry in rich.values() if "kept" in entry]
    flagged = {side_name(entry) for entry in pairs}
    return ranks | {name: int(name in flagged) for name in (side_name(entry["kept"]) for entry in pairs)}


def sides(entry: Entry) -> Iterator[Side]:
    """Yield the documents of an entry."""
    yield entry
    if "kept" in entry:
        yield entry["kept"]


class _Moves:
    """Finds, for new findings, the entries of the same findings under their files' old names."""

    def __init__(self, new: Sequence[Diagnostic], missing: list[Entry], scope: Scope, revisit: Revisit) -> None:
        self._scope = scope
        self._new = new
        wanted = {(diagnostic.code, diagnostic.path_free_hash) for diagnostic in new if len(addresses(diagnostic)) == 1}
        pairs = {diagnostic.code for diagnostic in new if len(addresses(diagnostic)) == 2}
        self._singles: dict[tuple[str, str], list[Entry]] = {}
        self._pairs: dict[tuple[str, str], list[Entry]] = {}
        for entry in missing:
            if "kept" in entry:
                if entry["code"] in pairs and any(self._left(side) for side in sides(entry)):
                    self._index_pair(entry)
            elif (found := (entry["code"], hash_of(entry))) in wanted and self._left(entry):
                self._singles.setdefault(found, []).append(entry)
        self._revisit = revisit

    def found(self) -> dict[str, str]:
        """Return the ids of entries by the ids of the findings that continue them, each entry once."""
        if not self._singles and not self._pairs:
            return {}
        taken: set[str] = set()
        moved: dict[str, str] = {}
        for diagnostic in self._new:
            untaken = (entry for entry in self._candidates(diagnostic) if entry["id"] not in taken)
            for entry, _ in zip(untaken, range(MOST_TRIED), strict=False):
                if self._continues(diagnostic, entry):
                    moved[diagnostic.id] = entry["id"]
                    taken.add(entry["id"])
                    break
        return moved

    def _left(self, side: Side) -> bool:
        return not self._scope.exists(side["path"])

    def _index_pair(self, entry: Entry) -> None:
        for side in sides(entry):
            marks = parts(sketch_of(side)) if self._left(side) else (side_name(side),)
            for mark in sorted(marks):
                self._pairs.setdefault((entry["code"], mark), []).append(entry)

    @cached_property
    def _sketches(self) -> Mapping[Address, str]:
        """The sketches of the documents that may have been renamed."""
        single = self._singles.keys()
        wanted = [
            address
            for diagnostic in self._new
            for address in addresses(diagnostic)
            if self._pairs or (diagnostic.code, diagnostic.path_free_hash) in single
        ]
        return self._revisit.facts(wanted, _sketch)

    def _candidates(self, diagnostic: Diagnostic) -> Iterator[Entry]:
        found = addresses(diagnostic)
        if len(found) == 1:
            yield from self._singles.get((diagnostic.code, diagnostic.path_free_hash), ())
            return
        seen: set[str] = set()
        names = diagnostic.identity.split("\x1e")
        for address, name in zip(found, names, strict=True):
            for mark in (name, *sorted(parts(self._sketches.get(address, "")))):
                for entry in self._pairs.get((diagnostic.code, mark), ()):
                    if entry["id"] not in seen:
                        seen.add(entry["id"])
                        yield entry

    def _continues(self, diagnostic: Diagnostic, entry: Entry) -> bool:
        now = addresses(diagnostic)
        names = diagnostic.identity.split("\x1e") if len(now) == 2 else [""]
        before = list(sides(entry))
        # Which of a pair's two documents is kept can change with a name; it is still the same pair.
        return any(
            all(self._is(side, name, at) for side, name, at in zip(order, names, now, strict=True))
            for order in (before, before[::-1])
        )

    def _is(self, side: Side, name: str, address: Address) -> bool:
        """Say whether a document of an entry is this document of a finding: still there, or there under a new name."""
        if side_name(side) == name:
            return True
        if not self._left(side):
            return False
        # A record that has an id keeps it when its file is renamed.
        return alike(sketch_of(side), self._sketches.get(address, ""))


def _sketch(document: Document) -> str:
    return sketch(document.text)
