"""What results depend on besides a file's content: the version, the rules with their options, how records are read.

Files that are handled alike share a setup. What is stored under it is for `recall` to say.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from corpuslint.cache import Setup
from corpuslint.corpus_rule import KeyedRule
from corpuslint.line_rule import LineRule
from corpuslint.rule import Rule
from corpuslint.stages.work import Work


def version_mark() -> str:
    """Return what stands for the version of everything that computes: corpuslint's own files, Python, Unicode."""
    package = str(Path(__file__).parent.parent)
    mark = hashlib.sha256(repr(sorted(_own_files(package, len(package)))).encode()).hexdigest()[:16]
    return f"{mark} Python {sys.version.split()[0]} Unicode {unicodedata.unidata_version}"


def _own_files(folder: str, prefix: int) -> Iterator[tuple[str, int, int]]:
    """Yield the names, sizes and times of the files that decide about results."""
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _own_files(entry.path, prefix)
        elif entry.name.endswith(".py") or folder.endswith("compiled"):
            status = entry.stat()
            yield entry.path[prefix:], status.st_size, status.st_mtime_ns


def keyed_rules(work: Work) -> list[KeyedRule]:
    """Return the corpus rules of a run, by their codes."""
    return sorted((rule for rule in work.rules if isinstance(rule, KeyedRule)), key=lambda rule: rule.code)


def least_records(rule: KeyedRule) -> int:
    """Return in how many documents a key has to be for the rule to look at it."""
    return rule.least_documents if isinstance(rule, LineRule) else 2


def setups_of(work: Work) -> list[Setup]:
    """Return the setup of each handling of the files."""
    codes = " ".join(rule.code for rule in keyed_rules(work))
    version = version_mark()
    found = []
    for options, rules, policy in work.handlings:
        values = {rule.code: repr(rule) for rule in rules} | {"fix": repr(policy), "across": codes}
        found.append(Setup(version, json.dumps(values, sort_keys=True), repr(options)))
    return found


def across_setup(rules: Sequence[Rule], preferred: Mapping[str, int]) -> Setup:
    """Return what comparisons of documents depend on besides these: the rules and the order of keeping."""
    order = hashlib.sha256(repr(sorted(preferred.items())).encode("utf-8", "surrogatepass")).hexdigest()
    values = {rule.code: repr(rule) for rule in rules}
    return Setup(version_mark(), json.dumps(values, sort_keys=True), f"across {order}")


def lines_setup(rules: Sequence[Rule]) -> Setup:
    """Return what stands for what line rules say about documents, besides the setups of these."""
    return Setup(version_mark(), json.dumps({rule.code: repr(rule) for rule in rules}, sort_keys=True), "lines")


def difference(before: Setup, now: Setup) -> str:
    """Say in what the setup under which a file was checked before differs from the present one."""
    if before.version != now.version:
        return "another version of corpuslint or Python checked it"
    if before.reading != now.reading:
        return "its records are read by other fields"
    old, new = json.loads(before.rules), json.loads(now.rules)
    if old.keys() != new.keys():
        return f"it was checked by other rules ({', '.join(sorted(old.keys() ^ new.keys()))})"
    return f"it was checked with other options ({', '.join(sorted(code for code in new if old[code] != new[code]))})"
