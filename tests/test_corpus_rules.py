"""What every corpus rule must hold, over the fixtures of tests/corpus_rules/."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from corpora import CORPUS_RULES, CorpusCase, cases, pair, rendered, run, tasks
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuslint.batch import Batch
from corpuslint.corpus_rule import LETTER_VARIANTS
from corpuslint.document import Document
from corpuslint.engine import check
from corpuslint.rules.duplicate_document import DuplicateDocument
from corpuslint.rules.near_duplicate_document import NearDuplicateDocument
from corpuslint.stages.shards import Task

WORDS = [a + b for a in "bdfgklmnprst" for b in ("a", "e", "ima", "oru", "und")]
by_case = pytest.mark.parametrize("case", cases("firing"), ids=str)


def sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(words))


@pytest.mark.parametrize("case", cases("silent"), ids=str)
def test_silent_cases_stay_silent(case: CorpusCase, tmp_path: Path) -> None:
    assert not run(tmp_path, case.documents, *case.rules).diagnostics


@by_case
def test_firing_cases_name_the_kept_document(case: CorpusCase, tmp_path: Path) -> None:
    outcome = run(tmp_path, case.documents, *case.rules)
    found = [diagnostic for diagnostic in outcome.diagnostics if diagnostic.code == case.rule.code]
    assert [pair(diagnostic) for diagnostic in found] == list(case.found)
    assert all(d.fix is None and d.place.span.end <= len(case.documents[pair(d)[0]]) for d in found)
    for diagnostic, data in zip(found, case.data, strict=False):
        assert {key: diagnostic.data[key] for key in data} == data


@pytest.mark.parametrize("case", [*cases("silent"), *cases("firing")], ids=str)
def test_a_small_corpus_is_told_the_same_without_a_first_look(
    case: CorpusCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = rendered(run(tmp_path, case.documents, *case.rules))
    monkeypatch.setattr("corpuslint.stages.document_stage.FEW", 0)
    assert rendered(run(tmp_path, case.documents, *case.rules)) == expected


@given(st.lists(st.text("اأ ab.", max_size=12), min_size=2, max_size=4))
@settings(max_examples=200, deadline=None)
def test_a_first_look_lets_nothing_through(texts: list[str]) -> None:
    documents = [Document(f"{number}.txt", text) for number, text in enumerate(texts)]
    batch = Batch(documents)
    for variants in LETTER_VARIANTS:
        near = NearDuplicateDocument(shingle_size=1, min_shingles=1, threshold=0.5, letter_variants=variants)
        for rule in (near, DuplicateDocument(letter_variants=variants)):
            found = rule.verify(rule.evidence(batch), *np.triu_indices(len(texts), 1))
            if found.alike.any():
                assert rule.could_fire(documents)


@by_case
def test_the_order_of_files_changes_nothing(case: CorpusCase, tmp_path: Path) -> None:
    work = tasks(tmp_path, case.documents, case.rules)
    expected = rendered(check(work, tmp_path))
    for seed in range(3):
        random.Random(seed).shuffle(work)
        assert rendered(check(work, tmp_path)) == expected


@by_case
def test_documents_that_a_baseline_names_are_kept(case: CorpusCase, tmp_path: Path) -> None:
    flagged = case.found[0][0]
    outcome = run(tmp_path, case.documents, *case.rules, preferred={f"{flagged:06}.txt": 0})
    assert all(pair(diagnostic)[0] != flagged for diagnostic in outcome.diagnostics)
    assert any(pair(diagnostic)[1] == flagged for diagnostic in outcome.diagnostics)


@pytest.mark.parametrize("rule", CORPUS_RULES.values(), ids=lambda rule: rule.code)
def test_one_document_says_nothing(rule: type, tmp_path: Path) -> None:
    assert not run(tmp_path, ["one two three four five six seven eight nine ten " * 3], rule()).diagnostics


def test_a_rule_sees_only_the_files_that_have_it(tmp_path: Path) -> None:
    first, second, third = tasks(tmp_path, ["One two."] * 3, [DuplicateDocument()])
    outcome = check([Task(first.file, ()), second, third], tmp_path)
    assert [pair(diagnostic) for diagnostic in outcome.diagnostics] == [(2, 1)]


def test_similarity_is_exact(tmp_path: Path) -> None:
    rng = random.Random(5)
    texts = []
    for _ in range(40):
        words = sentence(rng, 80).split()
        texts += [" ".join(words), " ".join(w if rng.random() > 0.02 else rng.choice(WORDS) for w in words)]
    outcome = run(tmp_path, texts, NearDuplicateDocument(threshold=0.3))
    assert len(outcome.diagnostics) > 20
    for diagnostic in outcome.diagnostics:
        this, kept = (shingles(texts[number]) for number in pair(diagnostic))
        assert (diagnostic.data["shared"], diagnostic.data["union"]) == (len(this & kept), len(this | kept))


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[place : place + 5]) for place in range(len(words) - 4)}


@pytest.mark.parametrize(
    ("texts", "code", "findings"),
    [
        (["one two three"] * 2000, "DUP201", 1999),
        ([""] * 2000, "DUP201", 1999),
        (["word"] * 1000 + [""] * 1000, "DUP201", 1998),
        ([sentence(random.Random(1), 150) + f" {n}" for n in range(1000)], "DUP202", 999),
    ],
    ids=["equal", "empty", "one word or none", "one template"],
)
def test_hot_groups_are_one_cluster_each(texts: list[str], code: str, findings: int, tmp_path: Path) -> None:
    outcome = run(tmp_path, texts, DuplicateDocument(), NearDuplicateDocument())
    assert [d.code for d in outcome.diagnostics] == [code] * findings
    kept = {pair(diagnostic)[1] for diagnostic in outcome.diagnostics}
    assert sum(d.data["cluster_size"] for d in outcome.diagnostics if pair(d)[1] == min(kept)) > 0
    assert len(texts) == findings + len(kept)
    assert not outcome.notes


def test_a_hot_group_finds_those_that_are_unlike_its_first_document(tmp_path: Path) -> None:
    """Four templates that share a sentence: enough to share bands, not enough to be alike."""
    rng = random.Random(3)
    shared = sentence(rng, 60)
    bodies = [sentence(rng, 60) for _ in range(4)]
    texts = [f"{shared} {bodies[n % 4]} {n}" for n in range(200)]
    outcome = run(tmp_path, texts, NearDuplicateDocument())
    assert {pair(diagnostic)[1] for diagnostic in outcome.diagnostics} == {0, 1, 2, 3}
    assert len(outcome.diagnostics) == 196
    assert all(flagged % 4 == kept for flagged, kept in map(pair, outcome.diagnostics))


def test_names_in_ids_and_a_rename(tmp_path: Path) -> None:
    """A text file is named by its path, a record by its id, one without an id by its text."""
    record = '{"id": "%s", "text": "%s"}\n'
    (tmp_path / "a.jsonl").write_text(record % ("x", "One two.") + record % ("y", "one two"))
    (tmp_path / "b.jsonl").write_text('{"text": "ONE TWO"}\n')
    from corpuslint.sources import SourceFile

    def findings(*names: str) -> list[tuple[str, str]]:
        work = [Task(SourceFile(tmp_path / name, name), (DuplicateDocument(),)) for name in names]
        return [(d.identity, d.content) for d in check(work, tmp_path).diagnostics]

    found = findings("a.jsonl", "b.jsonl")
    assert found[0][0] == "a.jsonl\x1fy\x1ea.jsonl\x1fx"
    path, none, text_hash = found[1][0].split("\x1e")[0].split("\x1f")
    assert (path, none, len(text_hash)) == ("b.jsonl", "", 16)
    (tmp_path / "b.jsonl").rename(tmp_path / "c.jsonl")
    renamed = findings("a.jsonl", "c.jsonl")
    assert [content for _, content in renamed] == [content for _, content in found]
    assert renamed[1][0] != found[1][0]
