"""Counts a baseline's entries by rule and folder, beside the same counts of an earlier baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from corpuslint.baseline import Entries, Entry


def rule_of(entry: Entry) -> str:
    """Return an entry's rule."""
    return entry["code"]


def folder_of(entry: Entry, depth: int) -> str:
    """Return the first folders of an entry's path, "." for a file in the root."""
    folders = entry["path"].split("/")[:-1]
    return "/".join(folders[:depth]) or "."


def table(title: str, key: Callable[[Entry], str], now: Entries, before: Entries | None) -> Iterator[str]:
    """Yield a table of counts, the largest first; with an earlier baseline also then, gone and added."""
    counts = Counter(key(entry) for entry in now.values())
    if before is None:
        yield f"{'known':>8}  {title}"
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            yield f"{count:8}  {name}"
        return
    then = Counter(key(entry) for entry in before.values())
    added = Counter(key(entry) for id_, entry in now.items() if id_ not in before)
    gone = Counter(key(entry) for id_, entry in before.items() if id_ not in now)
    yield f"{'then':>8}  {'gone':>8}  {'added':>8}  {'now':>8}  {title}"
    for name in sorted(then | counts, key=lambda name: (-max(counts[name], then[name]), name)):
        yield f"{then[name]:8}  {gone[name]:8}  {added[name]:8}  {counts[name]:8}  {name}"
