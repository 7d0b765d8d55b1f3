"""How to take text out so that what stays reads as if it had never been there.

Whole lines go with their separating blank lines; a fragment of a line leaves no double space and glues no words.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from corpuslint.diagnostic import Edit
from corpuslint.document import Document
from corpuslint.text import Span

# Marks that close a clause and stand directly behind a word in every script that uses them.
CLOSING_MARKS = frozenset(".,;:!?…،؛؟۔。，、；：！？)]}»”’」』")


def delete_lines(document: Document, first: int, last: int) -> Edit:
    """Delete the lines `first` to `last` (from 0, both included) so that one separation stays where two stood.

    In the middle the blank lines before stay and those behind go (they all stay where only one side has some);
    at the text's start or end the blank lines of both sides go; a final line end stays as it was.
    """
    lines, written = document.lines, document.written_lines
    earlier, later = bisect_left(written, first), bisect_right(written, last)
    before = written[earlier - 1] if earlier else None
    after = written[later] if later < len(written) else None
    if before is None and after is None:
        return Edit(0, len(document.text))
    if after is None:
        assert before is not None
        ends_open = lines[-1].stop == lines[-1].end
        return Edit(lines[before].end if ends_open else lines[before].stop, len(document.text))
    if before is None:
        return Edit(0, lines[after].start)
    if before < first - 1:
        return Edit(lines[first].start, lines[after].start)
    return Edit(lines[first].start, lines[last].stop)


def delete_fragment(text: str, span: Span) -> Edit:
    """Delete a span inside a line together with the white space that only its presence called for.

    White space on both sides becomes what stood on the left; at a line's start or end none stays; between two
    words that only the fragment held apart, one space is left.
    """
    start, end = span
    left, right = start, end
    while left > 0 and _is_space(text[left - 1]):
        left -= 1
    while right < len(text) and _is_space(text[right]):
        right += 1
    at_line_start = left == 0 or text[left - 1] in "\r\n"
    at_line_end = right == len(text) or text[right] in "\r\n"
    if at_line_end:
        # The author's indentation stays where the whole line goes: deleting lines is not for this function.
        return Edit(start if at_line_start else left, right)
    if at_line_start or (left < start and right > end):
        return Edit(start, right)
    if left < start and right == end and text[end] in CLOSING_MARKS:
        return Edit(left, end)
    if left == start and right == end and _is_word(text[start - 1]) and _is_word(text[end]):
        return Edit(start, end, " ")
    return Edit(start, end)


def _is_space(character: str) -> bool:
    return character.isspace() and character not in "\r\n"


def _is_word(character: str) -> bool:
    return character.isalnum()
