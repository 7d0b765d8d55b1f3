"""Train the page-furniture model: labelled lines in, corpuslint/models/page_furniture.json out.

    python training/page_furniture.py --lines LINES.jsonl.gz … --articles ARTICLES.jsonl.gz …

LINES     a page a line: {"id", "site", "source", "lines": [{"text", "label": "main" | "junk" | "unsure"}]}
ARTICLES  clean texts, {"id", "site", "text"}: every line is taken for text

Sites are cut into two halves by a hash of their name. The forest learns from one half (--half 0, the default, or 1, or
all), and nothing of the other half is read. What a line's own site says about its words never reaches the line, so
that the forest learns what strings of other sites and of the catalog are worth. The threshold is chosen on the same
half, by cross-validation over its sites, with labels that a person checked put in place of the given ones
(verdicts.tsv). The training data belongs to its publishers and stays outside; the weights hold hashes of single words
and of interface strings.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from boosting import Forest, Growth, grow

from corpuslint import line_model
from corpuslint.catalogs import catalogs_of
from corpuslint.document import Document
from corpuslint.line_features import NAMES, Lexicon, features
from corpuslint.normal import normal
from corpuslint.phrases import Catalog

FOLDER = Path(__file__).parent
WEIGHTS = line_model.MODELS / "page_furniture.json"
CUTS = 3  # how often a page is cut: each time with another number of lines before and behind the text
ARTICLES_PER_FILE = 800
ARTICLE_WEIGHT = 0.3  # of a line of an article: there are many, and few of them look like anything else
SITE_LINES = 600  # lines from which a site's further lines count less: one site must not outvote the others
LEAST_SITES = 3  # a word that fewer sites show says nothing
MOST_STRING = 80  # characters; interface strings are short
FOLDS = 4


class Row(NamedTuple):
    """A line that is no prose: its page, its number among the page's lines, its label, its features."""

    page: str
    line: int
    site: str
    label: str
    inside: bool
    values: list[float]


@dataclass
class Counts:
    """On which sites strings and words stand as interface and as text."""

    strings: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    words: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))

    @cached_property
    def sites(self) -> dict[str, int]:
        """How many sites show words of a label; asked when all pages are counted."""
        return {label: len(set().union(*words.values())) + 1 for label, words in self.words.items()}

    def add(self, page: dict[str, Any]) -> None:
        """Count the short lines of a page."""
        for line in page["lines"]:
            folded = normal(line["text"])
            if line["label"] == "unsure" or not 0 < len(folded) <= MOST_STRING:
                continue
            self.strings[line["label"]][folded].add(page["site"])
            for word in set(folded.split()):
                self.words[line["label"]][word].add(page["site"])

    def string(self, folded: str, but: str = "") -> int:
        """Return how well a string is known as interface, one site left out: 0 to 3."""
        junk, main = self._sites(self.strings, folded, but)
        if main * 4 > junk or junk < 2:
            return 0
        return 1 if junk < 3 else 2 if junk < 6 else 3

    def word(self, word: str, but: str = "") -> int:
        """Return the weight of a word, one site left out, in units."""
        junk, main = self._sites(self.words, word, but)
        if junk + main < LEAST_SITES:
            return 0
        odds = math.log((junk + 0.5) / (main + 0.5) * self.sites["main"] / self.sites["junk"])
        return round(max(-4.0, min(4.0, odds)) / line_model.WORD_UNIT)

    @staticmethod
    def _sites(counts: dict[str, dict[str, set[str]]], key: str, but: str) -> tuple[int, int]:
        found = [counts[label].get(key, frozenset()) for label in ("junk", "main")]
        return len(found[0]) - (but in found[0]), len(found[1]) - (but in found[1])


@dataclass
class OtherSites(Lexicon):
    """What all sites but one say."""

    counts: Counts
    site: str
    catalogs: tuple[Catalog, ...] = ()
    weights: dict[str, int] = field(default_factory=dict)

    def known(self, text: str, folded: str) -> int:
        """Look the string up, in the catalog too."""
        if not folded:
            return 0
        return self.counts.string(folded, self.site) or int(any(c.match(text, folded) for c in self.catalogs))

    def weight(self, word: str) -> float:
        """Look the word up."""
        if word not in self.weights:
            self.weights[word] = self.counts.word(word, self.site)
        return self.weights[word] * line_model.WORD_UNIT


def half_of(site: str) -> int:
    """Return the half a site belongs to, 0 or 1."""
    return hashlib.blake2b(site.encode(), digest_size=8).digest()[0] % 2


def read(files: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the records of JSONL files, compressed or not."""
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") if file.endswith(".gz") else Path(file).open() as stream:
            yield from (json.loads(line) for line in stream if line.strip())


def cut(page: dict[str, Any], time: int) -> tuple[int, list[dict[str, str]]]:
    """Return the number of a cut's first line, and its lines: from 0–8 before the text to 0–12 behind it."""
    main = [n for n, line in enumerate(page["lines"]) if line["label"] == "main"]
    rng = random.Random(f"{page['id']}/{time}")
    first = max(0, main[0] - rng.randint(0, 8))
    return first, page["lines"][first : main[-1] + 1 + rng.randint(0, 12)]


def rows_of(page: dict[str, Any], counts: Counts, time: int) -> list[Row]:
    """Return the lines of a page that the model is asked about."""
    first, lines = cut(page, time)
    document = Document(page["id"], "".join(line["text"] + "\n" for line in lines))
    main = [n for n, line in enumerate(lines) if line["label"] == "main"]
    lexicon = OtherSites(counts, page["site"], catalogs_of(document.script_names))
    numbers, values = features(document, lexicon)
    return [
        Row(page["id"], first + n, page["site"], lines[n]["label"], main[0] < n < main[-1], row)
        for n, row in zip(numbers, values, strict=True)
    ]


def weights_of(rows: Sequence[Row]) -> np.ndarray:
    """Return how much each line counts."""
    lines = Counter(row.site for row in rows)
    return np.array([min(1.0, math.sqrt(SITE_LINES / lines[row.site])) for row in rows])


def learn(rows: Sequence[Row], articles: Sequence[Row], growth: Growth) -> Forest:
    """Grow a forest on labelled lines and on lines of articles."""
    sure = [row for row in rows if row.label != "unsure"]
    x = np.array([row.values for row in (*sure, *articles)])
    y = np.array([float(row.label == "junk") for row in (*sure, *articles)])
    return grow(x, y, np.concatenate([weights_of(sure), np.full(len(articles), ARTICLE_WEIGHT)]), growth)


def left_out(rows: Sequence[Row], articles: Sequence[Row], growth: Growth) -> np.ndarray:
    """Return the probability of each line from a forest that saw nothing of its site."""
    sites = sorted({row.site for row in rows}, key=lambda site: hashlib.blake2b(b"fold" + site.encode()).digest())
    fold = {site: n % FOLDS for n, site in enumerate(sites)}
    found = np.zeros(len(rows))
    for n in range(FOLDS):
        forest = learn([row for row in rows if fold[row.site] != n], articles, growth)
        mine = [at for at, row in enumerate(rows) if fold[row.site] == n]
        found[mine] = 1 / (1 + np.exp(-forest.margin(np.array([rows[at].values for at in mine]))))
    return found


def threshold_for(
    rows: Sequence[Row], found: np.ndarray, precision: float, verdicts: dict[tuple[str, int], str]
) -> float:
    """Return the lowest probability from which on the lines called junk are junk with a precision."""
    label = [verdicts.get((row.page, row.line), row.label) for row in rows]
    order = [n for n in np.argsort(-found, kind="stable") if label[n] != "unsure"]
    junk = np.cumsum([label[n] == "junk" for n in order])
    enough = np.flatnonzero(junk / np.arange(1, len(order) + 1) >= precision)
    return float(found[order[enough[-1]]])


def read_verdicts(file: Path) -> dict[tuple[str, int], str]:
    """Return what a person said about lines: by page and number of the line."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            page, number, verdict = line.split("\t")
            found[page, int(number)] = verdict
    return found


def write(forest: Forest, counts: Counts, file: Path) -> int:
    """Write the weights; return the size of the file."""
    strings = {f: level for f in counts.strings["junk"] if (level := counts.string(f))}
    words = {w: weight for w in {*counts.words["junk"], *counts.words["main"]} if abs(weight := counts.word(w)) >= 2}
    unit = line_model.VALUE_UNIT
    content = {
        "format": line_model.FORMAT,
        "features": NAMES,
        "base": round(forest.base, 6),
        "edges": [edges.tolist() for edges in forest.edges],
        "feature": forest.feature.tolist(),
        "cut": forest.cut.tolist(),
        "value": np.round(forest.value / unit).astype(int).tolist(),
        "strings": line_model.packed({line_model.string_hash(f): level for f, level in strings.items()}),
        "words": line_model.packed({line_model.word_hash(w): weight for w, weight in words.items()}),
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in content.items()]
    file.parent.mkdir(exist_ok=True)
    file.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    return file.stat().st_size


def show_doubtful(pages: dict[str, dict[str, Any]], rows: Sequence[Row], found: np.ndarray, count: int) -> None:
    """Print lines near and above the threshold with what stands around them, for a person to judge."""
    near = {(row.page, row.line): (p, row.label) for row, p in zip(rows, found, strict=True) if p >= 0.6}
    picked = sorted(near, key=lambda key: hashlib.blake2b(repr(key).encode()).digest())[:count]
    for page, line in sorted(picked):
        lines = [entry["text"][:60] for entry in pages[page]["lines"][max(0, line - 2) : line + 3]]
        print(page, line, f"{near[page, line][0]:.2f}", near[page, line][1], " / ".join(lines), sep="\t")


def main() -> None:
    """Run the training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", nargs="+", required=True)
    parser.add_argument("--articles", nargs="*", default=[])
    parser.add_argument("--half", choices=("0", "1", "all"), default="0", help="sites to learn from")
    parser.add_argument("--verdicts", type=Path, default=FOLDER / "verdicts.tsv")
    parser.add_argument("--precision", type=float, default=0.95)
    parser.add_argument("--doubtful", type=int, default=0, help="print so many lines to be judged, and stop")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    args = parser.parse_args()

    def mine(record: dict[str, Any]) -> bool:
        return args.half == "all" or half_of(record["site"]) == int(args.half)

    labelled = [page for page in read(args.lines) if mine(page) and page.get("page_type") in (None, "article")]
    labelled = [page for page in labelled if any(line["label"] == "main" for line in page["lines"])]
    counts = Counts()
    for page in labelled:
        counts.add(page)
    rows = [row for time in range(CUTS) for page in labelled for row in rows_of(page, counts, time)]
    articles = []
    for file in args.articles:
        texts = sorted((r for r in read([file]) if mine(r)), key=lambda r: hashlib.blake2b(r["id"].encode()).digest())
        for text in texts[:ARTICLES_PER_FILE]:
            lines = [{"text": line, "label": "main"} for line in text["text"].splitlines() if line.strip()]
            articles += rows_of({**text, "lines": lines}, counts, 0) if lines else []
    growth = Growth()
    print(
        f"{len(labelled)} pages of {len({p['site'] for p in labelled})} sites with {len(rows)} lines; "
        f"{len(articles)} lines of articles"
    )
    found = left_out(rows, articles, growth)
    if args.doubtful:
        return show_doubtful({page["id"]: page for page in labelled}, rows, found, args.doubtful)
    verdicts = read_verdicts(args.verdicts) if args.verdicts.exists() else {}
    for name, known in (("as labelled", {}), ("as checked", verdicts)):
        print(
            f"threshold for precision {args.precision}, {name}: {threshold_for(rows, found, args.precision, known):.3f}"
        )
    print(f"{write(learn(rows, articles, growth), counts, args.output)} bytes")
    return None


if __name__ == "__main__":
    main()
