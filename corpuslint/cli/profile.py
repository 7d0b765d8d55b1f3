"""--profile: the time of each stage and each rule as a table. Measuring is for `spent`."""

from __future__ import annotations

from collections.abc import Iterator

from corpuslint.spent import Spent


def profile(spent: Spent, wall: float, documents: int) -> Iterator[str]:
    """Yield the lines of the table, what took longest first; `wall` are the seconds of the whole command.

    With several processes the sum can be more than that. A rule that was not called for every document has triggers
    that a scan answered.
    """
    total = sum(spent.seconds.values())
    yield f"{wall:.2f} s for {documents} documents; of {total:.2f} s of work in all processes:"
    for name, seconds in sorted(spent.seconds.items(), key=lambda item: (-item[1], item[0])):
        yield f"{seconds:9.3f} s {seconds / total if total else 0:6.1%} {spent.times[name]:9} × {name}"
