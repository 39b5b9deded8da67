"""The lists of rows that lie near a small group, found by way of the group.

A row is far nearer to its group than to a list that holds several, so that short codes of some of the groups tell
which it is. Rows that are near none of these are looked for among the lists' centres. Rows that made the groups, a
quarter of ten million, are not looked for again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from vandap.search.engines._leaders import MOST, Groups, members_held, nearest_of
from vandap.search.engines._parts import Parts
from vandap.search.engines._parts import held as parts_held


def held(groups: int, lists: int, columns: int) -> float:
    """Bytes that they take."""
    return groups * (columns * 2 + 8) + parts_held(groups, MOST * lists, columns) + members_held(lists)


@dataclass(frozen=True)
class Homes:
    """Finds groups, and knows their lists.

    Args:
        centres: Unit vectors, float16, shape (groups, columns).
        threshold: Cosine from which a row belongs to a group.
        lists: The list of each group, int64.
        members: Numbers of the rows that made the groups, ascending, int64.
        homes: The group of each of these, int32.
        parts: The groups' codes.
    """

    centres: np.ndarray
    threshold: float
    lists: np.ndarray
    members: np.ndarray
    homes: np.ndarray
    parts: Parts

    @classmethod
    def to(cls, groups: Groups, lists: np.ndarray) -> Homes:
        """Of groups, by the list of each."""
        centres = groups.centres.astype(np.float16)
        return cls(centres, groups.threshold, lists, groups.members, groups.homes, groups.parts)

    @classmethod
    def read(cls, path: Path) -> Homes:
        """What was saved."""
        with np.load(path) as file:
            arrays = {name: file[name] for name in ("centres", "lists", "members", "homes")}
            return cls(threshold=float(file["threshold"]), parts=Parts.read(file), **arrays)

    def save(self, path: Path) -> None:
        """Write them as one file."""
        arrays: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        arrays |= arrays.pop("parts").saved()
        with path.open("wb") as file:
            np.savez(file, **arrays)

    def of(self, rows: np.ndarray, first: int) -> np.ndarray:
        """The list of each row, int64; -1 where no group was found near it.

        Args:
            rows: Unit vectors, float32, shape (rows, columns), which follow each other.
            first: Number of the first one.
        """
        groups = np.full(len(rows), -1, np.int64)
        known = slice(*np.searchsorted(self.members, (first, first + len(rows))))
        groups[self.members[known] - first] = self.homes[known]
        left = np.flatnonzero(groups < 0)
        if len(left):
            searches = (self.parts.few, self.parts.many)
            which, scores = nearest_of(self.centres, searches, rows[left], self.threshold)
            groups[left] = np.where(scores > self.threshold, which, -1)
        return np.where(groups >= 0, self.lists[groups], -1)
