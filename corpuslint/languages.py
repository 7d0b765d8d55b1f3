"""The language of a document where it is known: from its record, from the name of its folder or file, from its script.

Nothing is guessed from the words; where the language is not known the answer is "" and reports name the script.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from types import MappingProxyType

from corpuslint.document import Document

# Language tags that folders and files are named by ("ar/news.txt", "news.fa.txt"), by the script they are written
# in. A folder "no" or "it" full of Greek text is no language: the script must agree.
TAGS_BY_SCRIPT = MappingProxyType(
    {
        "LATIN": frozenset(
            "af az ca cs cy da de en eo es et eu fi fr ga gl ha hr hu id is it lt lv ms mt nl no pl pt ro sk sl so sq "
            "sv sw tl tr uz vi yo zu".split()
        ),
        "ARABIC": frozenset("ar fa ur ps ckb ug sd".split()),
        "CYRILLIC": frozenset("be bg kk ky mk mn ru sr tg uk".split()),
        "DEVANAGARI": frozenset("hi mr ne sa".split()),
        "HEBREW": frozenset("he yi".split()),
        "CJK": frozenset("zh ja".split()),
        "HIRAGANA": frozenset(("ja",)),
        "KATAKANA": frozenset(("ja",)),
        "HANGUL": frozenset(("ko",)),
        "BENGALI": frozenset("bn as".split()),
    }
)

# Scripts that write one language nearly everywhere.
LANGUAGE_OF_SCRIPT = MappingProxyType(
    {
        "ARMENIAN": "hy",
        "BENGALI": "bn",
        "ETHIOPIC": "am",
        "GEORGIAN": "ka",
        "GREEK": "el",
        "GUJARATI": "gu",
        "GURMUKHI": "pa",
        "HANGUL": "ko",
        "HEBREW": "he",
        "HIRAGANA": "ja",
        "KANNADA": "kn",
        "KATAKANA": "ja",
        "KHMER": "km",
        "LAO": "lo",
        "MALAYALAM": "ml",
        "MYANMAR": "my",
        "SINHALA": "si",
        "TAMIL": "ta",
        "TELUGU": "te",
        "THAI": "th",
        "TIBETAN": "bo",
    }
)


def language_of(document: Document) -> str:
    """Return the language tag of a document, "" where it is not known."""
    script = document.script
    return document.language or language_in_path(document.path, script) or LANGUAGE_OF_SCRIPT.get(script, "")


def language_in_path(path: str, script: str) -> str:
    """Return the language tag that a folder ("ar/…") or a file ("….ar.txt") is named by, "" where there is none."""
    tags = TAGS_BY_SCRIPT.get(script, frozenset())
    parts = PurePosixPath(path)
    # The innermost name is the most exact one.
    for word in (*reversed(parts.name.split(".")[1:-1]), *reversed(parts.parent.parts)):
        head = word.lower().replace("_", "-").split("-", 1)[0]
        if head in tags and len(word) <= 10:
            return word.lower().replace("_", "-")
    return ""
