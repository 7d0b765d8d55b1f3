"""Train the page-furniture model: labelled lines in, corpuslint/models/page_furniture.json out.

    python training/page_furniture.py --lines LINES.jsonl.gz … --articles ARTICLES.jsonl.gz …

LINES     a page a line: {"id", "site", "source", "lines": [{"text", "label": "main" | "junk" | "unsure"}]}
ARTICLES  clean texts, {"id", "site", "text"}: every line is taken for text, but for blocks that a catalog knows

Sites are cut into two halves by a hash of their name. The forest learns from one half (--half 0, the default, or 1, or
all), and nothing of the other half is read. The threshold is chosen on the same half, by cross-validation over its
sites, with labels that a person checked put in place of the given ones (verdicts.tsv). The training data belongs to
its publishers and stays outside; the weights hold hashes of words and of interface strings.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from boosting import Floats, Forest, Growth, grow
from lexicon import Counts, OtherSites
from views import Line, Page, cut, half_of, inserted, junk_runs, long_view, mains, read

from corpuslint.catalogs import catalogs_of
from corpuslint.document import Document
from corpuslint.furniture import line_model
from corpuslint.furniture.line_features import NAMES, features

FOLDER = Path(__file__).parent
WEIGHTS = line_model.MODELS / "page_furniture.json"
VIEWS = {"cut": (2, 1.0), "long": (1, 1.0), "inserted": (2, 0.6)}  # how many of each page, and how much each counts
ARTICLES_PER_FILE = 800
ARTICLE_WEIGHT = 0.5  # of a line of an article: there are many, and few of them look like anything else
SITE_PAGES = 50  # pages of a site that are looked at: one site must not outvote the others
SITE_LINES = 600  # lines from which a site's further lines count less
SITE_MEASURED = 150  # lines of a site that count in full when precision is measured
FOLDS = 4


class Row(NamedTuple):
    """A line that is no prose: its page, its number among the page's lines, its label, and the view it is seen in."""

    page: str
    line: int
    site: str
    label: str
    view: str


@dataclass
class Sample:
    """Rows and their features, (rows, features)."""

    rows: list[Row]
    x: Floats

    def where(self, holds: Sequence[bool]) -> Sample:
        """Return the rows for which something holds."""
        return Sample([row for row, keep in zip(self.rows, holds, strict=True) if keep], self.x[np.array(holds, bool)])


def together(samples: Iterable[Sample]) -> Sample:
    """Return all rows of samples."""
    parts = list(samples)
    return Sample([row for part in parts for row in part.rows], np.concatenate([part.x for part in parts]))


def few_of_each_site(pages: Iterable[Page]) -> list[Page]:
    """Return at most SITE_PAGES pages of each site, chosen by a hash of their ids."""
    sites = defaultdict(list)
    for page in pages:
        sites[page["site"]].append(page)
    return [page for site in sites for page in sorted(sites[site], key=lambda page: _hash(page["id"]))[:SITE_PAGES]]


def samples_of(pages: Sequence[Page], counts: Counts) -> Iterator[Sample]:
    """Yield the views of pages."""
    pool: dict[str | None, list[list[Line]]] = defaultdict(list)
    for page in pages:
        pool[page.get("lang")] += junk_runs(page)
    for page in pages:
        for time in range(VIEWS["cut"][0]):
            yield sample_of(page, *cut(page, time), "cut", counts)
        for time in range(VIEWS["long"][0]):
            yield sample_of(page, *long_view(page, time), "long", counts)
        for time in range(VIEWS["inserted"][0]):
            yield sample_of(page, 0, inserted(page, time, pool[page.get("lang")]), "inserted", counts)


def sample_of(page: Page, first: int, lines: Sequence[Line], view: str, counts: Counts) -> Sample:
    """Return the lines of a view that the model is asked about; `first` is the number of the first one in the page."""
    document = Document(page["id"], "".join(line["text"] + "\n" for line in lines))
    numbers, values = features(document, OtherSites(counts, page["site"], catalogs_of(document.script_names)))
    rows = [Row(page["id"], first + n, page["site"], lines[n]["label"], view) for n in numbers]
    return Sample(rows, np.array(values, np.float64).reshape(len(rows), len(NAMES)))


def articles_of(files: Iterable[str], half: str, counts: Counts) -> Iterator[Sample]:
    """Yield the lines of articles; blocks that a catalog knows are no text."""
    for file in files:
        texts = sorted((text for text in read([file]) if is_mine(text, half)), key=lambda text: _hash(text["id"]))
        for text in texts[:ARTICLES_PER_FILE]:
            lines = [{"text": line, "label": "main"} for line in text["text"].splitlines() if line.strip()]
            if lines:
                sample = sample_of(text, 0, lines, "article", counts)
                yield sample.where((sample.x[:, NAMES.index("junk")] == 0).tolist())


def weights_of(rows: Sequence[Row]) -> Floats:
    """Return how much each line counts."""
    lines = Counter(row.site for row in rows)
    views = {"article": ARTICLE_WEIGHT, **{view: weight for view, (_, weight) in VIEWS.items()}}
    return np.array([views[row.view] * min(1.0, (SITE_LINES / lines[row.site]) ** 0.5) for row in rows])


def learn(sample: Sample, growth: Growth) -> Forest:
    """Grow a forest on labelled lines."""
    sure = sample.where([row.label != "unsure" for row in sample.rows])
    return grow(sure.x, np.array([float(row.label == "junk") for row in sure.rows]), weights_of(sure.rows), growth)


def left_out(sample: Sample, growth: Growth) -> tuple[list[Row], Floats]:
    """Return the lines as a scraper leaves them, and their probabilities by forests that saw nothing of their sites."""
    sites = sorted({row.site for row in sample.rows if row.view != "article"}, key=lambda site: _hash("fold" + site))
    fold = {site: n % FOLDS for n, site in enumerate(sites)}
    rows: list[Row] = []
    found = []
    for n in range(FOLDS):
        forest = learn(sample.where([fold.get(row.site, FOLDS) != n for row in sample.rows]), growth)
        mine = sample.where([row.view == "cut" and fold[row.site] == n for row in sample.rows])
        rows += mine.rows
        found.append(1 / (1 + np.exp(-forest.margin(mine.x))))
    return rows, np.concatenate(found)


def threshold_for(
    rows: Sequence[Row], found: Floats, precision: float, verdicts: dict[tuple[str, int], str]
) -> tuple[float, float]:
    """Return the lowest probability from which on lines called junk are so with a precision, and their recall."""
    label = np.array([verdicts.get((row.page, row.line), row.label) for row in rows])
    lines = Counter(row.site for row in rows)
    weight = np.array([min(1.0, SITE_MEASURED / lines[row.site]) for row in rows]) * (label != "unsure")
    order = np.argsort(-found, kind="stable")
    junk = np.cumsum((weight * (label == "junk"))[order])
    called = np.cumsum(weight[order])
    enough = np.flatnonzero(junk >= precision * called)
    return float(found[order[enough[-1]]]), float(junk[enough[-1]] / junk[-1])


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
    strings = {line_model.string_hash(folded): level for folded, level in counts.all_strings().items()}
    words = {line_model.word_hash(word): weight for word, weight in counts.all_words().items()}
    content = {
        "format": line_model.FORMAT,
        "features": NAMES,
        "base": round(forest.base, 6),
        "edges": [edges.tolist() for edges in forest.edges],
        "depth": (forest.feature.shape[1] + 1).bit_length() - 1,
        "feature": line_model.packed_numbers(forest.feature, "<u1"),
        "cut": line_model.packed_numbers(forest.cut, "<u1"),
        "value": line_model.packed_numbers(np.round(forest.value / line_model.VALUE_UNIT), "<i2"),
        "strings": line_model.packed(strings),
        "words": line_model.packed(words),
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in content.items()]
    file.parent.mkdir(exist_ok=True)
    file.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    return file.stat().st_size


def show_doubtful(pages: dict[str, Page], rows: Sequence[Row], found: Floats, count: int) -> None:
    """Print lines near and above the threshold with what stands around them, for a person to judge."""
    near = {(row.page, row.line): (p, row.label) for row, p in zip(rows, found, strict=True) if p >= 0.6}
    picked = sorted(near, key=lambda key: _hash(repr(key)))[:count]
    for page, line in sorted(picked):
        lines = [entry["text"][:60] for entry in pages[page]["lines"][max(0, line - 2) : line + 3]]
        print(page, line, f"{near[page, line][0]:.2f}", near[page, line][1], " / ".join(lines), sep="\t")


def is_mine(record: Page, half: str) -> bool:
    """Say whether a record is of the half to learn from."""
    return half == "all" or half_of(record["site"]) == int(half)


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode()).digest()


def main() -> None:
    """Run the training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", nargs="+", required=True)
    parser.add_argument("--articles", nargs="*", default=[])
    parser.add_argument("--half", choices=("0", "1", "all"), default="0", help="sites to learn from")
    parser.add_argument("--verdicts", type=Path, default=FOLDER / "verdicts.tsv")
    parser.add_argument("--precision", type=float, nargs="*", default=[0.95], help="to choose thresholds for, if any")
    parser.add_argument("--doubtful", type=int, default=0, help="print so many lines to be judged, and stop")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    args = parser.parse_args()

    labelled = [page for page in read(args.lines) if is_mine(page, args.half)]
    labelled = [page for page in labelled if page.get("page_type") in (None, "article") and mains(page["lines"])]
    counts = Counts()
    for page in labelled:
        counts.add(page)
    pages = few_of_each_site(labelled)
    sample = together([*samples_of(pages, counts), *articles_of(args.articles, args.half, counts)])
    views = Counter(row.view for row in sample.rows)
    print(f"{len(pages)} pages of {len({page['site'] for page in pages})} sites; lines by view: {dict(views)}")
    if args.precision:
        rows, found = left_out(sample, Growth())
        if args.doubtful:
            return show_doubtful({page["id"]: page for page in pages}, rows, found, args.doubtful)
        verdicts = read_verdicts(args.verdicts) if args.verdicts.exists() else {}
        for precision in args.precision:
            for name, known in (("as labelled", {}), ("as checked", verdicts)):
                threshold, recall = threshold_for(rows, found, precision, known)
                print(f"threshold for precision {precision}, {name}: {threshold:.3f} (recall {recall:.3f})")
    print(f"{write(learn(sample, Growth()), counts, args.output)} bytes")
    return None


if __name__ == "__main__":
    main()
