"""The baseline: the findings that a corpus is known to have, a sorted set of one-line JSON objects that git can merge.

An entry says which finding it is (id, rule, path, an excerpt for people) and what recognises it after its file was
renamed (a hash without the path, a sketch of the document). It holds no line number, date, total or version, so that
only findings that come and go change the file. It is read by `baseline_file`; which findings
of a run it covers is for `comparison` to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from corpuslint.baselines.sketch import sketch
from corpuslint.changing.own_files import write_own_file
from corpuslint.diagnostic import Diagnostic, Place
from corpuslint.display import excerpt, readable_json, visible
from corpuslint.revisit import Address, Revisit

FILE_NAME = "corpuslint-baseline.jsonl"
EXCERPT = 48  # code points of the flagged text, for the people who read the file

# The separators inside Diagnostic.identity: between the two documents of a pair, between a path and a record.
BETWEEN_DOCUMENTS, BETWEEN_NAMES = "\x1e", "\x1f"


class Side(TypedDict):
    """A document that an entry names: its path, its record in a many-document container, and its trace.

    The trace is what recognises a finding after its file was renamed: the finding's hash without the path, a dot, and
    the sketch of the document; of the other document of a pair the sketch alone. One value and not two: an object of
    five values takes half the memory of one of six, and a baseline may hold a million of them.
    """

    path: str
    record: NotRequired[str]
    record_hash: NotRequired[str]  # of a record without an id: the hash of its normalised text
    trace: NotRequired[str]


class Entry(Side):
    """A known finding. The order of the keys is the order in which people read and `sort` compares."""

    code: str
    excerpt: NotRequired[str]
    id: str
    kept: NotRequired[Side]  # of a finding about two documents: the other one


Entries = Mapping[str, Entry]  # by id


def entry_for(diagnostic: Diagnostic, sketches: Mapping[Address, str]) -> Entry:
    """Return the entry of a finding; `sketches` are those of its documents."""
    names = pair_names(diagnostic)
    entry = cast("Entry", _side(diagnostic.place, names[0] if names else "", sketches))
    of_document = entry.pop("trace")
    entry["code"] = diagnostic.code
    entry["excerpt"] = visible(excerpt(diagnostic.place.text, EXCERPT))
    entry["id"] = diagnostic.id
    entry["trace"] = f"{diagnostic.path_free_hash}.{of_document}"
    if names:
        entry["kept"] = _side(diagnostic.related[0].place, names[1], sketches)
    return entry


def entries_for(
    diagnostics: Iterable[Diagnostic], revisit: Revisit, wants_sketch: Callable[[str], bool] = lambda _path: True
) -> Entries:
    """Return the entries of findings; their documents are read once more for the sketches, where one is wanted."""
    diagnostics = tuple(diagnostics)
    wanted = (at for diagnostic in diagnostics for at in addresses(diagnostic) if wants_sketch(at[0]))
    sketches = revisit.facts(wanted, lambda document: sketch(document.text))
    return {diagnostic.id: entry_for(diagnostic, sketches) for diagnostic in diagnostics}


def addresses(diagnostic: Diagnostic) -> list[Address]:
    """Return the documents that a finding's entry names: its own, and of a pair the kept one."""
    places = [diagnostic.place]
    if pair_names(diagnostic):
        places.append(diagnostic.related[0].place)
    return [(place.path, place.key.index) for place in places]


def sketch_of(side: Side) -> str:
    """Return the sketch of a document of an entry, "" where it has none."""
    return side.get("trace", "").rpartition(".")[2]


def hash_of(entry: Entry) -> str:
    """Return the hash of an entry's finding without the path."""
    return entry.get("trace", "").partition(".")[0]


def pair_names(diagnostic: Diagnostic) -> tuple[str, str] | None:
    """Return the names of the two documents of a finding about a pair, the flagged one first."""
    names = diagnostic.identity.split(BETWEEN_DOCUMENTS)
    return (names[0], names[1]) if len(names) == 2 and diagnostic.related else None


def side_name(side: Side) -> str:
    """Return the name of one document of an entry."""
    if "record" in side:
        return BETWEEN_NAMES.join((side["path"], side["record"]))
    return BETWEEN_NAMES.join((side["path"], "", side["record_hash"])) if "record_hash" in side else side["path"]


def _side(place: Place, name: str, sketches: Mapping[Address, str]) -> Side:
    side: Side = {"path": place.path}
    if place.key.id is not None:
        side["record"] = place.key.id
    elif name.count(BETWEEN_NAMES) == 2:
        side["record_hash"] = name.rpartition(BETWEEN_NAMES)[2]
    side["trace"] = sketches.get((place.path, place.key.index), "")
    return side


def write(file: Path, entries: Entries) -> bool:
    """Write a baseline, sorted; return whether the file changed; raises OSError."""
    lines = sorted(readable_json(entry) + "\n" for entry in entries.values())
    return write_own_file(file, "".join(lines).encode("utf-8"))
