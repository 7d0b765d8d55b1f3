"""Many small files: `python -m benchmarks.small_files`.

Checks 1,000 text files of 4 KB, made of the articles of corpus/, on one core with all rules. The bar is 3 s of
processor time, which a busy machine stretches less than the clock.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES, SIZE = 1000, 4096  # files, and bytes of each at least
BAR = 3.0  # seconds


def main() -> int:
    """Print the time; return 1 where the bar is missed."""
    root = Path(__file__).parent.parent
    paragraphs = [
        line
        for path in sorted((root / "corpus").glob("*/*.txt"))
        for line in path.read_text(encoding="utf-8").split("\n")
        if len(line) > 80
    ]
    chance = random.Random(1)  # the same files every time
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            text = ""
            while len(text.encode()) < SIZE:
                # A number makes each paragraph its own, so that the files are not copies of one another.
                text += f"{chance.choice(paragraphs)} {number} {len(text)}\n\n"
            (Path(folder) / f"{number:04}.txt").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "corpuslint", "check", folder, "--isolated", "--no-cache", "--jobs", "1"]
        start, before = time.perf_counter(), os.times()
        run = subprocess.run([*command, "--output-format", "concise"], stdout=subprocess.PIPE, cwd=root, check=False)
        clock, after = time.perf_counter() - start, os.times()
        taken = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"{FILES} files of {SIZE} bytes: {taken:.2f} s (bar {BAR:.0f} s), {clock:.2f} s by the clock")
    print(run.stdout.decode().splitlines()[-1])
    return int(taken > BAR)


if __name__ == "__main__":
    sys.exit(main())
