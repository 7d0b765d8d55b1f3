"""The loops that take texts out of bytes: of files in UTF-8, and of the records of a JSONL file.

Plain Python over numpy arrays, compiled by `compiled`. They take what is written the usual way and stop at anything
else: bytes that are no UTF-8, records that are no JSON or hold no text. What is wrong there, if anything, is for the
readers in `sources` to say. Every content ends with a byte that no character goes on with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from corpuslint.scan.record_columns import (
    ABSENT,
    END,
    ESCAPED_STRING,
    FIELDS,
    INTEGER,
    KIND,
    LINE,
    OTHER,
    START,
    STOP,
    STRING,
    WIDTH,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Points = NDArray[np.uint32]
    Numbers = NDArray[np.int64]
    Fields = NDArray[np.int64]

ZERO, ONE, TWO, THREE, FOUR = (np.uint64(number) for number in range(5))
SIX, SEVEN, TWELVE, EIGHTEEN = np.uint64(6), np.uint64(7), np.uint64(12), np.uint64(18)

TAB, LINE_FEED, CARRIAGE_RETURN, SPACE = 9, 10, 13, 32
QUOTE, COMMA, COLON, BACKSLASH = ord('"'), ord(","), ord(":"), ord("\\")
OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT = map(ord, "[]{}")
MINUS, PLUS, POINT, NOUGHT, NINE = map(ord, "-+.09")
LETTER_U, SMALL_E, LARGE_E = map(ord, "ueE")
TRUE, FALSE, NULL = (np.frombuffer(word, np.uint8) for word in (b"true", b"false", b"null"))

# UTF-8: how many bytes a character has is said by its first one; the others begin with the bits 10.
LOW_SIX, LOW_FIVE, LOW_SIX_BITS, SIX_BITS = np.uint64(0x3F), np.uint32(0x1F), np.uint32(0x3F), np.uint32(6)
GOES_ON, CONTINUED, NOTHING = np.uint8(0x80), np.uint8(0xC0), np.uint32(0)
THREE_BYTES, FOUR_BYTES = 0xE0, 0xF0
FIRST_SURROGATE, LOW_SURROGATE, BEHIND_SURROGATES = np.uint64(0xD800), np.uint64(0xDC00), np.uint64(0xE000)
ASTRAL, TEN = np.uint64(0x10000), np.uint64(10)

# Bytes at which a run of characters of one or two bytes is left: 0xC0 and 0xC1 begin nothing.
TEXT_STOPS = np.zeros(256, np.uint8)
TEXT_STOPS[[0, 0xC0, 0xC1]] = TEXT_STOPS[THREE_BYTES:] = 1
STRING_STOPS = TEXT_STOPS.copy()
STRING_STOPS[:SPACE] = STRING_STOPS[[QUOTE, BACKSLASH]] = 1
ESCAPED = np.zeros(256, np.uint8)  # what stands for a character behind a backslash
for _letter, _character in zip('"\\/bfnrt', '"\\/\b\f\n\r\t', strict=True):
    ESCAPED[ord(_letter)] = ord(_character)
NO_DIGIT = np.uint64(16)
HEXADECIMAL = np.full(256, NO_DIGIT, np.uint64)
for _digit in "0123456789abcdefABCDEF":
    HEXADECIMAL[ord(_digit)] = int(_digit, 16)

TEXT = 0  # the number of the field that holds the text

# What may come next in a record.
KEY, KEY_OR_END, VALUE, VALUE_OR_END, COMMA_OR_END = range(5)
DEEPEST = np.uint64(60)  # levels of nesting, a bit each
LONGEST_NUMBER = np.uint64(300)  # digits: Python converts no integer of many thousands
UNKNOWN, UNREADABLE = -1, -2


def take_run(content: Bytes, at: Any, stops: Bytes, points: Points, filled: Any) -> tuple[Any, Any, bool]:
    """Copy characters of one or two bytes up to a byte that stops; returns where, and whether all were in order.

    In three loops over the same few bytes, each without a branch that the processor would guess wrong at every space:
    together they take two thirds of the time of a single one.
    """
    end = at
    while not stops[content[end]]:
        end += ONE
    if end == at:
        return at, filled, True
    # A byte that goes on with a character stands behind one that begins it, and nowhere else.
    wrong = np.uint8((content[at] & CONTINUED) == GOES_ON) | np.uint8(content[end - ONE] >= CONTINUED)
    for place in range(at + ONE, end):
        begun = np.uint8(content[place - ONE] >= CONTINUED)
        wrong |= np.uint8((content[place] & CONTINUED) == GOES_ON) ^ begun
    high = NOTHING
    for place in range(at, end):
        byte = content[place]
        value = np.uint32(byte)
        # The first byte of two is written as well, and written over.
        goes_on = GOES_ON <= byte < CONTINUED
        points[filled] = np.uint32((high << SIX_BITS) | (value & LOW_SIX_BITS)) if goes_on else value
        high = value & LOW_FIVE
        filled += np.uint64(byte < CONTINUED)
    return end, filled, not wrong


def take_long(content: Bytes, at: Any) -> tuple[Any, Any]:
    """Return a character of three or four bytes and its length; length 0 for one that is none."""
    first, second = np.uint64(content[at]), np.uint64(content[at + ONE])
    if second >> SIX != TWO:
        return ZERO, ZERO
    third = np.uint64(content[at + TWO])
    if third >> SIX != TWO:
        return ZERO, ZERO
    if first < FOUR_BYTES:
        point = (first & np.uint64(0xF)) << TWELVE | (second & LOW_SIX) << SIX | third & LOW_SIX
        is_one = point >= np.uint64(0x800) and not FIRST_SURROGATE <= point < BEHIND_SURROGATES
        return point, THREE if is_one else ZERO
    fourth = np.uint64(content[at + THREE])
    if first > np.uint64(0xF4) or fourth >> SIX != TWO:
        return ZERO, ZERO
    point = (first & SEVEN) << EIGHTEEN | (second & LOW_SIX) << TWELVE | (third & LOW_SIX) << SIX | fourth & LOW_SIX
    return point, FOUR if ASTRAL <= point < np.uint64(0x110000) else ZERO


def hexadecimal(content: Bytes, at: Any) -> Any:
    """Return the number that four digits are; a larger one than four digits give where they are none."""
    number = ZERO
    for behind in range(4):
        digit = HEXADECIMAL[content[at + np.uint64(behind)]]
        if digit == NO_DIGIT:
            return ASTRAL
        number = number << FOUR | digit
    return number


def take_escape(content: Bytes, at: Any) -> tuple[Any, Any]:
    """Return the character that an escape stands for and the escape's length; length 0 for any that is unusual."""
    letter = content[at + ONE]
    if letter != LETTER_U:
        return np.uint64(ESCAPED[letter]), TWO if ESCAPED[letter] else ZERO
    point = hexadecimal(content, at + TWO)
    if point == ZERO or point >= ASTRAL or LOW_SURROGATE <= point < BEHIND_SURROGATES:
        return ZERO, ZERO
    if not FIRST_SURROGATE <= point < LOW_SURROGATE:
        return point, SIX
    if content[at + SIX] != BACKSLASH or content[at + SEVEN] != LETTER_U:
        return ZERO, ZERO
    low = hexadecimal(content, at + np.uint64(8))
    if not LOW_SURROGATE <= low < BEHIND_SURROGATES:
        return ZERO, ZERO
    return ASTRAL + ((point - FIRST_SURROGATE) << TEN | (low - LOW_SURROGATE)), TWELVE


def take_string(content: Bytes, at: Any, points: Points, filled: Any) -> tuple[Any, Any, Any]:
    """Copy what a JSON string says, from the byte behind its first quote on; returns where it ends, 0 for none.

    The last number says how many bytes more it has than its source has characters.
    """
    start, first, spared = at, filled, ZERO
    while True:
        at, filled, in_order = take_run(content, at, STRING_STOPS, points, filled)
        byte = content[at]
        if not in_order:
            return ZERO, filled, ZERO
        if byte == QUOTE:
            return at + ONE, filled, (at - start) - (filled - first) - spared
        if byte == BACKSLASH:
            point, length = take_escape(content, at)
            spared += length - ONE
        elif byte >= THREE_BYTES:
            point, length = take_long(content, at)
        else:
            return ZERO, filled, ZERO
        if length == ZERO:
            return ZERO, filled, ZERO
        points[filled] = point
        filled += ONE
        at += length


def behind_space(content: Bytes, at: Any) -> Any:
    """Return the next place that is no white space inside a line."""
    while content[at] in (SPACE, TAB, CARRIAGE_RETURN):
        at += ONE
    return at


def behind_digits(content: Bytes, at: Any) -> Any:
    """Return the next place that is no digit."""
    while NOUGHT <= content[at] <= NINE:
        at += ONE
    return at


def skip_number(content: Bytes, at: Any) -> tuple[Any, int]:
    """Return the place behind a number, 0 where there is none, and what it is."""
    start, kind = at, INTEGER
    if content[at] == MINUS:
        at += ONE
    begin = at
    at = behind_digits(content, at)
    if at == begin or (content[begin] == NOUGHT and at > begin + ONE):
        return ZERO, OTHER
    if content[at] == POINT:
        kind = OTHER
        begin = at + ONE
        at = behind_digits(content, begin)
        if at == begin:
            return ZERO, OTHER
    if content[at] in (SMALL_E, LARGE_E):
        kind = OTHER
        begin = at + ONE
        if content[begin] in (PLUS, MINUS):
            begin += ONE
        at = behind_digits(content, begin)
        if at == begin:
            return ZERO, OTHER
    return at if at - start < LONGEST_NUMBER else ZERO, kind


def is_at(content: Bytes, at: Any, word: Bytes) -> bool:
    """Say whether a word stands at a place."""
    for number in range(len(word)):  # noqa: SIM110  # `all` is not compiled
        if content[at + np.uint64(number)] != word[number]:
            return False
    return True


def skip_plain(content: Bytes, at: Any) -> tuple[Any, int]:
    """Return the place behind a number, a truth value or null, 0 where none of them stands, and what it is."""
    if is_at(content, at, TRUE) or is_at(content, at, NULL):
        return at + FOUR, OTHER
    if is_at(content, at, FALSE):
        return at + np.uint64(5), OTHER
    return skip_number(content, at)


def number_of(content: Bytes, start: Any, end: Any, names: Bytes, name_ends: Numbers) -> int:
    """Return the number of the field that has a name; UNREADABLE for a name with an escape."""
    for place in range(start, end):
        if content[place] == BACKSLASH:
            return UNREADABLE
    begin = 0
    for field in range(len(name_ends)):
        if end - start == np.uint64(name_ends[field] - begin) and is_at(
            content, start, names[begin : name_ends[field]]
        ):
            return field
        begin = name_ends[field]
    return UNKNOWN


def take_record(  # noqa: C901  # JSON's grammar: what may come next, and what comes
    content: Bytes, at: Any, names: Bytes, name_ends: Numbers, points: Points, filled: Any, fields: Fields
) -> tuple[Any, Any, Any]:
    """Take the text of an object that begins at a place; returns where its line ends, 0 where it is unusual.

    Also returns how far `points` are filled, and how many bytes more the object has than characters.
    """
    unusual = (ZERO, filled, ZERO)
    if content[at] != OPEN_OBJECT:
        return unusual
    fields[:, KIND] = ABSENT
    at += ONE
    depth = objects = ONE  # the lowest bit of `objects` says whether the innermost level is an object
    longer, field, expected = ZERO, UNKNOWN, KEY_OR_END
    while depth:
        at = behind_space(content, at)
        byte = content[at]
        of_record = depth == ONE and field >= 0
        closes = False
        if expected <= KEY_OR_END:
            closes = byte == CLOSE_OBJECT and expected == KEY_OR_END
            if byte == QUOTE:
                start = at + ONE
                at, _, more = take_string(content, start, points, filled)
                if at == ZERO:
                    return unusual
                longer += more
                if depth == ONE:
                    field = number_of(content, start, at - ONE, names, name_ends)
                    if field == UNREADABLE or (field >= 0 and fields[field, KIND] != ABSENT):
                        return unusual
                at = behind_space(content, at)
                if content[at] != COLON:
                    return unusual
                at += ONE
                expected = VALUE
            elif not closes:
                return unusual
        elif expected == COMMA_OR_END:
            closes = byte == (CLOSE_OBJECT if objects & ONE else CLOSE_LIST)
            if byte == COMMA:
                at += ONE
                expected = KEY if objects & ONE else VALUE
            elif not closes:
                return unusual
        elif byte == QUOTE:
            start = at
            at, end, more = take_string(content, at + ONE, points, filled)
            if at == ZERO:
                return unusual
            longer += more
            if of_record:
                # The source has as many characters as the string, and two quotes, where nothing is escaped.
                is_plain = (at - start - TWO) - more == end - filled
                fields[field, START], fields[field, END] = start, at
                fields[field, KIND] = STRING if is_plain else ESCAPED_STRING
                filled = end if field == TEXT else filled
            expected = COMMA_OR_END
        elif byte in (OPEN_OBJECT, OPEN_LIST):
            if depth == DEEPEST or (of_record and field == TEXT):
                return unusual
            if of_record:
                fields[field, KIND] = OTHER
            at += ONE
            depth += ONE
            objects = objects << ONE | (ONE if byte == OPEN_OBJECT else ZERO)
            expected = KEY_OR_END if byte == OPEN_OBJECT else VALUE_OR_END
        elif byte == CLOSE_LIST and expected == VALUE_OR_END:
            closes = True
        else:
            start = at
            at, kind = skip_plain(content, at)
            if at == ZERO or (of_record and field == TEXT):
                return unusual
            if of_record:
                fields[field, START], fields[field, END], fields[field, KIND] = start, at, kind
            expected = COMMA_OR_END
        if closes:
            at += ONE
            depth -= ONE
            objects >>= ONE
            expected = COMMA_OR_END
    at = behind_space(content, at)
    if content[at] != LINE_FEED or fields[TEXT, KIND] == ABSENT:
        return unusual
    return at, filled, longer


def take_records(
    content: Bytes, at: int, line: int, names: Bytes, name_ends: Numbers, points: Points, filled: int, records: Numbers
) -> tuple[int, int, int]:
    """Take records (whole lines of `content`) until one is unusual, or `records` are full.

    Fills for each record the number of its line, how many characters its source has, how far `points` are filled
    behind it and a line feed, and where its fields stand, (records, FIELDS + 3 * names). Returns where the next record
    begins, the number of its line, and how many were taken.
    """
    place, end, taken = np.uint64(at), np.uint64(len(content)), 0
    room = np.uint64(filled)
    while place < end and taken < len(records):
        start = behind_space(content, place)
        if content[start] == LINE_FEED:
            place = start + ONE
            line += 1
            continue
        record = records[taken]
        fields = record[FIELDS:].reshape(len(name_ends), 3)
        behind, room_behind, longer = take_record(content, start, names, name_ends, points, room, fields)
        if behind == ZERO:
            break
        last = behind
        while content[last - ONE] == CARRIAGE_RETURN:
            last -= ONE
        points[room_behind] = LINE_FEED
        room = room_behind + ONE
        record[LINE], record[WIDTH], record[STOP] = line, last - place - longer, room
        place = behind + ONE
        line += 1
        taken += 1
    return int(place), line, taken


def take_texts(content: Bytes, ends: Numbers, first: int, points: Points, filled: int, stops: Numbers) -> int:
    """Take texts from a number on until one is unusual; returns the number of that one.

    Text `n` is `content[ends[n - 1] + 1 : ends[n]]`, with a NUL behind it. Fills how far `points` are filled behind
    each text and a line feed, (texts,).
    """
    room = np.uint64(filled)
    for text in range(first, len(ends)):
        at, end = np.uint64(ends[text - 1] + 1 if text else 0), np.uint64(ends[text])
        begin = room
        while True:
            at, room, in_order = take_run(content, at, TEXT_STOPS, points, room)
            if not in_order or at >= end or content[at] < THREE_BYTES:
                break
            point, length = take_long(content, at)
            if length == ZERO or (room == begin and point == 0xFEFF):  # a mark of the file's encoding
                break
            points[room] = point
            room += ONE
            at += length
        if not in_order or at != end:
            return text
        points[room] = LINE_FEED
        room += ONE
        stops[text] = room
    return len(ends)
