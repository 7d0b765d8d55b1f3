"""SARIF 2.1.0 as GitHub code scanning and other viewers take it.

Results carry our ids as fingerprints, so that a finding stays the same alert when lines move. Known findings appear
only where the run shows them, as suppressed results. What code scanning would reject is cut before: the worst stay.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from typing import Any, TextIO
from urllib.parse import quote

from corpuslint.diagnostic import Diagnostic, Place, Severity
from corpuslint.display import visible
from corpuslint.engine import Run
from corpuslint.reporters import Style
from corpuslint.reporters.concise import where
from corpuslint.reporters.physical import RepositoryPaths, region, worst_first
from corpuslint.rule import Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}

# Source: GitHub's documentation of SARIF support for code scanning; larger files are rejected whole.
MOST_RESULTS = 25_000
MOST_BYTES = 10_000_000  # gzipped
LONGEST_TEXT = 1024  # code points of a rule's short and full description


def render(run: Run, stream: TextIO, style: Style) -> None:
    """Write the log; say how many findings it leaves out."""
    chosen = worst_first(run.diagnostics, MOST_RESULTS)
    text = _log(run, chosen)
    while chosen and (size := len(gzip.compress(text.encode("ascii"), 6))) > MOST_BYTES:
        # Results differ in length, so the first guess is a little low and is made again where it was too high.
        chosen = chosen[: min(len(chosen) - 1, int(len(chosen) * 0.95 * MOST_BYTES / size))]
        text = _log(run, chosen)
    stream.write(text)
    if left_out := len(run.diagnostics) - len(chosen):
        style.say(_left_out(left_out, len(chosen)))


def _left_out(number: int, kept: int) -> str:
    return (
        f"SARIF holds the {kept} worst findings; {number} more are left out to stay within the limits of code scanning."
    )


def _log(run: Run, chosen: Sequence[Diagnostic]) -> str:
    # All ASCII: no reader can take the bytes for another encoding, and no control character stands raw.
    ordered = sorted(chosen, key=lambda diagnostic: diagnostic.sort_key)
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_Results(run, ordered).as_json()]}
    return json.dumps(log, indent=1) + "\n"


class _Results:
    """The run's one `runs` object."""

    def __init__(self, run: Run, chosen: Sequence[Diagnostic]) -> None:
        self._run = run
        self._chosen = chosen
        self._paths = RepositoryPaths(run.root)
        self._rules = _rules_of(run, chosen)
        self._indexes = {rule.code: index for index, rule in enumerate(self._rules)}

    def as_json(self) -> dict[str, Any]:
        notices = [visible(str(trouble)) for trouble in (*self._run.skips, *self._run.crashes)]
        if left_out := len(self._run.diagnostics) - len(self._chosen):
            notices.append(_left_out(left_out, len(self._chosen)))
        return {
            "tool": {"driver": self._driver()},
            "automationDetails": {"id": "corpuslint/"},
            "columnKind": "unicodeCodePoints",
            "invocations": [
                {
                    "executionSuccessful": not self._run.crashes,
                    "toolExecutionNotifications": [
                        {"level": "warning", "message": {"text": _plain(notice)}} for notice in notices
                    ],
                }
            ],
            "results": [self._result(diagnostic) for diagnostic in self._chosen],
        }

    def _driver(self) -> dict[str, Any]:
        from importlib.metadata import version

        return {
            "name": "corpuslint",
            "semanticVersion": version("corpuslint-text"),
            "rules": [_rule(rule) for rule in self._rules],
        }

    def _result(self, diagnostic: Diagnostic) -> dict[str, Any]:
        result: dict[str, Any] = {
            "ruleId": diagnostic.code,
            "ruleIndex": self._indexes[diagnostic.code],
            "level": LEVELS[diagnostic.severity],
            "message": {"text": _message(diagnostic)},
            "locations": [self._location(diagnostic.place)],
            "partialFingerprints": {"primaryLocationLineHash": f"{diagnostic.id}:1", "corpuslint/v1": diagnostic.id},
        }
        if diagnostic.related:
            result["relatedLocations"] = [
                {**self._location(related.place), "id": number, "message": {"text": _plain(related.message)}}
                for number, related in enumerate(diagnostic.related, 1)
            ]
        if diagnostic.fix is not None and diagnostic.place.record is None:
            result["fixes"] = [self._fix(diagnostic)]
        if diagnostic.baseline == "known":
            result["suppressions"] = [{"kind": "external", "justification": "It stands in the baseline."}]
        return result

    def _location(self, place: Place) -> dict[str, Any]:
        line, column, end_line, end_column = region(place)
        location: dict[str, Any] = {
            "physicalLocation": {
                "artifactLocation": self._artifact(place.path),
                "region": {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column},
            }
        }
        if place.record is not None:
            name = place.key.id if place.key.id is not None else str(place.key.index)
            location["logicalLocations"] = [{"name": visible(name), "kind": "record"}]
        return location

    def _artifact(self, path: str) -> dict[str, Any]:
        found = self._paths[path]
        if found.startswith("/"):
            return {"uri": "file://" + _uri(found)}
        return {"uri": _uri(found), "uriBaseId": "%SRCROOT%"}

    def _fix(self, diagnostic: Diagnostic) -> dict[str, Any]:
        assert diagnostic.fix is not None
        return {
            "description": {"text": _plain(diagnostic.fix.title)},
            "artifactChanges": [
                {
                    "artifactLocation": self._artifact(diagnostic.place.path),
                    "replacements": [
                        {
                            "deletedRegion": {"charOffset": edit.start, "charLength": edit.end - edit.start},
                            **({"insertedContent": {"text": edit.content}} if edit.content else {}),
                        }
                        for edit in diagnostic.fix.edits
                    ],
                }
            ],
        }


def _uri(path: str) -> str:
    """Return a path percent-encoded; the bytes of a file name that is no UTF-8 stay what they are."""
    try:
        return quote(path.encode("utf-8", "surrogateescape"), safe="/")
    except UnicodeEncodeError:  # no file name of a disk, but what a caller may pass as the name of standard input
        return quote(path.encode("utf-8", "replace"), safe="/")


def _plain(text: str) -> str:
    """Return a text for a SARIF message, in which brackets begin a link unless they are escaped."""
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _message(diagnostic: Diagnostic) -> str:
    """Return the message with a link to the first related location."""
    if not diagnostic.related:
        return _plain(diagnostic.message)
    related = diagnostic.related[0]
    return f"{_plain(diagnostic.message)} See the [{_plain(related.message)}: {_plain(where(related.place))}](1)."


def _rules_of(run: Run, chosen: Sequence[Diagnostic]) -> list[type[Rule]]:
    from corpuslint.rules import all_rules

    wanted = {*run.codes, *(diagnostic.code for diagnostic in chosen)}
    return [rule for rule in all_rules() if rule.code in wanted]


def _rule(rule: type[Rule]) -> dict[str, Any]:
    documentation = rule.documentation()
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": _plain(rule.summary()[:LONGEST_TEXT])},
        "fullDescription": {"text": _plain(documentation.get("What it finds", rule.summary())[:LONGEST_TEXT])},
        "help": {
            "text": _plain("\n\n".join(_sections(documentation))),
            "markdown": "\n\n".join(_sections(documentation, "**")),
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "tags": ["corpus", rule.code[:3]],
            "precision": "high" if rule.default else "medium",
            "problem.severity": PROBLEMS[rule.severity],
        },
    }


def _sections(documentation: dict[str, str], mark: str = "") -> Iterator[str]:
    """Yield the parts of a rule's documentation; an example is text, not Markdown."""
    for heading, text in documentation.items():
        if mark and heading in ("Example", "Instead"):
            text = "\n".join("    " + line for line in text.splitlines())
        yield f"{mark}{heading}{mark}\n\n{text}" if mark else f"{heading}\n{text}"
