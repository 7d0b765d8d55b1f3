"""Growth: `python -m benchmarks.growth [MEGABYTES …]` (default: 50 500 2000).

Checks corpora of invented words with planted copies, each with all default rules in one process, and prints the
processor's time for a megabyte, the peak memory and what is allowed. The bar: the time for a megabyte grows by a fifth
at most. Figures of one run are to be compared with each other only. What is written is deleted again.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.adversarial import A_DOCUMENT, BAR, MEMORY, check

SIZES = (50.0, 500.0, 2000.0)
COPIES, EDITED = 0.1, 0.02  # share of documents that repeat an earlier one, and of their words that differ
REMEMBERED = 2000  # documents of which later ones are copies
WORDS = 40_000  # of the vocabulary
LETTERS = ("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي")


def texts(megabytes: float) -> Iterator[str]:
    """Yield documents of two languages, in paragraphs; a tenth are edited copies of earlier ones."""
    rng = random.Random(1)
    words = [["".join(rng.choices(of, k=rng.randint(2, 9))) for _ in range(WORDS)] for of in LETTERS]
    originals: list[list[str]] = []
    size = 0
    while size < megabytes * 1e6:
        vocabulary = words[len(originals) % 2]
        if originals and rng.random() < COPIES:
            made = [w if rng.random() > EDITED else rng.choice(vocabulary) for w in rng.choice(originals)]
        else:
            made = rng.choices(vocabulary, k=rng.randint(100, 700))
            made[39::40] = [f"{word}\n" for word in made[39::40]]
            if len(originals) < REMEMBERED:
                originals.append(made)
            else:
                originals[rng.randrange(REMEMBERED)] = made
        text = " ".join(made)
        size += len(text.encode())
        yield text


def main() -> int:
    """Print a line a size; return 1 where a bar is missed."""
    sizes = [float(word) for word in sys.argv[1:]] or SIZES
    print(f"{'MB':>6}{'documents':>11}{'time':>9}{'ms a MB':>9}{'growth':>8}{'peak':>10}{'allowed':>10}")
    first = 0.0
    missed = False
    for megabytes in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "docs.jsonl"
            documents = 0
            with path.open("w", encoding="utf-8") as stream:
                for text in texts(megabytes):
                    stream.write(json.dumps({"id": documents, "text": text}, ensure_ascii=False) + "\n")
                    documents += 1
            outcome = check(path)
        of_one = outcome.seconds / megabytes
        first = first or of_one
        allowed = MEMORY + A_DOCUMENT * documents
        bad = of_one > BAR * first or outcome.peak > allowed or outcome.status not in (0, 1)
        missed |= bad
        print(
            f"{megabytes:6.0f}{documents:11}{outcome.seconds:7.1f} s{of_one * 1000:9.1f}{of_one / first:8.2f}"
            f"{outcome.peak >> 20:7} MB{allowed >> 20:7} MB{'  missed' if bad else ''}",
            flush=True,
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
