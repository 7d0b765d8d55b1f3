"""The page-furniture model at work: weights from a data file, a probability for a line, and what it rests on.

The file holds known interface strings and words as hashes and a forest of small trees; `training/page_furniture.py`
writes it. What the features are is for `line_features` to say, what a probability means for a document for the rule.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpuslint.furniture.line_features import NAMES
from corpuslint.phrases import Catalog

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Floats = NDArray[np.float64]

MODELS = Path(__file__).parent.parent / "models"
FORMAT = 2
STRING_BYTES = 6  # of a string's hash: two of 10,000 strings share one with a chance of 2 in 10 million
WORD_BYTES = 4
WORD_UNIT = 0.25  # a word's weight is a whole number of these
PROOF = {"alone": 3, "edge": 2, "beside": 1, "trailing": 0}  # what a phrase of a strength proves
VALUE_UNIT = 0.001  # so is what a tree's node adds to the log odds


@dataclass(frozen=True)
class HashedLexicon:
    """Interface strings and the weights of words, by hash; `catalogs` are asked what a line's phrase proves."""

    strings: dict[bytes, int]
    words: dict[bytes, int]
    catalogs: tuple[Catalog, ...] = ()

    def known(self, folded: str) -> int:
        """Return on how many sites a string is known to be interface: 0, 1 (few), 2 or 3 (many)."""
        return self.strings.get(string_hash(folded), 0)

    def phrase(self, text: str, folded: str) -> int:
        """Return what the line's phrase proves, 0 for a line that is none."""
        return proof(text, folded, self.catalogs)

    def weight(self, word: str) -> float:
        """Return the weight of a word."""
        return self.words.get(word_hash(word), 0) * WORD_UNIT


@dataclass(frozen=True)
class LineModel:
    """A forest of complete trees; see `training/boosting.py` for the meaning of the arrays."""

    edges: tuple[Floats, ...]
    feature: Numbers  # (trees, inner nodes)
    cut: Numbers  # (trees, inner nodes)
    value: Floats  # (trees, nodes), log odds
    base: float
    strings: dict[bytes, int]
    words: dict[bytes, int]

    def lexicon(self, catalogs: tuple[Catalog, ...] = ()) -> HashedLexicon:
        """Return the strings and words that the features ask for."""
        return HashedLexicon(self.strings, self.words, catalogs)

    def log_odds(self, rows: Sequence[Sequence[float]]) -> Floats:
        """Return the log odds of each line, (lines,)."""
        import numpy as np

        # A long menu is many lines with the same features: each is asked about once.
        distinct = {row: n for n, row in enumerate(dict.fromkeys(map(tuple, rows)))}
        total = np.full(len(distinct), self.base)
        for value, path in self._paths(list(distinct)):
            total += value[path[-1][1]]
        # Rounded, so that the last bits of a sum decide nothing.
        odds: Floats = total.round(6)[[distinct[tuple(row)] for row in rows]]
        return odds

    def contributions(self, rows: Sequence[Sequence[float]]) -> Floats:
        """Return what each feature adds to the log odds of each line, (lines, features).

        A tree's answer is split over the questions on the way to it: each gets what the step changed.
        """
        import numpy as np

        total = np.zeros((len(rows), len(self.edges)))
        lines = np.arange(len(rows))
        for value, path in self._paths(rows):
            before = np.zeros(len(rows), np.int64)
            for asked, node in path:
                np.add.at(total, (lines, asked), value[node] - value[before])
                before = node
        return total

    def _paths(self, rows: Sequence[Sequence[float]]) -> Iterator[tuple[Floats, list[tuple[Numbers, Numbers]]]]:
        """Yield for each tree its values and each line's way through it: the features asked and the nodes reached."""
        import numpy as np

        x = np.asarray(rows, np.float64).reshape(-1, len(self.edges))
        bins = np.stack([np.searchsorted(edges, x[:, n], "left") for n, edges in enumerate(self.edges)], 1)
        lines = np.arange(len(x))
        depth = (self.feature.shape[1] + 1).bit_length() - 1
        for feature, cut, value in zip(self.feature, self.cut, self.value, strict=True):
            node = np.zeros(len(x), np.int64)
            path = []
            for _ in range(depth):
                asked = feature[node]
                node = 2 * node + 1 + (bins[lines, asked] > cut[node])
                path.append((asked, node))
            yield value, path


def proof(text: str, folded: str, catalogs: Iterable[Catalog]) -> int:
    """Return what the phrase that a line is proves: 3 alone, 2 at the page's edges, 1 beside others, 0 for none."""
    for catalog in catalogs:
        if match := catalog.match(text, folded):
            return PROOF[match.entry.strength]
    return 0


def string_hash(folded: str) -> bytes:
    """Return the hash of a line's normal form."""
    return hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=STRING_BYTES).digest()


def word_hash(word: str) -> bytes:
    """Return the hash of a normalised word."""
    return hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=WORD_BYTES).digest()


def packed(entries: dict[bytes, int]) -> str:
    """Return hashes and their small numbers as text, sorted by hash."""
    return base64.b85encode(b"".join(key + struct.pack("b", entries[key]) for key in sorted(entries))).decode("ascii")


def unpacked(text: str, width: int) -> dict[bytes, int]:
    """Return what `packed` was given; `width` is the length of a hash in bytes."""
    content = base64.b85decode(text)
    steps = range(0, len(content), width + 1)
    return {content[at : at + width]: struct.unpack_from("b", content, at + width)[0] for at in steps}


def packed_numbers(numbers: NDArray[Any], kind: str) -> str:
    """Return whole numbers as text, in the least bytes: `kind` is a little-endian numpy type ("<u1", "<i2")."""
    if (numbers.astype(kind) != numbers).any():
        raise ValueError(f"a number does not fit {kind}")
    return base64.b85encode(numbers.astype(kind).tobytes()).decode("ascii")


def unpacked_numbers(text: str, kind: str, columns: int) -> Numbers:
    """Return what `packed_numbers` was given, (rows, columns)."""
    import numpy as np

    return np.frombuffer(base64.b85decode(text), kind).reshape(-1, columns).astype(np.int64)


def from_json(content: dict[str, Any]) -> LineModel:
    """Return the model of a weights file; raises ValueError for one that is of other features or another format."""
    import numpy as np

    if content["format"] != FORMAT or tuple(content["features"]) != NAMES:
        raise ValueError("the weights are of another version: run training/page_furniture.py")
    inner = 2 ** content["depth"] - 1
    return LineModel(
        tuple(np.array(edges, np.float64) for edges in content["edges"]),
        unpacked_numbers(content["feature"], "<u1", inner),
        unpacked_numbers(content["cut"], "<u1", inner),
        np.asarray(unpacked_numbers(content["value"], "<i2", 2 * inner + 1) * VALUE_UNIT, np.float64),
        content["base"],
        unpacked(content["strings"], STRING_BYTES),
        unpacked(content["words"], WORD_BYTES),
    )


@cache
def model(path: Path = MODELS / "page_furniture.json") -> LineModel:
    """Return the model of a weights file, read once."""
    return from_json(json.loads(path.read_text(encoding="utf-8")))
