"""DUP202 near-duplicate-document: a document most of whose word sequences stand in another one as well."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from corpuslint.batch import Batch, Records
from corpuslint.comparing.overlap import Overlaps, Sets
from corpuslint.corpus_rule import LETTER_VARIANTS, POLICIES, Cluster, Copy, CorpusRule, Member, shown_name
from corpuslint.diagnostic import Diagnostic, Related, Severity
from corpuslint.document import Document
from corpuslint.minhash import band_keys, choose_bands
from corpuslint.normal import words
from corpuslint.rule import option

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

DIGITS = 4  # of the similarity in messages and data


@dataclass(frozen=True)
class NearDuplicateDocument(CorpusRule):
    """Document that shares most of its word sequences with another one.

    What it finds:
        Documents whose sets of shingles (runs of five consecutive normalised words) are alike: what both have in
        common, divided by what either has, is at least `threshold`. The similarity in the message is exact. One
        document of each cluster is kept, by the `keep` policy; every other one is a finding that names the kept
        document it is most similar to, and was compared with that very document.

    Why it matters:
        The same agency report in five newspapers, a corrected edition beside the first one, a page scraped twice:
        each counts a text again, with small changes that an exact comparison does not see.

    Example:
        Two articles of 300 words that differ in the place name at the start and in one corrected figure.

    Instead:
        Two reports of the same event in different words.

    Left alone:
        Documents with fewer than `min_shingles` different shingles: in short texts a few common words make any
        two alike. Exact copies belong to `duplicate-document`. A short text inside a long one is not alike.

    Fix safety:
        There is no fix: which copy goes is for a person to decide.

    Source:
        A. Broder, On the resemblance and containment of documents (1997). Shingles of five words and a threshold
        of 0.7 to 0.8 are what published pipelines use. Candidates come from MinHash signatures whose bands find
        a pair at the threshold with a probability of at least 0.99.
    """

    code: ClassVar[str] = "DUP202"
    name: ClassVar[str] = "near-duplicate-document"
    severity: ClassVar[Severity] = Severity.WARNING
    yields_to: ClassVar[tuple[str, ...]] = ("DUP201",)

    threshold: float = option(0.7, "Least similarity (Jaccard of the shingle sets) that is reported.", least=0.1)
    keep: str = option(
        "first", "Which copy is kept: by path and record, or the one with most characters.", choices=POLICIES
    )
    min_shingles: int = option(10, "Least number of different shingles of a document.", unit="shingles", least=1)
    shingle_size: int = option(5, "Length of a shingle.", unit="words", least=1)
    permutations: int = option(128, "Length of a signature; more finds more and costs more.", unit="values", least=16)

    letter_variants: str = option(
        "apart", "Whether Arabic letter variants count as different letters or the same.", choices=LETTER_VARIANTS
    )

    def could_fire(self, documents: Sequence[Document]) -> bool:
        """Look for two documents in which enough places begin a shingle that stands in the other one, too.

        Words are unified here, which can only make more places equal, and fewer shingles different.
        """
        rows = [_shingles(words(document.text), self.shingle_size) for document in documents]
        sets = [set(row) for row in rows]
        for number, (row, mine) in enumerate(zip(rows, sets, strict=True)):
            for other in sets[number + 1 :]:
                least = self.threshold * max(len(mine), len(other))
                if mine and sum(shingle in other for shingle in row) >= least:
                    return True
        return False

    def keys(self, batch: Batch) -> Records:
        """Return a key for each band of each document's signature."""
        import numpy as np

        counts = batch.shingle_counts(self.letter_variants, self.shingle_size)
        # Repeated shingles still count here; the exact number is known when the evidence is.
        long_enough = np.flatnonzero(counts >= self.min_shingles)
        bands = choose_bands(self.threshold, self.permutations)
        signed = batch.signatures(self.letter_variants, self.shingle_size, self.permutations)
        keys = band_keys(signed[long_enough], bands, batch.loops)
        return Records(np.repeat(long_enough, bands.bands), keys.ravel())

    def evidence(self, batch: Batch) -> Sets:
        """Return the set of shingles of each document, sorted."""
        return batch.shingles(self.letter_variants, self.shingle_size).sets

    def verify(self, sets: Sets, lefts: Numbers, rights: Numbers) -> Overlaps:
        """Count shared and united shingles of the pairs that may reach the threshold."""
        import numpy as np

        left, right = sets.sizes[lefts], sets.sizes[rights]
        smaller, larger = np.minimum(left, right), np.maximum(left, right)
        # No more can be shared than the smaller set has: a pair of very different sizes need not be counted.
        possible = np.flatnonzero((smaller >= self.min_shingles) & (smaller / np.maximum(larger, 1) >= self.threshold))
        shared = np.zeros(len(lefts), np.int64)
        shared[possible] = sets.shared(lefts[possible], rights[possible])
        union = left + right - shared
        alike = np.zeros(len(lefts), np.bool_)
        alike[possible] = shared[possible] / union[possible] >= self.threshold
        return Overlaps(alike, shared, union)

    def report(self, cluster: Cluster, members: Mapping[int, Member]) -> Iterator[Diagnostic]:
        """Yield a finding for each copy."""
        for copy in cluster.copies:
            overlap = copy.link.overlap
            kept = shown_name(members[cluster.kept].place)
            yield self.copy_diagnostic(
                copy,
                cluster,
                members,
                f"Document shares {overlap.shared} of {overlap.union} word sequences with {kept} "
                f"(similarity {overlap.similarity:.2f}).",
                [
                    Related(members[cluster.kept].place, f"kept copy, similarity {overlap.similarity:.2f}"),
                    *_others(copy, members),
                ],
                self.copy_data(
                    cluster,
                    {
                        "similarity": round(overlap.similarity, DIGITS),
                        "shared": overlap.shared,
                        "union": overlap.union,
                    },
                ),
            )


def _shingles(row: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(row[place : place + size]) for place in range(len(row) - size + 1)]


def _others(copy: Copy, members: Mapping[int, Member]) -> Iterator[Related]:
    for link in copy.others:
        other = link.left if link.right == copy.number else link.right
        # A finding names up to 20 documents; what it says of them is one of a hundred texts, held once each.
        yield Related(members[other].place, sys.intern(f"similarity {link.overlap.similarity:.2f}"))
