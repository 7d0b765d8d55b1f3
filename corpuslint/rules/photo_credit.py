"""JNK103 photo-credit: the agency's or photographer's credit that stood under a picture."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from corpuslint.catalogs import names_of
from corpuslint.deletion import delete_fragment, delete_lines
from corpuslint.diagnostic import Applicability, Diagnostic, Fix, Severity
from corpuslint.document import Document
from corpuslint.junk import junk_blocks
from corpuslint.junk_rule import JunkRule
from corpuslint.normal import words
from corpuslint.phrases import SENTENCE_MARKS
from corpuslint.text import Span
from corpuslint.triggers import BracketedName, Trigger

LONGEST = 80  # code points inside the brackets; longer ones are text
# The inside holds no bracket and no line end and is bounded: a line of a million "(" costs 80 million steps at most.
OPENING = "[(（"
BRACKETS = re.compile(rf"\[([^\[\]()\r\n]{{2,{LONGEST}}})\]|[(（]([^\[\]()（）\r\n]{{2,{LONGEST}}})[)）]")
SEPARATORS = re.compile(r"[/|,،;–—•·]| - | via | for | عبر ")

# What stands beside an agency's name in its credit.
CREDIT_WORDS = frozenset(
    words("photo photos photograph picture pictures image images file archive archives stock handout pool by "
          "credit credits courtesy of via source صورة الصورة صور أرشيف أرشيفية ارشيفية عكس تصوير مصدر photo crédit "
          "foto bild quelle 图 图片 来源 图源 资料图")
)  # fmt: skip
# Words before a round bracket that make it the gloss of a name: "Agence France-Presse (AFP)".
NAME_WORDS = frozenset(
    words("agency agence agencia agentur press presse news service organization association company "
          "وكالة وكاله وكالات الأنباء الانباء برس شركة مؤسسة شبكة قناة خبرگزاری آژانس شرکت 社 局")
)  # fmt: skip
WORLD_AGENCIES = frozenset(("AFP", "AP", "EPA", "DPA", "UPI"))
GLOSS_REACH = 6  # words before the bracket in which such a word makes it a gloss
MOST_NAME_WORDS = 5  # of a photographer beside the agency


@dataclass(frozen=True)
class PhotoCredit(JunkRule):
    """Credit of an agency or a photographer that stood under a picture.

    What it finds:
        "[Getty Images]", "[Reuters]", "(AFP)" at the end of a line, "(Jane Roe/AFP)", and lines that are nothing
        but a credit: "Photo: Jane Roe".

    Why it matters:
        The picture is gone; the credit hangs on a caption or, worse, on a sentence of the article.

    Example:
        Ministers at the opening of the summit in the capital. [Reuters]
        The talks go on until Friday.

    Instead:
        Ministers at the opening of the summit in the capital.
        The talks go on until Friday.

    Left alone:
        Glosses of a name, "Agence France-Presse (AFP)" or "the Environmental Protection Agency (EPA)"; agencies
        named in a sentence or in a dateline.

    Fix safety:
        Safe where the brackets hold a known agency and are square, or stand at a line's end. Unsafe for other
        credits: a name may be meant to stand.

    Source:
        Credits of news agencies as their style guides print them; one list a language.
    """

    code = "JNK103"
    name = "photo-credit"
    severity = Severity.WARNING
    kind = "photo-credit"
    noun = "photo credit"
    applicability = Applicability.UNSAFE

    def triggers(self) -> tuple[Trigger, ...]:
        """A name in brackets, or a line that is a credit."""
        return (BracketedName(("[", "(", "（")), *super().triggers())

    def check(self, document: Document) -> Iterator[Diagnostic]:
        """Yield credits in brackets and lines that are credits, in the order of the text."""
        blocks = document.fact(junk_blocks)
        taken = {number for block in blocks for number in range(block.first, block.last + 1)}
        found = [*super().check(document), *self._in_brackets(document, taken)]
        yield from sorted(found, key=lambda d: d.place.span)

    def _in_brackets(self, document: Document, taken: set[int]) -> Iterator[Diagnostic]:
        text = document.text
        brackets = list(_brackets(text))
        agencies = names_of("agency", document.script_names) if brackets else ()
        for bracket in brackets if agencies else ():
            if not _names_agency(bracket[1] or bracket[2], agencies):
                continue
            number = document.positions.position(bracket.start()).line - 1
            if number in taken:
                continue
            line = document.lines[number]
            square = bracket[1] is not None
            behind = text[bracket.end() : min(line.end, bracket.end() + LONGEST)]
            at_end = bracket.end() + LONGEST > line.end and not behind.strip().strip(".،。")
            before = text[max(line.start, bracket.start() - 2 * LONGEST) : bracket.start()]
            if square or (at_end and not _is_gloss(before, bracket[2], document.script)):
                yield self._credit(document, number, Span(*bracket.span()))

    def _credit(self, document: Document, number: int, span: Span) -> Diagnostic:
        text, line = document.text, document.lines[number]
        whole_line = text[line.start : line.end].strip() == text[span.start : span.end]
        edit = delete_lines(document, number, number) if whole_line else delete_fragment(text, span)
        return self.diagnostic(
            document,
            span,
            f"Photo credit {text[span.start : span.end]}.",
            fix=Fix("Delete the photo credit", (edit,), Applicability.SAFE),
        )


def _brackets(text: str) -> Iterator[re.Match[str]]:
    """Yield what BRACKETS finds: few texts have many brackets, and looking for one character is fast."""
    behind = 0
    for at in sorted(found.start() for sign in OPENING if sign in text for found in re.finditer(re.escape(sign), text)):
        if at >= behind and (bracket := BRACKETS.match(text, at)):
            behind = bracket.end()
            yield bracket


def _names_agency(inside: str, agencies: Collection[str]) -> bool:
    """Say whether a text is an agency's name, with a photographer or words of a credit beside it at most."""
    parts = [inside, *SEPARATORS.split(inside)]
    named = False
    for part in parts[1:]:
        part_words = [word for word in words(part) if word not in CREDIT_WORDS]
        if " ".join(part_words) in agencies or " ".join(words(part)) in agencies:
            named = True
        elif len(part_words) > MOST_NAME_WORDS or any(word.isdecimal() and len(word) != 4 for word in part_words):
            return False
    return named or " ".join(words(inside)) in agencies


def _is_gloss(before: str, inside: str, script: str) -> bool:
    """Say whether round brackets explain the words before them instead of crediting a picture."""
    before = before.rstrip()
    if not before or before[-1] in SENTENCE_MARKS:
        return False
    if script != "LATIN" and inside.isascii() and inside.isupper() and inside not in WORLD_AGENCIES:
        return True  # an abbreviation in another script explains: "وثيقة التأمين (ABI)"
    last = words(before)[-GLOSS_REACH:]
    initials = "".join(word[0] for word in last)
    return not NAME_WORDS.isdisjoint(last) or initials.endswith("".join(words(inside)))
