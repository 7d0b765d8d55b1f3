"""Ids of findings: a hash of what each says and where, and how many equal ones stand before it.

In which order findings come is for `Diagnostic.sort_key` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from corpuslint.diagnostic import Diagnostic
from corpuslint.stages.findings import BY_PLACE


def number(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Sort findings and give them their ids."""
    return numbered(sorted(diagnostics, key=BY_PLACE))


def numbered(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Give findings, in order, their ids; equal flagged texts of one rule in one document are counted."""
    for _, of_file in groupby(diagnostics, key=lambda diagnostic: diagnostic.place.path):
        seen: dict[int, int] = {}
        for diagnostic in of_file:
            first = diagnostic.with_id(0)
            # An id says rule, file, record and flagged text, but not whether a record has the id "" or none.
            same = int(first.id, 16) << 1 | (diagnostic.place.key.id == "")
            ordinal = seen.get(same, 0)
            seen[same] = ordinal + 1
            yield diagnostic.with_id(ordinal) if ordinal else first
