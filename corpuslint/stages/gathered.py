"""The records of a run on their way to be grouped: handed on at once, or held until those that matter are known.

A run that checks a few files of many holds their records, looks up what is known next to them, and groups only what
was not answered before. What is looked up and answered is for `recall` to say.
"""

from __future__ import annotations

from collections.abc import Mapping

from corpuslint.batch import Records
from corpuslint.comparing.grouping import Grouping


class Gathered:
    """Records by the code of their rule; `held` says whether they are held back."""

    def __init__(self, groupings: Mapping[str, Grouping], *, held: bool = False) -> None:
        self.groupings = groupings
        self.held: dict[str, list[Records]] | None = {code: [] for code in groupings} if held else None

    def add(self, code: str, records: Records) -> None:
        """Add records of a rule."""
        if self.held is None:
            self.groupings[code].add(*records)
        else:
            self.held[code].append(records)

    def may_share(self, code: str) -> bool:
        """Say whether documents may share a key of a rule; asked of what is held, before it is released."""
        return self.held is None or any(len(records.key) for records in self.held[code])

    def release(self) -> None:
        """Hand on what was held."""
        held, self.held = self.held or {}, None
        for code, batches in held.items():
            for batch in batches:
                self.add(code, batch)
