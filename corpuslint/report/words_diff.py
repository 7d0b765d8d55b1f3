"""Which words of two texts differ: a patience diff, whose anchors are words that stand once in both.

It is made for showing, not for measuring: where no word is unique, a stretch is marked as a whole. That keeps the
time near-linear on any text. Similarity is the rules' business.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

DEPTH = 12  # levels of anchors between anchors; deeper differences are marked as a whole
# Characters of scripts that write no spaces (South-East Asian, kana, Han): each stands for itself.
UNSPACED = r"\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[^\s{UNSPACED}]+\s*|[{UNSPACED}]\s*|\s+")


class Match(NamedTuple):
    """Equal words: `length` of them, at `left` of one text and `right` of the other."""

    left: int
    right: int
    length: int


class Piece(NamedTuple):
    """A stretch of one text and whether the other one has it too."""

    text: str
    shared: bool


def compare(left: str, right: str) -> tuple[list[Piece], list[Piece]]:
    """Return both texts in pieces that the other one has or has not."""
    lefts, rights = split_words(left), split_words(right)
    left_keys, right_keys = [word.strip() for word in lefts], [word.strip() for word in rights]
    matches = list(_matches(left_keys, right_keys, 0, len(lefts), 0, len(rights), 0))
    shared_left, shared_right = [False] * len(lefts), [False] * len(rights)
    for match in matches:
        for step in range(match.length):
            shared_left[match.left + step] = shared_right[match.right + step] = True
    return _pieces(lefts, shared_left), _pieces(rights, shared_right)


def split_words(text: str) -> list[str]:
    """Split a text into words with the white space behind each; nothing is lost."""
    return WORD.findall(text)


def _matches(left: Sequence[str], right: Sequence[str], a: int, b: int, c: int, d: int, depth: int) -> Iterator[Match]:
    """Yield the equal stretches of left[a:b] and right[c:d], in order."""
    head = 0
    while a + head < b and c + head < d and left[a + head] == right[c + head]:
        head += 1
    tail = 0
    while b - tail > a + head and d - tail > c + head and left[b - tail - 1] == right[d - tail - 1]:
        tail += 1
    if head:
        yield Match(a, c, head)
    inner_b, inner_d = b - tail, d - tail
    if a + head < inner_b and c + head < inner_d and depth < DEPTH:
        yield from _between(left, right, a + head, inner_b, c + head, inner_d, depth)
    if tail:
        yield Match(inner_b, inner_d, tail)


def _between(left: Sequence[str], right: Sequence[str], a: int, b: int, c: int, d: int, depth: int) -> Iterator[Match]:
    for i, j in _anchors(left, right, a, b, c, d):
        if i < a or j < c:
            continue  # an earlier stretch already grew over this anchor
        length = 1
        while i + length < b and j + length < d and left[i + length] == right[j + length]:
            length += 1
        yield from _matches(left, right, a, i, c, j, depth + 1)
        yield Match(i, j, length)
        a, c = i + length, j + length
    # Behind the last anchor nothing is unique in both any more.


def _anchors(left: Sequence[str], right: Sequence[str], a: int, b: int, c: int, d: int) -> list[tuple[int, int]]:
    """Return the longest run of words that stand once in both stretches, in the same order in both."""
    counts_left, counts_right = Counter(left[a:b]), Counter(right[c:d])
    place = {word: j for j, word in enumerate(right[c:d], c) if counts_right[word] == 1}
    pairs = [(i, place[word]) for i, word in enumerate(left[a:b], a) if counts_left[word] == 1 and word in place]
    return _longest_rising(pairs)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of the pairs whose second numbers rise, as patience sorting finds it."""
    tops: list[int] = []
    top_pairs: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        before.append(top_pairs[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(j)
            top_pairs.append(number)
        else:
            tops[pile], top_pairs[pile] = j, number
    chosen = []
    number = top_pairs[-1] if top_pairs else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    return chosen[::-1]


def _pieces(words: Sequence[str], shared: Sequence[bool]) -> list[Piece]:
    pieces: list[Piece] = []
    for word, is_shared in zip(words, shared, strict=True):
        if pieces and pieces[-1].shared == is_shared:
            pieces[-1] = Piece(pieces[-1].text + word, is_shared)
        else:
            pieces.append(Piece(word, is_shared))
    return pieces
