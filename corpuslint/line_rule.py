"""Line rules: a rule that sees a line, or a part of one, as the corpus sees it: by how many documents have it.

Every document gives the 64-bit keys of its parts (by default its lines); a key that enough documents of one group (a
site, a folder, the whole corpus) have is repeated; documents with repeated parts are read again, and the rule says
what to make of them. Keys and counts travel, text never does. Who reads documents again is not known here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeVar

from corpuslint.batch import Batch, Records, hashed
from corpuslint.corpus_rule import KeyedRule
from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.document import Document
from corpuslint.normal import normal
from corpuslint.scan.words import text_hashes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.comparing.grouping import Repeated
    from corpuslint.scan.compiled import Loops

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

ROOT = "the root folder"


class Repeat(NamedTuple):
    """In how many documents of a group a part stands, how many the group has, and what the group is called."""

    documents: int
    of: int
    group: str

    @property
    def share(self) -> float:
        """The share of the group's documents that have the part."""
        return self.documents / self.of


class Level(NamedTuple):
    """How often a part is repeated, as a rule may decide by it: the greatest of its bounds that are reached, or 0."""

    documents: int
    share: float


class Counted(NamedTuple):
    """A finding that does not tell its numbers yet, and the keys of the parts whose numbers it tells."""

    finding: Diagnostic
    keys: tuple[int, ...]


@dataclass(frozen=True)
class Groups:
    """The groups of documents, by the documents' numbers, and which documents count.

    Equal documents have every line in common, which says nothing about the lines: in a group they count as one, and
    so they do in the corpus.
    """

    group: Numbers  # of each document, (documents,)
    names: Sequence[str]
    in_group: Flags  # (documents,): it is the first of its text in its group
    in_corpus: Flags  # (documents,): it is the first of its text

    @classmethod
    def of(cls, names: Sequence[str], of_documents: Numbers, texts: Hashes) -> Groups:
        """Number the groups in the order of their names.

        `of_documents` says which of the names a document has, `texts` are hashes of the documents' texts.
        """
        import numpy as np

        known = sorted(set(names))
        place = {name: n for n, name in enumerate(known)}
        group = np.fromiter(map(place.__getitem__, names), np.int64, len(names))[of_documents]
        alike = _alike(texts)
        everywhere = np.zeros(len(texts), np.int64)
        return cls(group, known, _firsts(texts, group, alike), _firsts(texts, everywhere, alike))

    @cached_property
    def sizes(self) -> Numbers:
        """How many documents of each group count."""
        import numpy as np

        return np.bincount(self.group[self.in_group], minlength=len(self.names))


def _alike(texts: Hashes) -> Numbers:
    """Return the numbers of the documents whose text others have as well, sorted: mostly few."""
    import numpy as np

    order = np.argsort(texts)
    again = np.append(False, texts[order[1:]] == texts[order[:-1]])[: len(order)]
    return np.sort(order[again | np.append(again[1:], False)[: len(order)]])


def _firsts(texts: Hashes, group: Numbers, alike: Numbers) -> Flags:
    """Say of each document whether it is the first of its text in its group."""
    import numpy as np

    first: Flags = np.ones(len(texts), np.bool_)
    texts, group = texts[alike], group[alike]
    order = np.lexsort((texts, group))  # equal ones stay in the order of their numbers
    again = (texts[order[1:]] == texts[order[:-1]]) & (group[order[1:]] == group[order[:-1]])
    first[alike[order[1:][again]]] = False
    return first


class Shared(NamedTuple):
    """Keys that several documents have, and which of the records speak for them in their group and in the corpus."""

    found: Repeated
    in_groups: Flags  # (records,), beside `found.documents`
    in_corpus: Flags  # (records,)


class LineRule(KeyedRule):
    """A rule about parts of documents that many documents have."""

    surest: ClassVar[Applicability]  # of the rule's fixes: where no fix can be applied, nothing is counted for fixing
    # The numbers of documents, and the shares, from which on the rule decides otherwise. It sees no other numbers, so
    # what it said of a document stands until a part passes one of these, however many documents come and go.
    document_bounds: ClassVar[tuple[int, ...]] = ()
    share_bounds: ClassVar[tuple[float, ...]] = ()
    least_documents: int  # every line rule has these options: what fewer documents have is not repeated,
    least_share: float  # nor what a smaller share of its group's documents has

    def parts(self, document: Document) -> Sequence[str]:
        """Return the parts that are counted: the written lines."""
        return [document.line_text(n) for n in document.written_lines]

    def could_fire(self, documents: Sequence[Document]) -> bool:
        """Say whether enough documents share a part."""
        parts = Counter(part for document in documents for part in set(map(normal, self.parts(document))) if part)
        return bool(parts) and max(parts.values()) >= self.least_documents

    def keys(self, batch: Batch) -> Records:
        """Return the key of each part of the documents in which a trigger may hold."""
        import numpy as np

        wanted = batch.holding(self.triggers())
        parts = [self.parts(batch.documents[number]) for number in wanted]
        numbers = np.repeat(np.array(wanted, np.int64), [len(own) for own in parts])
        keys, worded = line_keys([part for own in parts for part in own])
        return Records(numbers[worded], keys[worded])

    @property
    def least_shared(self) -> int:
        """The least number of documents with a key that `shared` asks for."""
        return max(2, self.least_documents)

    def shared(self, found: Iterable[Repeated], groups: Groups) -> Iterator[Shared]:
        """Yield the parts that several documents have, given the keys that they share, a partition at a time."""
        for keys in found:
            yield Shared(keys, groups.in_group[keys.documents], groups.in_corpus[keys.documents])

    def check_repeated(self, document: Document, repeats: Mapping[int, Repeat]) -> Iterator[Diagnostic]:
        """Yield the findings of one document; `repeats` are the repeated ones of its parts, by key."""
        for finding, keys in self.find_repeated(document, self.levels(repeats)):
            yield self.with_numbers(finding, [repeats[key] for key in keys])

    def levels(self, repeats: Mapping[int, Repeat]) -> dict[int, Level]:
        """Return how often parts are repeated, as far as `find_repeated` may know it, by key."""
        return {
            key: Level(_reached(self.document_bounds, repeat.documents), _reached(self.share_bounds, repeat.share))
            for key, repeat in repeats.items()
        }

    def find_repeated(self, document: Document, levels: Mapping[int, Level]) -> Iterator[Counted]:
        """Yield the findings of one document without their numbers; `levels` are those of its repeated parts."""
        raise NotImplementedError

    def with_numbers(self, finding: Diagnostic, repeats: Sequence[Repeat]) -> Diagnostic:
        """Return a finding that tells its numbers; `repeats` are those of its parts."""
        raise NotImplementedError


T = TypeVar("T", int, float)


def _reached(bounds: Sequence[T], value: T) -> T:
    """Return the greatest of some bounds, in order, that a value reaches; 0 where it reaches none."""
    place = bisect_right(bounds, value)
    return bounds[place - 1] if place else type(value)(0)


def line_keys(lines: Sequence[str], loops: Loops | None = None) -> tuple[Hashes, NDArray[np.bool_]]:
    """Return the key of each line, from its normalised words, and whether it has any words, (lines,)."""
    import numpy as np

    words = hashed(lines, True, loops)
    return text_hashes(words, loops), np.diff(words.starts) > 0


def written_keys(document: Document) -> tuple[int | None, ...]:
    """Return the key of each written line, None for one without words: a fact that is cheaper for many documents."""
    learn_written_keys([document])
    return document.fact(written_keys)


def learn_written_keys(documents: Sequence[Document], loops: Loops | None = None) -> None:
    """Let documents know the keys of their written lines."""
    lines = [document.line_text(n) for document in documents for n in document.written_lines]
    keys, worded = line_keys(lines, loops)
    known = iter(key if words else None for key, words in zip(keys.tolist(), worded.tolist(), strict=True))
    for document in documents:
        document.learn(written_keys, tuple(islice(known, len(document.written_lines))))


def group_name(path: str, field: str | None, site: str | None) -> str:
    """Return the group a document belongs to: its site where its record names one, else its container or folder."""
    if site is not None:
        return f"site {site}"
    return path if field is not None else path.rpartition("/")[0] or ROOT
