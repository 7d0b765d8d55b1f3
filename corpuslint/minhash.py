"""Shingles, signatures and bands: how documents that may be alike find each other.

A shingle is a run of consecutive normalised words. A signature (MinHash of the shingle set) is bit for bit what
``datasketch.MinHash(num_perm, seed, scheme="affine32", hashfunc=shingle_hash)`` gives, so signatures can be
exchanged with datasketch. Bands of a signature are keys: documents that share one are candidates.
Whether two candidates really are alike is not decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from corpuslint.comparing.overlap import Sets
from corpuslint.scan.words import WordHashes, fmix64, fmix64_array, word_hash

if TYPE_CHECKING:
    import datasketch
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.scan.compiled import Loops

    Hashes = NDArray[np.uint64]
    Signatures = NDArray[np.uint32]  # (documents, permutations)

SCHEME = "affine32"
HASH_NAME = "corpuslint-words-fmix64-1"  # names word_hash and shingle_hash; persisted indexes carry it
SEED = 1  # datasketch's own default
CANDIDATE_PROBABILITY = 0.99  # a pair at the threshold must share a band with at least this probability

WORD_FACTOR = 0x9E3779B97F4A7C15  # odd, 2^64 divided by the golden ratio: weighs a word by its place in the shingle
EMPTY = 0xFFFFFFFF  # datasketch's value of a signature of nothing
SLICE = 1 << 15  # shingles permuted at a time: their array stays in the processor's first cache


@dataclass(frozen=True)
class Bands:
    """How a signature is cut: `bands` runs of `rows` values each."""

    bands: int
    rows: int

    def probability(self, similarity: float) -> float:
        """Return the probability that two documents of this similarity share a band."""
        return float(1 - (1 - similarity**self.rows) ** self.bands)


def choose_bands(threshold: float, permutations: int) -> Bands:
    """Return the longest bands that still find a pair at the threshold with CANDIDATE_PROBABILITY.

    Longer bands bring fewer unlike candidates. Where even bands of one row do not reach the probability (a very
    low threshold), every value is a band.
    """
    cuts = (Bands(permutations // rows, rows) for rows in range(permutations, 0, -1))
    return next((cut for cut in cuts if cut.probability(threshold) >= CANDIDATE_PROBABILITY), Bands(permutations, 1))


def shingle_hash64(words: Sequence[str]) -> int:
    """Return the 64-bit hash of a shingle: fmix64 of the sum of `word_hash(word) * WORD_FACTOR^(words behind it)`.

    Two different shingles share it with a probability of 2^-64: in a pair of documents with a million shingles
    each, the chance that one similarity is wrong in any digit is one in ten million.
    """
    total = 0
    for word in words:
        total = (total * WORD_FACTOR + word_hash(word)) % (1 << 64)
    return fmix64(total)


def shingle_hash(shingle: bytes) -> int:
    """Return the 32-bit hash of a shingle, given as normalised words in UTF-8 with one space between them.

    It is the upper half of `shingle_hash64`, and what datasketch must be given as `hashfunc`.
    """
    return shingle_hash64(shingle.decode("utf-8", "surrogatepass").split(" ")) >> 32


@dataclass(frozen=True)
class ShingleHashes:
    """The shingles of some texts in order: text `i` has `[starts[i], starts[i + 1])`; repeated ones are repeated."""

    hashes: Hashes  # (shingles,) uint64
    starts: NDArray[np.int64]  # (texts + 1,)

    @property
    def sets(self) -> Sets:
        """The distinct shingles of each text, sorted."""
        import numpy as np

        hashes = self.hashes.copy()
        for first, end in pairwise(self.starts.tolist()):
            hashes[first:end].sort()
        # One look at all texts together: what differs from its neighbour is new, and what a text begins with.
        new = np.ones(len(hashes) + 1, np.bool_)
        new[1:-1] = hashes[1:] != hashes[:-1]
        new[self.starts] = True
        new[-1] = False
        counts = np.concatenate(([0], np.cumsum(new)))
        return Sets(hashes[new[:-1]], counts[self.starts])


def shingle_hashes(words: WordHashes, size: int, loops: Loops | None = None) -> ShingleHashes:
    """Hash every run of `size` consecutive words of each text; a shorter text has no shingle."""
    import numpy as np

    counts = shingle_counts(words, size)
    starts = np.concatenate(([0], np.cumsum(counts)))
    if loops:
        hashes = np.empty(starts[-1], np.uint64)
        loops.hash_shingles(words.hashes, words.starts, size, np.uint64(WORD_FACTOR), starts, hashes)
        return ShingleHashes(hashes, starts)
    runs = len(words.hashes) - size + 1
    if not starts[-1]:
        return ShingleHashes(np.zeros(0, np.uint64), starts)
    totals = words.hashes[:runs].copy()
    for place in range(1, size):
        totals *= np.uint64(WORD_FACTOR)
        totals += words.hashes[place : place + runs]
    # Runs that begin in one text and end in the next are not shingles.
    within = np.repeat(words.starts[:-1] - starts[:-1], counts) + np.arange(starts[-1])
    return ShingleHashes(fmix64_array(totals[within]), starts)


def shingle_counts(words: WordHashes, size: int) -> NDArray[np.int64]:
    """Return how many shingles of so many words each text has, (texts,); repeated ones count."""
    import numpy as np

    counts: NDArray[np.int64] = np.maximum(np.diff(words.starts) - (size - 1), 0)
    return counts


def signatures(
    words: WordHashes, size: int, permutations: int, seed: int = SEED, loops: Loops | None = None
) -> Signatures:
    """Return the signature of each text, (texts, permutations) uint32; EMPTY throughout for one without shingles."""
    import numpy as np

    result = np.full((len(words.starts) - 1, permutations), EMPTY, np.uint32)
    factors, offsets = _permutations(permutations, seed)
    if loops:
        loops.sign(words.hashes, words.starts, size, np.uint64(WORD_FACTOR), factors, offsets, result)
        return result
    shingles = shingle_hashes(words, size)
    filled = np.flatnonzero(np.diff(shingles.starts))
    mixed = _fmix32((shingles.hashes >> np.uint64(32)).astype(np.uint32))
    for part in _slices(shingles.starts, filled):
        begin, end = shingles.starts[part[0]], shingles.starts[part[-1] + 1]
        values, bounds = mixed[begin:end], shingles.starts[part] - begin
        permuted = np.empty_like(values)
        rows = np.empty((permutations, len(part)), np.uint32)
        for number in range(permutations):
            np.multiply(values, factors[number], out=permuted)
            permuted += offsets[number]
            np.minimum.reduceat(permuted, bounds, out=rows[number])
        result[part] = rows.T
    return result


def _slices(starts: NDArray[np.int64], filled: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Cut the texts that have shingles into runs of about SLICE shingles."""
    import numpy as np

    if not len(filled):
        return []
    cuts = np.flatnonzero(np.diff(starts[filled] // SLICE)) + 1
    return np.split(filled, cuts)


def band_keys(signatures: Signatures, bands: Bands, loops: Loops | None = None) -> Hashes:
    """Return the 64-bit key of each band of each signature, (documents, bands); different bands never mix."""
    import numpy as np

    if loops:
        found = np.empty((len(signatures), bands.bands), np.uint64)
        loops.hash_bands(signatures, bands.bands, bands.rows, np.uint64(WORD_FACTOR), found)
        return found
    cut = signatures[:, : bands.bands * bands.rows].reshape(len(signatures), bands.bands, bands.rows)
    keys = np.broadcast_to(np.arange(1, bands.bands + 1, dtype=np.uint64), cut.shape[:2]).copy()
    for row in range(bands.rows):
        keys *= np.uint64(WORD_FACTOR)
        keys ^= cut[:, :, row]
        fmix64_array(keys)
    return keys


def _fmix32(values: Signatures) -> Signatures:
    """Return MurmurHash3's 32-bit finaliser of each number, as datasketch mixes what its hash function gives."""
    import numpy as np

    values ^= values >> np.uint32(16)
    values *= np.uint32(0x85EBCA6B)
    values ^= values >> np.uint32(13)
    values *= np.uint32(0xC2B2AE35)
    values ^= values >> np.uint32(16)
    return values


@cache
def _permutations(count: int, seed: int) -> tuple[Signatures, Signatures]:
    """Return factors and offsets of the permutations `h -> a * h + b mod 2^32`, as datasketch draws them."""
    import numpy as np

    draw = _mersenne_twister(seed)
    factors = [(draw() & 0x7FFFFFFF) * 2 + 1 for _ in range(count)]
    offsets = [draw() for _ in range(count)]
    return np.array(factors, np.uint32), np.array(offsets, np.uint32)


def _mersenne_twister(seed: int) -> Callable[[], int]:
    """Return what draws 32-bit numbers as `numpy.random.RandomState(seed)` does.

    Python's own generator is the same Mersenne twister, only seeded otherwise; importing numpy.random takes 19 ms.
    """
    import random

    state = [seed & 0xFFFFFFFF]
    for place in range(1, 624):
        state.append((1812433253 * (state[-1] ^ (state[-1] >> 30)) + place) & 0xFFFFFFFF)
    generator = random.Random()
    generator.setstate((3, (*state, 624), None))
    return lambda: generator.getrandbits(32)


def to_datasketch(signature: Signatures, seed: int = SEED) -> datasketch.MinHash:
    """Return a signature as a datasketch MinHash that goes on where this one ended."""
    from datasketch import MinHash

    return MinHash(seed=seed, hashfunc=shingle_hash, hashvalues=signature, scheme=SCHEME)


def to_lean(signature: Signatures, seed: int = SEED) -> datasketch.LeanMinHash:
    """Return a signature as a datasketch LeanMinHash, which is what its indexes and its serialised form take."""
    from datasketch import LeanMinHash

    return LeanMinHash(seed=seed, hashvalues=signature, scheme=SCHEME)
