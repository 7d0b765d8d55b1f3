"""Hostile text in every format: what stands in a document, its name or a message commands no consumer."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runs import finding, rendered, run

from corpuslint.baseline import entry_for
from corpuslint.baselines.baseline_file import read_bytes
from corpuslint.diagnostic import Diagnostic
from corpuslint.display import BIDI_CONTROLS, readable_json
from corpuslint.reporters import FORMATS
from corpuslint.suppress import Suppression, parse, text_matches

SPELLS = (
    "::set-env name=PATH::/tmp",
    "::error file=a.txt::x",
    "##[set-env name=a]b",
    "%0A::warning::x",
    "%0D%0A",
    "</script><script>alert(1)</script>",
    "]]>",
    "-->",
    "&amp;&#10;",
    "![x](javascript:alert(1))",
    "[text](1)",
    "| a | b |",
    "`code`",
    "\x1b]0;title\x07",
    "\x1b[31m",
    "\u202e drawkcab",
    "\u2067isolate",
    "\ud800",
    "\udfff\ud800",
    "\ufffe\uffff",
    "\u2028\u2029\x85\x0b\x0c",
    "\r\n\r",
    "\0",
    "\x7f\x9b",
    "'\"\\",
    "@everyone",
    "🙂👩‍👩‍👧",
    "مرحبا [in the north]",
)
hostile = st.lists(st.one_of(st.sampled_from(SPELLS), st.text(max_size=8)), min_size=1, max_size=4).map("".join)
names = hostile.map(lambda text: text.replace("/", "").replace("\0", "") or "x")


@st.composite
def hostile_findings(draw: st.DrawFn) -> Diagnostic:
    text = draw(hostile)
    return finding(
        draw(hostile),
        path=draw(names),
        text=text,
        span=(0, len(text)),
        related=draw(hostile),
        record=draw(st.none() | hostile),
        baseline=draw(st.sampled_from(("new", "known"))),
    )


def strings(value: Any) -> list[str]:
    """Every string of a JSON value, keys included."""
    if isinstance(value, dict):
        return [*value, *(s for inner in value.values() for s in strings(inner))]
    if isinstance(value, list):
        return [s for inner in value for s in strings(inner)]
    return [value] if isinstance(value, str) else []


def has_raw_control(text: str) -> bool:
    """Say whether a text holds what reorders or commands a screen; a line end is none."""
    return any((c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f" or c in BIDI_CONTROLS for c in text)


@given(hostile_findings())
def test_json_formats_parse_and_can_be_encoded(found: Diagnostic) -> None:
    for name in ("sarif", "gitlab", "rdjson"):
        output = rendered(run(found), name)
        output.encode("utf-8")
        assert not has_raw_control(output), name
        for text in strings(json.loads(output)):
            text.encode("utf-8")  # a lone surrogate, even escaped, stops strict parsers


@given(hostile_findings())
def test_sarif_shows_what_hides(found: Diagnostic) -> None:
    [result] = json.loads(rendered(run(found), "sarif"))["runs"][0]["results"]
    shown = [result["message"]["text"], *(r["message"]["text"] for r in result["relatedLocations"])]
    assert not any(has_raw_control(text) for text in shown)
    # One link, ours: every other bracket is escaped.
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\[", shown[0])) == 1
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9_.~/%-]+", uri)


@given(hostile_findings())
def test_github_gets_one_command_a_finding(found: Diagnostic) -> None:
    first, *rest = rendered(run(found), "github").split("\n")
    assert first.startswith(("::warning file=", "::error file="))
    properties, _, message = first.removeprefix("::").partition("::")
    assert [pair.split("=", 1)[0] for pair in properties.split(" ", 1)[1].split(",")][:3] == ["file", "line", "endLine"]
    assert not has_raw_control(first.replace("\u2068", "").replace("\u2069", ""))
    # Only the escapes that are ours: a percent sign of the text is written as %25.
    assert re.fullmatch(r"(?:[^%]|%25)*", message)
    assert not any(line.startswith(("::", "##[")) for line in rest)


@given(hostile_findings())
def test_junit_is_xml(found: Diagnostic) -> None:
    output = rendered(run(found), "junit")
    assert not has_raw_control(output)
    suites = ElementTree.fromstring(output.encode("utf-8"))
    assert len(list(suites.iter("testcase"))) == 1


class Tags(HTMLParser):
    """Collects the tags that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.seen.append(tag)

    def handle_comment(self, data: str) -> None:
        self.seen.append(data)


@given(hostile_findings())
def test_markdown_keeps_its_table_and_has_no_html(found: Diagnostic) -> None:
    output = rendered(run(found), "markdown")
    *_, row = output.rstrip("\n").split("\n")
    assert row.count("|") == 6
    assert not has_raw_control(output.replace("\u2068", "").replace("\u2069", ""))
    tags = Tags()
    tags.feed(output)
    assert not tags.seen
    assert not re.search(r"[`*_@]|\]\(|://", row.removeprefix("| "))


@given(hostile_findings())
def test_terminal_formats_command_no_terminal(found: Diagnostic) -> None:
    for name in ("full", "concise", "grouped"):
        output = rendered(run(found), name)
        assert not has_raw_control(output.replace("\u2068", "").replace("\u2069", "")), name
        assert output.count("\u2068") == output.count("\u2069"), name
        output.encode("utf-8")


@pytest.mark.parametrize("format_name", FORMATS)
@given(hostile_findings())
def test_no_format_raises(format_name: str, found: Diagnostic) -> None:
    rendered(run(found), format_name).encode("utf-8", "backslashreplace")


@given(hostile_findings())
def test_a_baseline_line_is_one_line_and_reads_back(found: Diagnostic) -> None:
    [numbered] = run(found).diagnostics
    line = readable_json(entry_for(numbered, {}))
    assert not has_raw_control(line)
    assert "\n" not in line
    entry = read_bytes(line.encode("utf-8", "surrogatepass").replace(b"\r", b"") + b"\n", "baseline")[numbered.id]
    assert entry["path"] == numbered.place.path


@given(names, hostile)
def test_a_suppression_reads_back(path: str, reason: str) -> None:
    from corpuslint.suppress import _lines

    encodable = path.encode("utf-8", "replace").decode()
    said = Suppression(reason=reason.strip() or "x", path=encodable, id="00ff")
    [read] = parse("\n".join(["[[ignore]]", *_lines(said)]).encode(), "file")
    assert read.path == encodable
    assert read.reason == said.reason.encode("utf-8", "replace").decode()


@given(st.text(max_size=30), st.text(max_size=12))
def test_a_text_pattern_without_stars_is_the_text_itself(text: str, other: str) -> None:
    assert text_matches(text.replace("*", ""), text.replace("*", ""))
    assert text_matches("*", text)
    assert text_matches(f"*{text.replace('*', '')}*", other + " " + text.replace("*", "") + " " + other)
