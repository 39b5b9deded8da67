"""How many rows of one part also stand in an earlier one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vandap.core.dataset import Split
from vandap.core.rows import assign, blocks, picked
from vandap.data.duplicates import Duplicates
from vandap.data.sets import Sets

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
    parts = (split.train, split.validation, split.test)
    part = _numbered(identity.found.exact.rows, parts)
    counts = np.stack([_pair(parts, part, pair, identity) for pair in ((0, 1), (0, 2), (1, 2))], axis=1)
    if split.folds:
        counts[:, 0] = _between_folds(split, identity)
    return counts


def _numbered(rows: int, parts: tuple[np.ndarray, ...]) -> np.ndarray:
    """Part number of each row, -1 where it is in none; shape `(rows,)`."""
    number = np.full(rows, -1, np.min_scalar_type(-len(parts)))
    for place, members in enumerate(parts):
        assign(number, members, place)
    return number


def _pair(parts: tuple[np.ndarray, ...], part: np.ndarray, pair: tuple[int, int], identity: Identity) -> np.ndarray:
    found, groups, time = identity.found, identity.groups, identity.time
    exact = np.setdiff1d(found.exact.shared(part, *pair), found.population)
    near = np.setdiff1d(found.cluster.shared(part, *pair), exact)
    earlier, later = (parts[number] for number in pair)
    return np.array(
        [
            len(exact),
            len(near),
            0 if groups is None else _shared(groups, earlier, later),
            0 if time is None else _older(time, earlier, later),
        ],
        float,
    )


def _between_folds(split: Split, identity: Identity) -> np.ndarray:
    """Rows whose copies or groups stand in several folds; folds are never made with a time, so `time` is 0."""
    found, groups = identity.found, identity.groups
    fold = _numbered(found.exact.rows, split.folds)
    exact = np.setdiff1d(found.exact.straddling(fold), found.population)
    near = np.setdiff1d(found.cluster.straddling(fold), exact)
    group = 0 if groups is None else len(Sets.of(groups).straddling(fold))
    return np.array([len(exact), len(near), group, 0], float)


def _shared(groups: np.ndarray, earlier: np.ndarray, later: np.ndarray) -> int:
    """Rows of the later part whose group stands in the earlier one."""
    known = np.unique(picked(groups, earlier))
    return sum(int(np.isin(groups[later[block]], known).sum()) for block in blocks(len(later)))


def _older(time: np.ndarray, earlier: np.ndarray, later: np.ndarray) -> int:
    """Rows of the later part that are older than the newest of the earlier one."""
    newest = max((_newest(time[earlier[block]]) for block in blocks(len(earlier))), default=-np.inf)
    return sum(int((time[later[block]] < newest).sum()) for block in blocks(len(later)))


def _newest(times: np.ndarray) -> float:
    return float(times[np.isfinite(times)].max(initial=-np.inf))
