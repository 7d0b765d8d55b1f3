"""An index as one file: a line that says how it was made, columns of numbers, and a JSON line for each document.

The numbers are mapped, not read: opening a large index costs nothing. A file is refused where its numbers would be
made otherwise now. Paths are kept relative to the index's folder, so that both can move together.
"""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from corpuslint.changing.own_files import write_own_file
from corpuslint.indexes.index import Index, IndexTrouble, Old, Rules, Scheme, Signed, every
from corpuslint.minhash import to_lean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

MAGIC = b"corpuslint index\n"
LONGEST_HEADER = 1 << 16  # bytes


@dataclass(frozen=True)
class _Lines(Sequence[Old]):
    """The documents of an index file, parsed as they are asked for."""

    content: memoryview
    offsets: Hashes
    folder: Path

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: Any) -> Any:
        line = bytes(self.content[int(self.offsets[number]) : int(self.offsets[number + 1])])
        try:
            path, index, id_, field_, text_field, id_field, name_hash = json.loads(line)
            old = Old(os.path.normpath(self.folder / path), index, id_, field_, text_field, id_field, name_hash)
        except (ValueError, TypeError, RecursionError):
            raise IndexTrouble(f"the index is damaged at document {number}; build it anew") from None
        texts = (old.path, old.text_field, old.id_field)
        if not all(isinstance(text, str) for text in texts) or not all(type(n) is int for n in (index, name_hash)):
            raise IndexTrouble(f"the index is damaged at document {number}; build it anew")
        return old


def write_index(file: Path, signed: Signed, rules: Rules) -> None:
    """Write an index file, whole or not at all; raises OSError."""
    folder = Path(os.path.abspath(file)).parent  # noqa: PTH100
    lines = [_line(document, folder) for document in signed.documents]
    write_own_file(file, b"".join(_pieces(signed, lines, rules)))


def _line(document: Old, folder: Path) -> bytes:
    return json.dumps([os.path.relpath(document.path, folder), *document[1:]]).encode("ascii") + b"\n"


def _pieces(signed: Signed, lines: Sequence[bytes], rules: Rules) -> Iterator[bytes]:
    import numpy as np

    header = {"scheme": asdict(Scheme.of(rules)), "documents": len(lines), "bytes": sum(map(len, lines))}
    head = MAGIC + json.dumps(header).encode("ascii")
    yield head + b" " * (-(len(head) + 1) % 64) + b"\n"
    yield np.concatenate(([0], np.cumsum([len(line) for line in lines]))).astype("<u8").tobytes()
    yield np.asarray(signed.texts).astype("<u8").tobytes()
    yield np.asarray(signed.signatures).astype("<u4").tobytes()
    yield np.asarray(signed.shingles).astype("<u4").tobytes()
    yield from lines


def read_header(file: Path) -> tuple[dict[str, Any], int]:
    """Return what an index file says about itself, and where its numbers begin; raises IndexTrouble, OSError."""
    with file.open("rb") as stream:
        return _header(file, stream)


def _header(file: Path, stream: IO[bytes]) -> tuple[dict[str, Any], int]:
    if stream.read(len(MAGIC)) != MAGIC:
        raise IndexTrouble(f"{file}: is no index of corpuslint")
    line = stream.readline(LONGEST_HEADER)
    try:
        header = json.loads(line)
        fits = type(header["documents"]) is int and type(header["bytes"]) is int and isinstance(header["scheme"], dict)
    except (ValueError, TypeError, KeyError, RecursionError):
        fits = False
    if not fits or header["documents"] < 0 or header["bytes"] < 0:
        raise IndexTrouble(f"{file}: is damaged; build it anew")
    return header, len(MAGIC) + len(line)


def read_index(file: Path, rules: Rules) -> Index:
    """Open an index file; raises IndexTrouble where it was made otherwise or is damaged, and OSError."""
    import numpy as np

    header, place = read_header(file)
    Scheme.of(rules).require(header["scheme"], str(file))
    count, permutations = header["documents"], rules.near.permutations
    sizes = (8 * (count + 1), 8 * count, 4 * count * permutations, 4 * count, header["bytes"])
    if file.stat().st_size != place + sum(sizes):
        raise IndexTrouble(f"{file}: is damaged (it was cut off or changed); build it anew")
    content = np.memmap(file, np.uint8, "r").data
    columns: list[memoryview] = []
    for size in sizes:
        columns.append(content[place : place + size])
        place += size
    offsets, texts = (np.frombuffer(column, "<u8") for column in columns[:2])
    signed, shingles = (np.frombuffer(column, "<u4") for column in columns[2:4])
    folder = Path(os.path.abspath(file)).parent  # noqa: PTH100
    documents: Any = _Lines(columns[4], offsets, folder)
    return Index(Signed(documents, texts, shingles, signed.reshape(count, permutations)))


def export_lines(index: Index) -> Iterator[bytes]:
    """Yield a JSON line for each document, with its signature as datasketch's LeanMinHash serialises it."""
    for number, document in enumerate(every(index.signed)):
        lean = to_lean(index.signed.signatures[number])
        buffer = bytearray(lean.bytesize("<"))
        lean.serialize(buffer, "<")
        row = {"path": document.path, "index": document.record, "id": document.id}
        yield json.dumps(row | {"minhash": b64encode(buffer).decode("ascii")}).encode("ascii") + b"\n"
