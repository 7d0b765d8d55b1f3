"""Pages of labelled lines, and the views of a page that the model learns from.

Nearly all junk of a labelled page stands before or behind its text, and few sites show how it looks between two
paragraphs. So a page is seen in three ways: cut to its text with a few lines around it, as a middling scraper
leaves it; with many lines around it; and with some of its junk put between its paragraphs.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

Page = dict[str, Any]
Line = dict[str, str]
LEAD, TRAIL = 8, 12  # most lines before and behind the text that a cut keeps
LONG_LEAD, LONG_TRAIL = 25, 40  # how many a long view keeps, on average
MOST_TRAIL = 400
INSERTED_RUNS = 2.0  # runs of junk put between paragraphs, on average, beside the first
INSERTED_LINES = 3.0  # lines of such a run, on average, beside the first
PARAGRAPHS_A_RUN = 6  # paragraphs for each run of junk between them
OWN_SHARE = 0.75  # of the runs that come from the page itself; the others come from pages of its language
LONGEST_INSERTED = 200  # code points of a line


def half_of(site: str) -> int:
    """Return the half a site belongs to, 0 or 1."""
    return hashlib.blake2b(site.encode(), digest_size=8).digest()[0] % 2


def read(files: Iterable[str]) -> Iterator[Page]:
    """Yield the records of JSONL files, compressed or not."""
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") if file.endswith(".gz") else Path(file).open() as stream:
            yield from (json.loads(line) for line in stream if line.strip())


def mains(lines: Sequence[Line]) -> list[int]:
    """Return the numbers of the lines that are text."""
    return [n for n, line in enumerate(lines) if line["label"] == "main"]


def cut(page: Page, time: int) -> tuple[int, list[Line]]:
    """Return the number of a cut's first line, and its lines: from 0-8 before the text to 0-12 behind it."""
    main = mains(page["lines"])
    rng = random.Random(f"{page['id']}/{time}")
    first = max(0, main[0] - rng.randint(0, LEAD))
    return first, page["lines"][first : main[-1] + 1 + rng.randint(0, TRAIL)]


def long_view(page: Page, time: int) -> tuple[int, list[Line]]:
    """Return the same with many lines before and behind the text."""
    main = mains(page["lines"])
    rng = random.Random(f"{page['id']}/long/{time}")
    first = max(0, main[0] - int(rng.expovariate(1 / LONG_LEAD)))
    return first, page["lines"][first : main[-1] + 1 + min(MOST_TRAIL, int(rng.expovariate(1 / LONG_TRAIL)))]


def inserted(page: Page, time: int, others: Sequence[Sequence[Line]]) -> list[Line]:
    """Return a cut with runs of junk between its paragraphs; `others` are runs of other pages."""
    _, lines = cut(page, 10 + time)
    rng = random.Random(f"{page['id']}/inserted/{time}")
    main = mains(lines)
    places = [n for n, following in pairwise(main) if following == n + 1]
    runs = min(len(places), 1 + int(rng.expovariate(1 / INSERTED_RUNS)), 1 + len(main) // PARAGRAPHS_A_RUN)
    chosen = frozenset(rng.sample(places, runs))
    own = junk_runs(page)
    found: list[Line] = []
    for n, line in enumerate(lines):
        found.append(line)
        if n in chosen and (source := own if own and rng.random() < OWN_SHARE else others):
            run = rng.choice(source)
            length = min(len(run), 1 + int(rng.expovariate(1 / INSERTED_LINES)))
            first = rng.randint(0, len(run) - length)
            found += [line for line in run[first : first + length] if len(line["text"]) < LONGEST_INSERTED]
    return found


def junk_runs(page: Page) -> list[list[Line]]:
    """Return the runs of lines that are junk."""
    runs: list[list[Line]] = [[]]
    for line in page["lines"]:
        if line["label"] == "junk" and line["text"].strip():
            runs[-1].append(line)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
