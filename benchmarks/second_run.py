"""A second run after one change: `python -m benchmarks.second_run [FILES]`.

Checks FILES text files (default 20,000) of the articles of corpus/ in a git repository, changes one, and checks again
with the cache. The bar is twice the time of `git status` over the same tree.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES, SIZE = 20_000, 4096  # files, and bytes of each at least
ROUNDS = 3
BAR = 2.0  # times `git status`


def main() -> int:
    """Print the times; return 1 where the bar is missed."""
    count = int(sys.argv[1]) if sys.argv[1:] else FILES
    root = Path(__file__).parent.parent
    lines = [
        line
        for path in sorted((root / "corpus").glob("*/*.txt"))
        for line in path.read_text(encoding="utf-8").split("\n")
        if len(line) > 80
    ]
    chance = random.Random(1)  # the same files every time
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(count):
            path = folder / f"{number // 1000:03}" / f"{number:06}.txt"
            path.parent.mkdir(exist_ok=True)
            text = ""
            while len(text.encode()) < SIZE:
                words = chance.choice(lines).split(" ")
                chance.shuffle(words)  # so that the files are not copies of one another
                text += " ".join(words) + "\n\n"
            path.write_text(text, encoding="utf-8")
        _timed(folder, "git", "init", "-q")
        _timed(folder, "git", "add", "-A")
        check = (sys.executable, "-m", "corpuslint", "check", "--isolated", "--jobs", "1", "--output-format", "jsonl")
        cold = _timed(folder, *check)
        seconds, statuses = [], []
        for number in range(ROUNDS):
            (folder / "000/000000.txt").write_text(f"Changed {number}.\n", encoding="utf-8")
            seconds.append(_timed(folder, *check))
            statuses.append(_timed(folder, "git", "status"))
    second, status = min(seconds), min(statuses)
    print(f"{count} files: first run {cold:.2f} s, second run {second:.2f} s ({cold / second:.0f} times faster)")
    print(f"git status {status:.3f} s: the second run takes {second / status:.1f} times that (bar {BAR:.0f})")
    return int(second > BAR * status)


def _timed(folder: Path, *command: str) -> float:
    root = Path(__file__).parent.parent
    start = time.perf_counter()
    subprocess.run(
        command,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root), "HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
