"""A first look at a corpus: which kinds of files it has, which scripts, and which fields hold text and id.

A look, not a reading: a few documents a file and a bounded number of files; nothing is reported on them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from corpuslint.document import Document
from corpuslint.sources import ReadOptions, SourceFile, holds_records, read
from corpuslint.sources.jsonl import record_lines
from corpuslint.sources.walk import EXTENSIONS, Walk

FILES = 200  # files that are opened; extensions are counted over all
RECORDS = 50  # records looked at in each container
TEXT_LEAST = 40  # code points that a field has on average to be a text rather than a label
ID_NAMES = ("id", "_id", "uid", "uuid", "doc_id", "docid", "url", "key")


@dataclass(frozen=True)
class Survey:
    """What was seen: files by extension, documents by script (most first), and the fields of records."""

    files: int = 0
    extensions: Mapping[str, int] = field(default_factory=dict)
    scripts: Mapping[str, int] = field(default_factory=dict)
    records: int = 0
    text_field: str | None = None
    id_field: str | None = None


def survey(paths: Iterable[Path]) -> Survey:
    """Look at files and folders; what cannot be read is passed over."""
    files = Walk(Path.cwd(), EXTENSIONS).find([str(path) for path in paths])
    extensions = Counter(path.suffix.lower() for path in files)
    some = files[:: max(1, -(-len(files) // FILES))]
    records = [record for path in some if holds_records(path) for record in _records(path)]
    text_field = find_text_field(records)
    scripts: Counter[str] = Counter()
    for path in some:
        options = ReadOptions(text_field or "text")
        scripts.update(document.script for document in _documents(path, options) if document.script)
    return Survey(
        len(files),
        _most_first(extensions),
        {script.capitalize(): count for script, count in _most_first(scripts).items()},
        len(records),
        text_field,
        find_id_field(records),
    )


def _most_first(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _documents(path: Path, options: ReadOptions) -> Iterator[Document]:
    for item in islice(read(SourceFile(path, path.name, options)), RECORDS):
        if isinstance(item, Document):
            yield item


def _records(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open("rb") as stream:
            for line in islice(record_lines(stream), RECORDS):
                record = json.loads(line.content)
                if isinstance(record, dict):
                    yield record
    except (OSError, ValueError, RecursionError):
        return


def _fields(record: Mapping[str, Any], prefix: str = "", depth: int = 3) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a record by their dotted paths."""
    for name, value in record.items():
        if isinstance(value, dict) and depth:
            yield from _fields(value, f"{prefix}{name}.", depth - 1)
        else:
            yield prefix + name, value


def find_text_field(records: list[dict[str, Any]]) -> str | None:
    """Return the field that holds most text: present in most records, and long; None where there is none."""
    length: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for record in records:
        for name, value in _fields(record):
            if isinstance(value, str):
                length[name] += len(value)
                count[name] += 1
    texts = [name for name in length if count[name] * 2 > len(records) and length[name] >= TEXT_LEAST * count[name]]
    return max(texts, key=lambda name: (length[name], name), default=None)


def find_id_field(records: list[dict[str, Any]]) -> str | None:
    """Return the field that identifies records: of a usual name, in every record, no value twice; None without one."""
    seen: dict[str, list[str]] = {}
    for record in records:
        for name, value in _fields(record):
            if isinstance(value, str | int) and not isinstance(value, bool):
                seen.setdefault(name, []).append(str(value))
    fit = {name for name, values in seen.items() if len(values) == len(records) == len(set(values))}
    usual = [name for wanted in ID_NAMES for name in sorted(fit) if name.rsplit(".", 1)[-1].lower() == wanted]
    return usual[0] if usual else None
