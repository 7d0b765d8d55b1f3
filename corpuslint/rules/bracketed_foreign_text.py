"""FRN101 bracketed-foreign-text: an editor's or translator's insertion that was left in another script."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from corpuslint.deletion import delete_fragment, delete_lines
from corpuslint.diagnostic import Applicability, Diagnostic, Fix, Severity
from corpuslint.document import Document
from corpuslint.normal import script_of
from corpuslint.rule import DocumentRule
from corpuslint.text import Span
from corpuslint.triggers import Contains, Trigger

# The inside holds no bracket and no line end and is bounded, so a line of a million "[" costs a million steps.
LONGEST = 300  # code points inside the brackets; longer ones are text of their own
SQUARE_BRACKETS = re.compile(rf"\[([^\[\]\r\n]{{1,{LONGEST}}})\]")

# What stands in square brackets without being an insertion into the sentence.
REFERENCE_WORDS = frozenset(
    "sic ref refs cf ibid id op cit loc et al vol ed eds pp p fig figs no nos note notes ch sec eq col para n f ff "
    "idem passim viz eg ie url pdf doc docx xls ppt html edit source citation needed clarification when who "
    "update updated caption image photo video audio link here more x".split()
)
# BBCode, forum and e-mail marks: a single word that stands for markup or for a sign.
MARKUP_WORDS = frozenset(
    "b i u s q img url quote code list table tr td th color size font center left right spoiler youtube "
    "email mail at dot gallery audio video embed hr br nbsp align indent user attach media html php".split()
)
ROMAN_NUMERAL = re.compile(r"[ivxlcdm]{1,8}", re.IGNORECASE)
# Words of a phrase that was put into a sentence: letters with inner apostrophes and hyphens, or numbers beside them.
PHRASE_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*[,;:.…]?|\d{1,4}(?:st|nd|rd|th)?[,.%]?")


@dataclass(frozen=True)
class BracketedForeignText(DocumentRule):
    """Text of another script than the document's, in square brackets.

    What it finds:
        "[in the region]" inside an Arabic sentence: an insertion by an editor or a translation machine that
        never was translated. Both the document and the line around it are of another script than the brackets'.

    Why it matters:
        It breaks the sentence for a reader and teaches a model to switch languages in the middle of one.

    Example:
        وصلت القوافل [in the region] قبل حلول الشتاء، ووُزّعت المؤن على القرى الجبلية في يوم واحد.

    Instead:
        وصلت القوافل قبل حلول الشتاء، ووُزّعت المؤن على القرى الجبلية في يوم واحد.

    Left alone:
        Round brackets: they hold proper glosses, "(FATF)" or "(Artificial Intelligence)". Footnotes ("[1]", "[iv]"),
        "[sic]" and other marks of reference, Markdown links and images, wiki and BBCode markup, code,
        e-mail masks ("[at]").

    Fix safety:
        Safe for a phrase of words that begins in lower case. Unsafe for what begins with a capital (a name or a
        title may be meant to stand) and for scripts without case. An agency's name belongs to photo-credit.

    Source:
        Arabic news text with real and planted insertions; brackets in Korean, Chinese and Markdown pages.
    """

    code = "FRN101"
    name = "bracketed-foreign-text"
    severity = Severity.WARNING
    yields_to = ("JNK103",)

    def triggers(self) -> tuple[Trigger, ...]:
        """There must be an opening bracket."""
        return (Contains(("[",)),)

    def check(self, document: Document) -> Iterator[Diagnostic]:
        """Yield a finding for each bracket whose text is of another script."""
        if len(document.script_names) < 2:
            return
        lines: dict[int, str | None] = {}  # the script of a line, asked once however many brackets it has
        own = ""
        for match in SQUARE_BRACKETS.finditer(document.text):
            span = Span(*match.span())
            scripts = _scripts(match[1])
            if not scripts or _is_markup(document.text, span, match[1]) or _is_reference(match[1]):
                continue
            line = document.positions.position(span.start).line - 1
            if line not in lines:
                lines[line] = line_script(document.line_text(line))
            if lines[line] is None or lines[line] in scripts:
                continue
            # The script of the whole document costs most to find: few brackets come so far.
            own = own or own_script(document)
            if own not in scripts and lines[line] in (own, ""):
                yield self._finding(document, span, line, own)

    def _finding(self, document: Document, span: Span, line: int, own: str) -> Diagnostic:
        inside = document.text[span.start + 1 : span.end - 1]
        script = _scripts(inside).most_common(1)[0][0].capitalize()
        edit = delete_fragment(document.text, span)
        around = document.lines[line]
        if edit.start <= around.start and edit.end >= around.end:
            edit, safe = delete_lines(document, line, line), False
        else:
            safe = is_inserted_phrase(inside)
        fix = Fix("Delete the bracketed text", (edit,), Applicability.SAFE if safe else Applicability.UNSAFE)
        message = f"{script} text in square brackets inside {own.capitalize()} text."
        return self.diagnostic(document, span, message, fix=fix)


def own_script(document: Document) -> str:
    """Return the script of most letters outside square brackets, "" without any."""
    scripts = document.scripts - _scripts("".join(match[1] for match in SQUARE_BRACKETS.finditer(document.text)))
    return max(scripts.items(), key=lambda item: (item[1], item[0]), default=("", 0))[0]


def line_script(line: str) -> str | None:
    """Return the script of more than half of a line's letters, brackets aside: an English line has English brackets.

    "" for a line without letters beside its brackets, None for one of several scripts.
    """
    beside = _scripts(SQUARE_BRACKETS.sub(" ", line))
    if not beside:
        return ""
    script, count = beside.most_common(1)[0]
    return script if count * 2 > beside.total() else None


def is_inserted_phrase(inside: str) -> bool:
    """Say whether bracketed text reads like words put into a sentence: lower case first, words all through."""
    words = inside.split()
    if not words or not words[0][0].islower() or (len(words[0].rstrip(",;:.")) < 2 and len(words) < 2):
        return False
    # "a-z", "n=5", "p<.05", "int x;" and addresses hold signs that no phrase has.
    return all(PHRASE_WORD.fullmatch(word) for word in words)


def _is_markup(text: str, span: Span, inside: str) -> bool:
    before, behind = text[max(0, span.start - 1) : span.start], text[span.end : span.end + 1]
    if before in {"[", "!", "`"} or behind in {"]", "(", "[", "`", "{"}:
        return True  # wiki links, Markdown images and links, code
    if behind == ":" and before in {"", "\n", "\r"}:
        return True  # a Markdown reference definition
    if before.isascii() and (before.isalnum() or before in {"_", "@", "$", "\\"}):
        return True  # an index in code, an e-mail mask
    return inside[0] in "/^#@!=*:%$" or "=" in inside or "@" in inside or "://" in inside


def _is_reference(inside: str) -> bool:
    words = [word.strip(".,:;'’").lower() for word in inside.split()]
    words = [word for word in words if word]
    if not any(c.isalpha() for c in inside):
        return True
    if len(words) == 1 and (ROMAN_NUMERAL.fullmatch(words[0]) or words[0] in MARKUP_WORDS):
        return True
    return all(word in REFERENCE_WORDS or word.isdigit() or ROMAN_NUMERAL.fullmatch(word) for word in words)


def _scripts(text: str) -> Counter[str]:
    scripts: Counter[str] = Counter()
    for character, count in Counter(text).items():
        if script := script_of(character):
            scripts[script] += count
    return scripts
