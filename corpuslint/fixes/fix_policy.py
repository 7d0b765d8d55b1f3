"""What a configuration says about fixes: whose fixes count as safe, and how much of a document they may take.

How much they take is for `shrink` to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from corpuslint.diagnostic import Applicability, Diagnostic

MAX_SHARE = 0.5  # of a document's written characters; a page of which more goes was hardly an article


@dataclass(frozen=True)
class FixPolicy:
    """The `[fix]` table of a configuration, by rule code."""

    grades: Mapping[str, Applicability] = field(default_factory=dict)
    max_shrink: float = MAX_SHARE
    max_shrink_by_code: Mapping[str, float] = field(default_factory=dict)

    def regraded(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return a finding with the grade that the project gives its rule; what is only shown stays so."""
        grade = self.grades.get(diagnostic.code)
        if grade is None or diagnostic.fix is None or diagnostic.fix.applicability in (Applicability.DISPLAY, grade):
            return diagnostic
        return replace(diagnostic, fix=diagnostic.fix._replace(applicability=grade))

    def share(self, code: str) -> float:
        """Return the share of a document that one rule's fixes may take."""
        return self.max_shrink_by_code.get(code, self.max_shrink)

    def exceeded(self, shares: Mapping[str, float]) -> tuple[str, ...]:
        """Return the codes that take more of a document than they may; all of them where only the sum is too much."""
        over = tuple(sorted(code for code, share in shares.items() if share > self.share(code)))
        if over or not shares:
            return over
        most = max(self.share(code) for code in shares)
        return tuple(sorted(shares)) if sum(shares.values()) > most else ()
