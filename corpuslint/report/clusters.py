"""Clusters of documents that are copies of a kept one, gathered from the findings that say so.

Which documents are alike was decided by the rules; a finding of theirs names the kept copy first and carries
`cluster_size`. Other rules' findings are not looked at, and no rule is known by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from corpuslint.diagnostic import Diagnostic, Place
from corpuslint.reporters.json import dump

DocumentName = tuple[str, int]  # path and record index

# What the rules' `keep` option means, for readers of the report.
REASONS = {
    "first": "it comes first by path and record",
    "last": "it comes last by path and record",
    "longest": "it is the longest",
}


@dataclass(frozen=True)
class Copy:
    """A document that is not kept, by the finding that says so."""

    number: int  # of the finding in the run
    finding: Diagnostic

    @property
    def name(self) -> DocumentName:
        """Path and record."""
        return name_of(self.finding.place)

    @property
    def similarity(self) -> float | None:
        """From 0 to 1; None where the rule gave none."""
        value = self.finding.data.get("similarity")
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


@dataclass(frozen=True)
class Cluster:
    """A kept document and its copies, the most similar first."""

    kept: Place
    members: tuple[Copy, ...]

    @property
    def kept_name(self) -> DocumentName:
        """Path and record of the kept document."""
        return name_of(self.kept)

    @property
    def size(self) -> int:
        """How many documents it holds, the kept one included."""
        return 1 + len(self.members)

    @property
    def reason(self) -> str:
        """Why this document is kept, "" where the findings do not say."""
        policies = sorted({str(member.finding.data.get("keep")) for member in self.members})
        return " and ".join(REASONS[policy] for policy in policies if policy in REASONS)


def is_copy(diagnostic: Diagnostic) -> bool:
    """Say whether a finding calls its whole document a copy of another one."""
    return "cluster_size" in diagnostic.data and bool(diagnostic.related)


def clusters_of(diagnostics: Iterable[Diagnostic]) -> list[Cluster]:
    """Return the clusters, the largest first."""
    members: dict[DocumentName, list[Copy]] = defaultdict(list)
    kept: dict[DocumentName, Place] = {}
    for number, diagnostic in enumerate(diagnostics):
        if is_copy(diagnostic):
            place = diagnostic.related[0].place
            kept.setdefault(name_of(place), place)
            members[name_of(place)].append(Copy(number, diagnostic))
    clusters = [
        Cluster(kept[name], tuple(sorted(copies, key=lambda copy: (-(copy.similarity or 0.0), copy.name))))
        for name, copies in members.items()
    ]
    return sorted(clusters, key=lambda cluster: (-cluster.size, cluster.kept_name))


def name_of(place: Place) -> DocumentName:
    """Return what names a document inside a run."""
    return (place.path, place.key.index)


def write_clusters(clusters: Sequence[Cluster], stream: TextIO) -> None:
    """Write one JSON object a cluster: the kept document, why, and each copy with its finding's id."""
    for cluster in clusters:
        copies = [
            {
                **_document(member.finding.place),
                "id": member.finding.id,
                "code": member.finding.code,
                **{key: member.finding.data.get(key) for key in ("similarity", "shared", "union")},
            }
            for member in cluster.members
        ]
        kept = {"kept": _document(cluster.kept), "reason": cluster.reason or None, "size": cluster.size}
        stream.write(dump({**kept, "copies": copies}) + "\n")


def _document(place: Place) -> dict[str, Any]:
    return {"path": place.path, "document": {"index": place.key.index, "id": place.key.id, "field": place.key.field}}
