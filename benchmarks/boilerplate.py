#!/usr/bin/env python3
"""Score DUP204 on a mix of ten sites' pages: how much of the junk that no catalog knows is mined from the mix itself.

usage: boilerplate.py LABELLED.jsonl[.gz] … [--sites 10] [--pages 40] [--cut] [--corpuslint CMD] [--show N]

LABELLED   {"id", "site", "lines": [{"text", "label": "main" | "junk" | "unsure"}]} a line
The sites with the most pages are taken, at most --pages of each; the pages are mixed to one JSONL file with their site
and checked in one call. A line is called where at least half of its characters lie in findings. Lines that are a phrase
of the catalog, and lines labelled unsure, count nowhere. With --cut a page is cut to 8 lines before its first main line
and 12 behind its last; without, all its lines stand. `twice` are the junk lines that two pages of their site have,
`ceiling` their share of the junk: nothing that counts can find more; `of it` is the share found of them.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import hashlib
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from corpuslint.catalogs import catalogs_of
from corpuslint.document import Document
from corpuslint.normal import normal


def pages_of(files: list[str], sites: int, most: int) -> list[dict[str, Any]]:
    """Return the pages of the sites that have the most, in a mixed but fixed order; of equal pages one."""
    found = collections.defaultdict(list)
    known = set()
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") if file.endswith(".gz") else Path(file).open() as stream:
            for line in stream:
                page = json.loads(line)
                # Only of articles is the gold text complete.
                text = tuple(normal(line["text"]) for line in page["lines"])
                if page.get("page_type") in (None, "article") and page["site"] != "hard" and text not in known:
                    known.add(text)
                    found[page["site"]].append(page)
    chosen = sorted(found, key=lambda site: (-len(found[site]), site))[:sites]
    pages = [page for site in chosen for page in found[site][:most]]
    return sorted(pages, key=lambda page: hashlib.blake2b(page["id"].encode()).digest())


def lines_of(page: dict[str, Any], cut: bool) -> list[dict[str, str]]:
    """Return the lines of a page, cut or not."""
    lines: list[dict[str, str]] = page["lines"]
    main = [n for n, line in enumerate(lines) if line["label"] == "main"]
    if not main:
        return []
    return lines[max(0, main[0] - 8) : main[-1] + 13] if cut else lines


def spans_of(command: str, pages: list[tuple[dict[str, Any], str]]) -> dict[int, list[tuple[int, int]]]:
    """Return the spans of the findings by page."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for page, text in pages:
            record = {"id": page["id"], "site": page["site"], "text": text}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
        file.flush()
        arguments = ["check", file.name, "--isolated", "--select", "DUP204", "--output-format", "jsonl"]
        run = subprocess.run([*shlex.split(command), *arguments], stdout=subprocess.PIPE, text=True, encoding="utf-8")
    if run.returncode not in (0, 1):
        sys.exit(f"corpuslint ended with status {run.returncode}")
    spans = collections.defaultdict(list)
    for line in run.stdout.split("\n"):
        if line:
            found = json.loads(line)
            spans[found["document"]["index"]].append((found["span"]["start"], found["span"]["end"]))
    return spans


def main() -> None:
    """Mix, check, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--sites", type=int, default=10)
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--cut", action="store_true")
    parser.add_argument("--corpuslint", default="corpuslint")
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()
    pages = [(page, lines_of(page, args.cut)) for page in pages_of(args.files, args.sites, args.pages)]
    texts = [(page, "".join(line["text"] + "\n" for line in lines)) for page, lines in pages]
    spans = spans_of(args.corpuslint, texts)
    tally: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    wrong: collections.Counter[tuple[str, str]] = collections.Counter()
    seen = collections.Counter(
        (page["site"], line) for page, lines in pages for line in {normal(x["text"]) for x in lines}
    )
    for index, (page, lines) in enumerate(pages):
        document = Document(page["id"], texts[index][1])
        catalogs = catalogs_of(document.script_names)
        for number, line in enumerate(lines):
            span, folded = document.lines[number], document.normal_lines[number]
            if line["label"] == "unsure" or not folded or any(c.match(line["text"], folded) for c in catalogs):
                continue
            inside = sum(max(0, min(b, span.end) - max(a, span.start)) for a, b in spans.get(index, ()))
            called = inside * 2 >= span.end - span.start
            for group in ("all", page["site"]):
                tally[group][line["label"]] += 1
                tally[group][f"called {line['label']}"] += called
                if line["label"] == "junk" and seen[page["site"], folded] > 1:
                    tally[group]["twice"] += 1
                    tally[group]["called twice"] += called
            if called and line["label"] == "main":
                wrong[page["site"], line["text"]] += 1
    print(f"{'site':24}{'main':>8}{'junk':>8}{'twice':>8}{'precision':>11}{'recall':>8}{'ceiling':>9}{'of it':>8}")
    for site, t in tally.items():
        in_all = t["called junk"] + t["called main"]
        precision = t["called junk"] / in_all if in_all else float("nan")
        recall = t["called junk"] / t["junk"] if t["junk"] else float("nan")
        ceiling = t["twice"] / t["junk"] if t["junk"] else float("nan")
        of_it = t["called twice"] / t["twice"] if t["twice"] else float("nan")
        counts = f"{site:24}{t['main']:8}{t['junk']:8}{t['twice']:8}"
        print(f"{counts}{precision:11.4f}{recall:8.4f}{ceiling:9.4f}{of_it:8.4f}")
    for (site, text), count in wrong.most_common(args.show):
        print(f"  {count:4} {site}: {text[:120]}")


if __name__ == "__main__":
    main()
