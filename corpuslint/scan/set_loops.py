"""The loops that compare documents: which keys several of them may have, and how many numbers two sets share.

Plain Python over numpy arrays, run and compiled as those in `loops`. What a shared key means and how many shared
numbers make two documents alike is not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]
    Documents = NDArray[np.uint32]

ALONE, SHARED = np.uint8(1), np.uint8(2)  # what a slot was met by: one record, or more


def part_records(
    keys: Hashes, documents: Documents, shift: Any, free: Numbers, parted: Hashes, of_parted: Documents
) -> None:
    """Write records where the next of their partitions go, and move `free` on; a key's first bits are its partition."""
    for record in range(len(keys)):
        partition = keys[record] >> shift
        place = free[partition]
        parted[place], of_parted[place] = keys[record], documents[record]
        free[partition] = place + 1


def sift_records(keys: Hashes, documents: Documents, left: Any, right: Any, slots: NDArray[np.uint8]) -> int:
    """Move the records to the front that share a slot with another one, in their order, and return how many.

    Equal keys share a slot: its number is `key << left >> right`. All slots are empty (0).
    """
    for key in keys:
        slot = (key << left) >> right
        slots[slot] = SHARED if slots[slot] else ALONE
    kept = 0
    for record in range(len(keys)):
        key, document = keys[record], documents[record]
        keys[kept], documents[kept] = key, document
        kept += slots[(key << left) >> right] == SHARED
    return kept


def count_shared(numbers: Hashes, starts: Numbers, lefts: Numbers, rights: Numbers, shared: Numbers) -> None:
    """Fill how many numbers both sets of each pair have; set `i` is `numbers[starts[i] : starts[i + 1]]`, sorted.

    Both are walked once, from their least numbers on.
    """
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
