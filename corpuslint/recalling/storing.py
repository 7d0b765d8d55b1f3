"""Stores the results of a run: a segment a shard at first, so that a killed run loses little, then few large ones.

Which results still stand is for `known` to say.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.batch import Records
from corpuslint.cache import Cache, encoded, file_hash
from corpuslint.corpus_rule import CorpusRule
from corpuslint.recalling.answers import Answers, Checked
from corpuslint.recalling.known import stored_records
from corpuslint.recalling.segment import Segment, chosen_rows, joined_records, moved, segment_of
from corpuslint.recalling.segment_columns import WHOLE, decode, encode, encode_records
from corpuslint.sources.status import Status
from corpuslint.stages import shards
from corpuslint.stages.document_stage import ShardResult
from corpuslint.stages.work import Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Digests = NDArray[np.uint8]
    Numbers = NDArray[np.int64]

LARGEST = 512 << 20  # bytes of a file whose result is stored: one change and all of it is computed again
MOST_SEGMENTS = 8  # of a setup: beyond it they become one,
SMALL = 16  # and where all but the largest together have more than one in so many of its files


class _Waiting(NamedTuple):
    """A file that is being checked, and what its result will be stored with."""

    name: bytes
    status: Status
    digest: bytes  # of a large file, whose bytes no worker holds at once; else empty


class Storing:
    """What a run adds to the cache; every method raises CacheTrouble."""

    def __init__(
        self,
        cache: Cache,
        work: Work,
        least: Mapping[str, int],
        started: int,
        setup: Numbers,
        digests: Digests,
    ) -> None:
        self._cache = cache
        self._work = work
        self._least = least  # records of a key that a corpus rule may look at, by its code
        self._compared = [rule.code for rule in work.rules if isinstance(rule, CorpusRule)]
        self._started = started
        self._setup = setup  # of each task
        self._digests = digests  # of each task, filled in here for the files that are checked
        self._waiting: dict[int, _Waiting] = {}
        self._wrote = False
        self._parts: dict[int, tuple[int, int]] = {}  # of large files, by task: how many there are, how many came

    def wait(self, numbers: Sequence[int]) -> None:
        """Expect the results of tasks."""
        for number in numbers:
            status = self._work.statuses[number]
            if status is None or status.size > LARGEST:
                continue
            large = status.size > shards.SHARD
            digest = file_hash(self._work[number].file) if large else b""
            self._waiting[number] = _Waiting(encoded(self._work.names[number]), status, digest)

    def touched(self, setup: int, segments: Sequence[Segment]) -> None:
        """Store results again whose files got new statuses and have the same content; they have their records."""
        for segment in segments:
            self._write(setup, segment)

    def keep(self, result: ShardResult) -> None:
        """Store what came out of a shard."""
        for setup in sorted({int(self._setup[number]) for number in result.readings}):
            waiting = {n: self._waiting[n] for n in result.readings if n in self._waiting and self._setup[n] == setup}
            segment = segment_of(result, list(self._least), waiting, self._started)
            if segment is None:
                continue
            (part,) = {(reading.part, reading.parts) for reading in result.readings.values()}
            self._note_digests(result, waiting)
            number = next(iter(result.readings))
            if digest := self._waiting[number].digest if number in self._waiting else b"":
                self._write(setup, segment, pending=_key(digest, part[1]))
                self._parts[number] = (part[1], self._parts.get(number, (0, 0))[1] + 1)
            else:
                self._write(setup, segment)

    def _note_digests(self, result: ShardResult, waiting: Mapping[int, _Waiting]) -> None:
        import numpy as np

        for number in waiting:
            digest = result.readings[number].digest or waiting[number].digest
            if digest:
                self._digests[number] = np.frombuffer(digest, np.uint8)

    def _write(
        self,
        setup: int,
        segment: Segment,
        records: Callable[[str], Records] | None = None,
        *,
        pending: bytes = b"",
        instead_of: Sequence[int] = (),
    ) -> None:
        """Store a segment; `records` makes those of a code where the segment has none."""
        records = records or segment.records.__getitem__
        self._wrote = True
        of_codes = (encode_records(code, records(code), least).items() for code, least in self._least.items())
        columns = chain(encode(segment).items(), chain.from_iterable(of_codes))
        self._cache.write(setup, len(segment.names), columns, pending=pending, instead_of=instead_of)

    def finish(self) -> None:
        """Make large files of their parts, and one segment of many."""
        if not self._wrote:
            return
        setups = self._used()
        self._cache.look_again()
        for number, (parts, came) in self._parts.items():
            waiting, setup = self._waiting[number], int(self._setup[number])
            held = self._cache.pending(setup, _key(waiting.digest, parts))
            if came == parts == len(held) and self._work.is_still(number):
                segment, records = self._joined(held, [None] * parts)
                self._write(setup, segment.as_one_file(), records, instead_of=held)
        for setup in setups:
            self._cache.drop(self._cache.all_pending(setup))
        self._cache.look_again()
        for setup in setups:
            self._compact(setup)

    def _compact(self, setup: int) -> None:
        """Make one segment of many, without what later ones replaced and without files that are gone."""
        import numpy as np

        held = self._cache.segments(setup)
        if held and sum(segment.files for segment in held[:-1]) * SMALL <= held[-1].files:
            # The last changes are few: the large segment before them need not be written again.
            held = held[:-1] if len(held) > MOST_SEGMENTS else []
        if len(held) < 2:
            return
        seen: set[bytes] = set()
        masks = []
        there = {encoded(name) for name in self._work.names}
        for segment in held:
            names = self._cache.columns(segment.id, ["names"])["names"].split(b"\0")
            stay = [name not in seen and (name in there or self._exists(name)) for name in names]
            seen.update(names)
            masks.append(np.array(stay, np.bool_))
        numbers = [segment.id for segment in held]
        whole, records = self._joined(numbers, masks)
        self._write(setup, whole.in_order(), records, instead_of=numbers)

    def all_asked(self, about: int) -> Answers | None:
        """Return all questions of a run that checked every file and left one segment of just these; else None."""
        self._cache.look_again()
        held = [(setup, segment) for setup in self._used() for segment in self._cache.segments(setup)]
        if len(held) != 1:
            return None
        segment = decode(self._cache.columns(held[0][1].id, WHOLE))
        tasks = dict(zip(self._work.encoded_names, range(len(self._work)), strict=True))
        place = [tasks.get(name, -1) for name in segment.names]
        # What another run has stored meanwhile is not what this one has compared.
        if sorted(place) != list(range(len(tasks))) or (segment.digests != self._digests[place]).any():
            return None
        answers = Answers(self._cache, about)
        for code, stored in stored_records(self._cache, held[0][1].id, len(segment.rows), self._compared).items():
            answers.ask(code, stored.shared(), Checked(segment.rows, segment.names, segment.digests))
        return answers

    def _used(self) -> list[int]:
        return sorted(set(self._setup.tolist()) - {0})

    def _exists(self, name: bytes) -> bool:
        path = os.path.join(self._cache.root, name.decode("utf-8", "surrogatepass"))  # noqa: PTH118
        return os.path.lexists(path)

    def _joined(
        self, numbers: Sequence[int], masks: Sequence[NDArray[np.bool_] | None]
    ) -> tuple[Segment, Callable[[str], Records]]:
        """Return the chosen files of some segments in one, and what makes its records of a code.

        All files of a segment without a mask are chosen. Records are most of a segment: they are made one code at a
        time.
        """
        import numpy as np

        segments = []
        readers = []
        places = []
        before = [0]
        for number, mask in zip(numbers, masks, strict=True):
            whole = decode(self._cache.columns(number, WHOLE))
            mask = np.ones(len(whole.names), np.bool_) if mask is None else mask
            readers.append(stored_records(self._cache, number, len(whole.rows), list(self._least)))
            places.append(chosen_rows(whole.rows, mask)[1])
            segments.append(whole.chosen(mask))
            before.append(before[-1] + len(segments[-1].rows))

        def records(code: str) -> Records:
            parts = (moved(reader[code].all(), place) for reader, place in zip(readers, places, strict=True))
            return joined_records(parts, before[:-1])

        return Segment.joined(segments), records


def _key(digest: bytes, parts: int) -> bytes:
    """Return what the parts of a large file are stored under: another number of workers cuts it otherwise."""
    return digest + parts.to_bytes(2)
