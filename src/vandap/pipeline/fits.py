"""The fits that one rung of the ladder needs: which rows train, which stop early, which are predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vandap.core.dataset import IMAGES, Dataset
from vandap.data.stream import batches
from vandap.train.learner import Fitted

STOP_SHARE = 0.1
MOST_STOP_ROWS = 4_000


@dataclass(frozen=True)
class Part:
    """Rows of one fit.

    Args:
        name: `fit` (the validation part is predicted), `fold1` ..., or `final`.
        rows: Rows to learn from; early stopping takes its own rows out of them.
        held_out: Rows to predict, never seen by the fit; empty for `final`.
    """

    name: str
    rows: np.ndarray
    held_out: np.ndarray


def parts(dataset: Dataset) -> tuple[Part, ...]:
    """One part a fold and a final fit on all rows; without folds, one part for the validation rows."""
    split = dataset.split
    nothing = np.zeros(0, np.int64)
    if not split.folds:
        return (Part("fit", split.train, split.validation),)
    folds = tuple(
        Part(f"fold{index}", np.setdiff1d(split.train, fold), np.asarray(fold))
        for index, fold in enumerate(split.folds, 1)
    )
    return (*folds, Part("final", split.train, nothing))


def stop_rows(dataset: Dataset, rows: np.ndarray, seed: int) -> np.ndarray:
    """Draw rows for early stopping out of training rows: a tenth, at most 4,000, whole groups, classes in proportion.

    They are kept apart from the validation part, because a network that stops on the rows it is judged by looks better
    than it is.
    """
    generator = np.random.default_rng((seed, 7))
    wanted = min(MOST_STOP_ROWS, int(STOP_SHARE * len(rows)))
    if wanted < 10:
        return np.zeros(0, np.int64)
    groups = dataset.split.groups
    group = np.arange(len(rows)) if groups is None else np.unique(groups[rows], return_inverse=True)[1]
    order = generator.permutation(group.max() + 1)
    rank = np.argsort(order)[group]
    if dataset.task.is_classification:
        position = np.argsort(rank, kind="stable")
        within = np.zeros(len(rows))
        for code in np.unique(dataset.target[rows]):
            members = position[dataset.target[rows][position] == code]
            within[members] = (np.arange(len(members)) + 0.5) / len(members)  # a class's only row comes late
        first = np.full(group.max() + 1, np.inf)
        np.minimum.at(first, group, within)
        rank = np.argsort(np.argsort(first, kind="stable"), kind="stable")[group]
    chosen = np.argsort(rank, kind="stable")
    limit = rank[chosen[wanted - 1]]
    taken = rank <= limit
    if taken.mean() > 0.3:  # one large group would take too much
        return np.zeros(0, np.int64)
    return np.sort(rows[taken])


def predict_rows(fitted: Fitted, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Predict rows in blocks, reading ahead in the background; the form is the one that `Task` fixes."""
    block = 256 if dataset.kind == IMAGES else 8_192
    read = batches(dataset.examples, rows, block, threads=1)
    outputs = [fitted.predict(raw, dataset.columns) for raw in read]
    if outputs:
        return np.concatenate(outputs)
    return np.zeros((0, len(dataset.classes)) if dataset.task.is_classification else 0)
