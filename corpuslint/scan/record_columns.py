"""What the loops find in a record, as a row of numbers."""

from __future__ import annotations

# The number of its line, how many characters the line has, how far the code points are filled behind its text; the
# columns of its fields follow.
LINE, WIDTH, STOP, FIELDS = range(4)

# The columns of a field: where it stands, quotes included, and what it is.
START, END, KIND = range(3)
ABSENT, STRING, ESCAPED_STRING, INTEGER, OTHER = range(5)
