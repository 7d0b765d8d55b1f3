"""What corpuslint says about corpus/: the reports in reports/, made by the command line itself.

Nothing is counted here: `corpuslint report` writes the page, the summary and the files that programs read.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from corpuslint.report import charts

TITLE = "What corpuslint says about corpus/"
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
    """Return the reports by their paths; the page is left as it is where nothing can draw its pictures."""
    with tempfile.TemporaryDirectory() as folder:
        corpuslint(root, "report", "corpus", "--isolated", "--title", TITLE, "-o", f"{folder}/reports")
        written = {file.name: file.read_text(encoding="utf-8") for file in sorted((Path(folder) / "reports").iterdir())}
    if not charts.available():
        del written["index.html"]
    return {
        **{f"reports/{name}": content for name, content in written.items()},
        "reports/report.txt": corpuslint(root, *CHECK, "--statistics"),
        "reports/fix.diff": corpuslint(root, *CHECK, "--diff"),
    }
