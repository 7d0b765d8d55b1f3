"""Runs the rules that see several documents, on what the document stage gathered or an earlier run left.

What was said before about documents that are still candidates of the same others is recalled; the rest is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from corpuslint.corpus_rule import CorpusRule
from corpuslint.corpus_stage import Corpus, check_corpus
from corpuslint.diagnostic import Diagnostic
from corpuslint.executors import Executor
from corpuslint.gathered import Gathered
from corpuslint.line_rule import LineRule
from corpuslint.line_stage import check_lines, groups_of, promising
from corpuslint.rows import Rows
from corpuslint.segment import joined
from corpuslint.work import Work

if TYPE_CHECKING:
    from corpuslint.recall import Recall


def check_across(
    work: Work,
    rows: Rows,
    preferred: Mapping[str, int],
    gathered: Gathered,
    executor: Executor,
    died: Any,
    recall: Recall | None,
) -> tuple[list[Diagnostic], list[str]]:
    """Return the findings about several documents, overlaps not yet settled, and what there is to say about the run."""
    corpus = Corpus(work, rows, preferred)
    rules = sorted(work.rules, key=lambda rule: rule.code)
    corpus_rules = [rule for rule in rules if isinstance(rule, CorpusRule)]
    line_rules = [rule for rule in rules if isinstance(rule, LineRule)]
    answered = recall.answered(corpus, corpus_rules, gathered) if recall else []
    if gathered.held is not None:
        groups = groups_of(corpus)
        gathered.release({rule.code: promising(rule, joined(gathered.held[rule.code]), groups) for rule in line_rules})
    across, notes = check_corpus(corpus_rules, corpus, gathered.groupings, executor, died, recall)
    if recall and not notes and not died.deaths:
        recall.keep_answers(across)
    return [*answered, *across, *check_lines(line_rules, corpus, gathered.groupings, executor, died)], notes
