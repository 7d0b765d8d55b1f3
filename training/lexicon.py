"""What strings and words of interfaces are worth, counted by sites, and asked for with one site left out.

What a line's own site says about its words never reaches the line, so that the forest learns what strings of other
sites and of the catalog are worth.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from views import Page

from corpuslint.furniture import line_model
from corpuslint.furniture.line_shape import Lexicon, word_keys
from corpuslint.normal import normal
from corpuslint.phrases import Catalog

LEAST_SITES = 3  # a word that fewer sites show says nothing
MOST_STRING = 80  # characters; interface strings are short
SAYS_LITTLE = 2  # units; a word of less weight is left out of the file
MOST_WEIGHT = 4.0  # log odds


@dataclass
class Counts:
    """On which sites strings and words stand as interface and as text."""

    strings: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    words: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))

    @cached_property
    def sites(self) -> dict[str, int]:
        """How many sites show words of a label; asked when all pages are counted."""
        return {label: len(set().union(*words.values())) + 1 for label, words in self.words.items()}

    def add(self, page: Page) -> None:
        """Count the short lines of a page."""
        for line in page["lines"]:
            folded = normal(line["text"])
            if line["label"] == "unsure" or not 0 < len(folded) <= MOST_STRING:
                continue
            self.strings[line["label"]][folded].add(page["site"])
            for word in word_keys(folded):
                self.words[line["label"]][word].add(page["site"])

    def string(self, folded: str, but: str = "") -> int:
        """Return how well a string is known as interface, one site left out: 0 to 3."""
        junk, main = self._sites(self.strings, folded, but)
        if main * 4 > junk or junk < 2:
            return 0
        return 1 if junk < 3 else 2 if junk < 6 else 3

    def word(self, word: str, but: str = "") -> int:
        """Return the weight of a word, one site left out, in units."""
        junk, main = self._sites(self.words, word, but)
        if junk + main < LEAST_SITES:
            return 0
        odds = math.log((junk + 0.5) / (main + 0.5) * self.sites["main"] / self.sites["junk"])
        return round(max(-MOST_WEIGHT, min(MOST_WEIGHT, odds)) / line_model.WORD_UNIT)

    def all_strings(self) -> dict[str, int]:
        """Return the strings that are known, with how well."""
        return {folded: level for folded in self.strings["junk"] if (level := self.string(folded))}

    def all_words(self) -> dict[str, int]:
        """Return the words that say something, with their weights in units."""
        words = {*self.words["junk"], *self.words["main"]}
        return {word: weight for word in words if abs(weight := self.word(word)) >= SAYS_LITTLE}

    @staticmethod
    def _sites(counts: dict[str, dict[str, set[str]]], key: str, but: str) -> tuple[int, int]:
        found = [counts[label].get(key, frozenset()) for label in ("junk", "main")]
        return len(found[0]) - (but in found[0]), len(found[1]) - (but in found[1])


@dataclass
class OtherSites(Lexicon):
    """What all sites but one say."""

    counts: Counts
    site: str
    catalogs: tuple[Catalog, ...] = ()
    weights: dict[str, int] = field(default_factory=dict)

    def known(self, folded: str) -> int:
        """Look the string up."""
        return self.counts.string(folded, self.site)

    def phrase(self, text: str, folded: str) -> int:
        """Ask the catalogs."""
        return line_model.proof(text, folded, self.catalogs)

    def weight(self, word: str) -> float:
        """Look the word up; one of little weight is not in the file."""
        if word not in self.weights:
            weight = self.counts.word(word, self.site)
            self.weights[word] = weight if abs(weight) >= SAYS_LITTLE else 0
        return self.weights[word] * line_model.WORD_UNIT
