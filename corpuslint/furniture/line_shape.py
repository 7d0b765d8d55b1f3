"""What a line looks like by itself, as numbers: its length, its marks, its words, whether interfaces know it.

Nothing here looks at a neighbour (`corpuslint.furniture.line_features` does) or knows a label or a learnt number.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Protocol

from corpuslint.normal import UNSPACED_SCRIPTS, normal, script_of

# A line of prose is long and reads as sentences; so long a line needs no end mark.
PROSE_SIZE = 60  # characters that are no space; characters of a script without spaces count more
LONG_PROSE_SIZE = 160
UNSPACED_WEIGHT = 2.5  # a Chinese character says about what two and a half Latin letters say
MOST_SIZE = 400.0
LONG_WORD = 4  # letters of a word whose return means something: shorter ones return by chance
READ = 2000  # code points of a line that are looked at: a longer line is prose whatever follows
MOST_LETTERS = 300

SENTENCE_ENDS = frozenset(".!?。！？؟۔।")
CLOSERS = frozenset("\"'”’»)]}›」』）】")
PAUSES = frozenset(",;،؛，；、")
# The last character of a line, and the first, as a class; what is in no class is a sign.
LAST = (SENTENCE_ENDS, frozenset(":："), PAUSES, CLOSERS, frozenset("…»›>→←‹«▼▲+"))
FIRST = (frozenset("\"'“‘«([{‹「『（【"), frozenset("-–—―•*·▪◦‣+>»›|→"))
SEPARATORS = frozenset("|·•»›/>&→∙")
ADDRESS_SIGNS = ("@", "://", "www.", "#", "©", ".com", ".org", ".net")
DATE = re.compile(r"\d{1,4}[:/.\-]\d{1,2}")
YEAR = re.compile(r"(?:19|20)\d\d")
BUTTONS = Path(__file__).parent.parent / "models" / "buttons.json"


class Lexicon(Protocol):
    """What is known about strings and words of interfaces."""

    def known(self, folded: str) -> int:
        """Return 0 for a line that no site shows as interface, more for one that several do; `folded` is normal."""

    def phrase(self, text: str, folded: str) -> int:
        """Return 0 for a line that no catalog has, else what its phrase proves: 1 (least) to 3 (alone)."""

    def weight(self, word: str) -> float:
        """Return how much more a word stands in interfaces than in texts, 0 for a word that nobody knows."""


class Shape(NamedTuple):
    """A line by itself."""

    size: float
    words: float
    letters: float
    upper: float
    titled: float
    digits: float
    signs: float
    first: int
    last: int
    pauses: int
    ends: int
    separators: int
    address: int
    date: int
    known: float
    phrase: float
    button: float  # it begins with a word of buttons
    buttons: float  # share of its words that stand on buttons
    weight: float
    mean: float
    lowest: float
    highest: float
    first_weight: float  # of its first word as a first word
    last_weight: float
    pair_weight: float  # the highest of two words in a row


UNKNOWN = (0.0,) * (len(Shape._fields) - Shape._fields.index("known"))  # of a line whose words are not looked up
BLANK = Shape(0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0, 0, -1, *UNKNOWN[1:])  # of a neighbour that is not there


@cache
def button_words() -> frozenset[str]:
    """Return the words that begin the text of buttons ("read", "share", "weiterlesen"), in normal form."""
    return frozenset(normal(" ".join(json.loads(BUTTONS.read_text(encoding="utf-8")).values())).split())


def first_key(word: str) -> str:
    """Return under which key the weight of a line's first word is kept."""
    return "^" + word


def last_key(word: str) -> str:
    """Return under which key the weight of a line's last word is kept."""
    return word + "$"


def pair_key(one: str, other: str) -> str:
    """Return under which key the weight of two words in a row is kept."""
    return f"{one} {other}"


def word_keys(folded: str) -> set[str]:
    """Return all keys under which a line's words are looked up."""
    words = folded.split()
    if not words:
        return set()
    pairs = {pair_key(*pair) for pair in pairwise(words)}
    return {*words, first_key(words[0]), last_key(words[-1]), *pairs}


def shape_of(text: str, folded: str, lexicon: Lexicon) -> Shape:
    """Describe a line by itself."""
    text = text.strip()[:READ]
    count = Counter("".join(text.split()))
    written = sum(count.values()) or 1
    letters = {c: n for c, n in count.items() if c.isalpha()}
    lettered = sum(letters.values())
    unspaced = sum(n for c, n in letters.items() if c > "\u0e00" and script_of(c) in UNSPACED_SCRIPTS)
    uppers = sum(n for c, n in letters.items() if c.isupper())
    cased = uppers + sum(n for c, n in letters.items() if c.islower())
    digits = sum(n for c, n in count.items() if c.isdigit())
    tokens = text.split()
    long_tokens = [token for token in tokens if len(token) >= LONG_WORD]
    size = written + unspaced * (UNSPACED_WEIGHT - 1)
    return Shape(
        min(MOST_SIZE, size),
        min(60.0, len(tokens) + unspaced / 2),
        min(MOST_LETTERS, lettered),
        uppers / cased if cased else -1,
        sum(token[0].isupper() for token in long_tokens) / len(long_tokens) if cased and long_tokens else -1,
        digits / written,
        (written - digits - lettered) / written,
        _first(text),
        _last(text),
        sum(n for c, n in count.items() if c in PAUSES),
        sum(n for c, n in count.items() if c in SENTENCE_ENDS),
        sum(n for c, n in count.items() if c in SEPARATORS),
        sum(sign in text for sign in ADDRESS_SIGNS),
        2 * bool(DATE.search(text)) + bool(YEAR.search(text)),
        # Long lines are prose whatever their words weigh; looking them up would cost more than all the rest.
        *(_lexical(text, folded[:READ], lexicon) if size < LONG_PROSE_SIZE else UNKNOWN),
    )


def _lexical(text: str, folded: str, lexicon: Lexicon) -> tuple[float, ...]:
    """Return what is known about a line's words, in the order of Shape."""
    words = folded.split()
    if not words:
        return UNKNOWN
    phrase = lexicon.phrase(text, folded)
    weights = [weight for word in words if (weight := lexicon.weight(word))]
    pairs = [weight for pair in pairwise(words) if (weight := lexicon.weight(pair_key(*pair)))]
    buttons = button_words()
    return (
        lexicon.known(folded) or int(phrase > 0),
        phrase,
        int(words[0] in buttons),
        sum(word in buttons for word in words) / len(words),
        sum(weights),
        sum(weights) / (len(words) + 1),
        min(weights, default=0.0),
        max(weights, default=0.0),
        lexicon.weight(first_key(words[0])),
        lexicon.weight(last_key(words[-1])),
        max(pairs, default=0.0),
    )


def _first(text: str) -> int:
    c = text[:1]
    for number, kind in enumerate(FIRST):
        if c in kind:
            return number + 1
    if c.isalpha():
        return 4 if c.isupper() else 5 if c.islower() else 6
    return 3 if c.isdigit() else 0


def _last(text: str) -> int:
    c = text[-1:]
    if text.endswith("..."):
        return len(LAST)
    for number, kind in enumerate(LAST):
        if c in kind:
            return number + 1
    return 8 if c.isalpha() else 7 if c.isdigit() else 0


def is_prose(shape: Shape) -> bool:
    """Say whether a line is prose by its length and its marks."""
    return shape.size >= LONG_PROSE_SIZE or (
        shape.size >= PROSE_SIZE and (shape.last in (1, 2, 4) or shape.ends + shape.pauses > 1)
    )
