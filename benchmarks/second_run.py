"""A second run after one change: `python -m benchmarks.second_run [FILES]`, or `… FOLDER` for a copy of your own texts.

Checks FILES text files (default 20,000) of the articles of corpus/ in a git repository, changes one, and checks again
with the cache. The bar is twice the time of `git status` over the same tree. The files share lines, so that each of
them stands in the count of another; a file that is added changes the counts of all.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES, SIZE = 20_000, 4096  # files, and bytes of each at least
ROUNDS = 5
BAR = 2.0  # times `git status`
CHECK = ("-m", "corpuslint", "check", "--isolated", "--jobs", "1", "--output-format", "jsonl")
STATUS = ("git", "-c", "core.untrackedCache=false", "status")  # looks at every file, as a check does


def main() -> int:
    """Print the times; return 1 where the bar is missed."""
    source = sys.argv[1] if sys.argv[1:] else str(FILES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "corpus")
        if source.isdecimal():
            _write(folder, int(source))
        else:
            shutil.copytree(source, folder)
        files = sorted(folder.glob("**/*.txt"))
        _timed(folder, "git", "init", "-q")
        _timed(folder, "git", "add", "-A")
        _timed(folder, "git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "All")
        check = (sys.executable, *CHECK)
        cold = _timed(folder, *check)
        changed, added, statuses = [], [], []
        for number in range(ROUNDS):
            files[0].write_text(f"Changed {number}.\n", encoding="utf-8")
            changed.append(_timed(folder, *check))
            statuses.append(_timed(folder, *STATUS))
            files[0].with_name(f"added{number}.txt").write_text(f"Added {number}.\n", encoding="utf-8")
            added.append(_timed(folder, *check))
    second, more, status = min(changed), min(added), min(statuses)
    print(f"{len(files)} files: first run {cold:.2f} s")
    print(f"git status {status:.3f} s (bar {BAR:.0f} times that)")
    print(f"one file changed: {second:.2f} s, {second / status:.1f} times git status, {cold / second:.0f} times faster")
    print(f"one file added:   {more:.2f} s, {more / status:.1f} times git status")
    return int(second > BAR * status)


def _write(folder: Path, count: int) -> None:
    lines = [
        line
        for path in sorted((Path(__file__).parent.parent / "corpus").glob("*/*.txt"))
        for line in path.read_text(encoding="utf-8").split("\n")
        if len(line) > 80
    ]
    chance = random.Random(1)  # the same files every time
    for number in range(count):
        path = folder / f"{number // 1000:03}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = ""
        while len(text.encode()) < SIZE:
            words = chance.choice(lines).split(" ")
            chance.shuffle(words)  # so that the files are not copies of one another
            text += " ".join(words) + "\n\n"
        path.write_text(text, encoding="utf-8")


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
