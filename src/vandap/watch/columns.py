"""How far the single columns of a watched table go alone, and how far the others go together, before any training."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np

from vandap.core.one_column import folds, one_column_skill, skill
from vandap.core.rows import one_hot
from vandap.core.signals import Series
from vandap.watch.observe import tables
from vandap.watch.recorder import Signals

MOST_COLUMNS = 100
"""Wider inputs are bags of words or flat images, of which no column is a measurement."""
LEAST_COLUMNS = 3
LEAST_ROWS = 50
MOST_ROWS = 1_000
MOST_SECONDS = 2.0
NEAR = 0.9
"""Skill of a column from which on it is compared with all others together, which takes longer."""
TOGETHER = ("all", "others", "rows")
_BINS = 12
_NEIGHBOURS = 5
_STRONGEST = 40
_SEED = 0


def column_signals(
    inputs: Mapping[str, np.ndarray], target: np.ndarray, classify: bool, columns: Sequence[str] = ()
) -> Signals:
    """Measure `feature_scores` and `table_skill` of an input that is a table of numbers.

    Args:
        inputs: Training inputs by name, a sample; all of two dimensions, or nothing is measured.
        target: Class codes, or numbers, of one output, shape `(rows,)`.
        classify: Whether the target is a class.
        columns: Names of the columns of an only input.
    """
    named = tables(inputs, columns)
    if any(array.ndim != 2 for array in inputs.values()) or not LEAST_COLUMNS <= len(named) <= MOST_COLUMNS:
        return {}
    rows = _sample(len(target))
    if len(rows) < LEAST_ROWS:
        return {}
    target = np.unique(target[rows], return_inverse=True)[1] if classify else target[rows].astype(np.float64)
    if np.ptp(target) == 0 or not np.isfinite(target).all():
        return {}
    table = np.stack([array[rows].astype(np.float64) for _, array in named], axis=1)
    with np.errstate(all="ignore"):  # huge values must not print warnings into the user's program
        return _signals(table, target, classify, tuple(name for name, _ in named))


def _signals(table: np.ndarray, target: np.ndarray, classify: bool, names: tuple[str, ...]) -> Signals:
    skills = _skills(table, target, classify)
    if skills is None:
        return {}
    best = int(skills.argmax())
    together = [np.nan, np.nan]
    if skills[best] >= NEAR:
        rest = np.delete(table, best, axis=1)
        together = [
            _together(table, target, classify, skills),
            _together(rest, target, classify, np.delete(skills, best)),
        ]
    return {
        "feature_scores": Series(skills, {"feature": names}),
        "table_skill": Series(np.array([*together, float(len(table))]), {"fact": TOGETHER}),
    }


def _sample(count: int) -> np.ndarray:
    if count <= MOST_ROWS:
        return np.arange(count)
    return np.sort(np.random.default_rng(_SEED).choice(count, MOST_ROWS, replace=False))


def _skills(table: np.ndarray, target: np.ndarray, classify: bool) -> np.ndarray | None:
    """Skill of each column; None where that takes too long, as some would be left out."""
    begun, found = time.perf_counter(), list[float]()
    for column in table.T:
        found.append(one_column_skill(column, target, classify, _SEED))
        if time.perf_counter() - begun > MOST_SECONDS:
            return None
    return np.array(found)


def _together(table: np.ndarray, target: np.ndarray, classify: bool, skills: np.ndarray) -> float:
    """Skill of columns together, out of fold: the better of a sum of staircases and of nearest neighbours."""
    strongest = np.argsort(-skills, kind="stable")[:_STRONGEST]
    table = np.nan_to_num(table[:, strongest], nan=0.0, posinf=0.0, neginf=0.0)
    answers = one_hot(target, int(target.max()) + 1) if classify else target[:, None]
    steps = np.concatenate([_indicators(column) for column in table.T], axis=1)
    scaled = (table - table.mean(axis=0)) / np.maximum(table.std(axis=0), 1e-12)
    added, near = np.empty_like(answers, dtype=np.float64), np.empty_like(answers, dtype=np.float64)
    for train, held_out in folds(len(table), _SEED):
        added[held_out] = _ridge(steps[train], answers[train], steps[held_out])
        near[held_out] = _nearest(scaled[train], answers[train], scaled[held_out])
    return max(skill(added, answers, classify), skill(near, answers, classify), float(skills.max(initial=0.0)))


def _indicators(column: np.ndarray) -> np.ndarray:
    edges = np.unique(np.quantile(column, np.linspace(0, 1, _BINS + 1)[1:-1]))
    return np.eye(len(edges) + 1)[np.searchsorted(edges, column)]


def _ridge(train: np.ndarray, answers: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    mean = answers.mean(axis=0)
    square = train.T @ train + np.eye(train.shape[1])
    found: np.ndarray = mean + held_out @ np.linalg.solve(square, train.T @ (answers - mean))
    return found


def _nearest(train: np.ndarray, answers: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    distance = (train**2).sum(axis=1) - 2 * held_out @ train.T
    places = np.argpartition(distance, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
    found: np.ndarray = answers[places].mean(axis=1)
    return found
