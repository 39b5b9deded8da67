"""The fits that one rung of the ladder needs: which rows train, which stop early, which are predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vandap.core.dataset import IMAGES, Dataset
from vandap.core.rows import blocks, count_codes, every_row, ranks
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
    """Draw rows for early stopping out of training rows: a tenth, at most 4,000, classes in proportion.

    Groups and copies are drawn as a whole.

    They are kept apart from the validation part, because a network that stops on the rows it is judged by looks better
    than it is.
    """
    generator = np.random.default_rng((seed, 7))
    wanted = min(MOST_STOP_ROWS, int(STOP_SHARE * len(rows)))
    if wanted < 10:
        return np.zeros(0, np.int64)
    groups = dataset.split.together
    if groups is None:
        return np.sort(rows[_drawn(dataset, rows, wanted, generator)])
    group = np.unique(groups[rows], return_inverse=True)[1]
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
    rank = rank + len(order) * (np.bincount(group) > wanted)[group]  # groups that alone would be too much come last
    chosen = np.argsort(rank, kind="stable")
    limit = rank[chosen[wanted - 1]]
    taken = rank <= limit
    if taken.mean() > 0.3:  # one large group would take too much
        return np.zeros(0, np.int64)
    return np.sort(rows[taken])


def _drawn(dataset: Dataset, rows: np.ndarray, wanted: int, generator: np.random.Generator) -> np.ndarray:
    """Draw positions of single rows; of every class about its share, a class's only row last."""
    order = every_row(len(rows))
    generator.shuffle(order)
    if not dataset.task.is_classification:
        return order[:wanted]
    target = dataset.target
    if target.min() < 0:  # a fault has shifted the codes
        target = target - target.min()
    counts = count_codes(target, rows=rows)
    # the row of place k in its class is drawn if (k + 1/2) / rows of the class is among the least
    most = np.minimum(counts, ((wanted + len(counts)) / len(rows) * counts + 0.5).astype(np.int64) + 1)
    seen, positions, places = np.zeros_like(counts), [], []
    for block in blocks(len(order)):
        codes = target[rows[order[block]]]
        rank = seen[codes] + ranks(codes)
        early = np.flatnonzero(rank < most[codes])
        positions.append(order[block][early])
        places.append((rank[early] + 0.5) / counts[codes[early]])
        seen += np.bincount(codes, minlength=len(counts))
        if (seen >= most).all():
            break
    position, place = np.concatenate(positions), np.concatenate(places)
    return position[np.lexsort((position, place))[:wanted]]


def predict_rows(fitted: Fitted, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Predict rows in blocks, reading ahead in the background; the form is the one that `Task` fixes."""
    block = 256 if dataset.kind == IMAGES else 8_192
    read = batches(dataset.examples, rows, block, threads=1)
    found, end = np.zeros((len(rows), len(dataset.classes)) if dataset.task.is_classification else len(rows)), 0
    for raw in read:
        predicted = fitted.predict(raw, dataset.columns)
        found[end : end + len(predicted)] = predicted
        end += len(predicted)
    return found
