"""Near-duplicates: `python -m benchmarks.near_duplicates [MEGABYTES]`.

Writes a corpus of invented words with planted copies, hot groups included, and prints for each stage its time and its
share, then whole checks with one process and with all processors, and what they found of what was planted. Figures of
one run are to be compared with each other only; `datasketch` stands beside the signatures as the measure.
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
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from corpuslint.comparing.candidates import Candidates
from corpuslint.comparing.grouping import Grouping
from corpuslint.executors.local import processors
from corpuslint.minhash import band_keys, choose_bands, shingle_hash, shingle_hashes, signatures
from corpuslint.scan.words import hash_words

T = TypeVar("T")
LETTERS = ("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي")
COPIES, EDITED = 0.1, 0.02  # share of documents that repeat an earlier one, and of their words that differ
SAMPLE = 200  # documents whose signatures datasketch computes


def corpus(megabytes: float) -> tuple[list[str], set[int]]:
    """Return texts and the numbers of those that are copies: edited ones, and a tenth as many of one template."""
    rng = random.Random(1)
    vocabularies = [["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(20_000)] for letters in LETTERS]
    template = " ".join(rng.choices(vocabularies[0], k=200))
    texts = [template]
    originals: list[str] = []
    copies = set()
    size = 0
    while size < megabytes * 1e6:
        vocabulary = vocabularies[len(texts) % 2]
        draw = rng.random()
        if draw < COPIES:
            copies.add(len(texts))
            words = rng.choice(originals[-1000:] or texts).split(" ")
            texts.append(" ".join(w if rng.random() > EDITED else rng.choice(vocabulary) for w in words))
        elif draw < COPIES * 1.1:
            copies.add(len(texts))
            texts.append(f"{template} {len(texts)}")
        else:
            texts.append(" ".join(rng.choices(vocabulary, k=rng.randint(100, 900))))
            originals.append(texts[-1])
        size += len(texts[-1].encode())
    return texts, copies


class Stages:
    """Prints a line for each stage."""

    def __init__(self, megabytes: float) -> None:
        self._megabytes = megabytes

    def timed(self, name: str, function: Callable[[], T]) -> T:
        """Run a stage and print how long it took."""
        start = time.perf_counter()
        result = function()
        self.line(name, time.perf_counter() - start)
        return result

    def line(self, name: str, seconds: float, more: str = "") -> None:
        """Print the time of a stage and how much text a second that is."""
        print(f"{name:34}{seconds:9.2f} s{self._megabytes / seconds:9.1f} MB/s{more}", flush=True)


def stages(texts: list[str], megabytes: float) -> None:
    """Time what `keys` does, one step after another."""
    import numpy as np
    from datasketch import MinHash

    show = Stages(megabytes)
    words = show.timed("words: normalise and hash", lambda: hash_words(texts, unified=False))
    show.timed("shingles", lambda: shingle_hashes(words, 5))
    made = show.timed("signatures of their shingles", lambda: signatures(words, 5, 128))
    bands = choose_bands(0.7, 128)
    keys = show.timed("band keys", lambda: band_keys(made, bands))
    grouping = Grouping()
    grouping.add(np.repeat(np.arange(len(texts)), bands.bands), keys.ravel())
    show.timed("candidates", lambda: Candidates.of(grouping, 16))

    rows = [text.split(" ") for text in texts[:SAMPLE]]
    known = {row[p]: shingle_hash(row[p].encode()) for row in rows for p in range(len(row))}
    start = time.perf_counter()
    for row in rows:
        sketch = MinHash(128, hashfunc=known.__getitem__, scheme="affine32")
        sketch.update_batch(row)
    share = sum(len(text.encode()) for text in texts[:SAMPLE]) / 1e6
    seconds = (time.perf_counter() - start) * megabytes / share
    show.line("datasketch, permutations only", seconds, f"  (from {SAMPLE} documents)")


def checks(texts: list[str], copies: set[int], megabytes: float) -> None:
    """Time whole checks of the same corpus, and compare what they say."""
    show = Stages(megabytes)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "docs.jsonl"
        with file.open("w", encoding="utf-8") as stream:
            for number, text in enumerate(texts):
                stream.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")
        answers = []
        for jobs in sorted({1, processors()}):
            command = [sys.executable, "-m", "corpuslint", "check", str(file), "--isolated", "--no-cache"]
            command += ["--select", "DUP201,DUP202", "--output-format", "jsonl", "--jobs", str(jobs)]
            start = time.perf_counter()
            run = subprocess.run(command, stdout=subprocess.PIPE, check=False, env=os.environ)
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            show.line(f"check --jobs {jobs}", time.perf_counter() - start, f"  peak {peak} MB")
            answers.append(run.stdout)
    found = {json.loads(line)["document"]["index"] for line in answers[0].splitlines()}
    print(f"{len(copies & found)} of {len(copies)} planted copies found, {len(found - copies)} others")
    if len(set(answers)) > 1:
        sys.exit("the findings depend on --jobs")


def main() -> None:
    """Print the figures."""
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    texts, copies = corpus(megabytes)
    print(f"{len(texts)} documents, {megabytes:.0f} MB, {len(copies)} copies planted")
    stages(texts, megabytes)
    checks(texts, copies, megabytes)


if __name__ == "__main__":
    main()
