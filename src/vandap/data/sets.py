"""Sets of rows that belong together, held for the rows that share one and for no other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from vandap.core.rows import blocks, row_type


@dataclass(frozen=True)
class Sets:
    """A partition of the rows. A row that no set lists is a set of its own, which costs no memory.

    Args:
        rows: Number of rows.
        members: Rows of the sets of two rows or more, ascending, shape `(n,)`.
        codes: Set number of each member, from 0 without gaps, shape `(n,)`.
    """

    rows: int
    members: np.ndarray
    codes: np.ndarray

    @classmethod
    def alone(cls, rows: int) -> Sets:
        """Every row is a set of its own."""
        return cls(rows, np.zeros(0, row_type(rows)), np.zeros(0, np.int64))

    @classmethod
    def of(cls, labels: np.ndarray) -> Sets:
        """The rows with equal labels are sets, numbered in ascending order of the label.

        Args:
            labels: Shape `(rows,)`, any type that can be sorted.
        """
        repeated = _repeated(labels)
        if not len(repeated):
            return cls.alone(len(labels))
        members, codes = [], []
        for block in blocks(len(labels)):
            places = np.searchsorted(repeated, labels[block]).clip(0, len(repeated) - 1)
            shared = np.flatnonzero(repeated[places] == labels[block])
            members.append((shared + block.start).astype(row_type(len(labels))))
            codes.append(places[shared])
        return cls(len(labels), np.concatenate(members), np.concatenate(codes))

    @property
    def count(self) -> int:
        """Number of sets, single rows included."""
        return self.rows - self.repeats

    @property
    def repeats(self) -> int:
        """Rows beyond the first of their set."""
        return len(self.members) - len(self.sizes)

    @cached_property
    def sizes(self) -> np.ndarray:
        """Rows of each set of two rows or more, shape `(sets,)`."""
        return np.bincount(self.codes)

    @property
    def firsts(self) -> np.ndarray:
        """The first row of every set, single rows included, ascending."""
        first = np.ones(self.rows, bool)
        first[self.members] = False
        first[self.members[np.unique(self.codes, return_index=True)[1]]] = True
        return np.flatnonzero(first)

    def within(self, rows: np.ndarray) -> Sets:
        """The sets among some rows, given in ascending order; their members are positions in `rows`."""
        if not len(self.members) or len(rows) == self.rows:
            return Sets(len(rows), self.members, self.codes)
        places = np.searchsorted(rows, self.members).clip(0, len(rows) - 1)
        moved = Sets(len(rows), places.astype(row_type(len(rows))), self.codes)
        return moved._of(rows[places] == self.members)

    def among(self, used: np.ndarray) -> Sets:
        """The sets among the rows in use, a boolean of shape `(rows,)`; the other rows become single."""
        return self._of(used[self.members])

    def kept(self, chosen: np.ndarray) -> Sets:
        """Some of the sets, a boolean by set number; the rows of the others become single."""
        return self._of(chosen[self.codes])

    def shared(self, parts: np.ndarray, earlier: int, later: int) -> np.ndarray:
        """Rows of the later part whose set has a row in the earlier one, ascending.

        Args:
            parts: Part number of each row, shape `(rows,)`.
            earlier: A part number.
            later: Another one.
        """
        held = parts[self.members]
        reached = np.bincount(self.codes[held == earlier], minlength=len(self.sizes)) > 0
        return self.members[(held == later) & reached[self.codes]]

    def straddling(self, parts: np.ndarray) -> np.ndarray:
        """Rows whose set has rows in more than one part, ascending; rows of a negative part number are left out."""
        held = parts[self.members].astype(np.int64)
        known, size = held >= 0, int(held.max(initial=0)) + 1
        pairs = np.unique((self.codes * size + held)[known])
        several = np.bincount(pairs // size, minlength=len(self.sizes)) > 1
        return self.members[known & several[self.codes]]

    def __len__(self) -> int:
        return self.rows

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """The set number of each row, shape `(rows,)`, int64; single rows come after the larger sets."""
        single = np.ones(self.rows, bool)
        single[self.members] = False
        labels = np.cumsum(single) + (len(self.sizes) - 1)
        labels[self.members] = self.codes
        return labels if dtype is None else labels.astype(dtype)

    def __getitem__(self, rows: Any) -> Any:
        """Labels of some rows."""
        return np.asarray(self)[rows]

    def _of(self, chosen: np.ndarray) -> Sets:
        """The chosen members; sets of one row are dropped, the others numbered anew in the same order."""
        members, codes = self.members[chosen], self.codes[chosen]
        large = np.bincount(codes, minlength=1) > 1
        several = large[codes]
        return Sets(self.rows, members[several], (np.cumsum(large) - 1)[codes[several]])


def _repeated(labels: np.ndarray) -> np.ndarray:
    """The labels that occur more than once, ascending."""
    ordered = np.sort(labels)
    found = []
    for block in blocks(max(0, len(ordered) - 1)):
        part = ordered[block.start : block.stop + 1]
        found.append(part[1:][part[1:] == part[:-1]])
    return np.unique(np.concatenate(found)) if found else ordered[:0]
