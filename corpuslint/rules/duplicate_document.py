"""DUP201 duplicate-document: a document that says, word for word, what another one says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from corpuslint.batch import Batch, Records
from corpuslint.comparing.overlap import Overlaps, Sets
from corpuslint.corpus_rule import LETTER_VARIANTS, MOST_RELATED, POLICIES, Cluster, CorpusRule, Member, shown_name
from corpuslint.diagnostic import Diagnostic, Related, Severity
from corpuslint.document import Document
from corpuslint.normal import normal
from corpuslint.rule import option

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

DIGEST = 4  # 64-bit numbers of a SHA-256


@dataclass(frozen=True)
class DuplicateDocument(CorpusRule):
    """Document that equals another one in every word.

    What it finds:
        Documents whose words are the same, in the same order, after normalising: case, white space, punctuation,
        Arabic vowel marks and the script of digits do not count (nor Arabic letter variants, if an option says so).
        One document of each group is kept, by the `keep` policy; every other one is a finding that names it.

    Why it matters:
        Copies count a text twice in training and in statistics, and put the same text on both sides of a split.

    Example:
        Two files that hold "The ferry leaves at nine." and "The ferry leaves at nine".

    Instead:
        "The ferry leaves at nine." and "The ferry leaves at ten."

    Left alone:
        Documents that differ in one word; `near-duplicate-document` finds those. Documents without any word are
        equal only if their characters are.

    Fix safety:
        There is no fix: which copy goes is for a person to decide.

    Source:
        Texts are compared by a SHA-256 of the 64-bit hashes of their words, in order.
    """

    code: ClassVar[str] = "DUP201"
    name: ClassVar[str] = "duplicate-document"
    severity: ClassVar[Severity] = Severity.WARNING
    star_above: ClassVar[int] = 1  # equality with the kept copy says all there is to say

    keep: str = option(
        "first", "Which copy is kept: by path and record, or the one with most characters.", choices=POLICIES
    )

    letter_variants: str = option(
        "apart", "Whether Arabic letter variants count as different letters or the same.", choices=LETTER_VARIANTS
    )

    def could_fire(self, documents: Sequence[Document]) -> bool:
        """Look for two documents with the same normal form, which unifies at least what the keys do."""
        return len({normal(document.text) for document in documents}) < len(documents)

    def keys(self, batch: Batch) -> Records:
        """Return the hash of each text as its only key."""
        import numpy as np

        return Records(np.arange(len(batch.documents)), batch.text_hashes(self.letter_variants))

    def evidence(self, batch: Batch) -> Sets:
        """Return the SHA-256 of the word hashes of each text as four numbers; without words, of its characters."""
        import numpy as np

        words = batch.words_for(self.letter_variants)
        digests = []
        for number in range(len(batch.documents)):
            hashes = words.hashes[words.starts[number] : words.starts[number + 1]]
            written = hashes.tobytes() or "".join(batch.documents[number].text.split()).encode("utf-8", "surrogatepass")
            digests.append(hashlib.sha256(written).digest())
        return Sets(np.frombuffer(b"".join(digests), np.uint64), DIGEST * np.arange(len(digests) + 1))

    def verify(self, sets: Sets, lefts: Numbers, rights: Numbers) -> Overlaps:
        """Compare the hashes; a document that could not be read again has none, and equals nothing."""
        import numpy as np

        ones = np.ones(len(lefts), np.int64)
        alike = (sets.sizes[lefts] == DIGEST) & (sets.sizes[rights] == DIGEST)
        left, right = sets.starts[lefts[alike]], sets.starts[rights[alike]]
        places = np.arange(DIGEST)
        alike[alike] = (sets.hashes[left[:, None] + places] == sets.hashes[right[:, None] + places]).all(axis=1)
        return Overlaps(alike, ones, ones)

    def report(self, cluster: Cluster, members: Mapping[int, Member]) -> Iterator[Diagnostic]:
        """Yield a finding for each copy; equality holds among all of them, so each may name the others."""
        kept = shown_name(members[cluster.kept].place)
        copies = "1 copy" if cluster.size == 2 else f"one of {cluster.size - 1} copies"
        message = f"Document has the same words as {kept}, {copies} of it."
        data = self.copy_data(cluster, {"similarity": 1.0})
        first = Related(members[cluster.kept].place, "kept copy")
        # One object for all findings that name the same documents: a cluster may have 100,000 copies.
        named = [copy.number for copy in cluster.copies[: MOST_RELATED + 1]]
        equal = [(number, Related(members[number].place, "equal copy")) for number in named]
        of_most = (first, *(other for _, other in equal[:MOST_RELATED]))
        for place, copy in enumerate(cluster.copies):
            related = of_most
            if place < len(named):
                related = (first, *(other for number, other in equal if number != copy.number))
            yield self.copy_diagnostic(copy, cluster, members, message, related, data)
