"""Runs the rules that see several documents, on what the document stage gathered or an earlier run left.

What was said before about documents that are still candidates of the same others is recalled; the rest is compared.
What both stages found is joined here, a document at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby, repeat
from typing import TYPE_CHECKING, Any

from corpuslint.corpus_rule import CorpusRule, KeyedRule
from corpuslint.diagnostic import Diagnostic
from corpuslint.executors import Executor
from corpuslint.line_rule import LineRule
from corpuslint.memory import Budget
from corpuslint.rule import Rule
from corpuslint.spent import Spent
from corpuslint.stages.corpus_stage import Corpus, check_corpus
from corpuslint.stages.findings import BY_PLACE, Findings, held_or_filed
from corpuslint.stages.gathered import Gathered
from corpuslint.stages.line_stage import check_lines, settle_both

if TYPE_CHECKING:
    from corpuslint.recalling.recall import Recall

RECALL, COMPARE, LINES = "recalling comparisons", "comparing documents", "looking at repeated lines"  # stages


def check_across(
    rules: Sequence[KeyedRule],
    corpus: Corpus,
    gathered: Gathered,
    executor: Executor,
    died: Any,
    recall: Recall | None,
    budget: Budget,
    spent: Spent,
) -> tuple[Findings, list[str]]:
    """Return the findings about several documents, overlaps not yet settled, and what there is to say about the run."""
    corpus_rules = [rule for rule in rules if isinstance(rule, CorpusRule)]
    line_rules = [rule for rule in rules if isinstance(rule, LineRule)]
    found = Findings(budget.findings)
    with spent.on(RECALL):
        found.add(recall.answered(corpus, corpus_rules, gathered) if recall else ())
        corpus_rules = [rule for rule in corpus_rules if gathered.may_share(rule.code)]
        gathered.release()
    with spent.on(COMPARE):
        compared, notes = check_corpus(corpus_rules, corpus, gathered.groupings, executor, died, recall, budget)
        if recall and not notes and not died.deaths:
            kept = held_or_filed(compared, budget.findings)
            recall.keep_answers(kept)
            found.add(kept)
        else:
            found.add(compared)
    with spent.on(LINES):
        found.add(check_lines(line_rules, corpus, gathered.groupings, executor, died, recall))
    return found, notes


def settled(found: Iterator[Diagnostic], across: Iterator[Diagnostic], rules: Iterable[Rule]) -> Iterator[Diagnostic]:
    """Join the findings of both stages, each in order; where a document has some of the second, overlaps are settled.

    Only the findings of one document are held at a time.
    """
    stages = (zip(found, repeat(0)), zip(across, repeat(1)))
    for _, of_document in groupby(merge(*stages, key=_place_of_first), key=_document_of_first):
        both: tuple[list[Diagnostic], list[Diagnostic]] = ([], [])
        for diagnostic, stage in of_document:
            both[stage].append(diagnostic)
        yield from sorted(settle_both(*both, rules), key=BY_PLACE) if both[1] else both[0]


def _place_of_first(item: tuple[Diagnostic, int]) -> tuple[str, int, int, int, str, str]:
    return item[0].sort_key


def _document_of_first(item: tuple[Diagnostic, int]) -> tuple[str, int]:
    return item[0].place.path, item[0].place.key.index
