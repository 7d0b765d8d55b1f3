"""Makes corpus text fit to be shown: what would command a terminal becomes visible, right-to-left text is isolated.

Corpus text and file names are hostile input. Escaping for HTML, XML or CI commands is each reporter's own.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"

# Marks and controls that reorder what stands around them, on screens and in reviews.
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f") | {chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def visible(text: str) -> str:
    """Return a text in which control characters, bidi controls and lone surrogates are written out as ⟨U+202E⟩."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"⟨U+{ord(c):04X}⟩" if _is_control(c) else c for c in text)


def _is_control(character: str) -> bool:
    if character in BIDI_CONTROLS:
        return True
    # Cc: terminal commands; Cs: cannot be encoded; Zl, Zp: break the line of a report.
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def readable_json(value: Any) -> str:
    """Return JSON on one line in which every script is readable and no control character stands raw."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"\\u{ord(c):04x}" if _is_control(c) else c for c in text)


def isolated(text: str) -> str:
    """Return a text that keeps its own direction and cannot disturb what stands beside it."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if has_right_to_left(text) else text


def has_right_to_left(text: str) -> bool:
    """Say whether any letter of the text is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)


def excerpt(text: str, length: int) -> str:
    """Return a text on one line, its middle left out where it is longer than `length` code points."""
    flat = " ".join(text.split())
    if len(flat) <= length:
        return flat
    half = (length - 3) // 2
    return f"{whole_words_left(flat[: half + 1])} … {whole_words_right(flat[-half - 1 :])}"


def whole_words_left(text: str) -> str:
    """Return a text without its last character and the word that this cuts."""
    kept = text.rpartition(" ")[0].rstrip()
    # Where spaces are rare, as in Chinese, words are cut rather than half of the text.
    return kept if 2 * len(kept) >= len(text) else text[:-1]


def whole_words_right(text: str) -> str:
    """Return a text without its first character and the word that this cuts."""
    kept = text.partition(" ")[2].lstrip()
    return kept if 2 * len(kept) >= len(text) else text[1:]
