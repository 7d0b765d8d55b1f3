"""README's picture: a real run's terminal output as SVG, right-to-left text laid out as a reader of it expects.

The run's colours are read from its own escape sequences. A line that holds right-to-left text (the terminal report
isolates it) is set from the right edge, so that its width need not be known and it wraps on the proper side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from corpuslint.display import FIRST_STRONG_ISOLATE, POP_ISOLATE, has_right_to_left
from scripts.reports import corpuslint

# The command of the picture: Arabic texts with a near-duplicate, a repeated block and translators' insertions.
COMMAND = ("check", "corpus/ar", "--select", "DUP,FRN")

COLUMNS = 112  # characters of a full left-to-right line
CHARACTER = 7.85  # pixels of a monospaced character at FONT_SIZE
RIGHT_TO_LEFT_CHARACTER = 8.0  # pixels that a letter of an Arabic or Hebrew font takes at most, on average
FONT_SIZE, LINE_HEIGHT, MARGIN, TITLE_BAR = 13, 20, 20, 34  # pixels
WIDTH = round(2 * MARGIN + COLUMNS * CHARACTER)

SGR = re.compile(r"\x1b\[([0-9;]*)m")
CLASSES = {"1": "b", "2": "d", "4": "u", "31": "red", "32": "green", "33": "yellow", "36": "cyan"}
STYLE = """
text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, "Noto Sans Arabic", "Noto Sans Hebrew", monospace;
       fill: #d8dee9; white-space: pre; }
.b { font-weight: bold } .d { fill: #7f8aa0 } .u { text-decoration: underline }
.red { fill: #ff7b86 } .green { fill: #a3d98a } .yellow { fill: #f0c66e } .cyan { fill: #7fd0e0 }
"""


@dataclass(frozen=True)
class Run:
    """Characters of one style."""

    text: str
    classes: str


@dataclass(frozen=True)
class Row:
    """A row of the picture: runs from the left edge, and runs that are set from the right edge to the left."""

    left: tuple[Run, ...] = ()
    right: tuple[Run, ...] = ()


def pictures(root: Path) -> dict[str, str]:
    """Return the pictures by their paths."""
    output = corpuslint(root, *COMMAND, "--isolated", FORCE_COLOR="1")
    return {"docs/picture.svg": svg("corpuslint " + " ".join(COMMAND), output)}


def svg(command: str, output: str) -> str:
    """Return a terminal's output as SVG."""
    rows = [Row((Run("$ ", "d"), Run(command, "b"))), Row()]
    for line in output.rstrip("\n").split("\n"):
        rows += _rows(_runs(line))
    height = TITLE_BAR + len(rows) * LINE_HEIGHT + MARGIN
    body = [_text(row, TITLE_BAR + (n + 1) * LINE_HEIGHT) for n, row in enumerate(rows)]
    dots = "".join(f'<circle cx="{18 + 18 * n}" cy="18" r="5.5" fill="#4c566a"/>' for n in range(3))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" aria-label="Output of {escape(command)}">\n<style>{STYLE}</style>\n'
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#232834"/>\n{dots}\n'
        + "\n".join(filter(None, body))
        + "\n</svg>\n"
    )


def _runs(line: str) -> list[Run]:
    """Split a line at its escape sequences."""
    runs, classes = [], ""
    for n, part in enumerate(SGR.split(line)):
        if n % 2:
            codes = [CLASSES[code] for code in part.split(";") if code in CLASSES]
            classes = " ".join([*classes.split(), *codes]) if codes else ""
        elif part:
            runs.append(Run(part, classes))
    return runs


def _rows(runs: list[Run]) -> Iterator[Row]:
    """Yield the rows of a line: what stands before right-to-left text stays at the left, the text is wrapped."""
    left: list[Run] = []
    isolate: list[Run] = []
    inside = False
    for run in runs:
        for part in re.split(f"([{FIRST_STRONG_ISOLATE}{POP_ISOLATE}])", run.text):
            if part in (FIRST_STRONG_ISOLATE, POP_ISOLATE):
                inside = part == FIRST_STRONG_ISOLATE
            elif part:
                (isolate if inside else left).append(Run(part, run.classes))
    if not any(has_right_to_left(run.text) for run in isolate):
        yield from (Row(tuple(row)) for row in _wrapped([*left, *isolate], COLUMNS, "  "))
        return
    used = sum(len(run.text) for run in left) * CHARACTER
    first = int((WIDTH - 2 * MARGIN - used) / RIGHT_TO_LEFT_CHARACTER)
    for n, row in enumerate(_wrapped(isolate, first, "")):
        yield Row(tuple(left) if not n else (), tuple(row))


def _wrapped(runs: list[Run], width: int, indent: str) -> Iterator[list[Run]]:
    """Yield rows of at most `width` characters, parted between words."""
    row: list[Run] = []
    length = 0
    for run in runs:
        for word in re.findall(r"\S+\s*|\s+", run.text):
            if row and length + len(word.rstrip()) > width:
                row[-1] = Run(row[-1].text.rstrip(), row[-1].classes)
                yield row
                row, length = ([Run(indent, "")] if indent else []), len(indent)
            # Words of one style stay in one run, so that letters join and the SVG stays small.
            if row and row[-1].classes == run.classes:
                row[-1] = Run(row[-1].text + word, run.classes)
            else:
                row.append(Run(word, run.classes))
            length += len(word)
    yield row


def _text(row: Row, y: int) -> str:
    parts = []
    if row.left:
        parts.append(f'<text x="{MARGIN}" y="{y}" xml:space="preserve">{_spans(row.left)}</text>')
    if row.right:
        parts.append(
            f'<text x="{WIDTH - MARGIN}" y="{y}" direction="rtl" unicode-bidi="embed" text-anchor="start" '
            f'xml:space="preserve">{_spans(row.right)}</text>'
        )
    return "".join(parts)


def _spans(runs: tuple[Run, ...]) -> str:
    return "".join(
        f'<tspan class="{run.classes}">{escape(run.text)}</tspan>' if run.classes else escape(run.text) for run in runs
    )
