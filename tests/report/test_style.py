"""Colours of the page have enough contrast, in the light and in the dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLE = (Path(__file__).parents[2] / "corpuslint/report/page.css").read_text("utf-8")
BLOCKS = {
    "light": STYLE[STYLE.index(":root {") : STYLE.index("@media")],
    "dark": STYLE[STYLE.index(':root[data-theme="dark"] {') : STYLE.index("* { box-sizing")],
}
LEAST = 4.5  # WCAG 2.2, AA, for text


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", BLOCKS)
@pytest.mark.parametrize("text", ["ink", "quiet", "link", "error", "warning", "info", "good"])
@pytest.mark.parametrize("ground", ["paper", "card", "soft"])
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", BLOCKS[theme]))
    assert contrast(colours[text], colours[ground]) >= LEAST


@pytest.mark.parametrize("theme", BLOCKS)
def test_marked_text_can_be_read(theme: str) -> None:
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", BLOCKS[theme]))
    assert contrast(colours["mark-ink"], colours["mark"]) >= LEAST
    for ground in ("out", "in"):
        assert contrast(colours["ink"], colours[ground]) >= LEAST


def test_the_dark_colours_are_the_same_however_they_were_chosen() -> None:
    preferred = STYLE[
        STYLE.index("@media screen and (prefers-color-scheme: dark)") : STYLE.index(':root[data-theme="dark"] {')
    ]
    assert re.findall(r"--[\w-]+: #\w+", preferred) == re.findall(r"--[\w-]+: #\w+", BLOCKS["dark"])
