"""What corpuslint says about corpus/: the reports in reports/, made by the command line itself.

summary.md is counted here, from the JSON report alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHECK = ("check", "corpus", "--isolated", "--no-cache")


def corpuslint(root: Path, *arguments: str, **environment: str) -> str:
    """Run the command line of this tree in its root and return what it prints; raises where it could not check."""
    keep = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    run = subprocess.run(
        [sys.executable, "-m", "corpuslint", *arguments],
        cwd=root,
        capture_output=True,
        env={**keep, "PYTHONPATH": str(root), **environment},
        check=False,
    )
    if run.returncode not in (0, 1):
        raise RuntimeError(run.stderr.decode("utf-8", "replace"))
    return run.stdout.decode("utf-8")


def reports(root: Path) -> dict[str, str]:
    """Return the reports by their paths."""
    report = corpuslint(root, *CHECK, "--output-format", "json")
    return {
        "reports/report.json": report,
        "reports/report.txt": corpuslint(root, *CHECK, "--statistics"),
        "reports/fix.diff": corpuslint(root, *CHECK, "--diff"),
        "reports/summary.md": "\n".join(summary(json.loads(report), languages(root))) + "\n",
    }


def languages(root: Path) -> dict[tuple[str, int], str]:
    """Return the language of every document of corpus/, by path and record: its folder, or what the record says."""
    found: dict[tuple[str, int], str] = {}
    for path in sorted((root / "corpus").rglob("*.*")):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".txt":
            found[name, 0] = path.parent.name
        elif path.suffix == ".jsonl":
            for index, line in enumerate(path.read_text(encoding="utf-8").split("\n")):
                if line.strip():
                    found[name, index] = json.loads(line)["language"]
    return found


def summary(report: dict[str, Any], language_of: dict[tuple[str, int], str]) -> Iterator[str]:
    """Yield the summary: counts by rule, language and file."""
    counts, diagnostics = report["summary"], report["diagnostics"]
    safe = [d for d in diagnostics if _grade(d) == "safe"]
    yield "# What corpuslint says about corpus/"
    yield ""
    yield (
        f"{counts['diagnostics']} findings in {counts['documents']} documents ({counts['files']} files, "
        f"{counts['characters']} characters); {counts['fixable']} would be mended by `--fix`. "
        "What was planted stands in [planted.toml](../corpus/planted.toml)."
    )
    yield from ("", "| rule | findings | fixed by `--fix` | flagged characters |", "|---|---|---|---|")
    rules = Counter((d["code"], d["name"]) for d in diagnostics)
    for (code, name), count in sorted(rules.items()):
        flagged = sum(d["span"]["end"] - d["span"]["start"] for d in diagnostics if d["code"] == code)
        yield f"| {code} {name} | {count} | {sum(d['code'] == code for d in safe)} | {flagged} |"
    yield from ("", "| language | documents | findings | clean documents |", "|---|---|---|---|")
    found = Counter(language_of[_document(d)] for d in diagnostics)
    flagged_documents = {_document(d) for d in diagnostics}
    for language, documents in sorted(Counter(language_of.values()).items()):
        clean = sum(language_of[document] == language for document in language_of if document not in flagged_documents)
        yield f"| {language} | {documents} | {found[language]} | {clean} |"
    yield from ("", "| file | findings | rules |", "|---|---|---|")
    for path in sorted({path for path, _ in language_of}):
        here = Counter(d["code"] for d in diagnostics if d["path"] == path)
        codes = ", ".join(code if count == 1 else f"{code} × {count}" for code, count in sorted(here.items()))
        yield f"| [{path}](../{path}) | {here.total()} | {codes or 'clean'} |"


def _document(diagnostic: dict[str, Any]) -> tuple[str, int]:
    return diagnostic["path"], diagnostic["document"]["index"]


def _grade(diagnostic: dict[str, Any]) -> str:
    return str((diagnostic["fix"] or {}).get("applicability", "display"))
