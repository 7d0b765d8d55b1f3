"""Interface lines written from knowledge of a language's sites: `python -m benchmarks.interface_lines [LANGUAGE]`.

tests/interface_lines/LANGUAGE.toml holds about 300 lines of the interface, by kind, and 100 lines of articles that
look alike. Each line stands in a document as on a real page: interface lines of one kind in runs of at most RUN,
before or behind an article of three prose lines; an article line between two of them. Printed are, a kind at a time,
the share of lines that a JNK rule finds and the share that safe fixes delete; and the article lines that a rule calls
junk or that a safe fix deletes. `--missed` lists what no rule finds.

The lines were written without looking into the catalogs. Caught, blind: ar .83, fa .83, he .74, ur .73; after the
catalogs were deepened: .99, .99, .99, 1.00 (deleted by safe fixes: .63, .65, .50, .50, then .78, .81, .69, .73). Only
the blind figures say what new sites would show: the second ones are of lines whose misses were read. The figures
measure the catalog's breadth on lines that their writer thought of, not a real page's recall.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.document import Document
from corpuslint.rule import DocumentRule, Rule
from corpuslint.rule_selection import select
from corpuslint.stages.document_check import check_document
from corpuslint.text import Span

FOLDER = Path(__file__).parent.parent / "tests/interface_lines"
LANGUAGES = ("ar", "fa", "he", "ur")
RUN = 4  # interface lines that stand together: a share bar, a form, the end of a page
PROSE = {
    "ar": (
        "افتتح رئيس البلدية صباح اليوم الجسر الجديد على النهر بحضور عدد كبير من سكان المدينة وضيوفها.",
        "واستغرق بناء الجسر أربع سنوات، وبلغت كلفته أربعين مليونا دفعت الحكومة المركزية نصفها.",
        "وقال المهندس المشرف إن الجسر سيخفف الزحام في وسط المدينة، وإن العمل على الطرق المؤدية إليه مستمر.",
    ),
    "fa": (
        "شهردار صبح امروز پل تازه رودخانه را با حضور شمار زیادی از شهروندان و مهمانان شهر گشود.",
        "ساخت این پل چهار سال به درازا کشید و نیمی از هزینه آن را دولت مرکزی پرداخت کرده است.",
        "مهندس ناظر گفت که پل از ازدحام مرکز شهر می‌کاهد و کار در جاده‌های پیرامون آن ادامه خواهد داشت.",
    ),
    "he": (
        "ראש העירייה חנך הבוקר את הגשר החדש על הנהר בנוכחות מאות מתושבי העיר ואורחים רבים מבחוץ.",
        "בניית הגשר נמשכה ארבע שנים, ומחצית מעלותו שולמה בידי הממשלה לאחר דיונים ארוכים מאוד.",
        "המהנדס המפקח אמר שהגשר יקל על העומס במרכז העיר, ושהעבודה על הדרכים המובילות אליו תימשך.",
    ),
    "ur": (
        "میئر نے آج صبح دریا پر بنے نئے پل کا افتتاح کیا جس میں شہر کے سینکڑوں باشندوں نے شرکت کی۔",
        "پل کی تعمیر میں چار سال لگے اور اس کی آدھی لاگت وفاقی حکومت نے طویل بات چیت کے بعد ادا کی۔",
        "نگران انجینئر نے کہا کہ پل سے شہر کے مرکز میں ہجوم کم ہوگا اور راستوں پر کام جاری رہے گا۔",
    ),
}


@dataclass(frozen=True)
class Lines:
    """The lines of a language."""

    junk: dict[str, tuple[str, ...]]
    article: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one line."""

    kind: str  # "article" for a line that must stay
    text: str
    found: bool
    deleted: bool  # by a safe fix


def read(language: str) -> Lines:
    """Read the lines of a language."""
    with (FOLDER / f"{language}.toml").open("rb") as stream:
        table = tomllib.load(stream)
    junk = {kind: tuple(lines.splitlines()) for kind, lines in table["junk"].items()}
    return Lines(junk, tuple(table["article"]["lines"].splitlines()))


def outcomes(language: str, rules: Sequence[Rule]) -> Iterator[Outcome]:
    """Yield what the rules do with each line of a language."""
    lines = read(language)
    prose = PROSE[language]
    for kind, texts in lines.junk.items():
        for number, start in enumerate(range(0, len(texts), RUN)):
            run = texts[start : start + RUN]
            before, behind = (run, ()) if number % 2 else ((), run)
            yield from _judged(kind, (*before, *prose, *behind), run, rules)
    for text in lines.article:
        yield from _judged("article", (prose[0], text, *prose[1:]), (text,), rules)


def _judged(kind: str, page: Sequence[str], asked: Sequence[str], rules: Sequence[Rule]) -> Iterator[Outcome]:
    """Yield the outcome of some lines of a page."""
    document = Document("page.txt", "\n".join(page) + "\n")
    found = [result for result in check_document(document, rules) if isinstance(result, Diagnostic)]
    flagged = [diagnostic.place.span for diagnostic in found]
    gone = [
        edit.span
        for diagnostic in found
        if diagnostic.fix and diagnostic.fix.applicability is Applicability.SAFE
        for edit in diagnostic.fix.edits
    ]
    start = 0
    for line in page:
        span = Span(start, start + len(line))
        start = span.end + 1
        if line in asked:
            yield Outcome(
                kind, line, any(span.overlaps(cover) for cover in flagged), any(span.overlaps(cover) for cover in gone)
            )


def report(language: str, results: Sequence[Outcome], missed: bool) -> None:
    """Print the figures of a language."""
    junk = [result for result in results if result.kind != "article"]
    article = [result for result in results if result.kind == "article"]
    print(f"\n{language}{'lines':>22}{'caught':>9}{'deleted':>9}")
    for kind in [*dict.fromkeys(result.kind for result in junk), "all"]:
        of = [result for result in junk if kind in (result.kind, "all")]
        caught, deleted = sum(result.found for result in of), sum(result.deleted for result in of)
        print(f"  {kind:16}{len(of):6}{caught / len(of):9.2f}{deleted / len(of):9.2f}")
    called, gone = [r.text for r in article if r.found], [r.text for r in article if r.deleted]
    print(f"  article lines {len(article)}: {len(called)} called junk {called}, {len(gone)} deleted {gone}")
    if missed:
        for result in junk:
            if not result.found:
                print(f"    missed {result.kind}: {result.text}")


def main() -> int:
    """Print the figures of all languages or of one."""
    rules = [rule() for rule in select(["JNK"], [], []) if issubclass(rule, DocumentRule)]
    missed = "--missed" in sys.argv
    for language in [name for name in sys.argv[1:] if name in LANGUAGES] or LANGUAGES:
        report(language, list(outcomes(language, rules)), missed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
