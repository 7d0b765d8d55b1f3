"""The duplicates view: clusters with their kept copy, documents side by side, and blocks repeated inside a document.

Which documents are copies was decided by the rules; which words differ is decided by `words_diff`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from corpuslint.diagnostic import Diagnostic, Place
from corpuslint.report.cards import path_of
from corpuslint.report.clusters import Cluster, Copy, DocumentName, name_of
from corpuslint.report.markup import Element, Node, element
from corpuslint.report.material import COMPARED_CHARACTERS
from corpuslint.report.snippets import quote, shortened, shown
from corpuslint.report.words_diff import Piece, compare
from corpuslint.statistics import DocumentFacts

MEMBERS = 50  # copies of a cluster that are listed; corpuslint-clusters.jsonl has them all
ARCS = 40  # repeated blocks of a document that are drawn
WIDTH, HEIGHT = 640, 60  # of a document's strip, in units of the drawing
BASE = 46  # height of the strip's line


def cluster_card(
    cluster: Cluster,
    texts: Mapping[DocumentName, str],
    compared: frozenset[tuple[DocumentName, DocumentName]],
    facts: Mapping[DocumentName, DocumentFacts],
) -> Element:
    """Return a cluster as an article."""
    reason = f" Kept because {cluster.reason}." if cluster.reason else ""
    members = cluster.members[:MEMBERS]
    more = cluster.size - 1 - len(members)
    return element(
        "article",
        element("h3", f"{cluster.size} documents that say the same"),
        element("p", element("span", "kept", class_="keep"), " ", path_of(cluster.kept), f".{reason}"),
        element("table", _head("Copy", "Similarity", "Rule"), element("tbody", *(_row(member) for member in members))),
        element("p", f"and {more:,} more copies, all in corpuslint-clusters.jsonl", class_="quiet") if more else None,
        *(
            side_by_side(cluster, member, texts, facts)
            for member in members
            if (cluster.kept_name, member.name) in compared and {cluster.kept_name, member.name} <= texts.keys()
        ),
        class_="cluster",
    )


def side_by_side(
    cluster: Cluster, member: Copy, texts: Mapping[DocumentName, str], facts: Mapping[DocumentName, DocumentFacts]
) -> Element:
    """Return the kept document and a copy beside each other, the words that differ marked."""
    kept, copy = texts[cluster.kept_name], texts[member.name]
    left, right = compare(kept[:COMPARED_CHARACTERS], copy[:COMPARED_CHARACTERS])
    cut = any(len(text) > COMPARED_CHARACTERS for text in (kept, copy))
    note = f"The first {COMPARED_CHARACTERS:,} characters of each." if cut else None
    return element(
        "details",
        element("summary", "Side by side: ", path_of(member.finding.place)),
        element("p", note, class_="quiet") if note else None,
        element(
            "div",
            _side("kept", cluster.kept, left, "ins", facts),
            _side("copy", member.finding.place, right, "del", facts),
            class_="sides",
        ),
    )


def _side(
    role: str, place: Place, pieces: Sequence[Piece], mark: str, facts: Mapping[DocumentName, DocumentFacts]
) -> Element:
    name = name_of(place)
    language = facts[name].language if name in facts else ""
    marked: list[Node] = [
        shown(piece.text) if piece.shared else element(mark, shown(piece.text), title=f"only in the {role} document")
        for piece in pieces
    ]
    whole = "".join(piece.text for piece in pieces)
    return element(
        "div",
        element("h4", element("span", role, class_="keep" if role == "kept" else "drop"), " ", path_of(place)),
        quote(marked, whole, language, "document"),
        class_="side",
    )


def _row(member: Copy) -> Element:
    similarity = "not given" if member.similarity is None else f"{member.similarity:.4f}".rstrip("0").rstrip(".")
    shared, union = member.finding.data.get("shared"), member.finding.data.get("union")
    counts = f" ({shared:,} of {union:,})" if isinstance(shared, int) and isinstance(union, int) else ""
    return element(
        "tr",
        element("th", path_of(member.finding.place), scope="row"),
        element("td", similarity + counts),
        element("td", shown(member.finding.code)),
    )


def _head(*titles: str) -> Element:
    return element("thead", element("tr", *(element("th", title, scope="col") for title in titles)))


def repeated_blocks(diagnostics: Sequence[Diagnostic]) -> dict[DocumentName, list[Diagnostic]]:
    """Return the findings that repeat a place of their own document, the documents with most repeated text first."""
    found: dict[DocumentName, list[Diagnostic]] = defaultdict(list)
    for diagnostic in diagnostics:
        name = name_of(diagnostic.place)
        if diagnostic.related and name_of(diagnostic.related[0].place) == name:
            found[name].append(diagnostic)
    return dict(sorted(found.items(), key=lambda item: (-_repeated(item[1]), item[0])))


def _repeated(diagnostics: Sequence[Diagnostic]) -> int:
    return sum(diagnostic.place.span.end - diagnostic.place.span.start for diagnostic in diagnostics)


def block_card(diagnostics: Sequence[Diagnostic], fact: DocumentFacts | None) -> Element:
    """Return the blocks that repeat inside one document: its strip, with copies joined by arcs, and the places."""
    place = diagnostics[0].place
    ends = [
        end for diagnostic in diagnostics for end in (diagnostic.place.span.end, diagnostic.related[0].place.span.end)
    ]
    length = max(fact.characters if fact else 0, *ends, 1)
    share = f", {100 * _repeated(diagnostics) / fact.characters:.0f}% of the document" if fact else ""
    rows = [_block_row(diagnostic) for diagnostic in diagnostics[:ARCS]]
    return element(
        "article",
        element("h3", path_of(place)),
        element("p", f"{_repeated(diagnostics):,} characters repeat{share}.", class_="quiet"),
        _strip(diagnostics[:ARCS], length),
        element("table", _head("Repeats", "First copy", "Text"), element("tbody", *rows)),
        class_="blocks",
    )


def _strip(diagnostics: Sequence[Diagnostic], length: int) -> Element:
    drawn: list[Node] = [element("rect", x="0", y=str(BASE), width=str(WIDTH), height="8", class_="strip")]
    for number, diagnostic in enumerate(diagnostics):
        colour = f"block-{number % 4}"
        first, later = diagnostic.related[0].place.span, diagnostic.place.span
        for span in (first, later):
            left, width = span.start / length * WIDTH, max(2.0, (span.end - span.start) / length * WIDTH)
            drawn.append(
                element("rect", x=f"{left:.1f}", y=str(BASE), width=f"{width:.1f}", height="8", class_=f"copy {colour}")
            )
        x1, x2 = ((span.start + span.end) / 2 / length * WIDTH for span in (first, later))
        top = BASE - min(BASE - 3, 8 + abs(x2 - x1) / 6)
        arc = f"M{x1:.1f},{BASE}C{x1:.1f},{top:.1f} {x2:.1f},{top:.1f} {x2:.1f},{BASE}"
        drawn.append(element("path", d=arc, class_=f"arc {colour}"))
    label = "The document from its start to its end; arcs join each repeated block to its first copy."
    return element("svg", *drawn, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=label, class_="arcs")


def _block_row(diagnostic: Diagnostic) -> Element:
    later, first = diagnostic.place, diagnostic.related[0].place
    text = shortened(later.text, 160)
    return element(
        "tr",
        element("td", _lines(later)),
        element("td", _lines(first)),
        element("td", quote((shown(text),), text, "", "snippet")),
    )


def _lines(place: Place) -> str:
    if place.start.line == place.end.line:
        return f"line {place.start.line}"
    return f"lines {place.start.line}–{place.end.line}"
