"""SVG of a charting library made part of the page: only drawing elements and attributes stay.

Labels come from the corpus, so nothing of the library's output is trusted: it is parsed, and what is not known to
draw is left out. What is drawn is for `charts` to say.
"""

from __future__ import annotations

from xml.etree import ElementTree

from corpuslint.report.markup import SVG_ATTRIBUTES, SVG_TAGS, Element, Node, element

NAMESPACE = "{http://www.w3.org/2000/svg}"
# The page has its own font, and the layout does not depend on it.
LEFT_OUT = frozenset(("font-family", "pointer-events", "stroke-miterlimit"))
EMPTY_PATHS = frozenset(("", "M0,0h0v0h0Z"))


def chart_element(source: str, label: str) -> Element:
    """Return a chart as an element with a label for those who do not see it; raises ParseError for what is no XML."""
    drawn = _copy(ElementTree.fromstring(source))
    assert isinstance(drawn, Element)
    attributes = {name.replace("-", "_"): value for name, value in drawn.attributes if name not in {"width", "height"}}
    width = dict(drawn.attributes).get("width")
    return element("svg", *drawn.children, **attributes, width=width, role="img", aria_label=label, class_="chart")


def _copy(node: ElementTree.Element) -> Node | None:
    """Return a drawing element with its drawing children; None for anything else."""
    tag = node.tag.removeprefix(NAMESPACE) if isinstance(node.tag, str) else ""
    if tag not in SVG_TAGS or node.get("d") in EMPTY_PATHS or node.get("display") == "none":
        return None
    attributes = {
        name.replace("-", "_"): value
        for name, value in node.attrib.items()
        if name in SVG_ATTRIBUTES and name not in LEFT_OUT and not (name == "opacity" and value == "1")
    }
    children: list[Node | None] = []
    # What the library says of a mark to screen readers becomes what the mouse shows.
    if node.get("role") == "graphics-symbol" and node.get("aria-roledescription") != "axis" and "d" in node.attrib:
        children.append(element("title", node.get("aria-label", "")))
    if tag in {"text", "tspan", "title"} and node.text:
        children.append(node.text)
    children += [_copy(child) for child in node]
    if tag == "g" and not any(child is not None for child in children):
        return None
    return element(tag, *children, **attributes)
