"""Markup as data: elements whose text can never become markup, as HTML for the page and as JSON for its script.

Only the elements and attributes named here exist; none of them can run script, load anything or carry style.
What a page says is not here.
"""

from __future__ import annotations

import html as escaping
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

HTML_TAGS = frozenset(
    (
        *("a", "abbr", "article", "bdi", "blockquote", "button", "caption", "code", "dd", "del", "details", "div"),
        *("dl", "dt", "figcaption", "figure", "h2", "h3", "h4", "ins", "li", "mark", "ol", "option", "p", "section"),
        *("small", "span", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    )
)
SVG_TAGS = frozenset(("svg", "g", "path", "rect", "line", "circle", "text", "tspan", "title", "desc"))
ATTRIBUTES = frozenset(
    (
        *("class", "dir", "href", "id", "lang", "open", "role", "scope", "tabindex", "title", "type", "value"),
        *("aria-label", "aria-hidden", "aria-roledescription", "colspan"),
    )
)
SVG_ATTRIBUTES = frozenset(
    (
        *("d", "fill", "fill-opacity", "font-family", "font-size", "font-style", "font-weight", "height", "opacity"),
        *("pointer-events", "r", "cx", "cy", "rx", "stroke", "stroke-dasharray", "stroke-linecap", "stroke-opacity"),
        *("stroke-width", "stroke-miterlimit", "text-anchor", "transform", "viewBox", "width", "x", "x1", "x2", "y"),
        *("y1", "y2", "display", "preserveAspectRatio"),
    )
)
# Links lead to places of the same page and to the files beside it, never anywhere else.
LINK = re.compile(r"#[\w=&%.~-]*|[a-z0-9][a-z0-9-]*\.(?:json|sarif|md|jsonl)")


@dataclass(frozen=True)
class Element:
    """An element with its attributes, sorted by name, and its children."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Node, ...]


Node: TypeAlias = "Element | str"


def element(tag: str, *children: Node | None, **attributes: str | None) -> Element:
    """Make an element; None and "" are left out, `class_` means class, `aria_label` means aria-label.

    Raises ValueError for what the page does not use: a mistake of the report's own code, whatever the corpus says.
    """
    if tag not in HTML_TAGS and tag not in SVG_TAGS:
        raise ValueError(f"element {tag!r} is not used in reports")
    named = []
    for name, value in sorted(attributes.items()):
        if value is None:
            continue
        name = name.rstrip("_").replace("_", "-")
        if name not in ATTRIBUTES and not (tag in SVG_TAGS and name in SVG_ATTRIBUTES):
            raise ValueError(f"attribute {name!r} is not used in reports")
        if name == "href" and not LINK.fullmatch(value):
            raise ValueError(f"link {value!r} leaves the report")
        named.append((name, value))
    return Element(tag, tuple(named), tuple(child for child in children if child not in (None, "")))


def html(*nodes: Node) -> str:
    """Return the nodes as HTML source."""
    pieces: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            pieces.append(escaped(node))
        else:
            attributes = "".join(f' {name}="{escaped(value)}"' for name, value in node.attributes)
            pieces.append(f"<{node.tag}{attributes}>{html(*node.children)}</{node.tag}>")
    return "".join(pieces)


def data(node: Node) -> Any:
    """Return a node as plain values: a string, or a list of tag, attributes and children."""
    if isinstance(node, str):
        return node
    return [node.tag, dict(node.attributes), *(data(child) for child in node.children)]


def text_of(node: Node) -> str:
    """Return the text of a node."""
    return node if isinstance(node, str) else "".join(text_of(child) for child in node.children)


def escaped(text: str) -> str:
    """Return text for HTML, inside and outside of attributes."""
    return escaping.escape(text, quote=True)
