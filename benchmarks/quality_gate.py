"""Holds every rule that calls fixes safe against labelled real text: what they delete must be junk, 99 times in 100.

    python benchmarks/quality_gate.py DATA [--update [--lower] [--accept-data]]

DATA holds `lines/*.jsonl.gz` and `injected/wp_pages*` (pages whose lines are labelled main, junk or unsure) and
`injected/dup_blocks*` and `injected/brackets*` (texts with labelled spans). The floors stand in
tests/quality/floors.toml beside a digest of the data they were measured on. `--update` writes what was measured
where it is higher, for each rule and for each language in which a rule deletes enough; a floor goes down
only with `--lower`, other data count only with `--accept-data`.
A label that is plainly wrong is listed under `[mislabelled]` by the hash of its line, with the reason; such lines
count neither way. Status 0: all hold. 1: one does not. Without DATA it says so and ends with 0.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import sys
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.document import Document
from corpuslint.rule import DocumentRule, Rule
from corpuslint.rule_selection import select
from corpuslint.stages.document_check import check_document
from corpuslint.text import Span

FLOORS = Path(__file__).parent.parent / "tests/quality/floors.toml"
LEAST = 0.99  # precision without which no rule may call a fix safe
FEW = 20  # deletions below which a precision says little: reported, held to its floor, not to LEAST
DIGITS = 4
# A page is cut to what a middling scraper leaves: on whole pages four lines in five are junk.
BEFORE, BEHIND = 8, 12  # lines left before the first and behind the last line of the article, at most


class Labelled(NamedTuple):
    """A text with its labels: spans that may go, that must stay, and (for findings) that count nowhere."""

    document: Document
    junk: list[Span]
    main: list[Span]
    unsure: list[Span]
    by_line: bool
    language: str = ""

    def groups(self, code: str) -> tuple[str, ...]:
        """Return what a deletion of a rule counts for: the rule, and the rule in the text's language."""
        return (code, f"{code}-{self.language}") if self.language else (code,)


@dataclass
class Score:
    """How many deletions of a rule were right and wrong."""

    right: int = 0
    wrong: int = 0
    examples: list[str] = field(default_factory=list)  # of wrong ones

    def add_wrong(self, text: str) -> None:
        """Count a deletion that should not have been."""
        self.wrong += 1
        self.examples.append(text)

    @property
    def precision(self) -> float:
        """The share of right ones, cut (not rounded) to DIGITS."""
        scale: int = 10**DIGITS
        return scale * self.right // max(1, self.right + self.wrong) / scale


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read a labelled file."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        yield from (json.loads(line) for line in stream if line.strip())


def pages(path: Path) -> Iterator[Labelled]:
    """Read pages with labelled lines."""
    for row in rows(path):
        if row.get("page_type") not in (None, "article") or row.get("lang") == "la":
            continue  # gold text that is selective, and placeholder text
        lines = cut(row)
        text, spans = "", defaultdict(list)
        for line in lines:
            spans[line["label"]].append(Span(len(text), len(text) + len(line["text"])))
            text += line["text"] + "\n"
        if lines:
            yield Labelled(
                Document(path.name, text), spans["junk"], spans["main"], spans["unsure"], True, row.get("lang") or ""
            )


def cut(page: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines around the article, the same ones every time."""
    lines: list[dict[str, Any]] = page["lines"]
    main = [number for number, line in enumerate(lines) if line["label"] == "main"]
    if not main:
        return []
    draw = random.Random(page["id"])
    first = max(0, main[0] - draw.randint(0, BEFORE))
    return lines[first : main[-1] + 1 + draw.randint(0, BEHIND)]


def texts(path: Path) -> Iterator[Labelled]:
    """Read texts with labelled spans."""
    for row in rows(path):
        junk = [Span(span["start"], span["end"]) for span in row["spans"]]
        unsure = [Span(span["start"], span["end"]) for span in row.get("unsure", ())]
        language = row.get("lang") or ""
        yield Labelled(Document(path.name, row["text"]), junk, [], unsure, by_line=False, language=language)


def measure(data: Path, rules: Sequence[Rule], mislabelled: Collection[str] = ()) -> dict[str, Score]:
    """Return the score of each rule's safe deletions over all labelled files; spans are asked of their own family."""
    scores: dict[str, Score] = defaultdict(Score)
    by_line = sorted([*data.glob("lines/*.gz"), *data.glob("injected/wp_pages*.gz")])
    for path in by_line:
        for labelled in pages(path):
            score_lines(labelled, safe_fixes(labelled.document, rules), scores, mislabelled)
    for pattern, code in (("injected/dup_blocks*.gz", "DUP101"), ("injected/brackets*.gz", "FRN101")):
        for path in sorted(data.glob(pattern)):
            for labelled in texts(path):
                found = [d for d in safe_fixes(labelled.document, rules) if d.code == code]
                score_spans(labelled, found, scores)
    # What goes from the middle of a line is no line: nothing is known of it here. A rule with few deletions in a
    # language says little about that language.
    least = {code: FEW if "-" in code else 1 for code in scores}
    return {code: score for code, score in scores.items() if score.right + score.wrong >= least[code]}


def safe_fixes(document: Document, rules: Sequence[Rule]) -> list[Diagnostic]:
    """Return the findings that `--fix` would apply."""
    found = [result for result in check_document(document, rules) if isinstance(result, Diagnostic)]
    return [d for d in found if d.fix is not None and d.fix.applicability is Applicability.SAFE]


def score_lines(
    labelled: Labelled, found: Sequence[Diagnostic], scores: dict[str, Score], mislabelled: Collection[str]
) -> None:
    """Count the labelled lines of which a rule deletes at least half."""
    text = labelled.document.text
    deleted: dict[str, list[Span]] = defaultdict(list)
    for diagnostic in found:
        edits = diagnostic.fix.edits if diagnostic.fix else ()
        deleted[diagnostic.code] += [edit.span for edit in edits if len(edit.content) < edit.end - edit.start]
    # What a block repeats still stands in the text; its labels say nothing about it.
    for code, spans in deleted.items():
        if code.startswith("DUP"):
            continue
        right = sum(mostly(text, line, spans) for line in labelled.junk)
        lost = [text[line.start : line.end] for line in labelled.main if mostly(text, line, spans)]
        for group in labelled.groups(code):
            scores[group].right += right
            for line_text in lost:
                if line_hash(line_text) not in mislabelled:
                    scores[group].add_wrong(line_text)


def line_hash(text: str) -> str:
    """Return the hash by which a line is listed: the text itself belongs to its publisher."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


def score_spans(labelled: Labelled, found: Sequence[Diagnostic], scores: dict[str, Score]) -> None:
    """Count the findings of which at least half lies in labelled spans."""
    text = labelled.document.text
    for diagnostic in found:
        if mostly(text, diagnostic.place.span, labelled.unsure):
            continue
        is_right = mostly(text, diagnostic.place.span, labelled.junk)
        for group in labelled.groups(diagnostic.code):
            if is_right:
                scores[group].right += 1
            else:
                scores[group].add_wrong(diagnostic.place.text)


def mostly(text: str, span: Span, covers: Sequence[Span]) -> bool:
    """Say whether at least half of the written characters of a span lie in others."""
    near = [cover for cover in covers if cover.overlaps(span)]
    if not near:
        return False
    letters = [n for n in range(span.start, span.end) if not text[n].isspace()]
    inside = sum(any(cover.start <= n < cover.end for cover in near) for n in letters)
    return bool(letters) and inside * 2 >= len(letters)


def digest(data: Path) -> str:
    """Return one hash of all labelled files that count."""
    hashed = hashlib.sha256()
    for path in sorted([*data.glob("lines/*.gz"), *data.glob("injected/*.gz")]):
        hashed.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return hashed.hexdigest()


def judge(scores: dict[str, Score], floors: dict[str, float], names: dict[str, str]) -> list[str]:
    """Return a line for each rule, or rule in a language, that does not hold."""
    wrong = []
    for code, score in sorted(scores.items()):
        name = name_of(code, names)
        if score.right + score.wrong >= FEW and score.precision < LEAST and "-" not in code:
            wrong.append(f"{code} {name}: {score.precision} of its safe deletions are right, less than {LEAST}")
        if score.precision < floors.get(code, 0):
            wrong.append(f"{code} {name}: {score.precision} is below its floor {floors[code]}")
    gone = sorted(code for code in floors.keys() - scores.keys() if "-" not in code)
    return wrong + [
        f"{code}: has a floor, and deletes nothing any more; take the floor out with --lower" for code in gone
    ]


def name_of(code: str, names: Mapping[str, str]) -> str:
    """Return the name of a rule by its code, or by its code in a language."""
    return names[code.partition("-")[0]]


def write(
    file: Path,
    data: str,
    floors: Mapping[str, float],
    mislabelled: Mapping[str, str],
    scores: Mapping[str, Score],
    names: Mapping[str, str],
) -> None:
    """Write the floors."""
    lines = [
        "# Made by `python benchmarks/quality_gate.py DATA --update`: the share of the lines and spans deleted by a",
        "# rule's safe fixes that is labelled as junk, in all texts and in each language in which it deletes enough.",
        "# A floor goes down only with --lower: ask why.",
        f'data = "{data}"',
        "",
        "[precision]",
    ]
    for code, floor in sorted(floors.items()):
        score = scores[code]
        counted = f"{score.right} right, {score.wrong} wrong"
        lines.append(f"{code} = {floor:.{DIGITS}f}  # {name_of(code, names)}: {counted}")
    lines += ["", "# Labels that are plainly wrong, by the hash of their line; each was read by a person."]
    lines += ["[mislabelled]", *(f'{line} = "{why}"' for line, why in sorted(mislabelled.items()))]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and judge or update."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--floors", type=Path, default=FLOORS)
    parser.add_argument("--update", action="store_true", help="write floors that are higher than before, and new ones")
    parser.add_argument("--lower", action="store_true", help="with --update: let floors go down, and out")
    parser.add_argument("--accept-data", action="store_true", help="with --update: measure on other data than before")
    parser.add_argument("--show", action="store_true", help="print what was wrongly deleted")
    words = parser.parse_args(arguments)
    if not (words.data / "injected").is_dir():
        print(f"No labelled data in {words.data}: nothing was measured.")
        return 0
    committed = tomllib.loads(words.floors.read_text(encoding="utf-8")) if words.floors.exists() else {}
    data = digest(words.data)
    if committed.get("data", data) != data and not (words.update and words.accept_data):
        print(f"The labelled data are not those of {words.floors}; --update --accept-data measures anew.")
        return 1
    rules = tuple(rule() for rule in select((), (), ()) if issubclass(rule, DocumentRule))
    names = {rule.code: rule.name for rule in rules}
    mislabelled: dict[str, str] = committed.get("mislabelled", {})
    scores = measure(words.data, rules, mislabelled)
    for code, score in sorted(scores.items()):
        few = "  (few)" if score.right + score.wrong < FEW else ""
        share = f"{score.precision:.{DIGITS}f}{few}"
        print(f"{code:13}{name_of(code, names):28}{score.right:7} right{score.wrong:5} wrong   {share}")
        for example in score.examples if words.show else ():
            print(f"    wrong: {line_hash(example)} {example[:130]!r}")
    floors: dict[str, float] = committed.get("precision", {})
    wrong = judge(scores, {} if words.update and words.lower else floors, names)
    print("\n".join(wrong) or "All safe fixes hold.")
    if words.update and (not wrong or words.lower):
        new = {
            code: score.precision if words.lower else max(score.precision, floors.get(code, 0))
            for code, score in scores.items()
        }
        write(words.floors, data, new, mislabelled, scores, names)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
