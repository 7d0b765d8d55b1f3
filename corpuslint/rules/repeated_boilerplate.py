"""DUP204 repeated-boilerplate: lines that many documents of a site, a folder or the corpus share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, NamedTuple

from corpuslint.corpus_rule import Batch, Records
from corpuslint.deletion import delete_lines
from corpuslint.diagnostic import Applicability, Diagnostic, Fix, Severity
from corpuslint.document import Document
from corpuslint.junk import junk_blocks
from corpuslint.line_rule import LineRule, Repeat, written_keys
from corpuslint.rule import option

# A line of the text itself: shorter ones are headings, captions or furniture, and say nothing about where it begins.
TEXT_LINE = 60  # code points
# A document of which less is its own repeats another document; that is for the rules about documents to say.
LEAST_OWN = 0.2  # share of its code points
# Between two lines of text, a line that many documents share may be a proverb, a refrain or a quotation. A block of
# such lines that a quarter of the documents of the group have is none.
INSIDE_LINES = 2
INSIDE_SHARE = 0.25
# One line at the page's edge may be a byline or a place, and a block inside a table of the site's own: both need
# more documents than a block at the edge does.
MANY_DOCUMENTS = 5


class Block(NamedTuple):
    """Neighbouring repeated lines (numbers from 0) and where they stand: head, tail or inside."""

    lines: tuple[int, ...]
    where: str


@dataclass(frozen=True)
class RepeatedBoilerplate(LineRule):
    """Lines that stand in many documents, at their head or tail or beside each other.

    What it finds:
        Lines that at least `least-documents` documents of one group have, and at least `least-share` of the
        group's documents. A group is a site (where records name one), else a folder or container, and the whole
        corpus. Neighbouring lines are one finding. A block counts at the head or the tail of a document; between
        lines of text it has two lines or more and stands in a quarter of the documents.

    Why it matters:
        Menus, contact lines and calls to subscribe of one site are in no catalog, and a model learns them by heart
        because they stand in every document.

    Example:
        Ten files that all end with "Harbour Gazette – the paper for the coast" and "Tell us what you saw: 555 0199".

    Instead:
        The same ten files without these two lines.

    Left alone:
        A single shared line between two lines of text: proverbs, refrains, quotations of a law, headings that
        recur. A paragraph, or a single line at the edge, that fewer than five documents have. Documents of which
        hardly anything is their own: near-duplicate-document finds those. Lines that a junk rule knows.

    Fix safety:
        Unsafe: that many documents have a line does not prove that none of them needs it.

    Source:
        Pages of ten sites with their lines (benchmarks/boilerplate.py), and four collections of articles in which it
        has to be silent.
    """

    code: ClassVar[str] = "DUP204"
    name: ClassVar[str] = "repeated-boilerplate"
    severity: ClassVar[Severity] = Severity.WARNING
    yields_to: ClassVar[tuple[str, ...]] = ("DUP101",)
    surest: ClassVar[Applicability] = Applicability.UNSAFE

    least_documents: int = option(2, "the least number of documents that have a line", unit="documents", least=2)
    least_share: float = option(0.05, "the least share of a group's documents that have a line", unit="0 to 1", least=0)

    def keys(self, batch: Batch) -> Records:
        """Return the hash of each line that has words."""
        return batch.line_hashes

    def check_repeated(self, document: Document, repeats: Mapping[int, Repeat]) -> Iterator[Diagnostic]:
        """Yield a finding for each block of repeated lines."""
        written = document.written_lines
        shared = {
            n: repeats[key]
            for n, key in zip(written, document.fact(written_keys), strict=True)
            if key is not None and key in repeats and says_something(document.normal_lines[n])
        }
        for block in blocks(document, shared) if shared else ():
            if self._is_boilerplate(block, shared):
                for part in unknown_parts(document, block):
                    yield self._finding(document, part, shared)

    def _is_boilerplate(self, block: Block, shared: Mapping[int, Repeat]) -> bool:
        worded = [shared[n] for n in block.lines if n in shared]
        if block.where == "inside":
            enough = [r for r in worded if r.share >= INSIDE_SHARE and r.documents >= MANY_DOCUMENTS]
            return len(enough) >= INSIDE_LINES and len(enough) * 2 >= len(worded)
        return len(worded) > 1 or worded[0].documents >= MANY_DOCUMENTS

    def _finding(self, document: Document, block: Block, shared: Mapping[int, Repeat]) -> Diagnostic:
        first, last = block.lines[0], block.lines[-1]
        counted = [shared[n] for n in block.lines if n in shared]
        repeat = max(counted, key=lambda repeat: (repeat.share, repeat.documents))
        what = "Line stands" if len(counted) == 1 else f"Block of {len(counted)} lines stands"
        return self.diagnostic(
            document,
            document.lines_span(first, last),
            f"{what} in {repeat.documents} of {repeat.of} documents of {repeat.group}.",
            data={
                "lines": len(counted),
                "documents": repeat.documents,
                "of": repeat.of,
                "group": repeat.group,
                "share": round(repeat.share, 3),
                "position": block.where,
            },
            fix=Fix("Delete the lines", (delete_lines(document, first, last),), Applicability.UNSAFE),
        )


def blocks(document: Document, shared: Mapping[int, Repeat]) -> Iterator[Block]:
    """Yield the runs of shared lines of a document with a text of its own; lines without a word break no run."""
    sizes = {n: len(document.line_text(n).strip()) for n in document.written_lines}
    own = [n for n in sizes if n not in shared]
    if sum(sizes[n] for n in own) < LEAST_OWN * sum(sizes.values()):
        return
    text = [n for n in own if sizes[n] >= TEXT_LINE] or own
    run: list[int] = []
    for n in sizes:
        # A paragraph that few documents have is a copy, not the furniture of a site.
        if n in shared and (sizes[n] < TEXT_LINE or shared[n].documents >= MANY_DOCUMENTS):
            run.append(n)
        elif run and says_something(document.normal_lines[n]):
            yield Block(tuple(run), _where(run, text))
            run = []
    if run:
        yield Block(tuple(run), _where(run, text))


def unknown_parts(document: Document, block: Block) -> Iterator[Block]:
    """Yield what of a block no junk rule knows: those have a better name for their lines."""
    known = {n for junk in document.fact(junk_blocks) for n in range(junk.first, junk.last + 1)}
    for is_known, lines in groupby(block.lines, known.__contains__):
        if not is_known:
            yield Block(tuple(lines), block.where)


def says_something(folded: str) -> bool:
    """Say whether a line holds a word: numbers and single letters stand in many documents by chance."""
    return len(folded) > 1 and any(c.isalpha() for c in folded)


def _where(run: Sequence[int], text: Sequence[int]) -> str:
    return "head" if run[-1] < text[0] else "tail" if run[0] > text[-1] else "inside"
