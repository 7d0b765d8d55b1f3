"""The loop over pairs of sets: how many numbers two of them share.

Plain Python over numpy arrays, run and compiled as those in `loops`. Sets lie one after another, sorted: set `i` is
`numbers[starts[i] : starts[i + 1]]`. How many shared numbers make two documents alike is not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]


def count_shared(numbers: Hashes, starts: Numbers, lefts: Numbers, rights: Numbers, shared: Numbers) -> None:
    """Fill how many numbers both sets of each pair have: both are walked once, from their least numbers on."""
    for pair in range(len(lefts)):
        left, left_end = starts[lefts[pair]], starts[lefts[pair] + 1]
        right, right_end = starts[rights[pair]], starts[rights[pair] + 1]
        count = 0
        while left < left_end and right < right_end:
            one, other = numbers[left], numbers[right]
            # Three comparisons and no branch: which set goes on is a coin's toss, which no processor can guess.
            count += one == other
            left += one <= other
            right += other <= one
        shared[pair] = count
