"""JNK150 page-furniture: lines that read like the page around an article, told by their looks and their neighbours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from corpuslint.catalogs import catalogs_of
from corpuslint.deletion import delete_lines
from corpuslint.diagnostic import Applicability, Diagnostic, Fix, Severity
from corpuslint.document import Document
from corpuslint.furniture.line_features import NAMES, features
from corpuslint.furniture.line_model import model
from corpuslint.junk import junk_blocks
from corpuslint.rule import DocumentRule, option

SPOKEN = 3  # features that a message names
EXPLAINED = 100  # lines of a block whose features are weighed: a menu of thousands says the same
LISTED = 8  # features that the data list
LEAST_WEIGHT = 0.1  # log odds; what adds less decided nothing
# What a feature asks, in a reader's words; features of a neighbour end in its distance ("known-1").
WORDS = {
    "known": "known interface string",
    "phrase": "known interface string",
    "junk": "known interface string",
    "near_known": "interface strings near by",
    "junk_distance": "interface strings near by",
    "run_known": "interface strings in the run",
    "run_phrases": "interface strings in the run",
    "page_known": "interface strings in the document",
    "button": "words of buttons",
    "buttons": "words of buttons",
    "run_buttons": "words of buttons in the run",
    "weight": "words of interfaces",
    "mean": "words of interfaces",
    "highest": "words of interfaces",
    "lowest": "words of interfaces",
    "first_weight": "words of interfaces",
    "last_weight": "words of interfaces",
    "pair_weight": "words of interfaces",
    "near_mean": "words of interfaces near by",
    "run_mean": "words of interfaces in the run",
    "page_mean": "words of interfaces in the document",
    "size": "length",
    "words": "length",
    "letters": "length",
    "run": "length of the run without prose",
    "long_run": "length of the run without prose",
    "run_before": "length of the run without prose",
    "run_behind": "length of the run without prose",
    "run_size": "length of the run's lines",
    "run_least": "length of the run's lines",
    "run_most": "length of the run's lines",
    "run_titled": "capitals in the run",
    "run_ends": "marks and digits of the run",
    "run_digits": "marks and digits of the run",
    "run_distinct": "repeated lines in the run",
    "run_repeats": "repeated lines in the run",
    "run_echo": "words in the run that the text does not use",
    "run_least_echo": "words in the run that the text does not use",
    "between": "place among the prose",
    "prose_before": "distance to prose",
    "prose_behind": "distance to prose",
    "all_before": "no text before",
    "all_behind": "no text behind",
    "size_before": "the prose before",
    "size_behind": "the prose behind",
    "echo": "words that the text does not use",
    "stem_echo": "words that the text does not use",
    "echo_next": "words that the paragraphs around do not use",
    "stem_echo_next": "words that the paragraphs around do not use",
    "stem_echo_around": "words that the paragraphs around do not use",
    "upper": "capitals",
    "titled": "capitals",
    "near_alike": "lines of the same make",
    "starts": "lines that begin or end alike",
    "start_pairs": "lines that begin or end alike",
    "end_pairs": "lines that begin or end alike",
    "repeats": "repeated line",
    "before_distinct": "repeated line",
    "behind_distinct": "repeated line",
    "near_repeats": "repeated lines near by",
    "page_prose": "share of prose in the document",
    "page_lines": "length of the document",
    "page_size": "length of the paragraphs",
    "page_words": "length of the paragraphs",
}
# What stands at the end of an article and is no furniture of its page has rules of its own, whoever selects them.
CREDITS = frozenset({"contact-block", "agency-mark", "photo-credit"})


class Block(NamedTuple):
    """Lines that stand together: first and last (numbers from 0), and the rows of the model that are among them."""

    first: int
    last: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class PageFurniture(DocumentRule):
    """Lines that read like the furniture of a web page: menus, buttons, teasers.

    What it finds:
        Lines that a small statistical model takes for menus, share bars, teasers of other articles and the like: by
        their length, marks and words, by known interface strings among them and near them, by the run of lines
        without prose in which they stand, and by how few of their words the text itself uses. Lines that stand
        together are one finding, which names the features that decided, with their weights (log odds).

    Why it matters:
        Less than half of what scrapers leave is in any list of phrases; the rest are headlines of other articles
        and words of one site, which only their looks and their place give away.

    Example:
        The harbour was closed on Monday after a storm had damaged two of its cranes, the port authority said.
        Ships that were on their way to the town were sent to the neighbouring port, which is two hours away.
        Related Articles
        Facebook
        Twitter
        Share this article
        Privacy Policy
        Terms of Use
        Contact Us

    Instead:
        The harbour was closed on Monday after a storm had damaged two of its cranes, the port authority said.
        Ships that were on their way to the town were sent to the neighbouring port, which is two hours away.

    Left alone:
        Lines of prose, whatever they say; one word between two paragraphs. Headings, list items, table cells, verse,
        dialogue and recipes, as far as the model knows them: of 1,000 lines of clean articles it takes about one. What
        a catalog knows as a photo credit, an agency's mark or a way to reach the author has rules of its own.

    Fix safety:
        Unsafe: a probability is no proof. The rule is opt-in.

    Source:
        Boosted trees over labelled lines of real pages, trained on half of the sites (training/page_furniture.py);
        the figures on the other half stand in training/README.md.
    """

    code: ClassVar[str] = "JNK150"
    name: ClassVar[str] = "page-furniture"
    severity: ClassVar[Severity] = Severity.WARNING
    default: ClassVar[bool] = False
    # What a list or a count proves has a better name.
    yields_to: ClassVar[tuple[str, ...]] = ("DUP101", "DUP204", *(f"JNK{number}" for number in range(101, 120)))

    least_probability: float = option(
        0.93, "the least probability, by the model, at which a line is reported", unit="0 to 1", least=0
    )

    def check(self, document: Document) -> Iterator[Diagnostic]:
        """Yield a finding for each block of lines that the model takes for furniture."""
        if len(document.written_lines) < 2:
            return  # a line without neighbours is a text of its own
        learnt = model()
        catalogs = catalogs_of(document.script_names)
        numbers, rows = features(document, learnt.lexicon(catalogs))
        odds = learnt.log_odds(rows) if rows else ()
        least = log_odds(self.least_probability)
        named = credit_lines(document)
        found = {
            numbers[n]: n
            for n, odd in enumerate(odds)
            if odd >= least and numbers[n] not in named and not is_heading(document.normal_lines[numbers[n]], rows[n])
        }
        for block in blocks(document, found):
            yield self._finding(document, block, [rows[n] for n in block.rows], [odds[n] for n in block.rows])

    def _finding(
        self, document: Document, block: Block, rows: Sequence[Sequence[float]], odds: Sequence[float]
    ) -> Diagnostic:
        spoken = features_that_spoke(rows)
        probability = math.floor(100 / (1 + math.exp(-min(odds)))) / 100
        what = "Line reads" if len(rows) == 1 else f"Block of {len(rows)} lines reads"
        names = ", ".join(f"{name} ({weight:+.1f})" for name, weight in spoken[:SPOKEN])
        fix = Fix("Delete the lines", (delete_lines(document, block.first, block.last),), Applicability.UNSAFE)
        return self.diagnostic(
            document,
            document.lines_span(block.first, block.last),
            f"{what} like page furniture (probability {probability:.2f}): {names}.",
            data={"lines": len(rows), "probability": probability, "features": dict(spoken[:LISTED])},
            fix=fix,
        )


def credit_lines(document: Document) -> frozenset[int]:
    """Return the numbers of the lines that are known to name an agency, a photographer or a way to reach the author."""
    blocks = [block for block in document.fact(junk_blocks) if block.kind in CREDITS]
    return frozenset(number for block in blocks for number in range(block.first, block.last + 1))


def is_heading(folded: str, row: Sequence[float]) -> bool:
    """Say whether a line is one word between two paragraphs: "Community" heads a section as well as it fills a menu."""
    alone = row[NAMES.index("run")] == 1
    between = row[NAMES.index("size_before")] > 0 and row[NAMES.index("size_behind")] > 0
    return alone and between and " " not in folded


def log_odds(probability: float) -> float:
    """Return the log odds of a probability; beyond all bounds for 0 and 1."""
    if not 0 < probability < 1:
        return math.copysign(math.inf, probability - 0.5)
    return math.log(probability / (1 - probability))


def blocks(document: Document, found: Mapping[int, int]) -> Iterator[Block]:
    """Yield the runs of lines found (line number to row); lines without words between two of them belong to the run.

    A run ends where lines begin that a junk rule knows, and where they end: its findings win over this rule's.
    """
    known = {n for junk in document.fact(junk_blocks) for n in range(junk.first, junk.last + 1)}
    run: list[int] = []
    for number in document.written_lines:
        worded = bool(document.normal_lines[number])
        if run and worded and (number not in found or (number in known) != (run[-1] in known)):
            yield Block(run[0], run[-1], tuple(found[n] for n in run))
            run = []
        if number in found:
            run.append(number)
    if run:
        yield Block(run[0], run[-1], tuple(found[n] for n in run))


def features_that_spoke(rows: Sequence[Sequence[float]]) -> list[tuple[str, float]]:
    """Return what spoke for furniture, in words, with its mean log odds over the lines, the strongest first."""
    spoken: dict[str, float] = {}
    for name, weight in zip(NAMES, model().contributions(rows[:EXPLAINED]).mean(0).tolist(), strict=True):
        spoken[in_words(name)] = spoken.get(in_words(name), 0.0) + weight
    positive = [(name, round(weight, 2)) for name, weight in spoken.items() if weight >= LEAST_WEIGHT]
    return sorted(positive, key=lambda item: (-item[1], item[0]))


def in_words(name: str) -> str:
    """Return what a feature asks in a reader's words."""
    if name[-1].isdigit():
        return "the neighbouring lines"
    return WORDS.get(name, "marks and digits")
