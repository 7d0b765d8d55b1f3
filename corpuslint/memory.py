"""How much memory a check may take, and what of it each stage holds before it goes to files.

What goes to files is what grows with a corpus: records of keys, evidence and first lines of candidates, and findings.
Rows of documents stay in memory. How something is spilled is for those who hold it to say.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Bytes of a process before it compares anything. Source: measured with all default rules and compiled loops, 218 MB.
A_PROCESS = 220 << 20
LEAST_SPARE = 30 << 20  # bytes besides: with less, a spill would be a few documents
UNLESS_SAID = 400 << 20  # bytes of a run in one process
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}

# Bytes that something takes while it is held and when it is used, with the arrays made on the way.
A_RECORD = 62  # 12 for each of four rules that have keys, 14 where those of one are put into partitions
A_COMPARED_NUMBER = 24
A_MEMBER = 1200


class TooLittleMemory(ValueError):
    """A limit below which nothing can be done; the message says which one suffices."""


class Budget(NamedTuple):
    """What is held in memory before it goes to files or is read again."""

    records: int  # of one rule
    evidence: int  # bytes, of one rule
    compared: int  # 64-bit numbers of evidence that are in memory for one comparison, where single pairs are small
    heads: int  # bytes of first lines of candidates
    members: int  # documents that are described for the report
    findings: int  # bytes of findings that wait to be sorted, of each stage
    reported: int  # bytes of findings that wait for their report: what they were found by is gone then

    @classmethod
    def of(cls, size: int = UNLESS_SAID, jobs: int = 1) -> Budget:
        """Share out `size` bytes among `jobs` processes and what this one holds; raises TooLittleMemory."""
        spare = size - A_PROCESS * processes(jobs)
        if spare < LEAST_SPARE:
            raise TooLittleMemory(
                f"{shown(size)} is too little; a check takes at least {shown(least(jobs))}{_by(jobs)}"
            )
        return cls(
            records=spare * 2 // 5 // A_RECORD,
            evidence=spare // 5,
            compared=spare // 5 // A_COMPARED_NUMBER,
            heads=spare // 20,
            members=spare // 40 // A_MEMBER,
            findings=spare // 10,
            reported=spare // 4,
        )


def processes(jobs: int) -> int:
    """Return how many processes there are: the work of one job is done where the run is."""
    return 1 if jobs == 1 else 1 + jobs


def least(jobs: int) -> int:
    """Return the least bytes that suffice for so many jobs."""
    return A_PROCESS * processes(jobs) + LEAST_SPARE


def _by(jobs: int) -> str:
    return "" if jobs == 1 else f" in {jobs} worker processes, {shown(least(1))} with --jobs 1"


def fitting_jobs(size: int, jobs: int) -> int:
    """Return how many of the jobs there is memory for."""
    return next((count for count in range(jobs, 1, -1) if least(count) <= size), 1)


def parse_size(words: str) -> int:
    """Read a size as people write it ("500M", "2G", "1.5 GiB") in bytes; a kilobyte has 1024. Raises ValueError."""
    found = SIZE.fullmatch(words.strip())
    if not found:
        raise ValueError(f"{words!r} is no size; write 500M or 2G")
    return int(float(found[1]) * UNITS[found[2].upper()])


def shown(size: int) -> str:
    """Write a size as people read it."""
    return f"{size >> 20}M"
