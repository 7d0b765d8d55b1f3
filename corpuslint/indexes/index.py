"""An index of a corpus: the signatures and hashes of its documents, so that new texts can be held against them.

An index names candidates, never findings: those are compared by their texts. How an index is stored is not known
here, and what comes of the candidates is for `repeats`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from corpuslint.batch import Batch
from corpuslint.document import Document
from corpuslint.executors import At, Executor, Place
from corpuslint.minhash import HASH_NAME, SCHEME, SEED, band_keys, choose_bands
from corpuslint.rules.duplicate_document import DuplicateDocument
from corpuslint.rules.near_duplicate_document import NearDuplicateDocument
from corpuslint.scan.compiled import Loops, compiled
from corpuslint.sources import ReadOptions, Skip, SourceFile, read
from corpuslint.stages.document_stage import make_ready
from corpuslint.stages.reading import BATCH
from corpuslint.stages.shards import Shard, Task, make_shards

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Counts = NDArray[np.uint32]
    Signatures = NDArray[np.uint32]  # (documents, permutations)

VERSION = 1
SLICE = 1 << 14  # documents of an index whose band keys are computed together
MOST_COMPARED = 100  # old documents that a new one is compared with: those that share most bands


class IndexTrouble(Exception):
    """An index that cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Rules:
    """The two rules that an index serves."""

    equal: DuplicateDocument
    near: NearDuplicateDocument


@dataclass(frozen=True)
class Scheme:
    """How an index's numbers were made: two indexes with equal schemes can be compared, others cannot."""

    version: int
    scheme: str
    seed: int
    hash: str
    permutations: int
    shingle_size: int
    letter_variants: str
    equal_letter_variants: str

    @classmethod
    def of(cls, rules: Rules) -> Scheme:
        """Return the scheme of the rules' options and of this version of corpuslint."""
        near, equal = rules.near, rules.equal
        return cls(
            VERSION,
            SCHEME,
            SEED,
            HASH_NAME,
            near.permutations,
            near.shingle_size,
            near.letter_variants,
            equal.letter_variants,
        )

    def require(self, stored: Any, where: str) -> None:
        """Raise IndexTrouble where what is stored differs, naming each difference."""
        if not isinstance(stored, dict):
            raise IndexTrouble(f"{where}: is no index of corpuslint")
        differing = [
            f"{name.replace('_', ' ')} is {stored.get(name)!r}, here {value!r}"
            for name, value in asdict(self).items()
            if stored.get(name) != value
        ]
        if differing:
            raise IndexTrouble(f"{where}: was made otherwise ({'; '.join(differing)}); build it anew")


class Old(NamedTuple):
    """A document of an index: where to read it again, and the hash that names one without an id."""

    path: str  # absolute
    record: int  # index in its container, from 0
    id: str | None
    field: str | None
    text_field: str
    id_field: str
    name_hash: int

    @property
    def file(self) -> SourceFile:
        """Return its file, named by its path."""
        return SourceFile(Path(self.path), self.path, ReadOptions(self.text_field, self.id_field))


@dataclass
class Signed:
    """Documents with what an index keeps of each, in columns."""

    documents: list[Old]
    texts: Hashes  # (documents,) of all words of each
    shingles: Counts  # (documents,) how many each has; repeated ones count again
    signatures: Signatures
    skips: list[Skip] = field(default_factory=list)


class OldCorpus(Protocol):
    """Documents that new ones are held against."""

    def equal(self, texts: Hashes) -> Iterator[tuple[int, Old]]:
        """Yield (number of a new text, old document) where the hashes of all words are equal."""

    def alike(self, new: Signed, near: NearDuplicateDocument) -> tuple[list[tuple[int, Old]], int]:
        """Return the same for documents that share a band, and how many new ones had more candidates than that."""


def sign(tasks: Sequence[Task], rules: Rules, executor: Executor) -> Signed:
    """Read documents and return what an index keeps of them, in the order of their files."""
    import numpy as np

    both = (rules.equal, rules.near)
    sizes = [_size(task.file) for task in tasks]
    shards = make_shards([Task(task.file, both) for task in tasks], both, sizes)
    make_ready(shards)
    parts = list(executor.map(sign_shard, shards, _without))
    skips = [skip for part in parts for skip in part.skips]
    documents = [document for part in parts for document in part.documents]
    if not parts:
        return Signed([], np.zeros(0, np.uint64), np.zeros(0, np.uint32), _no_signatures(rules), skips)
    return Signed(
        documents,
        np.concatenate([part.texts for part in parts]),
        np.concatenate([part.shingles for part in parts]),
        np.concatenate([part.signatures for part in parts]),
        skips,
    )


def _without(item: Shard, place: Place | None) -> Shard | None:
    return item.without(place) if place else None


def _size(file: SourceFile) -> int:
    if file.content is not None:
        return len(file.content)
    try:
        return file.path.stat().st_size
    except OSError:
        return 0


def _no_signatures(rules: Rules) -> Signatures:
    import numpy as np

    return np.zeros((0, rules.near.permutations), np.uint32)


def sign_shard(shard: Shard, at: At) -> Signed:
    """Sign the documents of a shard: what one worker does."""
    import numpy as np

    equal, near = shard.corpus_rules
    assert isinstance(equal, DuplicateDocument)
    assert isinstance(near, NearDuplicateDocument)
    rules = Rules(equal, near)
    skips: list[Skip] = []
    found = Signed([], np.zeros(0, np.uint64), np.zeros(0, np.uint32), _no_signatures(rules))
    columns = [(found.texts, found.shingles, found.signatures)]
    batch: list[tuple[SourceFile, Document]] = []
    loops = compiled() if shard.compiled else None
    size = 0
    for item in _read(shard, at):
        if isinstance(item, Skip):
            skips.append(item)
            continue
        batch.append(item)
        size += len(item[1].text)
        if size > BATCH:
            columns.append(_sign_batch(batch, rules, found.documents, loops))
            batch, size = [], 0
    if batch:
        columns.append(_sign_batch(batch, rules, found.documents, loops))
    texts, shingles, signed = (np.concatenate(column) for column in zip(*columns, strict=True))
    return Signed(found.documents, texts, shingles, signed, skips)


def _read(shard: Shard, at: At) -> Iterator[tuple[SourceFile, Document] | Skip]:
    for number, task in shard.tasks:
        for item in read(task.file, shard.wanted(number, at), shard.stretch):
            if isinstance(item, Document):
                yield task.file, item
            elif item.line is not None or shard.part == 0:
                yield item


def _sign_batch(
    items: Sequence[tuple[SourceFile, Document]], rules: Rules, documents: list[Old], loops: Loops | None
) -> tuple[Hashes, Counts, Signatures]:
    import numpy as np

    batch = Batch([document for _, document in items], loops=loops)
    letter_variants, size = rules.near.letter_variants, rules.near.shingle_size
    names = batch.text_hashes().tolist()
    for (file, document), name_hash in zip(items, names, strict=True):
        key, options = document.key, file.options
        path = os.path.abspath(file.path)  # noqa: PTH100  # as the walk names files: links are not resolved
        documents.append(Old(path, key.index, key.id, key.field, options.text_field, options.id_field, name_hash))
    texts = batch.text_hashes(rules.equal.letter_variants)
    counts = batch.shingle_counts(letter_variants, size).astype(np.uint32)
    return texts, counts, batch.signatures(letter_variants, size, rules.near.permutations)


@dataclass(frozen=True)
class Index:
    """An index in memory, or mapped from its file."""

    signed: Signed

    def equal(self, texts: Hashes) -> Iterator[tuple[int, Old]]:
        """Yield (number of a new text, old document) where the hashes of all words are equal."""
        import numpy as np

        if not len(texts):
            return
        order = np.argsort(texts, kind="stable")
        ordered = texts[order]
        firsts = ordered.searchsorted(self.signed.texts)
        lasts = ordered.searchsorted(self.signed.texts, "right")
        counts: dict[int, int] = {}
        for old in np.flatnonzero(lasts > firsts).tolist():
            for new in order[firsts[old] : lasts[old]].tolist():
                counts[new] = counts.get(new, 0) + 1
                if counts[new] <= MOST_COMPARED:
                    yield new, self.signed.documents[old]

    def alike(self, new: Signed, near: NearDuplicateDocument) -> tuple[list[tuple[int, Old]], int]:
        """Return documents that share a band, and how many new ones had more candidates than are compared."""
        import numpy as np

        bands = choose_bands(near.threshold, near.permutations)
        numbers = np.flatnonzero(new.shingles >= near.min_shingles)
        keys = band_keys(new.signatures[numbers], bands).ravel()
        owners = np.repeat(numbers, bands.bands)
        order = np.argsort(keys, kind="stable")
        keys, owners = keys[order], owners[order]
        pairs = [self._pairs(first, keys, owners, near) for first in range(0, len(self.signed.documents), SLICE)]
        if not len(keys) or not pairs:
            return [], 0
        codes, shared = np.unique(np.concatenate(pairs), return_counts=True)
        by_new = np.lexsort((codes & 0xFFFFFFFF, -shared, codes >> 32))
        found: list[tuple[int, Old]] = []
        counts: dict[int, int] = {}
        for code in codes[by_new].tolist():
            counts[code >> 32] = counts.get(code >> 32, 0) + 1
            if counts[code >> 32] <= MOST_COMPARED:
                found.append((code >> 32, self.signed.documents[code & 0xFFFFFFFF]))
        return found, sum(count > MOST_COMPARED for count in counts.values())

    def _pairs(
        self, first: int, keys: Hashes, owners: NDArray[np.int64], near: NearDuplicateDocument
    ) -> NDArray[np.int64]:
        """Return pairs of a slice as numbers `new * 2^32 + old`, one for each shared band."""
        import numpy as np

        bands = choose_bands(near.threshold, near.permutations)
        old = first + np.flatnonzero(self.signed.shingles[first : first + SLICE] >= near.min_shingles)
        mine = band_keys(np.asarray(self.signed.signatures[old]), bands).ravel()
        if not len(mine) or not len(keys):
            return np.zeros(0, np.int64)
        left = keys.searchsorted(mine)
        count = keys.searchsorted(mine, "right") - left
        hits = np.flatnonzero(count)
        runs = count[hits]
        inner = np.arange(runs.sum()) - np.repeat(np.cumsum(runs) - runs, runs)
        news = owners[np.repeat(left[hits], runs) + inner]
        olds = old[np.repeat(hits // bands.bands, runs)]
        pairs: NDArray[np.int64] = (news << 32) | olds
        return pairs


def joined(old: Signed, new: Signed) -> Signed:
    """Return the documents of both; a file that is in both is taken as it is now."""
    import numpy as np

    paths = {document.path for document in new.documents}
    kept = [number for number, document in enumerate(every(old)) if document.path not in paths]
    return Signed(
        [*(old.documents[number] for number in kept), *new.documents],
        np.concatenate((old.texts[kept], new.texts)),
        np.concatenate((old.shingles[kept], new.shingles)),
        np.concatenate((old.signatures[kept], new.signatures)),
        new.skips,
    )


def every(signed: Signed) -> Iterable[Old]:
    return (signed.documents[number] for number in range(len(signed.documents)))
