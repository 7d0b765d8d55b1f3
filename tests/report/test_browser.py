"""The page in a real browser: filters, clusters, directions, sizes, and that nothing leaves it or runs in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from made import copy_of, deletion, finding, page_of, place
from program import corpuslint
from test_safety import ATTACKS

from corpuslint.report import browser as data_of_page

playwright = pytest.importorskip(
    "playwright.sync_api", reason='browser tests need pip install "corpuslint-text[browser]"'
)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="browser tests need Chromium: apt-get install chromium")

ROOT = Path(__file__).parent.parent.parent
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
QUIET = (*QUIET, "--disable-component-update", "--disable-sync")
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@dataclass
class Opened:
    """A page with everything that it tried or complained about."""

    page: Any
    file: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def shown(self) -> int:
        count: int = self.page.locator("#finding-list > article").count()
        return count

    def count(self) -> str:
        return str(self.page.locator("#count").inner_text())

    def settled(self, count: str) -> None:
        """Wait until the count says this."""
        self.page.wait_for_function("said => document.getElementById('count').innerText === said", arg=count)

    def is_quiet(self) -> None:
        assert set(self.requests) <= {self.file}
        assert not self.complaints


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        yield driver


def launch(driver: Any, profile: Path, **options: Any) -> Any:
    """Start a browser that asks the network for nothing, with a profile of its own."""
    return driver.chromium.launch_persistent_context(
        profile, executable_path=CHROMIUM, headless=True, args=list(QUIET), **options
    )


@pytest.fixture(scope="module")
def chromium(driver: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    context = launch(driver, tmp_path_factory.mktemp("profile"))
    yield context
    context.close()


Open = Callable[..., Opened]


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Open]:
    pages = []

    def opened(file: Path, size: dict[str, int] = DESKTOP, scheme: str = "light", anchor: str = "") -> Opened:
        page = chromium.new_page()
        pages.append(page)
        one = Opened(page, file.as_uri())
        page.on("request", lambda request: one.requests.append(request.url.split("#")[0]))
        page.on("console", lambda message: one.complaints.append(message.text))
        page.on("pageerror", lambda error: one.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (one.complaints.append(dialog.message), dialog.dismiss()))
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.goto(file.as_uri() + anchor)
        page.wait_for_selector("html[data-ready]")
        return one

    yield opened
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page about the sample corpus."""
    folder = tmp_path_factory.mktemp("corpus")
    done = corpuslint(ROOT, "report", "corpus", "--isolated", "-o", str(folder))
    assert done.status == 0, done.stderr
    return folder / "index.html"


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    def write(*arguments: Any) -> Path:
        (tmp_path / "index.html").write_text(page_of(*arguments), encoding="utf-8", errors="backslashreplace")
        return tmp_path / "index.html"

    return write


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_sample_corpus_opens_without_a_request_or_a_complaint(
    corpus: Path, open_page: Open, size: dict[str, int], scheme: str
) -> None:
    opened = open_page(corpus, size, scheme)
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert opened.shown() > 0
    opened.is_quiet()


def test_filters_narrow_what_is_shown(corpus: Path, open_page: Open) -> None:
    opened = open_page(corpus)
    rule = opened.page.locator("select[name=rule]")
    label = next(text for text in rule.locator("option").all_inner_texts() if text.startswith("FRN101"))
    count = int(label.rsplit("(", 1)[1].rstrip(")"))
    rule.select_option(label=label)
    opened.page.wait_for_function("() => document.getElementById('count').innerText.includes('match')")
    assert opened.count().startswith(f"{count} finding")
    assert opened.shown() == count
    assert all("FRN101" in text for text in opened.page.locator("#finding-list h3").all_inner_texts())
    opened.page.get_by_role("button", name="Show all").click()
    opened.page.wait_for_function("() => !document.getElementById('count').innerText.includes('match')")
    assert opened.shown() > count
    opened.is_quiet()


def test_text_is_searched_in_every_script(corpus: Path, open_page: Open) -> None:
    opened = open_page(corpus)
    word = opened.page.locator("#finding-list blockquote[dir=rtl]").first.inner_text().split()[0].strip("«»،.…[]")
    opened.page.get_by_role("searchbox").fill(word)
    opened.page.wait_for_function("() => document.getElementById('count').innerText.includes('match')")
    assert opened.shown() > 0
    assert all(word in text for text in opened.page.locator("#finding-list article").all_inner_texts())
    opened.page.get_by_role("searchbox").fill("no such words anywhere")
    opened.page.wait_for_function("() => document.getElementById('count').innerText.startsWith('0 ')")
    assert opened.shown() == 0


def test_a_link_remembers_the_filters(corpus: Path, open_page: Open) -> None:
    first = open_page(corpus)
    first.page.locator("select[name=rule]").select_option(index=1)
    first.page.wait_for_function("() => location.hash.startsWith('#filter=&rule=')")
    first.page.wait_for_function("() => document.getElementById('count').innerText.includes('match')")
    said, anchor = first.count(), first.page.evaluate("location.hash")
    second = open_page(corpus, anchor=anchor)
    assert second.count() == said


def test_the_worst_rules_lead_to_their_findings(corpus: Path, open_page: Open) -> None:
    opened = open_page(corpus)
    link = opened.page.locator("#overview table a").first
    rule = link.inner_text()
    link.click()
    opened.page.wait_for_function("() => document.getElementById('count').innerText.includes('match')")
    assert all(rule.split()[0] in text for text in opened.page.locator("#finding-list h3").all_inner_texts())
    opened.is_quiet()


def test_right_to_left_snippets_are_laid_out_right_to_left(corpus: Path, open_page: Open) -> None:
    opened = open_page(corpus)
    snippets = opened.page.locator("blockquote.snippet:lang(ar)")
    assert snippets.count() > 0
    for at in range(snippets.count()):
        style = snippets.nth(at).evaluate(
            "node => [getComputedStyle(node).direction, getComputedStyle(node).unicodeBidi]"
        )
        assert style == ["rtl", "isolate"]
    # The first letter of the text stands in the right half of its box.
    first = snippets.first.evaluate(
        """node => {
            const range = document.createRange();
            const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
            let text = walker.nextNode();
            while (!text.data.trim()) text = walker.nextNode();
            const start = text.data.search(/\\S/);
            range.setStart(text, start);
            range.setEnd(text, start + 1);
            const box = node.getBoundingClientRect();
            return range.getBoundingClientRect().left - (box.left + box.width / 2);
        }"""
    )
    assert first > 0
    assert (
        opened.page.locator("blockquote:lang(en)").first.evaluate("node => getComputedStyle(node).direction") == "ltr"
    )


def test_a_cluster_opens_side_by_side(made: Callable[..., Path], open_page: Open) -> None:
    text = "The ferry leaves at nine."
    found = [copy_of(place(text, 0, 25, "b.txt"), place(text, 0, 25, "a.txt"))]
    opened = open_page(made(found, text))
    details = opened.page.locator("#cluster-list details")
    details.locator("summary").click()
    assert details.locator(".side blockquote").all_inner_texts() == [text, text]
    boxes = [details.locator(".side").nth(at).bounding_box() for at in (0, 1)]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] < boxes[1]["x"]
    opened.is_quiet()


def test_differing_words_are_marked_in_the_sample_corpus(corpus: Path, open_page: Open) -> None:
    opened = open_page(corpus)
    clusters = opened.page.locator("#cluster-list details")
    if not clusters.count():
        pytest.skip("no rule finds duplicates yet")
    clusters.first.locator("summary").click()
    assert clusters.first.locator("ins").count() + clusters.first.locator("del").count() > 0


def test_many_findings_come_in_pages_and_packed(
    made: Callable[..., Path], open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_of_page, "PACK_ABOVE", 1000)
    text = "word " * 10
    found = [
        finding(place(text, 0, 4, f"folder{n % 3}/{n % 7}.txt"), message=f"Number {n:04}.", id=f"{n:08x}")
        for n in range(1234)
    ]
    opened = open_page(made(found, text))
    assert opened.count() == "1,234 findings"
    assert opened.shown() == 50
    opened.page.get_by_role("button", name="Last page of findings").click()
    opened.page.wait_for_function("() => document.querySelector('#finding-list').innerText.includes('Number 1233')")
    assert opened.shown() == 1234 % 50
    opened.page.get_by_role("searchbox").fill("number 0777")
    opened.settled("1 finding of 1,234 match")
    opened.page.get_by_role("searchbox").fill("")
    opened.page.locator("select[name=folder]").select_option(label="folder1 (411)")
    opened.settled("411 findings of 1,234 match")
    opened.is_quiet()


def test_an_attack_corpus_stays_text(made: Callable[..., Path], open_page: Open) -> None:
    found = []
    for number, attack in enumerate(ATTACKS):
        at = place(attack, 0, len(attack), attack.replace("\0", ""), attack, number)
        found.append(
            finding(at, message=attack, name=attack, code=attack, id=attack, fix=deletion((0, 1), content=attack))
        )
        found.append(copy_of(at, place(attack, 0, len(attack), f"kept{attack}", attack), message=attack))
    opened = open_page(made(found, "".join(ATTACKS), "".join(ATTACKS)))
    for details in opened.page.locator("details").all():
        details.evaluate("node => node.open = true")
    assert opened.page.evaluate("document.scripts.length") == 1 + opened.page.locator("script[id]").count()
    assert opened.page.locator("img, iframe, object, embed, link, base, svg script").count() == 0
    assert "<img src=x onerror=alert(1)>" in opened.page.locator("#finding-list").inner_text()
    opened.is_quiet()


def test_without_javascript_the_first_findings_can_be_read(corpus: Path, driver: Any, tmp_path: Path) -> None:
    context = launch(driver, tmp_path, java_script_enabled=False)
    page = context.new_page()
    page.goto(corpus.as_uri())
    assert page.locator("#finding-list > article").count() > 0
    assert page.locator("#finding-list > article").first.is_visible()
    assert not page.locator("#filters").is_visible()
    assert not page.locator("button").filter(visible=True).count()
    context.close()


def test_dark_and_light_can_be_chosen(corpus: Path, open_page: Open) -> None:
    opened = open_page(corpus, scheme="dark")
    colour = "getComputedStyle(document.body).backgroundColor"
    dark = opened.page.evaluate(colour)
    opened.page.get_by_role("button", name="Dark or light").click()
    assert opened.page.evaluate(colour) == "rgb(255, 255, 255)" != dark


def test_print_is_light_and_has_no_buttons(corpus: Path, open_page: Open) -> None:
    page = open_page(corpus, scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("button").filter(visible=True).count()


def test_everything_has_a_name_and_headings_go_down_in_steps(corpus: Path, open_page: Open) -> None:
    page = open_page(corpus).page
    levels = [
        int(name[1]) for name in page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => h.tagName)")
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    unnamed = """[...document.querySelectorAll('button, select, input, svg[role=img], nav')].filter(node =>
        !(node.getAttribute('aria-label') || node.innerText || (node.labels && node.labels.length))).length"""
    assert page.evaluate(unnamed) == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(node => node.id)")
    assert len(ids) == len(set(ids))


def test_the_keyboard_reaches_the_filters_and_the_findings(corpus: Path, open_page: Open) -> None:
    page = open_page(corpus).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.form?.id") == "filters"


def test_an_id_is_copied(corpus: Path, open_page: Open) -> None:
    opened = open_page(corpus)
    commands = opened.page.locator(".commands").first
    commands.locator("summary").click()
    button = commands.locator("button").first
    button.click()
    opened.page.wait_for_function("() => /Copied|Selected/.test(document.querySelector('.commands button').innerText)")
    opened.is_quiet()
