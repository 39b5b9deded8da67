"""The lists of rows that lie near a small group, found by way of the group.

A row is far nearer to its group than to a list that holds several, so that short codes of some of the groups tell
which it is. Rows that are near none of these are looked for among the lists' centres. Rows that made the groups, a
quarter of ten million, are not looked for again.
"""

from __future__ import annotations

import numpy as np

from vandap.search.engines._leaders import Groups, nearest_of


class Homes:
    """Finds groups, and knows their lists.

    Args:
        groups: The groups.
        lists: The list of each, int64, shape (groups,).
    """

    def __init__(self, groups: Groups, lists: np.ndarray) -> None:
        self._centres, self._lists = groups.centres.astype(np.float16), lists
        self._threshold, self._parts = groups.threshold, groups.parts
        self._members, self._homes = groups.members, groups.homes

    def of(self, rows: np.ndarray, first: int) -> np.ndarray:
        """The list of each row, int64; -1 where no group was found near it.

        Args:
            rows: Unit vectors, float32, shape (rows, columns), which follow each other.
            first: Number of the first one.
        """
        groups = np.full(len(rows), -1, np.int64)
        known = slice(*np.searchsorted(self._members, (first, first + len(rows))))
        groups[self._members[known] - first] = self._homes[known]
        left = np.flatnonzero(groups < 0)
        if len(left):
            searches = (self._parts.few, self._parts.many)
            which, scores = nearest_of(self._centres, searches, rows[left], self._threshold)
            groups[left] = np.where(scores > self._threshold, which, -1)
        return np.where(groups >= 0, self._lists[groups], -1)
