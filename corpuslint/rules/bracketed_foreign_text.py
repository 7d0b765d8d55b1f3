"""FRN101 bracketed-foreign-text: an editor's or translator's insertion that was left in another script."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from corpuslint.deletion import delete_fragment, delete_lines
from corpuslint.diagnostic import Applicability, Diagnostic, Edit, Fix, Severity
from corpuslint.document import Document
from corpuslint.normal import script_of
from corpuslint.rule import Contains, DocumentRule, Trigger
from corpuslint.text import Span

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
        "[in Afghanistan]" inside an Arabic sentence: an insertion by an editor or a translation machine that
        never was translated. Both the document and the line around it are of another script than the brackets'.

    Why it matters:
        It breaks the sentence for a reader and teaches a model to switch languages in the middle of one.

    Example:
        اتفقنا على أننا بحاجة إلى مزيد من التسهيل للأطراف المعادية [in the region] حتى يتوصلوا إلى اتفاق.

    Instead:
        اتفقنا على أننا بحاجة إلى مزيد من التسهيل للأطراف المعادية حتى يتوصلوا إلى اتفاق.

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
        for match in SQUARE_BRACKETS.finditer(document.text):
            inside = match[1]
            if self._is_insertion(document, match.start(), match.end(), inside):
                yield self._finding(document, Span(*match.span()), inside)

    def _is_insertion(self, document: Document, start: int, end: int, inside: str) -> bool:
        text = document.text
        if _is_markup(text, start, end, inside) or _is_reference(inside):
            return False
        scripts = _scripts(inside)
        if not scripts or document.script in scripts or document.script == "":
            return False
        line = document.positions.position(start).line - 1
        around = document.lines[line]
        beside = _scripts(text[around.start : start] + text[end : around.end])
        # An English paragraph of an Arabic page may have English brackets.
        return not beside or beside[document.script] * 2 > sum(beside.values())

    def _finding(self, document: Document, span: Span, inside: str) -> Diagnostic:
        script = _scripts(inside).most_common(1)[0][0].capitalize()
        edit = _edit(document, span)
        alone = edit.span == document.lines[document.positions.position(span.start).line - 1].span
        safe = not alone and is_inserted_phrase(inside)
        fix = Fix("Delete the bracketed text", (edit,), Applicability.SAFE if safe else Applicability.UNSAFE)
        return self.diagnostic(
            document, span, f"{script} text in square brackets inside {document.script.capitalize()} text.", fix=fix
        )


def _edit(document: Document, span: Span) -> Edit:
    line = document.positions.position(span.start).line - 1
    if document.line_text(line).strip() == document.text[span.start : span.end]:
        return delete_lines(document, line, line)
    return delete_fragment(document.text, span)


def is_inserted_phrase(inside: str) -> bool:
    """Say whether bracketed text reads like words put into a sentence: lower case first, words all through."""
    words = inside.split()
    if not words or not words[0][0].islower() or len(words[0].rstrip(",;:.")) < 2 and len(words) < 2:
        return False
    # "a-z", "n=5", "p<.05", "int x;" and addresses hold signs that no phrase has.
    return all(PHRASE_WORD.fullmatch(word) for word in words)


def _is_markup(text: str, start: int, end: int, inside: str) -> bool:
    before, behind = text[start - 1 : start], text[end : end + 1]
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
    for character in text:
        if script := script_of(character):
            scripts[script] += 1
    return scripts
