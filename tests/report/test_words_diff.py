"""Which words differ: nothing is lost, what is shared is shared on both sides, and no text takes long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpuslint.report.words_diff import Piece, compare, split_words

words = st.lists(st.sampled_from(["a", "b", "c", "d", "cat", "سلام", "日本", " ", "\n\n"])).map(" ".join)


@given(words | st.text(), words | st.text())
def test_nothing_is_lost(left: str, right: str) -> None:
    pieces = compare(left, right)
    assert "".join(piece.text for piece in pieces[0]) == left
    assert "".join(piece.text for piece in pieces[1]) == right


@given(words, words)
def test_shared_words_are_the_same_on_both_sides(left: str, right: str) -> None:
    def shared(pieces: list[Piece]) -> list[str]:
        return [word.strip() for piece in pieces if piece.shared for word in split_words(piece.text)]

    lefts, rights = compare(left, right)
    assert shared(lefts) == shared(rights)


@given(words | st.text())
def test_equal_texts_share_everything(text: str) -> None:
    assert all(piece.shared for side in compare(text, text) for piece in side)


def test_one_word_differs() -> None:
    left, right = compare("The ferry leaves at nine today.", "The ferry leaves at ten today.")
    assert [piece for piece in left if not piece.shared] == [Piece("nine ", False)]
    assert [piece for piece in right if not piece.shared] == [Piece("ten ", False)]


def test_a_word_put_in_front_moves_nothing() -> None:
    left, right = compare("one two three", "zero one two three")
    assert [piece.text for piece in left if not piece.shared] == []
    assert [piece.text for piece in right if not piece.shared] == ["zero "]


def test_scripts_without_spaces_differ_by_character() -> None:
    left, _ = compare("印了五百册", "印了六百册")
    assert [piece.text for piece in left if not piece.shared] == ["五"]


def test_words_that_repeat_endlessly_end() -> None:
    compare("a b " * 4000, "b a " * 4000)
    compare(" ".join(map(str, range(4000))), " ".join(map(str, range(4000, 0, -1))))
