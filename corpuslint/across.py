"""Runs the rules that see several documents, on what the document stage gathered or an earlier run left.

What was said before about documents that are still candidates of the same others is recalled; the rest is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from corpuslint.corpus_rule import CorpusRule, KeyedRule
from corpuslint.corpus_stage import Corpus, check_corpus
from corpuslint.executors import Executor
from corpuslint.findings import Findings, held_or_filed
from corpuslint.gathered import Gathered
from corpuslint.line_rule import LineRule
from corpuslint.line_stage import check_lines
from corpuslint.memory import Budget
from corpuslint.spent import Spent

if TYPE_CHECKING:
    from corpuslint.recall import Recall

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
