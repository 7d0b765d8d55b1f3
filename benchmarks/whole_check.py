"""A whole check beside counting words: `python -m benchmarks.whole_check [MEGABYTES]`.

Makes a collection (default 100 MB) of the articles of corpus/ with their words shuffled, as one JSONL and as text
files of about 4 KB, and times `check` with all default rules, one process and two, beside `wc -w` over the same files.
Figures are processor time and ratios of one run; the cache is off, compiled code is there. The bars: 2.0 times `wc -w`
with one process, 1.7 times faster with two.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

MEGABYTES, SIZE = 100.0, 4096  # of the collection; bytes of a document at least
COPIES = 0.1  # share of documents that repeat an earlier one with a word in twenty replaced
ROUNDS = 3
BAR, FASTER = 2.0, 1.7
ROOT = Path(__file__).parent.parent


class Taken(NamedTuple):
    """Seconds by the clock, seconds of all processes."""

    wall: float
    processor: float


def main() -> int:
    """Print the table; return 1 where a bar is missed."""
    megabytes = float(sys.argv[1]) if sys.argv[1:] else MEGABYTES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "txt").mkdir()
        with (folder / "docs.jsonl").open("w", encoding="utf-8") as records:
            for number, text in enumerate(documents(megabytes * 1e6)):
                records.write(json.dumps({"id": f"d{number}", "text": text}, ensure_ascii=False) + "\n")
                place = folder / "txt" / f"{number // 1000:04}"
                place.mkdir(exist_ok=True)
                (place / f"{number:07}.txt").write_text(text + "\n", encoding="utf-8")
        missed = 0
        _check(folder, "docs.jsonl", 1)  # compiles, where nothing was compiled before
        for what in ("docs.jsonl", "txt"):
            files = sorted(str(path) for path in (folder / what).rglob("*.txt")) or [str(folder / what)]
            words = min(_words(folder, files) for _ in range(ROUNDS))
            one = min(_check(folder, what, 1) for _ in range(ROUNDS))
            two = min(_check(folder, what, 2) for _ in range(ROUNDS))
            print(f"{what}: wc -w {words.wall:.2f} s, check {one.wall:.2f} s")
            print(f"  {one.wall / words.wall:.2f} times as long (bar {BAR})")
            print(f"  {one.processor / words.processor:.2f} times the processor time")
            print(f"  two processes are {one.wall / two.wall:.2f} times faster (bar {FASTER})")
            missed += one.wall > BAR * words.wall or (len(os.sched_getaffinity(0)) > 1 and one.wall < FASTER * two.wall)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak memory of a process {peak:.0f} MB")
    return int(missed > 0)


def documents(size: float) -> Iterator[str]:
    """Yield texts of so many bytes in all: paragraphs of the sample corpus with their words shuffled, some copies."""
    paragraphs = [
        line
        for path in sorted((ROOT / "corpus").glob("*/*.txt"))
        for line in path.read_text(encoding="utf-8").split("\n")
        if len(line) > 80
    ]
    chance = random.Random(1)
    earlier: list[str] = []
    made = 0
    while made < size:
        if earlier and chance.random() < COPIES:
            words = chance.choice(earlier).split(" ")
            text = " ".join(word if chance.random() < 0.95 else chance.choice(words) for word in words)
        else:
            lines: list[str] = []
            while len("\n\n".join(lines).encode()) < SIZE:
                words = chance.choice(paragraphs).split(" ")
                chance.shuffle(words)
                lines.append(" ".join(words))
            text = "\n\n".join(lines)
        if len(earlier) < 2000:
            earlier.append(text)
        made += len(text.encode())
        yield text


def _words(folder: Path, files: Sequence[str]) -> Taken:
    (folder / "names").write_bytes(b"\0".join(os.fsencode(name) for name in files))
    return _timed(folder, "wc", "-w", f"--files0-from={folder / 'names'}")


def _check(folder: Path, what: str, jobs: int) -> Taken:
    options = ("--isolated", "--no-cache", "--jobs", str(jobs), "--output-format", "json")
    return _timed(folder, sys.executable, "-m", "corpuslint", "check", what, *options)


def _timed(folder: Path, *command: str) -> Taken:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(time.perf_counter() - start, processor)


if __name__ == "__main__":
    sys.exit(main())
