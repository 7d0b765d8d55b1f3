"""The page-furniture model: its weights file, its features and what it leaves to other rules."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from corpuslint.catalogs import catalogs_of
from corpuslint.document import Document
from corpuslint.furniture import line_model
from corpuslint.furniture.line_features import NAMES, features
from corpuslint.furniture.line_model import from_json, model, packed, packed_numbers, unpacked, unpacked_numbers
from corpuslint.furniture.line_shape import button_words
from corpuslint.rules.page_furniture import WORDS, PageFurniture

WEIGHTS = line_model.MODELS / "page_furniture.json"
LARGEST = 200_000  # bytes
PAGE = """\
The ferry between the two islands runs again since Friday, four months after the accident in the harbour.
Read more: New ferry
Visit Website
The company has replaced both engines and says that the ship will be as fast as it was before the repair.
Visit Website
Share this article
Facebook
Twitter
"""


def rows(text: str) -> tuple[tuple[int, ...], list[list[float]]]:
    document = Document("a.txt", text)
    return features(document, model().lexicon(catalogs_of(document.script_names)))


def value(text: str, line: int, name: str) -> float:
    numbers, values = rows(text)
    return values[numbers.index(line)][NAMES.index(name)]


def test_weights_are_small_and_say_which_features_they_are_of() -> None:
    assert WEIGHTS.stat().st_size <= LARGEST
    content = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert tuple(content["features"]) == NAMES
    assert len(set(NAMES)) == len(NAMES)


def test_weights_of_other_features_are_refused() -> None:
    content = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    for change in ({"format": 1}, {"features": list(NAMES[1:])}):
        with pytest.raises(ValueError, match=r"run training/page_furniture\.py"):
            from_json({**content, **change})


def test_numbers_and_hashes_come_back_from_their_text() -> None:
    numbers = np.array([[-300, 0, 7], [32767, -32768, 1]])
    assert unpacked_numbers(packed_numbers(numbers, "<i2"), "<i2", 3).tolist() == numbers.tolist()
    with pytest.raises(ValueError, match="does not fit <u1"):
        packed_numbers(numbers, "<u1")
    entries = {b"abcd": -3, b"\x00\x01\x02\x03": 12}
    assert unpacked(packed(entries), 4) == entries


def test_what_features_add_sums_to_the_log_odds() -> None:
    _, values = rows(PAGE)
    learnt = model()
    root = float(learnt.value[:, 0].sum()) + learnt.base
    np.testing.assert_allclose(learnt.contributions(values).sum(1) + root, learnt.log_odds(values), atol=1e-6)


def test_prose_is_not_asked_about_and_every_row_is_whole() -> None:
    numbers, values = rows(PAGE)
    assert numbers == (1, 2, 4, 5, 6, 7)
    assert {len(row) for row in values} == {len(NAMES)}


def test_features_say_what_stands_around_a_line() -> None:
    assert value(PAGE, 1, "between") == 1
    assert value(PAGE, 5, "between") == 0
    assert value(PAGE, 2, "repeats") == 2
    assert value(PAGE, 2, "button") == 1
    assert value(PAGE, 1, "run") == 2
    assert value(PAGE, 1, "junk_distance") == 4
    assert value(PAGE, 1, "echo") == pytest.approx(1 / 3)  # of "read", "more" and "ferry", the text has the last
    assert value("Privacy Policy\nTerms of Use\n", 0, "all_before") == 0


def test_every_word_for_a_feature_is_of_a_feature() -> None:
    assert set(WORDS) <= set(NAMES)


def test_words_of_buttons_are_sorted_by_language() -> None:
    content = json.loads((line_model.MODELS / "buttons.json").read_text(encoding="utf-8"))
    assert {"download", "weiterlesen", "المزيد"} <= button_words()
    assert all(one < other for words in content.values() for one, other in pairwise(words.split()))


def test_credits_are_left_to_their_rules_even_where_everything_is_reported() -> None:
    text = "كتب المراسل أمس أن البلدية افتتحت حديقة جديدة في وسط المدينة، وحضر الافتتاح عدد كبير من السكان.\n"
    text += "للتواصل مع الكاتب ارسل رسالة SMS\nFacebook\n"
    found = list(PageFurniture(least_probability=0).check(Document("a.txt", text)))
    assert [d.place.text for d in found] == ["Facebook"]
