"""What a phrase of a catalog matches, and what it leaves alone."""

from __future__ import annotations

import pytest

from corpuslint.document import Document
from corpuslint.junk import junk_blocks
from corpuslint.normal import normal
from corpuslint.phrases import Catalog, Entry, Match, patterns, size

TABLE = {
    "alone": """Leave a comment
Read more.
Read more
Print
See also:
{n} Comments
Comments ({n})
Published on {date}
Be the first to comment on {text}
Home > {text}
اترك تعليقاً
打印
# Hidden
""",
    "edge": "Photo: {name}\nRelated\nTags",
    "beside": "Name\nEmail\nWebsite\nSubmit",
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    phrases = Catalog()
    for strength in ("beside", "edge", "alone"):
        phrases.add(TABLE, "comment-form", "xx", strength)
    return phrases


def match(catalog: Catalog, text: str) -> Match | None:
    return catalog.match(text, normal(text))


@pytest.mark.parametrize(
    "line",
    [
        "Leave a comment",
        "LEAVE A COMMENT",
        "Leave a Comment »",
        "Leave a comment:",
        "اترك تعليقا",
        "اتْرُكْ تعليقاً:",
        "打印",
        "【打印】",
        "3 Comments",
        "٣ Comments",
        "Comments (12)",
        "Published on 3 May 2024",
        "Published on ٢٠٢٤/٥/٣",
        'Be the first to comment on "Tram line | City News"',
        "Home > News > Politics",
        "Home » News",
        "Photo: Jane Roe",
        "Read more.",
        "See also:",
    ],
)
def test_a_line_is_a_phrase(catalog: Catalog, line: str) -> None:
    assert match(catalog, line)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Print.", "an end mark makes a sentence of a short phrase"),
        ("打印。", "in every script"),
        ("See also", "the catalog has it as a label only"),
        ("Leave a comment at the door", "more words"),
        ("Hidden", "a comment line of the catalog"),
        ("many Comments", "{n} is a number"),
        ("Published on Monday", "{date} holds a digit"),
        ("Published on the ninth day of the third month of the year 1921", "{date} is short"),
        ("Photo of Jane Roe", "the colon belongs to the phrase"),
        ("Photo of the day: a bridge", "and stands behind the phrase's words"),
        ("Photo: Jane Roe took it on the last day of her life", "{name} is short"),
        ("Home is where the heart is", "the sign belongs to the phrase"),
        ("Home automation", "the sign belongs to the phrase"),
    ],
)
def test_a_line_is_no_phrase(catalog: Catalog, line: str, why: str) -> None:
    assert match(catalog, line) is None, why


def test_glued_lines_are_matched_and_prose_is_not(catalog: Catalog) -> None:
    glued = match(catalog, "Leave a comment Name Email Website Submit Read more")
    assert glued is not None
    assert glued.phrases == 6
    assert (
        match(catalog, "Leave a comment, he said, and Name the man who wrote that Email to the Website of the town")
        is None
    )


def test_unknown_words_between_glued_phrases_are_words_of_somebody(catalog: Catalog) -> None:
    found = match(catalog, "Leave a comment Read more Tram line Leave a comment Print Name")
    assert found is not None
    assert found.slot == "{text}"


def test_the_strongest_claim_to_a_phrase_counts() -> None:
    phrases = Catalog()
    for strength in ("beside", "edge", "alone"):
        phrases.add({"beside": "Print\nPrint {n}", "alone": "Print\nPrint {n}"}, "page-control", "xx", strength)
    for line in ("Print", "Print 3"):
        found = match(phrases, line)
        assert found is not None
        assert found.entry.strength == "alone"


def test_one_word_and_anything_behind_it_proves_nothing_alone() -> None:
    (vague,) = patterns(["Copyright {text}"], Entry("copyright", "alone", "xx"))
    assert vague.entry.strength == "beside"


@pytest.mark.parametrize("phrase", ["{text}", "Hello {nobody}", "By {name} on {date}"])
def test_a_wrong_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="a phrase has"):
        list(patterns([phrase], Entry("login", "alone", "xx")))


def test_characters_of_scripts_without_spaces_are_half_words() -> None:
    assert size(["打", "印", "本", "页"]) == 2
    assert size(["print", "a"]) == 2


PROSE = "The council voted on Tuesday to build the tram line along the river, at a cost of forty million."


def kinds(*lines: str) -> list[tuple[str, int, int]]:
    return [(b.kind, b.first, b.last) for b in junk_blocks(Document("a.txt", "\n".join(lines)))]


def test_weak_lines_count_only_beside_strong_ones() -> None:
    assert kinds(PROSE, "Name", "Email", PROSE) == []
    assert kinds(PROSE, "Leave a comment", "Name", "", "Email", PROSE) == [("comment-form", 1, 4)]


def test_lines_of_the_edge_count_only_before_or_behind_all_prose() -> None:
    assert kinds(PROSE, "Related", PROSE) == []
    assert kinds(PROSE, "Related") == [("related-links", 1, 1)]


def test_a_weak_line_belongs_to_the_block_it_stands_in() -> None:
    assert kinds(PROSE, "Subscribe to our newsletter", "Email", "Submit", PROSE) == [("newsletter", 1, 3)]
    assert kinds(PROSE, "Leave a comment", "Email", "Submit", PROSE) == [("comment-form", 1, 3)]


def test_numbers_are_junk_only_between_links_to_pages() -> None:
    assert kinds(PROSE, "1", "2", "3", "4", PROSE) == []
    assert kinds(PROSE, "1", "2", "Next page", PROSE) == [("pagination", 1, 3)]


@pytest.mark.parametrize(
    "line", ["- Leave a comment", "“Leave a comment”", "— Leave a comment", "| Leave a comment | 3 |"]
)
def test_items_speech_and_cells_are_no_buttons(line: str) -> None:
    assert kinds(PROSE, line, PROSE) == []
