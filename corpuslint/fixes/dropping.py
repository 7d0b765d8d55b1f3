"""Plans the removal of duplicate documents: files that go, records that are cut out, and one copy that always stays.

What stays is never removed in the same run, even where it is itself a copy of something else. Every document is read
again: a copy goes only where both texts are still the ones that were compared. Nothing is changed here.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from corpuslint.batch import Batch
from corpuslint.changing.journal import StageWriter
from corpuslint.changing.patch import CHUNK, Patch, Witness, digest
from corpuslint.changing.writing import meta_of
from corpuslint.diagnostic import Diagnostic
from corpuslint.document import Document, DocumentKey
from corpuslint.sources import Record, Skip, SourceFile, container_for

CODES = frozenset({"DUP201", "DUP202"})


class Address(NamedTuple):
    """A document's place: path and record index."""

    path: str
    record: int


@dataclass(frozen=True)
class Drop:
    """A document that is to go, and the copy that stays."""

    address: Address
    kept: Address
    kept_key: DocumentKey
    code: str
    similarity: float
    cluster_size: int
    compared: str  # both texts' hashes, as the finding holds them

    @classmethod
    def of(cls, diagnostic: Diagnostic) -> Drop:
        """Read a finding of a corpus rule."""
        place, kept = diagnostic.place, diagnostic.related[0].place
        return cls(
            Address(place.path, place.key.index),
            Address(kept.path, kept.key.index),
            kept.key,
            diagnostic.code,
            float(diagnostic.data.get("similarity", 1.0)),
            int(diagnostic.data.get("cluster_size", 2)),
            diagnostic.content,
        )


@dataclass
class DropPlan:
    """What a removal amounts to: documents and characters file by file, and what is left standing, with the reason."""

    documents: dict[str, int] = field(default_factory=dict)
    characters: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Read(NamedTuple):
    """What was seen of a file in which something stays: its SHA-256, and the hashes of the texts that stay."""

    sha256: str
    texts: Mapping[int, str]


def choose_drops(diagnostics: Iterable[Diagnostic]) -> tuple[dict[Address, Drop], list[str]]:
    """Return what is to go by address, and a note for each copy that is left because another one depends on it."""
    found = (Drop.of(diagnostic) for diagnostic in diagnostics if diagnostic.code in CODES and diagnostic.related)
    drops: dict[Address, Drop] = {}
    kept: set[Address] = set()
    left: dict[Address, str] = {}
    # Exact copies first: two rules may keep different documents, and what one of them keeps the other must not remove.
    for drop in sorted(found, key=lambda drop: (drop.code, drop.address)):
        if drop.address in kept or drop.kept in drops:
            left[drop.address] = (
                f"{shown(drop.address)}: not removed: it or {shown(drop.kept)} is kept for another document"
            )
        elif drop.address not in drops:
            drops[drop.address] = drop
            kept.add(drop.kept)
    return drops, [f"{message}; run again to compare what is left" for at, message in left.items() if at not in drops]


def plan_drops(
    drops: Mapping[Address, Drop], files: Mapping[str, SourceFile], rows: Path, removed: StageWriter, cuts: StageWriter
) -> DropPlan:
    """Write two stages: what is added to the removed-documents file `rows`, and the removals themselves.

    Raises OSError where the removed-documents file is there and cannot be read.
    """
    plan = DropPlan()
    kept = _read_kept(drops.values(), files)
    by_file: dict[str, dict[int, Drop]] = {}
    for address, drop in sorted(drops.items()):
        by_file.setdefault(address.path, {})[address.record] = drop
    size, sha256 = _begin_removed(removed, rows)
    for path, wanted in by_file.items():
        trouble = _names_a_kept_file(files[path].path, path, kept, files)
        if trouble:
            plan.notes.append(f"{path}: not removed: {trouble}")
            continue
        for row in _plan_file(files[path], wanted, kept, cuts, plan):
            line = json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
            removed.patch(Patch(size, b"", line))
    removed.end(sha256) if plan.documents else removed.drop()
    return plan


def _begin_removed(stage: StageWriter, path: Path) -> tuple[int, str]:
    """Begin the change of the removed-documents file; return its size in bytes and its SHA-256."""
    if not path.exists():
        stage.begin(path.as_posix(), created=True)
        return 0, digest(BytesIO())
    with path.open("rb") as stream:
        stage.begin(path.as_posix())
        return os.fstat(stream.fileno()).st_size, digest(stream)


def _read_kept(drops: Iterable[Drop], files: Mapping[str, SourceFile]) -> dict[str, Read]:
    """Read every file in which a copy is kept; one that cannot be read is left out."""
    indexes: dict[str, set[int]] = {}
    for drop in drops:
        indexes.setdefault(drop.kept.path, set()).add(drop.kept.record)
    found: dict[str, Read] = {}
    for path, wanted in indexes.items():
        texts: dict[int, str] = {}
        try:
            with files[path].open() as stream:
                witness = Witness(stream)
                buffered = BufferedReader(witness, CHUNK)
                for record in container_for(files[path].path).records(files[path], buffered, wanted.__contains__):
                    if isinstance(record, Record):
                        texts[record.document.key.index] = text_hash(record.document)
                while buffered.read(CHUNK):
                    pass
        except (OSError, KeyError):
            continue
        found[path] = Read(witness.digest(), texts)
    return found


def text_hash(document: Document) -> str:
    """Return the hash by which corpus rules name a text."""
    batch = Batch([document])
    return f"{int(batch.text_hashes()[0]):016x}"


def _plan_file(
    file: SourceFile, wanted: Mapping[int, Drop], kept: Mapping[str, Read], cuts: StageWriter, plan: DropPlan
) -> Iterator[dict[str, Any]]:
    """Write the removals of one file and yield the rows of its documents for the removed-documents file."""
    container = container_for(file.path)
    survivors: dict[str, str] = {}
    begun = False
    try:
        with file.open() as stream:
            witness = Witness(stream)
            buffered = BufferedReader(witness, CHUNK)
            for record in container.records(file, buffered, wanted.__contains__):
                if isinstance(record, Skip):
                    continue
                drop = wanted[record.document.key.index]
                if trouble := _trouble(drop, record.document, kept):
                    plan.notes.append(f"{shown(drop.address)}: not removed: {trouble}")
                    continue
                patch = container.removal(record)
                if not begun:
                    begun = True
                    status = os.fstat(stream.fileno())
                    cuts.begin(file.name) if patch else cuts.begin(file.name, gone=True, meta=meta_of(status))
                cuts.patch(patch or Patch(0, record.content, b""))
                survivors[drop.kept.path] = kept[drop.kept.path].sha256
                plan.documents[file.name] = plan.documents.get(file.name, 0) + 1
                plan.characters[file.name] = plan.characters.get(file.name, 0) + len(record.document.text)
                yield _row(drop, record.document)
            while buffered.read(CHUNK):
                pass
    except OSError as error:
        plan.notes.append(f"{file.name}: not removed: cannot be read: {error.strerror or error}")
        plan.documents.pop(file.name, None)
        if begun:
            cuts.drop()
        return
    if begun:
        cuts.end(witness.digest(), survivors)


def _trouble(drop: Drop, document: Document, kept: Mapping[str, Read]) -> str:
    """Say why a document may not go; "" where it may."""
    if drop.kept.path not in kept or drop.kept.record not in kept[drop.kept.path].texts:
        return f"the kept copy {shown(drop.kept)} cannot be read"
    hashes = sorted((text_hash(document), kept[drop.kept.path].texts[drop.kept.record]))
    if "\x1e".join(hashes) != drop.compared:
        return f"it or the kept copy {shown(drop.kept)} was changed since they were compared"
    return ""


def _names_a_kept_file(path: Path, name: str, kept: Mapping[str, Read], files: Mapping[str, SourceFile]) -> str:
    """Say whether a file is a kept one under another name: then removing the one removes the other."""
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            return "it is a symbolic link"
        for other in kept:
            if other != name and os.path.samestat(status, files[other].path.stat()):
                return f"it is the same file as {other}, which is kept"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return ""


def _row(drop: Drop, document: Document) -> dict[str, Any]:
    """Return what the removed-documents file says about a document."""
    return {
        "path": document.path,
        "document": {"index": document.key.index, "id": document.key.id, "field": document.key.field},
        "code": drop.code,
        "kept": {"path": drop.kept.path, "index": drop.kept.record, "id": drop.kept_key.id},
        "similarity": drop.similarity,
        "cluster_size": drop.cluster_size,
        "text": document.text,
    }


def shown(address: Address) -> str:
    """Return how messages name a document; the first record of a file needs no number."""
    return f"{address.path}[{address.record}]" if address.record else address.path


def listed(drops: Sequence[Drop]) -> Iterator[str]:
    """Yield a line for each document that would go."""
    for drop in drops:
        yield (
            f"would remove {shown(drop.address)}: {drop.code}, similarity {drop.similarity:.2f} with "
            f"{shown(drop.kept)}, cluster of {drop.cluster_size}"
        )
