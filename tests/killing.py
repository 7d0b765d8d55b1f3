"""Kills `check --fix` and `undo` with SIGKILL in every phase and looks at what is left.

    python tests/killing.py --files 2000 --megabytes 200 --kills 300

After every kill each file must be byte for byte old or new; then the journal undoes what was changed, or a second
`--fix` finishes, by turns. A victim is a forked child in which the functions of one phase count their calls; at the
call that was drawn it kills itself. The code under test knows nothing of this.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from broken import BLOCK, BRACKET, LAST, LEAD, MENDED

import corpuslint.changing.journal
import corpuslint.changing.patch
import corpuslint.changing.writing
from corpuslint.changing.journal import Journal
from corpuslint.cli import main

FIX = ("check", ".", "--isolated", "--select", "FRN101", "--fix-only", "--allow-shrink")
UNDO = ("undo", "--isolated")
FIX_PHASES = ("reading", "journal", "journal flush", "writing", "flushing", "before renaming", "after renaming")
UNDO_PHASES = ("undo: writing", "undo: before renaming", "undo: after renaming")
MISSES = 20  # runs in a row that end before the drawn call: the phase is no longer there
SETTLE = 5  # kills in a row before the corpus is brought to a known state


def phases(hit: Callable[[str], None]) -> None:
    """Let every function of a phase report its calls; works on this process alone."""
    read, line, finish = (
        corpuslint.changing.patch.Witness.readinto,
        corpuslint.changing.journal.StageWriter._line,
        os.fsync,
    )
    splice, replace = corpuslint.changing.writing.splice, os.replace

    def readinto(self: Any, buffer: Any) -> int:
        hit("reading")
        return read(self, buffer)

    def write_line(self: Any, row: Any) -> None:
        hit("journal")
        line(self, row)

    def fsync(handle: int) -> None:
        name = os.path.basename(os.readlink(f"/proc/self/fd/{handle}"))  # noqa: PTH119, PTH115
        hit("journal flush" if name.endswith(".draft") else "flushing" if name.startswith(".corpuslint-") else "")
        finish(handle)

    def pieces(*arguments: Any) -> Iterator[bytes]:
        for piece in splice(*arguments):
            yield piece
            hit("writing")

    def rename(source: Any, target: Any, **more: Any) -> None:
        ours = Path(source).name.startswith(".corpuslint-")
        hit("before renaming" if ours else "")
        replace(source, target, **more)
        hit("after renaming" if ours else "")

    corpuslint.changing.patch.Witness.readinto = readinto  # type: ignore[method-assign]
    corpuslint.changing.journal.StageWriter._line = write_line  # type: ignore[method-assign]
    corpuslint.changing.writing.splice = pieces
    os.fsync, os.replace = fsync, rename


def run(folder: Path, words: tuple[str, ...], hit: Callable[[str], None] | None = None) -> int:
    """Run corpuslint in a forked child; return the status, negative where a signal ended it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 70
    try:
        os.chdir(folder)
        if hit is not None:
            phases(hit)
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            main(list(words), standalone_mode=False)
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        os._exit(status)


def count_phases(folder: Path, words: tuple[str, ...]) -> Counter[str]:
    """Let a run finish and return how often it passed each phase."""
    counts: Counter[str] = Counter()
    report = folder.parent / "phases.json"

    def hit(phase: str) -> None:
        counts[phase] += 1
        if phase in ("after renaming", "reading"):
            report.write_text(json.dumps(counts))

    assert run(folder, words, hit) == 0
    return Counter(json.loads(report.read_text()))


def kill(folder: Path, words: tuple[str, ...], phase: str, call: int) -> bool:
    """Run corpuslint and kill it at a call of a phase; False where it ended before."""
    left = call

    def hit(name: str) -> None:
        nonlocal left
        left -= name == phase
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    status = run(folder, words, hit)
    assert status in (0, 1, 2, -signal.SIGKILL), status
    return status == -signal.SIGKILL


@dataclass
class Corpus:
    """A folder whose files are known before and after fixing."""

    folder: Path
    known: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)  # SHA-256 of the old and of the new content

    @classmethod
    def make(cls, folder: Path, files: int, megabytes: float) -> Corpus:
        """Write text files and one JSONL file; two in three are broken, and one record in seven."""
        corpus = cls(folder)
        folder.mkdir()
        for number in range(files):
            corpus._write(f"{number:05}.txt", iter([_text(number, number % 3 > 0)]))
        long = "\n\n".join([LEAD, BLOCK, LAST] * 20)
        row = '{{"id":{id}, "text" : {text}}}\n'
        records = round(megabytes * 1e6 / len(row.format(id=0, text=json.dumps(long, ensure_ascii=False)).encode()))
        if records:
            corpus._write("all.jsonl", (_record(row, long, number) for number in range(records)))
        return corpus

    def _write(self, name: str, pairs: Iterator[tuple[str, str]]) -> None:
        old_hash, new_hash = hashlib.sha256(), hashlib.sha256()
        with (self.folder / name).open("wb") as stream:
            for old, new in pairs:
                old_hash.update(old.encode())
                new_hash.update(new.encode())
                stream.write(old.encode())
        self.known[name] = (old_hash.digest(), new_hash.digest())

    def state(self) -> Counter[str]:
        """Return how many files are old, new, both (clean ones) and torn; leftovers of a run are counted too."""
        states: Counter[str] = Counter()
        for path in self.folder.iterdir():
            if path.name == ".corpuslint":
                continue
            if path.name not in self.known:
                states["leftover"] += 1
                continue
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").digest()  # type: ignore[arg-type]
            old, new = self.known[path.name]
            kind = "clean" if old == new == found else "old" if found == old else "new" if found == new else "torn"
            states[kind] += 1
        states["lost"] = len(self.known) - states.total() + states["leftover"]
        return states

    def check_untorn(self) -> Counter[str]:
        """Assert that every file is old or new."""
        states = self.state()
        assert not states["torn"], states
        assert not states["lost"], states
        return states

    def undo_all(self) -> None:
        """Undo run after run, the last first, and assert that everything is old again."""
        while any(journal.state != "undone" and journal.stages for journal in Journal(self.folder).runs()):
            assert run(self.folder, UNDO) == 0
        states = self.check_untorn()
        assert not states["new"], states
        assert not states["leftover"], states

    def finish(self) -> None:
        """Fix what is left and assert that everything is new."""
        assert run(self.folder, FIX) == 0
        states = self.check_untorn()
        assert not states["old"], states
        assert not states["leftover"], states


def _text(number: int, broken: bool) -> tuple[str, str]:
    head = f"{number}\n{LEAD}\n"
    return head + (BRACKET if broken else MENDED) + "\n", head + MENDED + "\n"


def _record(row: str, long: str, number: int) -> tuple[str, str]:
    old = f"{long}\n{BRACKET if number % 7 == 0 else MENDED}"
    texts = (json.dumps(text, ensure_ascii=False) for text in (old, f"{long}\n{MENDED}"))
    old, new = (row.format(id=number, text=text) for text in texts)
    return old, new


def campaign(
    folder: Path,
    files: int,
    megabytes: float,
    kills: int,
    seed: int,
    said: Callable[[str], object] = lambda _: None,
) -> Counter[str]:
    """Kill until every phase had its share; return how many kills hit each phase."""
    draw = random.Random(seed)
    corpus = Corpus.make(folder / "corpus", files, megabytes)
    counts = count_phases(corpus.folder, FIX)
    corpus.finish()
    undo_counts = Counter({f"undo: {name}": number for name, number in count_phases(corpus.folder, UNDO).items()})
    hits: Counter[str] = Counter()
    order = (*FIX_PHASES, *UNDO_PHASES)
    for number in range(kills):
        phase = order[number % len(order)]
        for _ in range(MISSES):
            undoing = phase in UNDO_PHASES
            if undoing and not corpus.state()["new"]:
                corpus.finish()
            most = (undo_counts if undoing else counts)[phase]
            call = draw.randint(1, max(1, most))
            if kill(corpus.folder, UNDO if undoing else FIX, phase.removeprefix("undo: "), call):
                break
            corpus.check_untorn()
            corpus.undo_all()
        else:
            raise AssertionError(f"no run was ever {phase}")
        hits[phase] += 1
        corpus.check_untorn()
        said(f"{number + 1} kills, the last while {phase}")
        if number % SETTLE == SETTLE - 1 or number == kills - 1:
            if draw.random() < 0.5:
                corpus.finish()
            corpus.undo_all()
    return hits


def command() -> None:
    """Run a campaign of the size that is asked for and print what was hit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--megabytes", type=float, default=5)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    words = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=words.folder))
    try:
        hits = campaign(
            folder,
            words.files,
            words.megabytes,
            words.kills,
            words.seed,
            lambda line: print(line, file=sys.stderr, flush=True),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for phase in (*FIX_PHASES, *UNDO_PHASES):
        print(f"{hits[phase]:5} kills while {phase}")
    print(f"{sum(hits.values()):5} kills: no file torn, none lost; undo and a second --fix were right every time")


if __name__ == "__main__":
    command()
