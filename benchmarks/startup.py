"""Start-up: `python -m benchmarks.startup [FOLDER]`.

Times cold processes in turn, so that a busy machine slows all of them alike, and prints the median, over the rounds,
of their multiples of `python -c "import click"`, the least that a command line of this kind costs. The bars:
`corpuslint --version` at most 2 times that, `check` of five articles at most 6 times. FOLDER holds the articles
(default: five of corpus/).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 21
BARS = {"corpuslint --version": 2.0, "corpuslint check, five articles": 6.0}
SAMPLE = ("ferry", "library", "desalination", "dates-festival", "football")


def main() -> int:
    """Print the figures; return 1 where a bar is missed."""
    root = Path(__file__).parent.parent
    given = [str(article) for folder in sys.argv[1:2] for article in sorted(Path(folder).glob("*.txt"))]
    articles = given or [str(root / f"corpus/ar/{name}.txt") for name in SAMPLE]
    corpuslint = [sys.executable, "-m", "corpuslint"]
    program = Path(sys.executable).with_name("corpuslint")
    if program.exists():
        corpuslint = [str(program)]
    commands = {
        "python -c 'import click'": [sys.executable, "-c", "import click"],
        "corpuslint --version": [*corpuslint, "--version"],
        "corpuslint check, five articles": [*corpuslint, "check", "--isolated", "--no-cache", *articles],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=root, check=False)
            times[name].append(time.perf_counter() - start)
    bases = times["python -c 'import click'"]
    missed = 0
    for name, taken in times.items():
        multiple = statistics.median(one / base for one, base in zip(taken, bases, strict=True))
        bar = BARS.get(name)
        missed += bar is not None and multiple > bar
        milliseconds = 1000 * statistics.median(taken)
        print(f"{name:34} {milliseconds:7.1f} ms  {multiple:5.2f}×" + (f"  (bar {bar:.0f}×)" if bar else ""))
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
