"""The normal form in which texts are compared: the words of a COPY, so that spans never depend on it.

NFKC; case folded; Arabic alef, ya, kaf and ta-marbuta unified; vowel marks and tatweel dropped; digits of all
scripts unified by value; punctuation and white space fold to the borders between words. A character of a
script that writes no spaces is a word of its own. Repeated blocks, near-duplicates and catalog phrases all
compare these words, so "equal" means the same everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

LONG = 1 << 18  # code points of a text that is cut into pieces
BETWEEN_WORDS = re.compile(r"[\s.,;:!?،؛؟。、，]")  # characters that end a word and join nothing before them

# Letters that Arabic and Persian keyboards and typists mix freely; the right-hand one stands for all.
ARABIC_UNIFIED = {
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
    "ـ": "",  # tatweel only stretches a word
}

# Scripts whose writing puts no space between words, by the first word of the characters' Unicode names.
UNSPACED_SCRIPTS = frozenset({"CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"})

# Format characters inside a word that are no part of it: soft hyphen, joiner, bidi marks and controls, BOM.
INVISIBLE = frozenset("\u00ad\u200d\u200e\u200f\u061c\u2060\ufeff") | {
    chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


@cache
def script_of(character: str) -> str:
    """Return the script of a letter as the first word of its Unicode name ("ARABIC", "LATIN", "CJK"), else ""."""
    if not unicodedata.category(character).startswith("L"):
        return ""
    name = unicodedata.name(character, "")
    if name.startswith(("FULLWIDTH ", "HALFWIDTH ")):
        name = name.split(" ", 1)[1]
    return name.split(" ", 1)[0].split("-", 1)[0]


def fold(character: str) -> str:
    """Return what one code point (of an NFKC text) becomes in the normal form."""
    if character in ARABIC_UNIFIED:
        return ARABIC_UNIFIED[character]
    if character in INVISIBLE:
        return ""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    # Marks with a combining class are vowel points and stray accents; class 0 are vowel signs of Indic
    # scripts, without which different words would fall together.
    if category.startswith("M"):
        return "" if unicodedata.combining(character) else character
    if character == "©":  # the only sign that carries a phrase ("© 2024 Example")
        return f" {character} "
    if category.startswith("L"):
        if script_of(character) in UNSPACED_SCRIPTS:
            return f" {character} "
        return "".join(ARABIC_UNIFIED.get(c, c) for c in character.casefold() if not unicodedata.combining(c))
    if category.startswith("N"):
        return character
    return " "


def fold_apart(character: str) -> str:
    """Return what one code point becomes where Arabic letter variants stay different letters."""
    return character if ARABIC_UNIFIED.get(character) else fold(character)


class _FoldTable(dict[int, str]):
    """Memo of `fold` in the form that str.translate wants; each code point is computed on its first use."""

    def __missing__(self, code_point: int) -> str:
        self[code_point] = folded = fold(chr(code_point))
        return folded


_FOLDED = _FoldTable()
_FOLDED_LINES = _FoldTable({ord("\n"): "\n"})


def words(text: str) -> list[str]:
    """Return the normalised words of a text, in order."""
    return unicodedata.normalize("NFKC", text).translate(_FOLDED).split()


def normal(text: str) -> str:
    """Return the normalised words of a text with one space between them ("" for a text without words)."""
    if len(text) <= LONG:
        return " ".join(words(text))
    return " ".join(folded for piece in pieces(text) if (folded := " ".join(words(piece))))


def pieces(text: str, size: int = LONG) -> Iterator[str]:
    """Cut a long text between words: a list of the words of all of it would take ten times its memory."""
    start: int | None = 0
    while start is not None:
        end = BETWEEN_WORDS.search(text, start + size)
        yield text[start : end.start() if end else len(text)]
        start = end.start() if end else None


def normal_lines(lines: list[str]) -> list[str]:
    """Return the normal form of each line, for many short lines in one pass; no line may hold a line end."""
    if not lines:
        return []
    folded = unicodedata.normalize("NFKC", "\n".join(lines)).translate(_FOLDED_LINES)
    # Runs of spaces close up in three passes of the whole text, which is far cheaper than a split of each line.
    while "  " in folded:
        folded = folded.replace("  ", " ")
    return folded.replace("\n ", "\n").replace(" \n", "\n").strip(" ").split("\n")
