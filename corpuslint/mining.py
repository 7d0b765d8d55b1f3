"""Mining: the lines that DUP204 points at, as candidates for a catalog of the project's own.

A candidate is a line with the number of documents that have it, where it stands in them, and examples; those that a
person accepts become phrases in a catalog file. Running the rule and asking the person is not here.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from corpuslint.diagnostic import Diagnostic, Place
from corpuslint.normal import normal, script_of

EXAMPLES = 3  # places that a candidate names
ID_LENGTH = 8
SLOT_BRACES = str.maketrans("{}", "()")  # braces would be slots in a catalog


@dataclass(frozen=True)
class Candidate:
    """A line that many documents have: as most of them write it, in how many of which group, where, for example."""

    text: str
    documents: int
    of: int
    group: str
    positions: tuple[tuple[str, int], ...]  # head, tail or inside, and how often
    examples: tuple[str, ...]

    @property
    def id(self) -> str:
        """The candidate's name: a hash of its words, the same in every run."""
        return hashlib.blake2b(normal(self.text).encode(), digest_size=ID_LENGTH // 2).hexdigest()

    @property
    def strength(self) -> str:
        """What the line proves, as catalogs say it: one that stands inside texts too needs another beside it."""
        return "beside" if dict(self.positions).get("inside") else "edge"

    @property
    def script(self) -> str:
        """The script of most of its letters."""
        scripts = Counter(script for c in self.text if (script := script_of(c)))
        return max(scripts.items(), key=lambda item: (item[1], item[0]), default=("", 0))[0]

    def as_json(self) -> dict[str, Any]:
        """Return the candidate as an object for JSON."""
        return {
            "id": self.id,
            "text": self.text,
            "documents": self.documents,
            "of": self.of,
            "group": self.group,
            "positions": dict(self.positions),
            "strength": self.strength,
            "script": self.script,
            "examples": list(self.examples),
        }


def candidates(findings: Iterable[Diagnostic]) -> list[Candidate]:
    """Return the lines of findings of DUP204, those of most documents first."""
    written: dict[str, Counter[str]] = defaultdict(Counter)
    places: dict[str, dict[tuple[str, int], Diagnostic]] = defaultdict(dict)
    positions: dict[str, Counter[str]] = defaultdict(Counter)
    for finding in findings:
        for line in finding.place.text.splitlines():
            folded = normal(line)
            if not any(c.isalpha() for c in folded):
                continue
            written[folded][line.strip()] += 1
            positions[folded][finding.data["position"]] += 1
            places[folded].setdefault((finding.place.path, finding.place.key.index), finding)
    found = [
        _candidate(written[folded], positions[folded], list(places[folded].values())) for folded in sorted(written)
    ]
    # A line between repeated ones that no other document has teaches nothing about the site.
    repeated = [candidate for candidate in found if candidate.documents > 1]
    return sorted(repeated, key=lambda candidate: (-candidate.documents, candidate.group, candidate.text))


def _candidate(written: Counter[str], positions: Counter[str], findings: Sequence[Diagnostic]) -> Candidate:
    groups = Counter((finding.data["group"], finding.data["of"]) for finding in findings)
    (group, of), _ = max(groups.items(), key=lambda item: (item[1], item[0]))
    return Candidate(
        max(written.items(), key=lambda item: (item[1], item[0]))[0],
        len(findings),
        of,
        group,
        tuple(sorted(positions.items())),
        tuple(_shown(finding.place) for finding in findings[:EXAMPLES]),
    )


def _shown(place: Place) -> str:
    if place.key.field is None:
        return place.path
    return f"{place.path}[{place.key.id if place.key.id is not None else place.key.index}]"


def catalog_text(accepted: Sequence[Candidate], kind: str, known: Iterable[tuple[str, str]] = ()) -> str:
    """Return a catalog file of accepted lines, and of phrases it had before: (strength, phrase)."""
    phrases: dict[str, set[str]] = defaultdict(set)
    for strength, phrase in (*known, *((c.strength, c.text.translate(SLOT_BRACES)) for c in accepted)):
        phrases[strength].add(" ".join(phrase.replace("'''", '"').split()))
    scripts = sorted({script for strength in phrases for p in phrases[strength] for script in _scripts(p)})
    quoted = ", ".join(f'"{script}"' for script in scripts)
    lines = [
        "# Lines of this project's own sites, found by `corpuslint mine`; edit them like any catalog.",
        'language = "und"',
        'name = "This project"',
        f"scripts = [{quoted}]",
        "",
        f"[{kind}]",
    ]
    for strength, block in sorted(phrases.items()):
        # A line that begins with "#" would be a comment in the block.
        kept = sorted(phrase.lstrip("# ") for phrase in block if normal(phrase))
        lines += [f"{strength} = '''", *kept, "'''"]
    return "\n".join(lines) + "\n"


def _scripts(phrase: str) -> set[str]:
    return {script for c in phrase if (script := script_of(c))}
