"""A large baseline: `python -m benchmarks.baseline [ENTRIES]`.

Reads a baseline of 200,000 entries, and the same lines with a bare loop of `json.loads`, in turn, and prints the
medians and their ratio. The bar: what `check` adds for a baseline costs at most 2 times the loop.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from corpuslint.baseline import FILE_NAME
from corpuslint.baselines.baseline_file import read
from corpuslint.baselines.comparison import Scope, compare, on_disk, preferred
from corpuslint.revisit import Revisit

ENTRIES = 200_000
ROUNDS = 7
BAR = 2.0


def main() -> int:
    """Print the figures; return 1 where the bar is missed."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / FILE_NAME
        file.write_text("".join(_line(number) for number in range(entries)), encoding="utf-8")
        scope = Scope({}, ("",), frozenset({"DUP101"}), on_disk(Path(folder)))

        def loop() -> None:
            with file.open(encoding="utf-8") as stream:
                for line in stream:
                    json.loads(line)

        def ours() -> None:
            found = read(file)
            preferred(found)
            compare((), found, scope, Revisit({}))

        times: dict[str, list[float]] = {"json.loads a line": [], "read, rank and compare": []}
        for _ in range(ROUNDS):
            times["json.loads a line"].append(_time(loop))
            times["read, rank and compare"].append(_time(ours))
    bare, full = (statistics.median(taken) for taken in times.values())
    for name, taken in times.items():
        print(f"{statistics.median(taken):7.3f} s  {name}, {entries} entries")
    print(f"{full / bare:7.2f} times the loop; the bar is {BAR}")
    return int(full > BAR * bare)


def _time(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _line(number: int) -> str:
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    entry = {
        "path": f"articles/{number % 997:04}/the-name-of-an-article-{number // 3}.txt",
        "code": "DUP101",
        "excerpt": "The embassy published … orning in the capital.",
        "id": digest[:16],
        "trace": f"{digest[16:32]}.{digest[32:]}",
    }
    return json.dumps(entry) + "\n"


if __name__ == "__main__":
    sys.exit(main())
