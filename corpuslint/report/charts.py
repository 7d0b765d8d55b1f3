"""Pictures of the series: Vega and Vega-Lite specifications, rendered to inline SVG by vl-convert.

vl-convert is optional (the extra `report`) and imported here only, when a picture is asked for. Colours are names for
the page's style sheet, which replaces them in the dark; the pictures stay readable in grey and without colour vision.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from corpuslint.display import visible
from corpuslint.report.markup import Element
from corpuslint.report.series import RULES, Series
from corpuslint.report.svg import chart_element
from corpuslint.report.treemap import treemap

INSTALL = 'pip install "corpuslint-text[report]"'

# Dark, middle and light, so that severities differ in grey print as well; the style sheet knows these values.
SEVERITY_COLOURS = MappingProxyType({"error": "#b3261e", "warning": "#e08a00", "info": "#8fbfe8"})
PLAIN, CALM, INK, GRID = "#3566a8", "#c3ccd6", "#333333", "#dddddd"

# vl-convert brings this font along, so the layout does not depend on the machine; the page draws in its own font.
FONT = "Liberation Sans"
WIDTH, HEIGHT = 400, 220  # pixels of a plot
LONGEST_LABEL = 60  # code points
LABELS = 260  # pixels of the longest label beside a bar
ROW = 24  # pixels of a bar with its gap
WIDEST_COLUMN = 72  # pixels of a column with its gap
LETTER = 7  # pixels that a letter of a label takes

Spec = dict[str, Any]


def available() -> bool:
    """Say whether pictures can be drawn."""
    from importlib.util import find_spec

    return find_spec("vl_convert") is not None


def chart(series: Series) -> Element | None:
    """Draw a series; None where vl-convert is missing."""
    if not available():
        return None
    import vl_convert

    spec = SPECS[series.name](_safe(series))
    draw = vl_convert.vegalite_to_svg if "vega-lite" in spec["$schema"] else vl_convert.vega_to_svg
    try:
        svg = draw(json.dumps(spec), allowed_base_urls=[])
    except ValueError:  # a picture that cannot be drawn is no reason to have no report: its figures stand beside it
        return None
    return chart_element(svg, f"{series.title}. {series.explanation}")


def _safe(series: Series) -> list[dict[str, Any]]:
    """Return the rows by column number ("c0", "c1"): no name from the corpus becomes part of a specification."""
    return [
        {f"c{number}": _label(value) if isinstance(value, str) else value for number, value in enumerate(row)}
        for row in series.rows
    ]


def _label(text: str) -> str:
    """Return a name as a picture shows it; the table beside it has it whole.

    The library cuts labels in the middle of a surrogate pair and then fails, so characters beyond the first plane
    become a box, and long names are cut here.
    """
    plain = "".join("▯" if character > "\uffff" else character for character in visible(text))
    return plain if len(plain) <= LONGEST_LABEL else f"{plain[: LONGEST_LABEL // 2]}…{plain[-LONGEST_LABEL // 2 :]}"


def _lite(rows: list[dict[str, Any]], mark: Any, encoding: Spec, *, width: int = WIDTH, height: Any = HEIGHT) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": rows},
        "mark": mark,
        "encoding": encoding,
        "width": width,
        "height": height,
        "background": None,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {"labelColor": INK, "titleColor": INK, "gridColor": GRID, "domainColor": GRID, "tickColor": GRID}
            | {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
            | {"labelLimit": LABELS, "labelPadding": 5},
            "legend": {"labelColor": INK, "labelFontSize": 12, "orient": "top", "title": None, "symbolType": "square"},
        },
    }


def _severity_colour() -> Spec:
    names = list(SEVERITY_COLOURS)
    return {
        "field": "severity",
        "type": "nominal",
        "scale": {"domain": names, "range": list(SEVERITY_COLOURS.values())},
        "sort": names,
    }


def _whole_axis(title: str, most: int) -> Spec:
    """Return an axis of counts: there is no half a finding."""
    ticks = {"values": list(range(most + 1))} if most <= 5 else {"tickCount": 5}
    return {"title": title, "format": ",d", **ticks}


def _class_axis(title: str | None, names: Sequence[str]) -> Spec:
    """Return an axis of classes, its labels level where they have room."""
    level = all(len(name) * LETTER < _column_width(len(names)) for name in names)
    return {"title": title, "labelAngle": 0 if level else -40, "labelOverlap": True, "ticks": False}


def _column_width(count: int) -> float:
    return min(WIDEST_COLUMN, WIDTH / max(count, 1))


def _rules(rows: list[dict[str, Any]]) -> Spec:
    rules = list(dict.fromkeys(row["c0"] for row in rows))[:RULES]
    most = max(sum(row["c2"] for row in rows if row["c0"] == rule) for rule in rules)
    values = [
        {
            "rule": row["c0"],
            "severity": row["c1"],
            "findings": row["c2"],
            "order": list(SEVERITY_COLOURS).index(row["c1"]),
        }
        | {"what": f"{row['c0']}, {row['c1']}: {row['c2']:,} findings"}
        for row in rows
        if row["c0"] in rules
    ]
    encoding = {
        "y": {"field": "rule", "type": "nominal", "sort": rules, "title": None, "axis": {"ticks": False}},
        "x": {"field": "findings", "type": "quantitative", "axis": _whole_axis("findings", most)},
        "color": _severity_colour(),
        "order": {"field": "order"},
        "description": {"field": "what"},
    }
    return _lite(values, "bar", encoding, width=WIDTH + LABELS, height={"step": ROW})


def _columns(rows: list[dict[str, Any]], x: str, y: str) -> Spec:
    values = [{"x": row["c0"], "y": row["c1"], "what": f"{x} {row['c0']}: {row['c1']:,} {y}"} for row in rows]
    names = [row["c0"] for row in rows]
    encoding = {
        "x": {"field": "x", "type": "ordinal", "sort": None, "axis": _class_axis(x, names)},
        "y": {"field": "y", "type": "quantitative", "axis": _whole_axis(y, max(row["c1"] for row in rows))},
        "description": {"field": "what"},
    }
    return _lite(values, {"type": "bar", "color": PLAIN}, encoding, width=int(_column_width(len(rows)) * len(rows)))


def _similarity(rows: list[dict[str, Any]]) -> Spec:
    return _columns(rows, "similarity", "copies")


def _clusters(rows: list[dict[str, Any]]) -> Spec:
    return _columns(rows, "documents in a cluster", "clusters")


GROUPS = ("without a finding", "with a finding")


def _grouped(rows: list[dict[str, Any]], without: Callable[[dict[str, Any]], int], what: str) -> list[Spec]:
    """Return two values for each row: its documents without and with a finding."""
    return [
        {"x": row["c0"], "y": count, "group": group, "order": GROUPS.index(group)}
        | {"what": f"{row['c0']}{what}, {group}: {count:,} documents"}
        for row in rows
        for group, count in zip(GROUPS, (without(row), row["c2"]), strict=True)
    ]


def _group_colour() -> Spec:
    scale = {"domain": list(GROUPS), "range": [CALM, SEVERITY_COLOURS["warning"]]}
    return {"field": "group", "type": "nominal", "sort": list(GROUPS), "scale": scale}


def _lengths(rows: list[dict[str, Any]]) -> Spec:
    names, most = [row["c0"] for row in rows], max(row["c1"] + row["c2"] for row in rows)
    encoding = {
        "x": {"field": "x", "type": "ordinal", "sort": None, "axis": _class_axis("characters", names)},
        "y": {"field": "y", "type": "quantitative", "axis": _whole_axis("documents", most)},
        "color": _group_colour(),
        "order": {"field": "order"},
        "description": {"field": "what"},
    }
    values = _grouped(rows, lambda row: int(row["c1"]), " characters")
    return _lite(values, "bar", encoding, width=int(_column_width(len(rows)) * len(rows)))


def _languages(rows: list[dict[str, Any]]) -> Spec:
    rows = rows[:RULES]
    most = max(row["c1"] for row in rows)
    encoding = {
        "y": {"field": "x", "type": "nominal", "sort": None, "title": None, "axis": {"ticks": False}},
        "x": {"field": "y", "type": "quantitative", "axis": _whole_axis("documents", most)},
        "color": _group_colour(),
        "order": {"field": "order"},
        "description": {"field": "what"},
    }
    values = _grouped(rows, lambda row: int(row["c1"] - row["c2"]), "")
    return _lite(values, "bar", encoding, width=WIDTH - 60, height={"step": ROW - 6})


def _history(rows: list[dict[str, Any]]) -> Spec:
    names = [f"{number}. {row['c0']}" for number, row in enumerate(rows, 1)]
    most = max(row["c1"] + row["c2"] + row["c3"] for row in rows)
    values = [
        {"x": name, "y": row[f"c{rank}"], "severity": severity, "order": -rank}
        | {"what": f"{row['c0']}, {severity}: {row[f'c{rank}']:,} findings"}
        for name, row in zip(names, rows, strict=True)
        for rank, severity in enumerate(SEVERITY_COLOURS, 1)
    ]
    encoding = {
        "x": {"field": "x", "type": "ordinal", "sort": None, "axis": _class_axis(None, names)},
        "y": {"field": "y", "type": "quantitative", "axis": _whole_axis("findings", most)},
        "color": _severity_colour(),
        "order": {"field": "order"},
        "description": {"field": "what"},
    }
    return _lite(values, "bar", encoding, width=int(_column_width(len(rows)) * len(rows)))


SPECS: Mapping[str, Callable[[list[dict[str, Any]]], Spec]] = MappingProxyType(
    {
        "rules": _rules,
        "similarity": _similarity,
        "clusters": _clusters,
        "lengths": _lengths,
        "languages": _languages,
        "folders": treemap,
        "history": _history,
    }
)
