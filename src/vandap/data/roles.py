"""Which held-out rows screen changes and which decide on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vandap.core.estimate import CONFIRM_ROWS
from vandap.data.hashing import hash_numbers

SHARE = 0.5
SMALL_SHARE = 0.75
"""Share of the deciding rows where half would be too few to decide."""

_SALT = 0x5E1EC7
"""So that the division does not follow any other use of the same hashes."""


@dataclass(frozen=True)
class Roles:
    """Positions among the held-out rows, ascending and disjoint; together all of them.

    Args:
        select: Screens and tunes.
        confirm: Decides.
    """

    select: np.ndarray
    confirm: np.ndarray


def divide(hashes: np.ndarray, groups: np.ndarray | None = None) -> Roles:
    """Divide held-out rows by a hash of the example.

    Equal examples take the same role, whatever their order and whatever else is held out: a row that has screened
    changes never decides on them later (unless the part crosses the size at which the share changes). Half of the rows
    decide, three quarters where half would hardly reach 200.

    Args:
        hashes: Hash of each held-out example (`vandap.data.hashing.hash_examples`), uint64 of shape `(n,)`.
        groups: Group number of each row, shape `(n,)`: rows of one group take one role, by the smallest hash among
            them, so that the numbering of the groups does not enter.
    """
    hashes = hash_numbers(hashes, _SALT)
    if groups is not None:
        codes = np.unique(groups, return_inverse=True)[1]
        smallest = np.full(int(codes.max(initial=-1)) + 1, np.iinfo(np.uint64).max, dtype=np.uint64)
        np.minimum.at(smallest, codes, hashes)
        hashes = hash_numbers(smallest, _SALT)[codes]  # the smallest of many is small: mixed again
    share = SHARE if len(hashes) * SHARE >= 1.25 * CONFIRM_ROWS.value else SMALL_SHARE
    decides = hashes < np.uint64(int(share * 2**64))
    return Roles(np.flatnonzero(~decides), np.flatnonzero(decides))
