"""How many rows of one part also stand in an earlier one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vandap.core.dataset import Split
from vandap.data.duplicates import Duplicates

KINDS = ("exact", "near", "group", "time")
PAIRS = ("train-validation", "train-test", "validation-test")


@dataclass(frozen=True)
class Identity:
    """What makes two rows the same, for each kind of overlap.

    Args:
        found: The copies.
        groups: Group number of each row, or None.
        time: Time of each row, or None.
    """

    found: Duplicates
    groups: np.ndarray | None
    time: np.ndarray | None


def count_overlap(split: Split, identity: Identity) -> np.ndarray:
    """Count the rows of the later part that also stand in the earlier one, shape `(kinds, pairs)`.

    With folds, the pair train-validation counts the rows of each fold that stand in the other folds. The kind `time`
    counts rows of the later part that are older than the newest row of the earlier one. Repeated rows that are the
    population (`Duplicates.natural`) do not overlap.
    """
    pairs = ((split.train, split.validation), (split.train, split.test), (split.validation, split.test))
    counts = np.stack([_pair(earlier, later, identity) for earlier, later in pairs], axis=1)
    if split.folds:
        counts[:, 0] = _between_folds(split, identity)
    return counts


def _pair(earlier: np.ndarray, later: np.ndarray, identity: Identity) -> np.ndarray:
    found, groups, time = identity.found, identity.groups, identity.time
    exact = _shared(found.exact, earlier, later) & ~found.population[later]
    near = _shared(found.cluster, earlier, later) & ~exact
    return np.array(
        [
            exact.sum(),
            near.sum(),
            0 if groups is None else _shared(groups, earlier, later).sum(),
            0 if time is None else _older(time[earlier], time[later]),
        ],
        float,
    )


def _between_folds(split: Split, identity: Identity) -> np.ndarray:
    """Rows whose copies or groups stand in several folds; folds are never made with a time, so `time` is 0."""
    rows = np.concatenate(split.folds)
    fold = np.repeat(np.arange(len(split.folds)), [len(part) for part in split.folds])
    exact = _straddles(identity.found.exact[rows], fold) & ~identity.found.population[rows]
    near = _straddles(identity.found.cluster[rows], fold) & ~exact
    group = 0 if identity.groups is None else _straddles(identity.groups[rows], fold).sum()
    return np.array([exact.sum(), near.sum(), group, 0], float)


def _shared(label: np.ndarray, earlier: np.ndarray, later: np.ndarray) -> np.ndarray:
    return np.isin(label[later], label[earlier])


def _straddles(label: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Which rows carry a label that stands in several folds."""
    codes = np.unique(label, return_inverse=True)[1]
    folds = int(fold.max(initial=0)) + 1
    held = np.unique(codes * folds + fold)  # one number a pair of label and fold
    return np.bincount(held // folds)[codes] > 1


def _older(earlier: np.ndarray, later: np.ndarray) -> int:
    known = earlier[np.isfinite(earlier)]
    return int((later < known.max()).sum()) if len(known) else 0
