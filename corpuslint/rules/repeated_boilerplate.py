"""DUP204 repeated-boilerplate: lines that many documents of a site, a folder or the corpus share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, NamedTuple

from corpuslint.batch import Batch, Records
from corpuslint.deletion import delete_lines
from corpuslint.diagnostic import Applicability, Diagnostic, Fix, Severity
from corpuslint.document import Document
from corpuslint.junk import junk_blocks
from corpuslint.line_rule import Counted, Level, LineRule, Repeat, written_keys
from corpuslint.phrases import ends_sentence
from corpuslint.rule import option

# A line of the text itself: shorter ones are headings, captions or furniture, and say nothing about where it begins.
TEXT_LINE = 60  # code points
# A document of which less is its own repeats another document; that is for the rules about documents to say.
LEAST_OWN = 0.2  # share of its code points
LEAST_OWN_TEXT = 0.5  # share of the code points of its long lines, where short ones are more than LEAST_OWN allows
# Between two lines of text, a line that many documents share may be a proverb, a refrain or a quotation. A block of
# such lines that a quarter of the documents of the group have is none.
INSIDE_LINES = 2
INSIDE_SHARE = 0.25
# So many lines in a row are a menu wherever they stand, if they are labels: short, and no sentences as a poem's are.
MENU_LINES = 9
MENU_CODE_POINTS = 30  # of a line, on average
MENU_SENTENCES = 0.1  # share of the lines that end like a sentence or a verse
# One line at the page's edge may be a byline or a place, and a block inside a table of the site's own: both need
# more documents than a block at the edge does.
MANY_DOCUMENTS = 5
# A paragraph that few documents have is a copy, unless it stands at the edge among more short lines of that kind: the
# notice in a footer.
LEAST_AROUND = 3
# So few lines between runs of so many lines of furniture belong to it, though no other document has them: the names
# and dates between the buttons of comments, a headline in a list of others. Source: of the lines of 108 sites, 1,060
# such lines are junk and two are not.
MOST_BETWEEN = 4
LEAST_BESIDE = 2


class Block(NamedTuple):
    """Neighbouring repeated lines (numbers from 0), where they stand, and whether they look like a menu."""

    lines: tuple[int, ...]
    where: str  # head, tail or inside
    labels: bool


@dataclass(frozen=True)
class RepeatedBoilerplate(LineRule):
    """Lines that stand in many documents, at their head or tail or beside each other.

    What it finds:
        Lines that at least `least-documents` documents of one group have, and at least `least-share` of the
        group's documents. A group is a site (where records name one), else a folder or container, and the whole
        corpus; copies of one document count as one. Neighbouring lines are one finding, with the few short lines
        that stand between them. A block counts at the head or the tail of a document; between lines of text it
        stands in a quarter of the documents, and has two lines that five documents share, or is a menu of nine.

    Why it matters:
        Menus, contact lines and calls to subscribe of one site are in no catalog, and a model learns them by heart
        because they stand in every document.

    Example:
        Ten files that all end with "Harbour Gazette – the paper for the coast" and "Tell us what you saw: 555 0199".

    Instead:
        The same ten files without these two lines.

    Left alone:
        A single shared line between two lines of text: proverbs, refrains, quotations of a law, headings that
        recur. A paragraph that fewer than five documents have, unless it stands in a block of short lines at the
        edge; a single line at the edge that fewer than five have. Documents of which
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
    document_bounds: ClassVar[tuple[int, ...]] = (MANY_DOCUMENTS,)
    share_bounds: ClassVar[tuple[float, ...]] = (INSIDE_SHARE,)

    least_documents: int = option(2, "the least number of documents that have a line", unit="documents", least=2)
    least_share: float = option(0.05, "the least share of a group's documents that have a line", unit="0 to 1", least=0)

    def keys(self, batch: Batch) -> Records:
        """Return the hash of each line that has words."""
        return batch.line_hashes

    def find_repeated(self, document: Document, levels: Mapping[int, Level]) -> Iterator[Counted]:
        """Yield a finding for each block of repeated lines."""
        keys = {
            n: key
            for n, key in zip(document.written_lines, document.fact(written_keys), strict=True)
            if key is not None and key in levels and says_something(document.normal_lines[n])
        }
        shared = {n: levels[key] for n, key in keys.items()}
        found = [block for block in blocks(document, shared) if self._is_boilerplate(block, shared)] if shared else []
        for part in unknown_parts(document, found, text_lines(document, shared)) if found else ():
            yield self._counted(document, part, keys)

    def _is_boilerplate(self, block: Block, shared: Mapping[int, Level]) -> bool:
        worded = [shared[n] for n in block.lines if n in shared]
        if block.where == "inside":
            shares = [level for level in worded if level.share >= INSIDE_SHARE]
            enough = [level for level in shares if level.documents >= MANY_DOCUMENTS]
            if block.labels and len(shares) >= MENU_LINES:
                enough = shares
            return len(enough) >= INSIDE_LINES and len(enough) * 2 >= len(worded)
        return len(worded) > 1 or worded[0].documents >= MANY_DOCUMENTS

    def _counted(self, document: Document, block: Block, keys: Mapping[int, int]) -> Counted:
        first, last = block.lines[0], block.lines[-1]
        counted = tuple(keys[n] for n in block.lines if n in keys)
        finding = self.diagnostic(
            document,
            document.lines_span(first, last),
            "Line stands" if len(counted) == 1 else f"Block of {len(counted)} lines stands",
            data={"lines": len(counted), "position": block.where},
            fix=Fix("Delete the lines", (delete_lines(document, first, last),), Applicability.UNSAFE),
        )
        return Counted(finding, counted)

    def with_numbers(self, finding: Diagnostic, repeats: Sequence[Repeat]) -> Diagnostic:
        """Tell the numbers of the line that the greatest share of documents has."""
        repeat = max(repeats, key=lambda repeat: (repeat.share, repeat.documents))
        numbers = {**repeat._asdict(), "share": round(repeat.share, 3)}
        return finding.saying(
            f"{finding.message} in {repeat.documents} of {repeat.of} documents of {repeat.group}.",
            {"lines": finding.data["lines"], **numbers, "position": finding.data["position"]},
        )


def blocks(document: Document, shared: Mapping[int, Level]) -> Iterator[Block]:
    """Yield the runs of shared lines of a document with a text of its own; lines without a word break no run."""
    sizes = {n: len(document.line_text(n).strip()) for n in document.written_lines}
    if not _has_own_text(sizes, shared):
        return
    text = text_lines(document, shared)
    for run in _runs(document, [*sizes], shared):
        where = _where(run, text)
        long = {n for n in run if sizes[n] >= TEXT_LINE and shared[n].documents < MANY_DOCUMENTS}
        if where != "inside" and len(run) - len(long) >= max(LEAST_AROUND, len(long) + 1):
            long = set()
        for is_copy, lines in groupby(run, long.__contains__):
            if not is_copy:
                part = tuple(lines)
                yield Block(part, _where(part, text), _are_labels(document, part))


def _has_own_text(sizes: Mapping[int, int], shared: Mapping[int, Level]) -> bool:
    """Say whether enough of a document is its own; `sizes` are those of its written lines in code points."""
    own = [size for n, size in sizes.items() if n not in shared]
    if sum(own) >= LEAST_OWN * sum(sizes.values()):
        return True
    # A short article under a long menu: what it shares is labels, where a copy shares paragraphs.
    paragraphs = [sum(size for size in some if size >= TEXT_LINE) for some in (own, sizes.values())]
    return paragraphs[0] > 0 and paragraphs[0] >= LEAST_OWN_TEXT * paragraphs[1]


def _runs(document: Document, written: Sequence[int], shared: Mapping[int, Level]) -> Iterator[list[int]]:
    """Yield the runs of shared lines; a line without a word ends none."""
    run: list[int] = []
    for n in written:
        if n in shared:
            run.append(n)
        elif run and says_something(document.normal_lines[n]):
            yield run
            run = []
    if run:
        yield run


def _are_labels(document: Document, lines: Sequence[int]) -> bool:
    texts = [document.line_text(n).strip() for n in lines]
    sentences = sum(not text[-1].isalnum() for text in texts)
    return sum(map(len, texts)) <= MENU_CODE_POINTS * len(texts) and sentences <= MENU_SENTENCES * len(texts)


def text_lines(document: Document, shared: Mapping[int, Level]) -> list[int]:
    """Return the lines of the document's own text; where there are no long ones, all that are its own."""
    own = [n for n in document.written_lines if n not in shared]
    return [n for n in own if len(document.line_text(n).strip()) >= TEXT_LINE] or own


def unknown_parts(document: Document, found: Sequence[Block], text: Sequence[int]) -> Iterator[Block]:
    """Yield the runs of boilerplate with what stands between its lines, and without what a junk rule knows.

    Junk rules have a better name for their lines.
    """
    of_line = {n: block for block in found for n in block.lines}
    known = {n for junk in document.fact(junk_blocks) for n in range(junk.first, junk.last + 1)}
    lines = (of_line.keys() | set(_between(document, of_line.keys(), known, text))) - known
    for is_part, run in groupby(document.written_lines, lines.__contains__):
        part = tuple(run)
        blocks_of = [of_line[n] for n in part if n in of_line]
        if is_part and blocks_of:
            yield blocks_of[0]._replace(lines=part)


def _between(
    document: Document, repeated: Collection[int], known: Collection[int], text: Sequence[int]
) -> Iterator[int]:
    """Yield the few short lines between two runs of furniture, behind the beginning of the text.

    Before it, a headline stands between a menu and a share bar.
    """
    runs = [
        (is_furniture, list(lines))
        for is_furniture, lines in groupby(document.written_lines, lambda n: n in repeated or n in known)
    ]
    for (_, before), (is_furniture, lines), (_, behind) in zip(runs, runs[1:], runs[2:], strict=False):
        if (
            not is_furniture
            and len(lines) <= MOST_BETWEEN
            and min(len(before), len(behind)) >= LEAST_BESIDE
            and lines[0] > text[0]
            and any(n in repeated for n in (*before, *behind))
            and not any(_is_text(document.line_text(n).strip()) for n in lines)
        ):
            yield from lines


def _is_text(line: str) -> bool:
    return len(line) >= TEXT_LINE or ends_sentence(line)


def says_something(folded: str) -> bool:
    """Say whether a line holds a word: numbers and single letters stand in many documents by chance."""
    return len(folded) > 1 and any(c.isalpha() for c in folded)


def _where(run: Sequence[int], text: Sequence[int]) -> str:
    return "head" if run[-1] < text[0] else "tail" if run[0] > text[-1] else "inside"
