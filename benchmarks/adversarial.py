"""Input made to be slow: `python -m benchmarks.adversarial [SCALE [CASE …]]`.

Checks corpora that bring out quadratic time or unbounded memory, each at SCALE (default 1.0) and at twice that, with
all default rules in one process. Prints processor time, growth (time of twice the size by twice the time: 1.0 is
linear) and the peak memory of the child process. SCALE 1.0 is 100 MB of one line, a million equal lines, 100,000
documents.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

BAR = 1.2  # growth of time for a unit of input
MEMORY, A_DOCUMENT = 400 << 20, 600  # bytes of a run, and more for each document
WORDS = 200  # of a document
TRIED = 30_000  # five-word sequences among which those are that come first in a band


class Case(NamedTuple):
    """A corpus: what its file is called, its content by scale, and how many documents it has at scale 1."""

    file: str
    content: Callable[[float], Iterator[str]]
    documents: int = 1


class Outcome(NamedTuple):
    """What a check took, and its last line."""

    seconds: float  # of the processor
    peak: int  # bytes
    status: int


def one_line(scale: float) -> Iterator[str]:
    """100 MB of different words without a line end."""
    for start in range(0, int(scale * 1e8), 20_000):
        yield "".join(f"word{number:05} " for number in range(start // 10, start // 10 + 2000))


def equal_lines(scale: float) -> Iterator[str]:
    """A million times the same line."""
    for _ in range(int(scale * 1000)):
        yield "The ferry to the island leaves the old harbour at nine.\n" * 1000


def equal_documents(scale: float) -> Iterator[str]:
    """100,000 times the same document."""
    text = _text(random.Random(1), WORDS)
    return _records(scale, lambda _: text)


def one_template(scale: float) -> Iterator[str]:
    """100,000 documents that differ in two words."""
    text = _text(random.Random(1), WORDS // 2)
    return _records(scale, lambda number: f"{text} {number} {text[::-1]} n{number * 7}")


def one_band(scale: float) -> Iterator[str]:
    """100,000 documents that share a band of their signatures and little else."""
    common = " ".join(_first_in_a_band())
    rng = random.Random(1)
    return _records(scale, lambda _: f"{common}\n{_text(rng, WORDS)}")


def empty_documents(scale: float) -> Iterator[str]:
    """100,000 documents without a character."""
    return _records(scale, lambda _: "")


CASES = {
    "100 MB of one line": Case("line.txt", one_line),
    "a million equal lines": Case("lines.txt", equal_lines),
    "100,000 equal documents": Case("equal.jsonl", equal_documents, 100_000),
    "100,000 documents of one template": Case("template.jsonl", one_template, 100_000),
    "every document in one band": Case("band.jsonl", one_band, 100_000),
    "100,000 empty documents": Case("empty.jsonl", empty_documents, 100_000),
}


def _text(rng: random.Random, words: int) -> str:
    return " ".join(f"{rng.randrange(1 << 20):x}" + ("\n" if n % 40 == 39 else "") for n in range(words))


def _records(scale: float, text: Callable[[int], str]) -> Iterator[str]:
    for number in range(int(scale * 100_000)):
        yield json.dumps({"id": number, "text": text(number)}) + "\n"


def _first_in_a_band() -> list[str]:
    """Return word sequences of which one comes first in each row of the first band: few texts have a lower one."""
    from corpuslint.minhash import choose_bands, signatures
    from corpuslint.scan.words import hash_words

    rng = random.Random(2)
    tried = [_text(rng, 5) for _ in range(TRIED)]
    rows = choose_bands(0.7, 128).rows
    made = signatures(hash_words(tried, unified=False), 5, 128)[:, :rows]
    return [tried[place] for place in made.argmin(axis=0).tolist()]


def run(case: Case, scale: float) -> Outcome:
    """Write a corpus and check it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / case.file
        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(case.content(scale))
        return check(path)


def check(path: Path, *words: str) -> Outcome:
    """Check a corpus with all default rules in one process."""
    command = [sys.executable, "-m", "corpuslint", "check", str(path), "--isolated", "--no-cache", "--jobs", "1"]
    process = subprocess.Popen(
        [*command, "--output-format", "jsonl", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Outcome(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, process.returncode)


def main() -> int:
    """Print a line a case; return 1 where a bar is missed."""
    scale = float(sys.argv[1]) if sys.argv[1:] else 1.0
    print(f"at scale {scale}{'once':>20}{'twice':>10}{'growth':>8}{'peak':>10}{'allowed':>10}")
    missed = False
    for name, case in CASES.items():
        if sys.argv[2:] and not any(word in name for word in sys.argv[2:]):
            continue
        once, twice = run(case, scale), run(case, 2 * scale)
        growth = twice.seconds / once.seconds / 2
        allowed = MEMORY + int(A_DOCUMENT * case.documents * 2 * scale)
        bad = growth > BAR or twice.peak > allowed or {once.status, twice.status} - {0, 1}
        missed |= bool(bad)
        figures = f"{once.seconds:8.1f} s{twice.seconds:8.1f} s{growth:8.2f}{twice.peak >> 20:7} MB{allowed >> 20:7} MB"
        print(f"{name:34}{figures}{'  missed' if bad else ''}", flush=True)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
