"""Interface phrases: say which phrase of a catalog a line of text is.

A phrase is compared by its normal words. A literal phrase is one dictionary look-up; one with slots is found
by its first or last word and compared word by word, so that matching is linear whatever the text says.
Where catalogs come from is for `corpuslint.catalogs` to say, what a matched line means for `corpuslint.junk`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from corpuslint.normal import UNSPACED_SCRIPTS, normal, normal_lines, script_of

# What a line of a phrase proves, strongest first. `trailing` phrases are fragments: from these words, as they
# are written, to the end of their line.
STRENGTHS = ("alone", "edge", "beside", "trailing")

# The kinds of phrases that are junk by themselves; each has a rule.
KINDS = (
    "comment-form", "page-control", "photo-credit", "page-metadata", "share-bar", "navigation", "cookie-consent",
    "newsletter", "related-links", "read-more", "login", "copyright", "advertisement", "agency-mark",
    "contact-block", "pagination", "app-promotion", "syndication",
)  # fmt: skip
# Lists of names under `names`, for rules that look inside a line: news agencies; words by which sites are named.
NAME_LISTS = ("agency", "site-word")

# Most words that a slot takes. A name or a date of more words is a sentence; {text} is a title or a person's
# words, and a paragraph is neither.
SLOT_WORDS = {"{date}": 8, "{name}": 6, "{text}": 40}
NUMBER = "{n}"

# Slots while a phrase is folded: words that no phrase has.
_SLOTS = {f"0slot{slot.strip('{}')}": slot for slot in (NUMBER, *SLOT_WORDS)}

SENTENCE_MARKS = frozenset(".!?。！？؟۔।")
ELLIPSES = ("...", "…", ". .")
SHORT_PHRASE_WORDS = 3  # up to so many words, an end mark makes a sentence of a phrase: "Print."

# What punctuation makes of a short line; keys of short phrases end with one of these.
END, LABEL, FRAMED, DOTS = "\t.", "\t:", "\t()", "\t…"
LABEL_MARKS = frozenset(":：")
FRAMES = frozenset("([{<>（［【〔-–—_*#/|«»‹›←→↑↓◀▶×✕✖☰▼▾►+•■")

# Signs before a slot that stand for each other.
SIGN_CLASSES = {c: group for group in (":：", ">»›→", "-–—", "|｜", "/／", "(（", "[［【") for c in group}

# A line of many phrases ("Share this: Related Tags Leave a comment …") comes from a page that lost its line ends.
# It begins with a phrase; all of its words are phrases, or most are, some strong ones among them, and no stretch
# between two is a sentence's.
GLUED_LEAST_PHRASES = 3
GLUED_LONGEST = 3000  # code points: longer than all labels of one page together
GLUED_GAP_WORDS = 10
GLUED_SHARE = 0.6  # of the words that are phrases
GLUED_STRONG_SHARE = 0.4  # of the words that are strong phrases
LONGEST_PHRASE_WORDS = 24


class Entry(NamedTuple):
    """What a phrase is: kind of junk, what it proves, and the language whose catalog has it."""

    kind: str
    strength: str
    language: str


class Pattern(NamedTuple):
    """A phrase with slots: words before and behind the one slot of variable length ("" for none)."""

    head: tuple[str, ...]
    slot: str
    tail: tuple[str, ...]
    sign: str  # the sign between head and slot, "" for none
    end: str  # the phrase's own mark at its end
    entry: Entry

    def matches(self, words: list[str]) -> bool:
        """Say whether the words of a line are this phrase; linear in the words of the phrase."""
        fixed = len(self.head) + len(self.tail)
        if len(words) != fixed if not self.slot else len(words) <= fixed:
            return False
        behind = len(words) - len(self.tail)
        if not (_equal(self.head, words[: len(self.head)]) and _equal(self.tail, words[behind:])):
            return False
        if not self.slot:
            return True
        filling = words[len(self.head) : behind]
        if self.slot == "{date}" and not any(word[0].isdecimal() for word in filling[:20]):
            return False
        return size(filling) <= SLOT_WORDS[self.slot]


class Match(NamedTuple):
    """The phrase that a line is."""

    entry: Entry
    slot: str = ""  # the slot whose words the line gives: "{text}" holds words of somebody
    words: bool = True  # False for a phrase of numbers only
    phrases: int = 1  # more than one for a line into which many phrases were glued

    @property
    def kind(self) -> str:
        """The kind of junk."""
        return self.entry.kind


@dataclass
class Catalog:
    """The phrases of one script's languages."""

    literal: dict[str, Entry] = field(default_factory=dict)  # by normal words, and mark of a short phrase
    by_first: dict[str, list[Pattern]] = field(default_factory=dict)
    by_last: dict[str, list[Pattern]] = field(default_factory=dict)
    # Hundreds of phrases begin with a number: by their second word ("" for none), with their places in `patterns`.
    by_number: dict[str, list[tuple[int, Pattern]]] = field(default_factory=dict)
    patterns: list[Pattern] = field(default_factory=list)  # the strongest last
    trailing: dict[str, Entry] = field(default_factory=dict)
    names: dict[str, frozenset[str]] = field(default_factory=dict)

    def add(self, table: Mapping[str, str], kind: str, language: str, strength: str) -> None:
        """Add the phrases of one strength, by whole blocks: every start of the program pays for this.

        Of two claims to one phrase the later one stays.
        """
        if written := phrase_lines(table.get(strength, "")):
            entry = Entry(kind, strength, language)
            if strength == "trailing":
                self.trailing.update(dict.fromkeys(written, entry))
                return
            slotted = [line for line in written if "{" in line]
            plain = [line for line in written if "{" not in line]
            keys = [f + mark(line, f) for f, line in zip(normal_lines(plain), plain, strict=True)]
            self.literal.update(dict.fromkeys(keys, entry))
            for new in patterns(slotted, entry):
                self.add_pattern(new)

    def add_pattern(self, new: Pattern) -> None:
        """Add a phrase with slots under its first word, or under its last where it begins with a slot."""
        if new.head[:1] == (NUMBER,):
            self.by_number.setdefault("".join(new.head[1:2]), []).append((len(self.patterns), new))
        elif new.head:
            self.by_first.setdefault(new.head[0], []).append(new)
        else:
            self.by_last.setdefault(new.tail[-1], []).append(new)
        self.patterns.append(new)

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The words with which phrases begin."""
        return frozenset(key.partition("\t")[0].partition(" ")[0] for key in self.literal).union(self.by_first)

    def match(self, text: str, folded: str) -> Match | None:
        """Return the phrase that a line is, or None; `folded` is the normal form of `text`."""
        marked = mark(text, folded)
        if entry := self.literal.get(folded + marked) or (marked != END and self.literal.get(folded)):
            return Match(entry)
        first, _, rest = folded.partition(" ")
        last = folded.rpartition(" ")[2]
        found = [*self.by_first.get(first, ()), *self._numbered(first, rest), *self.by_last.get(last, ())]
        if last[:1].isdecimal():
            found += self.by_last.get(NUMBER, ())
        words = folded.split() if found else []
        for candidate in reversed(found):  # the strongest claims come last, as among the literal phrases
            if candidate.matches(words) and _signs_stand(candidate, text) and _ends_as_written(candidate, text):
                named = {*candidate.head, *candidate.tail} != {NUMBER}
                return Match(candidate.entry, candidate.slot, named)
        return self._glued(folded)

    def _numbered(self, first: str, rest: str) -> list[Pattern]:
        """Return the phrases that may begin with a number and the words behind it, the strongest last."""
        if not first[:1].isdecimal():
            return []
        second = rest.partition(" ")[0]
        keys = {"", second, NUMBER if second[:1].isdecimal() else ""}
        found = chain.from_iterable(self.by_number.get(key, ()) for key in keys)
        return [pattern for _, pattern in sorted(found, key=itemgetter(0))]

    def _phrase_at(self, words: list[str], start: int) -> tuple[int, Entry | None]:
        """Return the length and entry of the longest literal phrase that begins at a word."""
        best: tuple[int, Entry | None] = (0, None)
        candidate = ""
        for end in range(start, min(len(words), start + LONGEST_PHRASE_WORDS)):
            candidate = f"{candidate} {words[end]}" if candidate else words[end]
            if entry := self.literal.get(candidate):
                best = (end - start + 1, entry)
        if best[1] is None:
            for candidate_pattern in self.by_first.get(words[start], ()):
                head = candidate_pattern.head
                if len(head) > max(best[0], 1) and _equal(head, words[start : start + len(head)]):
                    best = (len(head), candidate_pattern.entry)
        return best

    def _glued(self, folded: str) -> Match | None:
        """Return a match for a line that is a concatenation of phrases.

        Prose leaves at its first words, which are no phrase, so this costs a line of prose a few look-ups.
        """
        if len(folded) > GLUED_LONGEST or folded.partition(" ")[0] not in self.first_words:
            return None
        words = folded.split()
        if len(words) < 2 or not self._phrase_at(words, 0)[0]:
            return None
        covered: dict[Entry, int] = {}
        phrases = at = last = 0
        while at < len(words):
            length, entry = self._phrase_at(words, at)
            if entry is not None:
                covered[entry] = covered.get(entry, 0) + length
                phrases += 1
                at += length
                last = at
            else:
                at += 1
                if size(words[last:at]) > GLUED_GAP_WORDS:
                    return None
        known = sum(covered.values())
        strong = sum(length for entry, length in covered.items() if entry.strength == "alone")
        least = GLUED_LEAST_PHRASES if known < len(words) else GLUED_LEAST_PHRASES - 1
        if phrases < least or known < GLUED_SHARE * len(words) or strong < GLUED_STRONG_SHARE * len(words):
            return None
        by_kind: dict[str, int] = {}
        for entry, length in covered.items():
            by_kind[entry.kind] = by_kind.get(entry.kind, 0) + length
        best = min(covered, key=lambda e: (STRENGTHS.index(e.strength), -by_kind[e.kind], e.kind, e.language))
        return Match(best, "" if known == len(words) else "{text}", phrases=phrases)


def phrase_lines(block: str) -> list[str]:
    """Return the phrases of a block: its lines without empty ones and comments."""
    return [line for line in block.split("\n") if line and line[0] != "#"]


def patterns(written: list[str], entry: Entry) -> Iterator[Pattern]:
    """Parse phrases with slots.

    Raises ValueError for an unknown slot, a second slot of variable length or a phrase without a word.
    """
    marked = [line.replace("{", " 0slot").replace("}", " ") for line in written]
    for line, folded in zip(written, normal_lines(marked), strict=True):
        words = [_SLOTS.get(word, word) for word in folded.split()]
        slots = [at for at, word in enumerate(words) if word in SLOT_WORDS]
        if len(slots) > 1:
            raise ValueError(f"{line!r}: a phrase has at most one of {', '.join(SLOT_WORDS)}")
        if any(word.startswith("0slot") for word in words) or len(words) == len(slots):
            raise ValueError(f"{line!r}: a phrase has a word, and the slots are {NUMBER}, {', '.join(SLOT_WORDS)}")
        at = slots[0] if slots else len(words)
        slot = words[at] if slots else ""
        before = line.partition(slot)[0].rstrip()[-1:] if slot and at else ""
        sign = "" if before.isalnum() or before == "©" else before  # © is a word
        fixed = words[:at] + words[at + 1 :]
        # One word, and anything behind it: "Copyright {text}" is also the first line of an essay.
        vague = entry.strength == "alone" and slot in ("{text}", "{name}") and not sign and size(fixed) <= 1
        claim = entry._replace(strength="beside") if vague else entry
        yield Pattern(tuple(words[:at]), slot, tuple(words[at + 1 :]), sign, line[-1], claim)


def mark(text: str, folded: str) -> str:
    """Return what punctuation makes of a short line: sentence, label, button, line between signs, or "" for nothing.

    A short phrase that the catalog writes with a mark matches only lines with it: "See also:" is a label and
    "Loading…" a button where "See also" and "Loading" can be headings. One written without matches all but
    sentences: "Print." is one.
    """
    if (text[-1].isalnum() and text[0].isalnum()) or folded.count(" ") >= SHORT_PHRASE_WORDS:
        return ""
    if text[-1] in LABEL_MARKS:
        return LABEL
    if text.endswith(ELLIPSES):
        return DOTS
    if ends_sentence(text):
        return END
    return FRAMED if text[0] in FRAMES or text[-1] in FRAMES else ""


def ends_sentence(text: str) -> bool:
    """Say whether a line ends with the mark of a sentence; an ellipsis is a button's ("Search…")."""
    text = text.rstrip()
    return text[-1:] in SENTENCE_MARKS and not text.endswith(ELLIPSES)


def _equal(expected: tuple[str, ...], words: list[str]) -> bool:
    return len(expected) == len(words) and all(
        e == w or (e == NUMBER and w[0].isdecimal()) for e, w in zip(expected, words, strict=True)
    )


def size(words: Iterable[str]) -> float:
    """Return the number of words; two characters of a script without spaces count as one word."""
    return sum(0.5 if len(word) == 1 and script_of(word) in UNSPACED_SCRIPTS else 1 for word in words)


def _signs_stand(candidate: Pattern, text: str) -> bool:
    """Say whether the phrase's signs stand in the line: "Photo: Ann Lee" is a credit, "Photo of Ann" is not."""
    if candidate.end in LABEL_MARKS and text[-1] not in LABEL_MARKS:
        return False
    if not candidate.sign:
        return True
    signs = SIGN_CLASSES.get(candidate.sign, candidate.sign)
    at = min((at for sign in signs if (at := text.find(sign)) >= 0), default=-1)
    return at >= 0 and len(normal(text[:at]).split()) == len(candidate.head)


def _ends_as_written(candidate: Pattern, text: str) -> bool:
    """Say whether a line ends like the phrase: the end mark of a slotted phrase's line makes it a sentence."""
    literal_words = len(candidate.head) + len(candidate.tail)
    return candidate.end in SENTENCE_MARKS or literal_words > SHORT_PHRASE_WORDS or not ends_sentence(text)
