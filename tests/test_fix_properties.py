"""Laws of fixing over random and over fixture text: every encoding, every pair of rules, every order of rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import ClassVar

import pytest
from fixtures import DOCUMENT_RULES, FIRING, SILENT, document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpuslint.changing.patch import patched, reversed_patches
from corpuslint.changing.pieces import EditedText
from corpuslint.diagnostic import Applicability, Diagnostic, Edit, Fix, Severity
from corpuslint.document import Document
from corpuslint.fixer import fix_document
from corpuslint.fixes.fixing import FixPlan, file_patches
from corpuslint.fixes.shrink import Guarded
from corpuslint.rule import DocumentRule, Rule
from corpuslint.sources import SourceFile
from corpuslint.stages.document_check import check_document
from corpuslint.stages.shards import Task
from corpuslint.text import Span

BRACKET = "دعا المبعوث الأطراف المتحاربة [in the north] إلى وقف القتال فورا."
PLAIN = "وصل المبعوث إلى العاصمة صباح اليوم للقاء أعضاء اللجنة المكلفة بمتابعة تنفيذ الاتفاق."
BLOCK = "وأوضح البيان أن الجلسات المقبلة ستعقد في مقر اللجنة وأن محاضرها ستنشر كاملة في نهاية كل شهر."

# Lines of texts with and without defects, line ends of all kinds, and what decoders stumble over.
PARTS = st.lists(
    st.sampled_from(
        [BRACKET, PLAIN, BLOCK, "", " ", "😀 emoji", "tab\there", '\\u0045 / "q" \\', "\ufeffmark", "\u2028\x0c\u0085"]
    ),
    max_size=10,
)
ENDS = st.sampled_from(["\n", "\r\n", "\r", "mixed"])
CODECS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be with mark"])


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(rule() for rule in DOCUMENT_RULES)


def joined(parts: list[str], end: str, last: bool) -> str:
    ends = ("\n", "\r\n", "\r") if end == "mixed" else (end,)
    text = "".join(part + ends[n % len(ends)] for n, part in enumerate(parts))
    return text if last or not text else text[: -len(ends[(len(parts) - 1) % len(ends)])]


def encoded(text: str, codec: str) -> bytes:
    return b"\xfe\xff" + text.encode("utf-16-be") if codec.startswith("utf-16-be") else text.encode(codec)


def fixed_by(chosen: tuple[Rule, ...]) -> object:
    def find(current: Document) -> list[Diagnostic]:
        return [found for found in check_document(current, chosen) if isinstance(found, Diagnostic)]

    return find


def decide(task: Task, document: Document) -> Guarded:
    return Guarded(fix_document(document, fixed_by(task.rules), Applicability.UNSAFE))  # type: ignore[arg-type]


def changed(folder: Path, name: str, content: bytes) -> tuple[bytes, EditedText]:
    """Return a file's content after fixing, and the fixed text with its edits."""
    file = SourceFile(folder / name, name, content=content)
    seen: list[EditedText] = []

    def remember(task: Task, document: Document) -> Guarded:
        guarded = decide(task, document)
        seen.append(guarded.fixed.edited)
        return guarded

    with file.open() as stream:
        patches = list(file_patches(Task(file, rules()), stream, remember, FixPlan()))
    new = patched(content, patches)
    assert patched(new, reversed_patches(patches)) == content
    return new, seen[0] if seen else EditedText.of("")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PARTS, ENDS, st.booleans(), CODECS)
def test_bytes_outside_the_edits_are_equal_in_every_encoding(
    tmp_path: Path, parts: list[str], end: str, last: bool, codec: str
) -> None:
    # Before the first character such a character is the file's mark; the codecs with a mark put one there themselves.
    text = joined(parts, end, last).removeprefix("\ufeff")
    content = encoded(text, codec)
    new, edited = changed(tmp_path, "a.txt", content)
    # What stays, piece by piece, in the file's own bytes, with the mark before it.
    unmarked = codec.replace("-sig", "").replace(" with mark", "")
    unmarked = "utf-16-le" if unmarked == "utf-16" else unmarked
    mark = content[: len(content) - len(text.encode(unmarked))]
    kept = [piece.added or edited.original[piece.start : piece.end] for piece in edited.pieces]
    assert new == mark + b"".join(piece.encode(unmarked) for piece in kept) or new == content
    assert edited.original == text


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(PARTS, st.booleans(), st.booleans()), max_size=4), ENDS, st.booleans())
def test_json_outside_the_edits_is_equal(
    tmp_path: Path, records: list[tuple[list[str], bool, bool]], end: str, last: bool
) -> None:
    lines = []
    for number, (parts, ascii_only, spaced) in enumerate(records):
        source = json.dumps(joined(parts, end, last), ensure_ascii=ascii_only).replace("/", "\\/" if spaced else "/")
        lines.append(f'{{"n":1.50,  "text" : {source} ,"id": {number}}}' if spaced else f'{{"text":{source}}}')
    content = "\n".join(lines).encode("utf-8")
    new, _ = changed(tmp_path, "a.jsonl", content)
    old_lines, new_lines = content.split(b"\n"), new.split(b"\n")
    assert len(old_lines) == len(new_lines)
    for old, now in zip(old_lines, new_lines, strict=True):
        if old == now:
            continue
        text = json.loads(old)["text"]
        fixed = fix_document(document(text), fixed_by(rules()), Applicability.UNSAFE)  # type: ignore[arg-type]
        assert json.loads(now) == {**json.loads(old), "text": fixed.text}
        # Fixing deletes here: what is left of the line stands in the old one, in order, to the last escape.
        position = 0
        for byte in now:
            position = old.index(byte, position) + 1
        assert len(now) < len(old)


EVERY_TEXT = [case.text for case in (*SILENT, *FIRING)]
PAIRS = list(combinations(rules(), 2))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(EVERY_TEXT), min_size=1, max_size=3), st.data())
def test_any_two_rules_come_to_rest_in_any_order(texts: list[str], data: st.DataObject) -> None:
    pair = data.draw(st.sampled_from(PAIRS))
    check_pair("\n".join(texts), pair)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: "-".join(rule.code for rule in pair))
def test_every_pair_of_rules_comes_to_rest_on_its_own_fixtures(pair: tuple[Rule, Rule]) -> None:
    own = [case.text for case in FIRING if case.rule in (type(pair[0]), type(pair[1])) and case.found]
    for text in (own[0] + "\n" + own[-1], own[-1] + "\n\n" + own[0]):
        check_pair(text, pair)


def check_pair(text: str, pair: tuple[Rule, ...]) -> None:
    outcome = fix_document(document(text), fixed_by(pair), Applicability.UNSAFE)  # type: ignore[arg-type]
    assert not outcome.fighting
    turned = fix_document(document(text), fixed_by(pair[::-1]), Applicability.UNSAFE)  # type: ignore[arg-type]
    assert turned.text == outcome.text
    again = fix_document(document(outcome.text), fixed_by(pair), Applicability.UNSAFE)  # type: ignore[arg-type]
    assert again.text == outcome.text
    # Outside the edits nothing changed.
    position, rebuilt = 0, ""
    for edit in outcome.edited.edits:
        rebuilt += text[position : edit.start] + edit.content
        position = edit.end
    assert rebuilt + text[position:] == outcome.text


REAL = Path(__file__).parent.parent.parent / "shared" / "data" / "seeds"


@pytest.mark.skipif(not REAL.is_dir(), reason="the labelled articles are not beside this checkout")
def test_every_pair_of_rules_comes_to_rest_on_real_text() -> None:
    for path in sorted(REAL.glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        firing = [
            rule for rule in rules() if any(isinstance(f, Diagnostic) for f in check_document(document(text), (rule,)))
        ]
        for pair in combinations(firing, 2):
            check_pair(text, pair)


@dataclass(frozen=True)
class Swap(DocumentRule):
    """A rule that always wants another word, for the tests."""

    old: str = "one"
    new: str = "two"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, document: Document) -> Iterator[Diagnostic]:
        at = document.text.find(self.old)
        if at >= 0:
            span = Span(at, at + len(self.old))
            fix = Fix("Swap", (Edit(*span, self.new),), Applicability.SAFE)
            yield self.diagnostic(document, span, "Word.", fix=fix)


class OneToTwo(Swap):
    code, name = "TST001", "one-to-two"


class TwoToOne(Swap):
    code, name = "TST002", "two-to-one"


class Growing(Swap):
    code, name = "TST003", "ever-growing"


def fight(*fighters: Rule) -> tuple[bytes, list[str]]:
    file = SourceFile(Path("a.txt"), "a.txt", content=b"say one word\n")
    plan = FixPlan()
    with file.open() as stream:
        patches = list(file_patches(Task(file, fighters), stream, decide, plan))
    return patched(b"say one word\n", patches), plan.notes


def test_rules_that_fight_are_named_with_the_document_and_the_line_that_ends_it() -> None:
    text, notes = fight(OneToTwo("one", "two"), TwoToOne("two", "one"))
    assert text == b"say one word\n"
    (said,) = notes
    assert said.startswith("a.txt: the fixes of TST001 and TST002 undo each other; the document was left as it is.")
    assert said.endswith('To end it: [per-file-ignores] "a.txt" = ["TST002"]')
    # What the line says: without the second rule the first one comes to rest.
    assert fight(OneToTwo("one", "two")) == (b"say two word\n", [])


def test_a_rule_that_never_comes_to_rest_is_stopped_after_ten_rounds() -> None:
    text, notes = fight(Growing("one", "one one"))
    assert text == b"say one word\n"
    assert notes[0].startswith("a.txt: the fixes of TST003 never come to rest; the document was left as it is.")
