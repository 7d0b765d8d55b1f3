"""Pictures of the series: Vega and Vega-Lite specifications, rendered to inline SVG by vl-convert.

vl-convert is optional (the extra `report`) and imported here only, when a picture is asked for. Colours are names for
the page's style sheet, which replaces them in the dark; the pictures stay readable in grey and without colour vision.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from corpuslint.display import visible
from corpuslint.report.markup import Element
from corpuslint.report.series import RULES, Series
from corpuslint.report.svg import chart_element

INSTALL = 'pip install "corpuslint-text[report]"'

# Dark, middle and light, so that severities differ in grey print as well; the style sheet knows these values.
SEVERITY_COLOURS = MappingProxyType({"error": "#b3261e", "warning": "#e08a00", "info": "#8fbfe8"})
PLAIN, CALM, INK, GRID = "#3566a8", "#c3ccd6", "#333333", "#dddddd"
SHARES = ("#e9eef4", "#f6dcb4", "#e9a13b", "#b5541c", "#6d1a12")  # none to much; lightness falls all the way

# vl-convert brings this font along, so the layout does not depend on the machine; the page draws in its own font.
FONT = "Liberation Sans"
WIDTH, HEIGHT = 400, 220  # pixels of a plot
LABELS = 190  # pixels of the longest label beside a bar
ROW = 24  # pixels of a bar with its gap

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
    if "vega-lite" in spec["$schema"]:
        svg = vl_convert.vegalite_to_svg(json.dumps(spec), allowed_base_urls=[])
    else:
        svg = vl_convert.vega_to_svg(json.dumps(spec), allowed_base_urls=[])
    return chart_element(svg, f"{series.title}. {series.explanation}")


def _safe(series: Series) -> list[dict[str, Any]]:
    """Return the rows by column number ("c0", "c1"): no name from the corpus becomes part of a specification."""
    return [
        {f"c{number}": visible(value) if isinstance(value, str) else value for number, value in enumerate(row)}
        for row in series.rows
    ]


def _lite(rows: list[dict[str, Any]], mark: Any, encoding: Spec, *, height: Any = HEIGHT) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": rows},
        "mark": mark,
        "encoding": encoding,
        "width": WIDTH,
        "height": height,
        "background": None,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {"labelColor": INK, "titleColor": INK, "gridColor": GRID, "domainColor": GRID, "tickColor": GRID}
            | {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": LABELS},
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


def _whole_axis(title: str) -> Spec:
    return {"title": title, "format": ",d", "tickMinStep": 1, "tickCount": 5}


def _rules(rows: list[dict[str, Any]]) -> Spec:
    rules = list(dict.fromkeys(row["c0"] for row in rows))[:RULES]
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
        "x": {"field": "findings", "type": "quantitative", "axis": _whole_axis("findings")},
        "color": _severity_colour(),
        "order": {"field": "order"},
        "description": {"field": "what"},
    }
    return _lite(values, "bar", encoding, height={"step": ROW})


def _columns(rows: list[dict[str, Any]], x: str, y: str) -> Spec:
    values = [{"x": row["c0"], "y": row["c1"], "what": f"{x} {row['c0']}: {row['c1']:,} {y}"} for row in rows]
    encoding = {
        "x": {
            "field": "x",
            "type": "ordinal",
            "sort": None,
            "title": x,
            "axis": {"labelAngle": -40, "labelOverlap": True},
        },
        "y": {"field": "y", "type": "quantitative", "axis": _whole_axis(y)},
        "description": {"field": "what"},
    }
    return _lite(values, {"type": "bar", "color": PLAIN}, encoding)


def _similarity(rows: list[dict[str, Any]]) -> Spec:
    return _columns(rows, "similarity", "copies")


def _clusters(rows: list[dict[str, Any]]) -> Spec:
    return _columns(rows, "documents in a cluster", "clusters")


def _lengths(rows: list[dict[str, Any]]) -> Spec:
    groups = ("without a finding", "with a finding")
    values = [
        {"x": row["c0"], "y": row[column], "group": group, "order": number}
        | {"what": f"{row['c0']} characters, {group}: {row[column]:,} documents"}
        for row in rows
        for number, (column, group) in enumerate(zip(("c1", "c2"), groups, strict=True))
    ]
    encoding = {
        "x": {"field": "x", "type": "ordinal", "sort": None, "title": "characters", "axis": {"labelAngle": -40}},
        "y": {"field": "y", "type": "quantitative", "axis": _whole_axis("documents")},
        "color": {
            "field": "group",
            "type": "nominal",
            "sort": list(groups),
            "scale": {"domain": list(groups), "range": [CALM, SEVERITY_COLOURS["warning"]]},
        },
        "order": {"field": "order"},
        "description": {"field": "what"},
    }
    return _lite(values, "bar", encoding)


def _history(rows: list[dict[str, Any]]) -> Spec:
    values = [
        {"x": f"{number}. {row['c0']}", "y": row[f"c{rank}"], "severity": severity, "order": -rank}
        | {"what": f"{row['c0']}, {severity}: {row[f'c{rank}']:,} findings"}
        for number, row in enumerate(rows, 1)
        for rank, severity in enumerate(SEVERITY_COLOURS, 1)
    ]
    encoding = {
        "x": {"field": "x", "type": "ordinal", "sort": None, "title": None, "axis": {"labelAngle": -40}},
        "y": {"field": "y", "type": "quantitative", "stack": "zero", "axis": _whole_axis("findings")},
        "color": _severity_colour(),
        "order": {"field": "order"},
        "description": {"field": "what"},
    }
    return _lite(values, {"type": "area", "line": True, "point": True} if len(rows) > 6 else "bar", encoding)


def _folders(rows: list[dict[str, Any]]) -> Spec:
    """Return a Vega treemap, which Vega-Lite has not."""
    values: list[dict[str, Any]] = [{"id": 0, "parent": None}]
    for number, row in enumerate(rows, 1):
        what = f"{row['c0']}: {row['c3']:,} characters, {row['c4']:.1f}% flagged"
        values.append(
            {"id": number, "parent": 0, "size": row["c3"], "share": row["c4"], "name": row["c0"], "what": what}
        )
    width, height = 2 * WIDTH + 60, 300
    most = max(5.0, *(row["c4"] for row in rows))
    inside = "datum.x1 - datum.x0 > 62 && datum.y1 - datum.y0 > 34"
    dark = "datum.share > domain('share')[1] * 0.6"
    label = {
        "align": {"value": "left"},
        "baseline": {"value": "top"},
        "fill": {"signal": f"{dark} ? '#ffffff' : '#1a1a1a'"},
        "x": {"field": "x0", "offset": 6},
        "limit": {"signal": "datum.x1 - datum.x0 - 12"},
        "opacity": {"signal": f"{inside} ? 1 : 0"},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "width": width,
        "height": height,
        "background": None,
        "config": {"style": {"text": {"font": FONT}}},
        "data": [
            {
                "name": "tree",
                "values": values,
                "transform": [
                    {"type": "stratify", "key": "id", "parentKey": "parent"},
                    {
                        "type": "treemap",
                        "field": "size",
                        "sort": {"field": ["value", "id"], "order": ["descending", "ascending"]},
                    }
                    | {"round": True, "paddingInner": 2, "method": "squarify", "ratio": 1.6}
                    | {"size": [width, height]},
                ],
            },
            {"name": "leaves", "source": "tree", "transform": [{"type": "filter", "expr": "datum.parent !== null"}]},
        ],
        "scales": [
            {"name": "share", "type": "linear", "domain": [0, most], "range": list(SHARES), "interpolate": "rgb"},
        ],
        "marks": [
            {
                "type": "rect",
                "from": {"data": "leaves"},
                "encode": {
                    "enter": {
                        "x": {"field": "x0"},
                        "x2": {"field": "x1"},
                        "y": {"field": "y0"},
                        "y2": {"field": "y1"},
                        "fill": {"scale": "share", "field": "share"},
                        "description": {"field": "what"},
                    }
                },
            },
            {
                "type": "text",
                "from": {"data": "leaves"},
                "encode": {
                    "enter": {**label, "y": {"field": "y0", "offset": 6}, "text": {"field": "name"}}
                    | {"fontSize": {"value": 13}}
                },
            },
            {
                "type": "text",
                "from": {"data": "leaves"},
                "encode": {
                    "enter": {**label, "y": {"field": "y0", "offset": 22}, "fontSize": {"value": 12}}
                    | {"text": {"signal": "format(datum.share, '.1f') + '% flagged'"}}
                },
            },
        ],
    }


SPECS: Mapping[str, Callable[[list[dict[str, Any]]], Spec]] = MappingProxyType(
    {
        "rules": _rules,
        "similarity": _similarity,
        "clusters": _clusters,
        "lengths": _lengths,
        "folders": _folders,
        "history": _history,
    }
)
