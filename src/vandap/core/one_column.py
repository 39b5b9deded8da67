"""How far one column goes alone: a small tree on it, cross-validated. NumPy alone: watched programs wait for it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vandap.core.rows import one_hot

DEPTH = 4
LEAST_LEAF = 10
FOLDS = 3


def one_column_skill(
    column: np.ndarray, target: np.ndarray, classify: bool, seed: int = 0, groups: np.ndarray | None = None
) -> float:
    """Skill of a small tree on one column, out of fold.

    Args:
        column: Numbers, shape `(rows,)`; what is not finite counts as missing, and lies below every number.
        target: Class codes from 0, or numbers, shape `(rows,)`.
        classify: Whether the target is a class.
        seed: Seed of the folds.
        groups: Group of each row, shape `(rows,)`; a group is held out as a whole.

    Returns:
        1 - error / error of the dummy: wrong answers for classes, squared error for numbers; 0 for a constant target.
    """
    column = np.where(np.isfinite(column), column, np.finfo(np.float64).min)
    answers = one_hot(*_occurring(target)) if classify else target[:, None].astype(np.float64)
    predicted = np.empty_like(answers)
    for train, held_out in folds(len(column), seed, groups):
        predicted[held_out] = _grown(column[train], answers[train])(column[held_out])
    return skill(predicted, answers, classify)


def _occurring(target: np.ndarray) -> tuple[np.ndarray, int]:
    """Number the classes that occur, and count them: of a few rows, few of many classes do."""
    names, codes = np.unique(target, return_inverse=True)
    return codes, len(names)


def skill(predicted: np.ndarray, answers: np.ndarray, classify: bool) -> float:
    """1 - error / error of the best constant answer.

    Args:
        predicted: Weights of the classes, or numbers, shape `(rows, classes)` or `(rows, 1)`.
        answers: The truth in the same form; classes are one-hot.
        classify: Whether the largest weight is the answer.
    """
    if classify:
        error = float(np.mean(predicted.argmax(axis=1) != answers.argmax(axis=1)))
        dummy = 1.0 - float(answers.mean(axis=0).max())
    else:
        error, dummy = float(np.mean((predicted - answers) ** 2)), float(np.var(answers))
    return 1.0 - error / dummy if dummy > 0 else 0.0


def folds(rows: int, seed: int, groups: np.ndarray | None = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Training and held-out rows of each fold; every row is held out once, groups (one a row) as a whole."""
    unit = np.arange(rows) if groups is None else np.unique(groups, return_inverse=True)[1]
    fold = (np.random.default_rng(seed).permutation(int(unit.max()) + 1) % FOLDS)[unit]
    return ((np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in range(FOLDS))


@dataclass(frozen=True)
class _Tree:
    """A tree on one number is a staircase.

    Args:
        edges: Ascending bounds between the leaves; a number equal to a bound lies below it.
        leaves: The answer of each leaf, shape `(leaves, outputs)`.
    """

    edges: np.ndarray
    leaves: np.ndarray

    def __call__(self, column: np.ndarray) -> np.ndarray:
        return self.leaves[np.searchsorted(self.edges, column)]


def _grown(column: np.ndarray, answers: np.ndarray) -> _Tree:
    """Split greedily where the squared error falls most, which for one-hot answers is the Gini impurity."""
    order = np.argsort(column, kind="stable")
    column, answers = column[order], answers[order]
    cuts = sorted(_cuts(column, answers, 0, DEPTH))
    bounds = [0, *cuts, len(column)]
    leaves = [answers[low:high].mean(axis=0) for low, high in itertools.pairwise(bounds)]
    return _Tree(np.array([_between(column[cut - 1], column[cut]) for cut in cuts]), np.array(leaves))


def _between(low: float, high: float) -> float:
    middle = low / 2 + high / 2
    return middle if low <= middle < high else low


def _cuts(column: np.ndarray, answers: np.ndarray, start: int, depth: int) -> list[int]:
    """Places of the sorted rows at which to split; `start` is the place of the first."""
    rows = len(column)
    if depth == 0 or rows < 2 * LEAST_LEAF:
        return []
    places = np.arange(LEAST_LEAF, rows - LEAST_LEAF + 1)
    places = places[column[places - 1] < column[places]]
    if not places.size:
        return []
    sums = np.cumsum(answers, axis=0)
    below, whole = sums[places - 1], sums[-1]
    explained = (below**2).sum(axis=1) / places + ((whole - below) ** 2).sum(axis=1) / (rows - places)
    best = int(explained.argmax())
    if explained[best] <= (whole**2).sum() / rows * (1 + 1e-12):
        return []
    cut = int(places[best])
    left = _cuts(column[:cut], answers[:cut], start, depth - 1)
    return [*left, start + cut, *_cuts(column[cut:], answers[cut:], start + cut, depth - 1)]
