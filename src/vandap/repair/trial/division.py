"""Which rows a trial holds out: the program's own validation rows, and training rows where those are too few."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.estimate import CONFIRM_ROWS
from vandap.core.store import write_arrays

WANTED_SHARE = 0.25
"""Share of all rows that is held out where the validation rows are too few to decide."""
LEAST_ROWS = 300
"""Three quarters of so many rows are surely 200 or more, which a verdict needs."""
MOST_ROWS = 2_000
FOLDS = 5
"""Where the rows are too few to decide, each fold of them is held out in turn."""
_PARTS = ("extra", "select", "confirm", "hashes", "groups")
LARGEST_SHARE = 1 / 3
"""No more of the rows is held out: the training must stay the user's."""


@dataclass(frozen=True)
class Division:
    """Which rows of a program's data play which role.

    Args:
        rows: Training rows of the fit that counts; 0 for a stream.
        validation: Validation rows of that fit.
        extra: Positions of training rows that are held out as well, ascending.
        select: Positions, among validation and extra rows in this order, of those that screen.
        confirm: Positions of those that decide; the same as those that screen where the rows are too few to be divided.
        target_hash: Hash of the training targets: whether another trial has the same data.
        hashes: Hash of every training and validation row as the program has it, where folds decide: a change of the
            inputs must not move rows to other folds. Empty otherwise.
        groups: Group of each held-out row, such as the person; rows of one are no independent witnesses. Empty where
            none is known.
        trained: Share of the rows outside a fold that are trained on; the others are shown to callbacks.
    """

    rows: int
    validation: int
    extra: np.ndarray
    select: np.ndarray
    confirm: np.ndarray
    target_hash: int = 0
    hashes: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint64))
    groups: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    trained: float = 1.0

    def groups_of(self, rows: np.ndarray) -> np.ndarray | None:
        """Group of each of some held-out rows; None where none is known."""
        return self.groups[rows] if len(self.groups) else None

    @property
    def is_small(self) -> bool:
        """Whether too few rows can be held out to decide, so that repeated folds must."""
        return np.array_equal(self.select, self.confirm)

    @property
    def total(self) -> int:
        """Training and validation rows."""
        return self.rows + self.validation

    @property
    def _held(self) -> np.ndarray:
        """Positions, among training and validation rows, of the held-out rows in their order."""
        return np.concatenate([self.rows + np.arange(self.validation), self.extra])

    @cached_property
    def _unscreened(self) -> np.ndarray:
        """Which training and validation rows did not screen, nor any row that is equal; all where most of them did."""
        if not len(self.hashes):
            return np.ones(self.total, dtype=bool)
        apart = ~np.isin(self.hashes, self.hashes[self._held[self.select]])
        return apart if 2 * apart.sum() >= self.total else np.ones(self.total, dtype=bool)

    @property
    def decide(self) -> int:
        """How many rows decide where folds do."""
        return int(self._unscreened.sum())

    def deciding(self, fold: tuple[int, int, int]) -> np.ndarray | slice:
        """Which rows of a fold decide, shape `(rows of the fold,)`; all where it is not known which rows are equal.

        Args:
            fold: Its number, how many there are, which repeat it is of.
        """
        number, folds, repeat = fold
        if not len(self.hashes):
            return slice(None)
        return np.asarray(self._unscreened[fold_of(self.hashes, folds, repeat) == number])

    @property
    def judging(self) -> int:
        """Validation rows that screen or decide."""
        return len(np.unique(np.concatenate([rows[rows < self.validation] for rows in (self.select, self.confirm)])))

    @property
    def free(self) -> np.ndarray:
        """Positions, among training and validation rows, of those that neither screen nor decide."""
        return np.setdiff1d(np.arange(self.total), self._held[np.concatenate([self.select, self.confirm])])

    @property
    def kept(self) -> np.ndarray:
        """Positions of the training rows that are trained on."""
        mask = np.ones(self.rows, dtype=bool)
        mask[self.extra] = False
        return np.flatnonzero(mask)

    def write(self, path: Path) -> None:
        """Store it."""
        facts = np.array([self.rows, self.validation, self.target_hash], dtype=np.uint64)
        parts = {name: getattr(self, name) for name in _PARTS}
        write_arrays(path, {"facts": facts, "trained": np.array(self.trained), **parts})


def read_division(path: Path) -> Division | None:
    """Read it; None where no trial has written it."""
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as file:
        rows, validation, target_hash = (int(number) for number in file["facts"])
        parts = {name: file[name] for name in _PARTS}
        return Division(rows, validation, target_hash=target_hash, trained=float(file["trained"]), **parts)


def divide_rows(
    train: Any,
    validation: Any,
    wanted: int,
    target_hash: int,
    labels: np.ndarray | None = None,
    pooled: bool = False,
) -> Division:
    """Decide which rows are held out, and which of them screen and which decide.

    A validation row that is a training row as well does neither: a network knows it by heart.

    Args:
        train: Inputs of the training rows, as a list of arrays; empty for a stream.
        validation: Inputs of the validation rows, as a list of arrays; empty where there are none.
        wanted: Held-out rows that are wanted; 0 lets the size of the data decide.
        target_hash: Hash of the training targets.
        labels: Class of each training row and each validation row after them, shape `(n,)`; None for numbers. Where a
            class has too few of the rows that decide, and more of all, repeated folds decide.
        pooled: Whether held-out rows are drawn of all, where the validation rows are of another kind than the others.
    """
    from vandap.data.roles import divide

    rows, held = _count(train), _count(validation)
    total = rows + held
    hashes = row_hashes(train) if rows else np.zeros(0, np.uint64)
    own = row_hashes(validation) if held else np.zeros(0, np.uint64)
    fresh = np.flatnonzero(~np.isin(own, hashes))
    goal = wanted or min(max(round(WANTED_SHARE * total), LEAST_ROWS), MOST_ROWS)
    missing = goal - len(fresh) if len(fresh) < LEAST_ROWS or wanted else 0
    extra = _smallest(hashes, missing, int(LARGEST_SHARE * total) - held)
    if pooled:
        drawn = _smallest(np.concatenate([hashes, own]), goal, int(LARGEST_SHARE * total))
        extra, fresh = drawn[drawn < rows], drawn[drawn >= rows] - rows
    usable = np.concatenate([fresh, held + np.arange(len(extra))])
    roles = divide(np.concatenate([own[fresh], hashes[extra]]))
    select, confirm = usable[roles.select], usable[roles.confirm]
    is_rare = labels is not None and _is_rare(labels, np.concatenate([rows + np.arange(held), extra])[confirm])
    if rows and (len(confirm) < CONFIRM_ROWS.value or is_rare):
        every = usable if len(usable) else np.arange(held + len(extra))
        known = np.concatenate([hashes, own])
        return Division(rows, held, extra, every, every, target_hash, known, trained=rows / total)
    return Division(rows, held, extra, select, confirm, target_hash)


def _is_rare(labels: np.ndarray, confirm: np.ndarray) -> bool:
    """Whether a class has too few of the rows that decide for a verdict by the usual metric, and enough of all rows."""
    from vandap.core.task import Task
    from vandap.evaluate.catalogue import metric
    from vandap.evaluate.headline import choose_headline

    codes = np.unique(labels, return_inverse=True)[1]
    every = np.bincount(codes)
    least = metric(choose_headline(Task.MULTICLASS, every, None)[0]).rows_per_class
    few = np.bincount(codes[confirm], minlength=len(every)) < least
    return bool(few.any() and (every >= least).all())


def fold_of(hashes: np.ndarray, folds: int, repeat: int) -> np.ndarray:
    """The fold of each row, shape `(n,)`: another division for each repeat, equal rows in one fold.

    Args:
        hashes: Hash of each row.
        folds: How many folds.
        repeat: Which repeat.
    """
    from vandap.data.hashing import hash_numbers

    mixed = hash_numbers(hashes, 0xF01D + repeat)
    values, places = np.unique(mixed, return_inverse=True)
    return np.asarray(places * folds // len(values))


def hash_targets(arrays: list[np.ndarray]) -> int:
    """One hash of some arrays' content; text has that of the numbers of its names, as `written.labels` gives them."""
    from vandap.data.hashing import hash_bytes

    return hash_bytes(b"".join(np.ascontiguousarray(_numbers(array)).tobytes() for array in arrays))


def _numbers(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "USO":
        return array
    return np.unique(array.astype(str), return_inverse=True)[1].astype(np.int64)


def _smallest(hashes: np.ndarray, wanted: int, most: int) -> np.ndarray:
    """Rows with the smallest hashes, ascending: equal rows are taken together, or not at all where they are too many.

    Args:
        hashes: Hash of each row.
        wanted: How many rows.
        most: How many at most: a large part of the rows may be equal.
    """
    from vandap.data.hashing import hash_numbers

    values, places, counts = np.unique(hash_numbers(hashes, 0xF1DE), return_inverse=True, return_counts=True)
    taken, total = np.zeros(len(values), bool), 0
    for place, count in enumerate(counts):
        if total >= wanted:
            break
        if total + count <= most:
            taken[place] = True
            total += count
    return np.flatnonzero(taken[places])


def row_hashes(arrays: list[np.ndarray]) -> np.ndarray:
    """Hash of each row of some arrays together, shape `(n,)`."""
    from vandap.data.hashing import hash_columns, hash_rows

    columns = {str(place): hash_rows(array) for place, array in enumerate(arrays)}
    return hash_columns(columns, _count(arrays))


def _count(arrays: list[np.ndarray]) -> int:
    return len(arrays[0]) if arrays else 0
