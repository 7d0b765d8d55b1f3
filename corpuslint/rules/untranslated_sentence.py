"""FRN102 untranslated-sentence: a run of words that was left in another script."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from corpuslint.diagnostic import Diagnostic, Severity
from corpuslint.document import Document
from corpuslint.normal import script_of
from corpuslint.rule import DocumentRule, option
from corpuslint.text import Span

WORD = re.compile(r"\S+")
# A token with one of these is an address, markup or code, and so is what it stands in.
TECHNICAL = re.compile(r"://|[@_={}<>\\/;#]|\(\)|www\.")
OPENING_QUOTES = frozenset("\"'“”„«‹‘’『「《〈([（［")
LETTERS_OF_A_SCRIPT_WITHOUT_SPACES = 2  # letters that count as a word where a script writes no spaces
CASELESS_SHARE = 0.5  # of the words of a cased script that must begin in lower case: else it is a name or a title


class ForeignRun(NamedTuple):
    """Consecutive words of one foreign script: their span and the words."""

    span: Span
    words: tuple[str, ...]


@dataclass(frozen=True)
class UntranslatedSentence(DocumentRule):
    """A whole sentence or line in another script than the document's.

    What it finds:
        A run of at least `min-words` words of another script inside a document: a sentence that a translator or
        a translation machine left as it was, or a line of another language that a scraper brought along.

    Why it matters:
        A text that changes its language in the middle is read wrong by people and teaches a model to do the same.

    Example:
        أعلنت الوزارة أمس عن خطة جديدة لتطوير المدارس في القرى البعيدة عن العاصمة.
        The minister said that the plan would begin in the autumn of next year.

    Instead:
        أعلنت الوزارة أمس عن خطة جديدة لتطوير المدارس في القرى البعيدة عن العاصمة.
        وقالت الوزيرة إن الخطة ستبدأ في خريف العام المقبل.

    Left alone:
        Names and titles (most words begin with a capital), web addresses, code and markup, what stands in
        quotation marks or brackets, and documents without a script of their own.

    Fix safety:
        There is no fix: what should stand there instead only a person can say.

    Source:
        English sentences planted into Arabic news text; article collections in Arabic and Persian stay silent
        but for abstracts and lyrics that really are in another language.
    """

    code = "FRN102"
    name = "untranslated-sentence"
    severity = Severity.INFO
    default = False
    yields_to = ("FRN101", "JNK101", "JNK102", "JNK103")

    min_words: int = option(6, "the least length of a run that is reported", unit="words", least=2)

    def check(self, document: Document) -> Iterator[Diagnostic]:
        """Yield a finding for each run of foreign words."""
        own = document.script
        if not own or len(document.scripts) < 2:
            return
        for line in document.lines:
            for run in _runs(document.text, line.span, own):
                if len(run.words) >= self.min_words and _is_sentence(document.text, run):
                    yield self._finding(document, run, own)

    def _finding(self, document: Document, run: ForeignRun, own: str) -> Diagnostic:
        script = _main_script(run.words).capitalize()
        message = f"{len(run.words)} words of {script} text inside {own.capitalize()} text."
        return self.diagnostic(document, run.span, message, data={"words": len(run.words)})


def _runs(text: str, line: Span, own: str) -> Iterator[ForeignRun]:
    """Yield the maximal runs of words of a line that hold letters, none of them of the document's own script."""
    start = end = line.start
    words: list[str] = []
    for match in WORD.finditer(text, line.start, line.end):
        scripts = {script for script in map(script_of, match[0]) if script}
        if own in scripts:
            if words:
                yield ForeignRun(Span(start, end), tuple(words))
            words = []
        elif scripts:
            start = start if words else match.start()
            end = match.end()
            words += _as_words(match[0])
    if words:
        yield ForeignRun(Span(start, end), tuple(words))


def _as_words(token: str) -> list[str]:
    """Return a token as words: one, or for a script without spaces as many as its letters make."""
    if script_of(token[0]) in {"CJK", "HIRAGANA", "KATAKANA", "THAI"}:
        step = LETTERS_OF_A_SCRIPT_WITHOUT_SPACES
        return [token[place : place + step] for place in range(0, len(token), step)]
    return [token]


def _is_sentence(text: str, run: ForeignRun) -> bool:
    before = text[max(0, run.span.start - 1) : run.span.start]
    if before in OPENING_QUOTES or run.words[0][0] in OPENING_QUOTES:
        return False
    if any(TECHNICAL.search(word) for word in run.words):
        return False
    cased = [word for word in run.words if word.lower() != word.upper()]
    lower = sum(next(c for c in word if c.lower() != c.upper()).islower() for word in cased)
    return lower >= len(cased) * CASELESS_SHARE


def _main_script(words: tuple[str, ...]) -> str:
    counts = Counter(script for word in words for script in map(script_of, word) if script)
    return max(counts.items(), key=lambda item: (item[1], item[0]))[0]
