"""No text, path or id of a corpus can become markup or script: laws of the page and of what it is made of."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import finding, hostile, page_of, place, report_of

from corpuslint.report import browser, charts
from corpuslint.report.markdown import code, plain, summary_lines
from corpuslint.report.markup import HTML_TAGS, SVG_TAGS, Element, data, element, html

ATTACKS = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!--<script>",
    "-->]]>",
    '" onmouseover="alert(1)" x=\'',
    "</title></style><svg onload=alert(1)>",
    "javascript:alert(1)",
    "&lt;b&gt;&#60;script&#62;",
    "\u2028\u2029\u202e\ufeff",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "a`b|c\n# d\n<e>",
    "\ud800 lone",
    "data:text/html,<script>alert(1)</script>",
)
texts = st.one_of(
    st.text(min_size=1), st.sampled_from(ATTACKS), st.lists(st.sampled_from(ATTACKS)).map("".join)
).filter(lambda text: "\0" not in text and bool(text))


@pytest.fixture(autouse=True, scope="module")
def _no_pictures() -> Iterator[None]:
    """Pictures have laws of their own (test_series); here they would only take time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts, "available", lambda: False)
        yield


class Parsed(HTMLParser):
    """The elements of a page with their attributes, and the text of its scripts and styles."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[dict[str, str | None], str]] = []
        self._inside: dict[str, str | None] | None = None
        self._text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self._inside, self._text = {"tag": tag, **dict(attrs)}, ""

    def handle_data(self, data: str) -> None:
        self._text += data if self._inside is not None else ""

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"} and self._inside is not None:
            self.raw.append((self._inside, self._text))
            self._inside = None


FRAME = Counter({"html": 1, "head": 1, "title": 1, "style": 1, "body": 1, "header": 1, "h1": 1, "nav": 1, "main": 1})


@settings(max_examples=60, deadline=None)
@given(texts)
def test_a_page_has_the_same_elements_whatever_the_text_says(text: str) -> None:
    """Only known elements and attributes, and one script that runs, with the hash that the policy names."""
    page = Parsed(page_of(hostile(text), text, text))
    frame = {*FRAME, "meta", "footer", "form", "label", "select", "input", "noscript", "script"}
    assert {tag for tag, _ in page.elements} <= HTML_TAGS | {tag.lower() for tag in SVG_TAGS} | frame
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in {"style", "src", "srcdoc"}], tag
        assert re.fullmatch(r"#.*|[a-z-]+\.[a-z]+", attributes.get("href") or "#")
    assert not any(count != Counter(t for t, _ in page.elements)[tag] for tag, count in FRAME.items() if tag != "title")
    running = [source for attributes, source in page.raw if attributes["tag"] == "script" and "type" not in attributes]
    [policy] = [a["content"] or "" for t, a in page.elements if t == "meta" and "Policy" in (a.get("http-equiv") or "")]
    [style] = [source for attributes, source in page.raw if attributes["tag"] == "style"]
    assert [_hash(source) for source in running] == re.findall(r"script-src '([^']*)'", policy)
    assert [_hash(style)] == re.findall(r"style-src '([^']*)'", policy)
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


@settings(max_examples=60, deadline=None)
@given(texts, st.booleans())
def test_data_elements_hold_their_text_and_end_where_they_should(text: str, packed: bool) -> None:
    cards = element("article", text, title=text)
    pieces = list(browser.scripts([], lambda numbers: (cards for _ in numbers), [0, 1], [cards]))
    for piece in pieces:
        assert piece.count("<") == 2
        assert piece.startswith("<script type=")
        assert piece.endswith("</script>\n")
    source = browser._script("x", json.dumps(data(cards)), packed)
    [(attributes, content)] = Parsed(source).raw
    plain_text = content if not packed else gzip.decompress(base64.b64decode(content)).decode()
    assert attributes["type"] in {"application/json", "text/plain"}
    assert json.loads(plain_text) == data(cards)


@given(texts, texts)
def test_text_stays_text(text: str, value: str) -> None:
    parsed = Parsed(html(element("p", text, title=value)))
    assert [tag for tag, _ in parsed.elements] == ["p"]
    assert parsed.elements[0][1] == {"title": value.replace("\r\n", "\n")} or "\r" in value


@given(st.text(), st.text())
def test_only_known_elements_can_be_made(tag: str, value: str) -> None:
    if tag not in HTML_TAGS | SVG_TAGS:
        with pytest.raises(ValueError, match="not used"):
            element(tag)
    if not value.startswith("#"):
        with pytest.raises(ValueError, match="leaves"):
            element("a", href=value + ":")


@pytest.mark.parametrize("name", ["onclick", "style", "src", "srcdoc", "formaction", "xlink:href"])
def test_attributes_that_could_act_cannot_be_made(name: str) -> None:
    with pytest.raises(ValueError, match="not used"):
        element("button", **{name: "x"})


@given(texts)
def test_commands_hold_nothing_that_a_shell_could_run(text: str) -> None:
    """Somebody may paste the command; an id that is not plain is shown, but in no command."""
    if re.fullmatch("[0-9a-f]+", text):
        return
    for card in _cards(page_of([finding(place("x", 0, 1), id=text)])):
        assert "corpuslint ignore" not in card
        assert "corpuslint fix" not in card


def _cards(page: str) -> list[str]:
    return [json.dumps(card) for card in json.loads(_script_text(page, "findings-0"))]


def _script_text(page: str, id_: str) -> str:
    return next(text for attributes, text in Parsed(page).raw if attributes.get("id") == id_)


@given(texts)
def test_code_spans_of_the_summary_cannot_be_left(text: str) -> None:
    span = code(text)
    fence = re.match("`+", span)
    assert fence
    assert span.endswith(fence[0])
    inside = span[len(fence[0]) : -len(fence[0])]
    assert fence[0] not in re.findall("`+", inside)
    assert not set("|\n\r") & set(span)


@given(texts)
def test_headings_of_the_summary_hold_no_markup(text: str) -> None:
    assert not set("<>`[]*_|\n\r\\") & set(plain(text))


@settings(max_examples=40, deadline=None)
@given(texts)
def test_the_summary_has_the_same_lines_whatever_the_text_says(text: str) -> None:
    lines = list(summary_lines(report_of(hostile(text), text, text)))
    assert not [line for line in lines if "\n" in line or "\r" in line]
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", "\n".join(lines))
    assert "<" not in outside
    assert "](" not in outside


def walk(tree: Any) -> list[Any]:
    """All nodes of a tree of data."""
    return [tree] if isinstance(tree, str) else [tree, *(node for child in tree[2:] for node in walk(child))]


@settings(max_examples=40, deadline=None)
@given(texts)
def test_every_text_of_the_corpus_says_its_direction_and_language(text: str) -> None:
    for card in json.loads(_script_text(page_of(hostile(text), text), "findings-0")):
        for node in walk(card):
            if isinstance(node, list) and node[0] == "blockquote":
                assert node[1]["dir"] in {"ltr", "rtl"}
                assert node[1]["lang"]


def test_an_element_is_a_value() -> None:
    assert element("p", "a", class_="b") == Element("p", (("class", "b"),), ("a",))
