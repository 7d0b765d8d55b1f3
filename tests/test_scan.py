"""The scan: its loops held against the definitions, its facts against the rules that read the text."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from corpora import rendered, tasks
from fixtures import DOCUMENT_RULES, FIRING, SILENT, document
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuslint.catalogs import compiled as catalog_of
from corpuslint.engine import check
from corpuslint.facts import Asked, Facts, Scanner, scanner
from corpuslint.junk import junk_blocks, trailing_phrases
from corpuslint.minhash import Bands, band_keys, shingle_hashes, signatures
from corpuslint.phrase_table import scripts, whole_word
from corpuslint.rule import DocumentRule
from corpuslint.rules import all_rules
from corpuslint.scan.compiled import Loops, compiled, interpreted
from corpuslint.scan.texts import Texts
from corpuslint.scan.words import hash_words, text_hashes
from corpuslint.text import split_lines
from corpuslint.triggers import Contains, Fact, Trigger

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"
ODD = (
    "",
    "\n",
    " \t\u2028 ",
    "one line",
    "a\r\nb\rc\n\nd",
    "a\r\n\r\nb\r",
    "\r",
    "Straße ﬁnden İstanbul ŉ ǰ … ½ Ǆ",
    "مَدْرَسة ٱلْحِكْمةِ ـ مدرســة أحمد إلى ۱۲ ٣ ﷺ",
    "図書館は九時に開きます。\nห้องสมุดเปิดเก้าโมง กำ\n한국어 \u1112\u1161\u11ab",
    "e\u0301\u0323 a\u0338 =\u0338 \u0301begins",
    "a\u200db soft\u00adhyphen a\ufeffb \u200d",
    "\ud800 lone \udfff",
    "© 2024 नमस्ते दुनिया (Reuters) [AFP] （新华社）",
    "(open [deep) still] shut\n(line end\nfree",
    "12 ٣٤ 5a a5 0",
    "\x85 \x0b \x0c \x1c \u2029",
)
any_texts = st.lists(
    st.text(st.characters(), max_size=60) | st.text("aß 日\n\r.İé12(Reuters)[]|-:", max_size=60) | st.sampled_from(ODD),
    max_size=6,
)
RULES = tuple(rule() for rule in DOCUMENT_RULES)


def loops(kind: str) -> Loops:
    if kind == "interpreted":
        return interpreted()
    found = compiled()
    if found is None:
        pytest.skip("numba is not installed")
    return found


both_forms = pytest.mark.parametrize("form", ["interpreted", "compiled"])


@cache
def scanner_of(form: str) -> Scanner:
    return scanner(loops(form), Asked.by([trigger for rule in RULES for trigger in rule.triggers()]))


def scan(form: str, texts: Sequence[str]) -> Facts:
    with np.errstate(over="ignore"):  # the interpreter warns of what the hashes are made of
        return scanner_of(form).scan(Texts.of(texts))


@both_forms
@given(texts=any_texts)
@settings(max_examples=60, deadline=None)
def test_the_loops_hash_what_the_array_form_hashes(form: str, texts: list[str]) -> None:
    with np.errstate(over="ignore"):
        batch = scanner_of(form).batch(Texts.of(texts))
        apart, unified = hash_words(texts, unified=False), hash_words(texts, unified=True)
        assert batch.words.hashes.tolist() == apart.hashes.tolist()
        assert batch.words.starts.tolist() == apart.starts.tolist()
        assert batch.unified.hashes.tolist() == unified.hashes.tolist()
        lines = [text[line.start : line.end] for text in texts for line in split_lines(text)]
        begins = batch.texts.begins[:-1].tolist()
        starts = [b + line.start for b, text in zip(begins, texts, strict=True) for line in split_lines(text)]
        assert batch.lines.starts.tolist() == starts
        assert batch.line_hashes.tolist() == text_hashes(hash_words(lines, unified=True)).tolist()
        shingles, plain = (shingle_hashes(apart, 2, form_loops) for form_loops in (loops(form), None))
        assert shingles.hashes.tolist() == plain.hashes.tolist()
        assert (signatures(apart, 2, 16, 1, loops(form)) == signatures(apart, 2, 16)).all()
        made, bands = signatures(apart, 2, 16), Bands(5, 3)
        assert (band_keys(made, bands, loops(form)) == band_keys(made, bands)).all()
        assert text_hashes(apart, loops(form)).tolist() == text_hashes(apart).tolist()


def rules_that_find(text: str, rules: Sequence[DocumentRule]) -> list[DocumentRule]:
    return [rule for rule in rules if any(True for _ in rule.check(document(text)))]


def assert_nothing_is_missed(facts: Facts, number: int, text: str, rules: Sequence[DocumentRule] = RULES) -> None:
    """Hold that the facts call for every rule that finds something, and that what they know is so."""
    for rule in rules_that_find(text, rules):
        assert number in facts.holding(rule.triggers()), f"{rule.code} would not see {text!r}"
    for compute, value in facts.known(number).items():
        assert compute(document(text)) == value, compute  # type: ignore[operator]


@both_forms
def test_every_fixture_is_seen_by_the_rules_that_find_something_in_it(form: str) -> None:
    cases = [*SILENT, *FIRING][:: 1 if form == "compiled" else 7]
    facts = scan(form, [case.text for case in cases])
    for number, case in enumerate(cases):
        assert_nothing_is_missed(facts, number, case.text)


def test_options_move_the_bounds_of_the_scan() -> None:
    for case in FIRING:
        if case.options:
            rule = case.instance()
            assert isinstance(rule, DocumentRule)
            facts = scanner(loops("compiled"), Asked.by(rule.triggers())).scan(Texts.of([case.text]))
            assert_nothing_is_missed(facts, 0, case.text, [rule])


@given(texts=any_texts)
@settings(max_examples=100, deadline=None)
def test_random_texts_are_seen_by_the_rules_that_find_something(texts: list[str]) -> None:
    facts = scan("compiled", texts)
    for number, text in enumerate(texts):
        assert_nothing_is_missed(facts, number, text)


def phrases(most: int) -> list[str]:
    """Phrases of all catalogs as lines: slots filled, some glued together, some behind a line of text."""
    chance = random.Random(1)
    lines = []
    for script in scripts():
        catalog = catalog_of(script)
        assert catalog
        literal = [phrase.partition("\t")[0] for phrase in catalog.literal]
        filled = []
        for pattern in catalog.patterns:
            filling = {"{date}": "3 May 2024", "{name}": "Ann Lee", "{text}": "the old harbour"}.get(pattern.slot, "")
            words = [*pattern.head, pattern.sign, filling, *pattern.tail]
            filled.append(" ".join(word for word in words if word).replace("{n}", "7"))
        chosen = chance.sample(literal, min(most, len(literal))) + chance.sample(filled, min(most, len(filled)))
        lines += chosen
        lines += [" ".join(chance.choices(literal, k=4)) for _ in range(most // 4)]
        lines += list(catalog.trailing)
    return lines


def test_every_phrase_is_seen_as_a_line_and_beside_others() -> None:
    lines = phrases(300)
    chance = random.Random(2)
    texts = [*lines, *("\n".join(chance.choices(lines, k=5)) for _ in range(300))]
    texts += [f"The ferry leaves at nine, and it comes back at noon.\n{line}" for line in lines[::9]]
    facts = scan("compiled", texts)
    found = 0
    for number, text in enumerate(texts):
        known = facts.known(number)
        blocks, trailing = junk_blocks(document(text)), trailing_phrases(document(text))
        found += bool(blocks)
        assert not (blocks and junk_blocks in known), text
        assert not (trailing and trailing_phrases in known), text
    assert found > len(texts) / 2, "the texts prove something"


def test_a_trailing_phrase_is_known_by_a_word_that_no_text_can_hide() -> None:
    assert whole_word("انتهای پیام/") == "پيام", "its first word may go on before it"
    assert whole_word("//انتهى//") == "انتهي"
    assert not whole_word("two words"), "both may be parts of longer ones"


def test_most_documents_are_seen_by_no_rule() -> None:
    text = "The ferry leaves at nine in the morning, and it comes back at noon when the weather is calm enough for it."
    facts = scan("compiled", [text])
    assert facts.present.may.tolist() == [0]
    assert facts.present.characters.tolist() == [0]


def test_a_trigger_that_a_scan_does_not_answer_is_asked_with_every_document() -> None:
    class Own(Trigger):
        pass

    facts = scan("compiled", ["a", "b"])
    assert facts.holding([Own()]) == [0, 1]
    assert facts.holding([Contains(("\N{SNOWMAN}",))]) == [0, 1], "no rule asked for that character"


def test_facts_name_the_bits_of_the_loops() -> None:
    from corpuslint.scan import phrase_loops as bits

    pairs = {
        Fact.REPEATED_LINE: bits.REPEATED_LINE,
        Fact.PHRASE: bits.PHRASE,
        Fact.TRAILING_PHRASE: bits.MARKED_WORD,
        Fact.BRACKETED_NAME: bits.BRACKETED_NAME,
        Fact.DATED_HEAD: bits.DATED_HEAD,
        Fact.HEADLINE: bits.HEADLINE,
    }
    assert {int(fact): int(bit) for fact, bit in pairs.items()} == {int(fact): int(fact) for fact in Fact if fact}


def test_the_loops_bound_lines_as_the_rules_do() -> None:
    """The compiled loops have their own numbers; a bound that is tighter than the rules' would hide findings."""
    from corpuslint import junk, phrases
    from corpuslint.scan import phrase_loops as bounds

    assert bounds.MENU_LINES <= junk.MENU_LINES
    assert bounds.PROSE >= junk.PROSE_CODE_POINTS
    assert bounds.SURE_PROSE >= junk.LONG_PROSE_CODE_POINTS
    assert bounds.GLUED_GAP >= 2 * phrases.GLUED_GAP_WORDS
    assert 2 * bounds.GLUED_WORDS >= phrases.GLUED_LONGEST
    assert phrases.GLUED_SHARE >= 0.5, "may_be_glued asks for half of the words"


@pytest.mark.skipif(not SHARED.exists(), reason="the labelled data are not here")
@pytest.mark.parametrize("name", ["wcxb", "arstories", "zhwce", "trafilatura"])
def test_labelled_pages_are_seen_by_the_rules_that_find_something(name: str) -> None:
    with gzip.open(SHARED / "lines" / f"{name}.dev.jsonl.gz", "rt", encoding="utf-8") as stream:
        pages = [json.loads(line) for line, _ in zip(stream, range(120), strict=False)]
    texts = ["\n".join(line["text"] for line in page["lines"])[:20_000] for page in pages]
    facts = scan("compiled", texts)
    for number, text in enumerate(texts):
        assert_nothing_is_missed(facts, number, text)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_whole_check_finds_the_same_with_and_without_the_scan(
    jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over all fixtures as files, and the sample corpus with its duplicates: the plain path is the oracle."""
    loops("compiled")
    texts = [case.text for case in (*SILENT, *FIRING)]
    texts += [path.read_text("utf-8") for path in sorted((Path(__file__).parent.parent / "corpus").glob("*/*.txt"))]
    work = tasks(tmp_path, texts, tuple(rule() for rule in all_rules()))
    runs = []
    for scanned in (False, True):
        for module in ("shards", "rereading"):
            monkeypatch.setattr(f"corpuslint.stages.{module}.is_worth_it", lambda _size, scanned=scanned: scanned)
        runs.append(check(work, tmp_path, jobs=jobs, parallel_from=0, start_method="fork"))
    plain, scanned_run = runs
    assert len(plain.diagnostics) > 300
    assert rendered(scanned_run) == rendered(plain)
    assert scanned_run.counts == plain.counts


def test_a_scan_that_fails_is_said_and_costs_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loops("compiled")
    work = tasks(tmp_path, [case.text for case in FIRING[:40]], RULES)
    plain = check(work, tmp_path)

    def broken(_self: Scanner, _texts: Sequence[str]) -> Facts:
        raise IndexError("out of the batch")

    monkeypatch.setattr("corpuslint.stages.shards.is_worth_it", lambda _size: True)
    monkeypatch.setattr(Scanner, "scan", broken)
    run = check(work, tmp_path)
    assert rendered(replace(run, crashes=())) == rendered(plain)
    (crash,) = run.crashes
    assert str(crash).startswith("000000.txt: the scan failed on record 0: IndexError: out of the batch; please report")
