"""The treemap of folders: an area for each, as large as its text, coloured by the share of it that is flagged.

It is a Vega specification, since Vega-Lite has no treemap. The other pictures are in `charts`.
"""

from __future__ import annotations

from typing import Any

WIDTH, HEIGHT = 860, 300  # pixels
SHARES = ("#e9eef4", "#f6dcb4", "#e9a13b", "#b5541c", "#6d1a12")  # none to much; lightness falls all the way
FULL_COLOUR = 5.0  # per cent that get the darkest colour at least, so that 0.1% does not look like a fire
ROOM = "datum.x1 - datum.x0 > 62 && datum.y1 - datum.y0 > 34"  # an area with room for its label
DARK = "datum.share > domain('share')[1] * 0.72"

Spec = dict[str, Any]


def treemap(rows: list[dict[str, Any]]) -> Spec:
    """Return the specification for rows of folder, documents, with a finding, characters, per cent flagged."""
    return {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "background": None,
        "data": _data(rows),
        "scales": [
            {
                "name": "share",
                "type": "linear",
                "domain": [0, max(FULL_COLOUR, *(row["c4"] for row in rows))],
                "range": list(SHARES),
                "interpolate": "rgb",
            }
        ],
        "marks": [_areas(), _label("datum.name", 6, 13), _label("format(datum.share, '.1f') + '% flagged'", 22, 12)],
    }


def _data(rows: list[dict[str, Any]]) -> list[Spec]:
    values: list[Spec] = [{"id": 0, "parent": None}]
    for number, row in enumerate(rows, 1):
        what = f"{row['c0']}: {row['c3']:,} characters, {row['c4']:.1f}% flagged"
        values.append(
            {"id": number, "parent": 0, "size": row["c3"], "share": row["c4"], "name": row["c0"], "what": what}
        )
    layout = {
        "type": "treemap",
        "field": "size",
        "sort": {"field": ["value", "id"], "order": ["descending", "ascending"]},
        "round": True,
        "paddingInner": 2,
        "method": "squarify",
        "ratio": 1.6,
        "size": [WIDTH, HEIGHT],
    }
    tree = [{"type": "stratify", "key": "id", "parentKey": "parent"}, layout]
    leaves = [{"type": "filter", "expr": "datum.parent !== null"}]
    return [
        {"name": "tree", "values": values, "transform": tree},
        {"name": "leaves", "source": "tree", "transform": leaves},
    ]


def _areas() -> Spec:
    place = {channel: {"field": field} for channel, field in (("x", "x0"), ("x2", "x1"), ("y", "y0"), ("y2", "y1"))}
    fill = {"scale": "share", "field": "share"}
    enter = {**place, "fill": fill, "description": {"field": "what"}}
    return {"type": "rect", "from": {"data": "leaves"}, "encode": {"enter": enter}}


def _label(text: str, below: int, size: int) -> Spec:
    enter = {
        "x": {"field": "x0", "offset": 6},
        "y": {"field": "y0", "offset": below},
        "text": {"signal": text},
        "font": {"value": "Liberation Sans"},
        "fontSize": {"value": size},
        "align": {"value": "left"},
        "baseline": {"value": "top"},
        "fill": {"signal": f"{DARK} ? '#ffffff' : '#1a1a1a'"},
        "limit": {"signal": "datum.x1 - datum.x0 - 12"},
        "opacity": {"signal": f"{ROOM} ? 1 : 0"},
    }
    return {"type": "text", "from": {"data": "leaves"}, "encode": {"enter": enter}}
