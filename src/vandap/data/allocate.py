"""Dealing rows out to parts so that every part looks like the whole and no unit is cut.

A *unit* is a set of rows that must stay together: a user's group, the copies of one example, or a single row. Units of
several rows are dealt greedily, largest first, each to the part that it brings closest to the wanted class counts (the
idea of scikit-learn's `StratifiedGroupKFold`, with wanted sizes that may differ between parts). Single rows then fill
what is left by systematic sampling along the class-sorted order (Madow, "On the theory of systematic sampling", 1949),
which keeps every class within one row of its share and the totals within one row of theirs.
"""

from __future__ import annotations

import numpy as np


def allocate(
    strata: np.ndarray,
    units: np.ndarray,
    fractions: tuple[float, ...],
    generator: np.random.Generator,
    locked: np.ndarray | None = None,
) -> np.ndarray:
    """Deal rows to parts.

    Args:
        strata: Class (or quantile bin) of each row, shape `(n,)`, non-negative integers.
        units: Unit number of each row, shape `(n,)`.
        fractions: Wanted share of each part; positive, summing to 1.
        generator: Source of the random choices.
        locked: Rows whose whole unit must go to part 0, boolean of shape `(n,)`; None locks nothing.

    Returns:
        Part number of each row, shape `(n,)`, int64. No part is empty as long as there are as many free units as parts.
    """
    strata = np.unique(strata, return_inverse=True)[1]
    names, unit, sizes = np.unique(units, return_inverse=True, return_counts=True)
    wanted = np.bincount(strata)[:, None] * np.asarray(fractions)[None, :]
    part_of_unit = np.full(len(names), -1, np.int64)
    if locked is not None:
        part_of_unit[unit[locked]] = 0
    placed = _counts(strata, part_of_unit[unit], wanted.shape)
    _deal_large(strata, unit, sizes, part_of_unit, wanted, placed, generator)
    _deal_single(strata, unit, part_of_unit, wanted, placed, generator)
    _fill_empty(unit, sizes, part_of_unit, len(fractions), locked)
    return part_of_unit[unit]


def _counts(strata: np.ndarray, part: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Rows of each stratum in each part, shape `(strata, parts)`; rows without a part (-1) are left out."""
    known = part >= 0
    flat = np.bincount(strata[known] * shape[1] + part[known], minlength=shape[0] * shape[1])
    return flat.reshape(shape).astype(float)


def _deal_large(
    strata: np.ndarray,
    unit: np.ndarray,
    sizes: np.ndarray,
    part_of_unit: np.ndarray,
    wanted: np.ndarray,
    placed: np.ndarray,
    generator: np.random.Generator,
) -> None:
    """Place every free unit of several rows; changes `part_of_unit` and `placed`.

    The cost of a part is the growth of the squared deviation from the wanted counts relative to them, summed over the
    unit's strata and over all rows together.
    """
    free = np.flatnonzero((sizes > 1) & (part_of_unit < 0))
    order = free[np.lexsort((generator.random(len(free)), -sizes[free]))]
    keys, counts = np.unique(unit * len(wanted) + strata, return_counts=True)
    starts = np.searchsorted(keys, np.arange(len(sizes) + 1) * len(wanted))
    rows = keys % len(wanted)
    total_wanted, total = wanted.sum(axis=0), placed.sum(axis=0)
    for number in order:
        held = slice(starts[number], starts[number + 1])
        goal, many, size = wanted[rows[held]], counts[held, None], sizes[number]
        cost = (many * (2 * (placed[rows[held]] - goal) + many) / goal).sum(axis=0)
        cost += size * (2 * (total - total_wanted) + size) / total_wanted
        part = int(cost.argmin())
        part_of_unit[number] = part
        placed[rows[held], part] += counts[held]
        total[part] += size


def _deal_single(
    strata: np.ndarray,
    unit: np.ndarray,
    part_of_unit: np.ndarray,
    wanted: np.ndarray,
    placed: np.ndarray,
    generator: np.random.Generator,
) -> None:
    """Deal the remaining single rows; changes `part_of_unit`."""
    rows = np.flatnonzero(part_of_unit[unit] < 0)
    rows = rows[np.lexsort((generator.random(len(rows)), strata[rows]))]
    need = np.maximum(wanted - placed, 1e-9)
    for part in range(wanted.shape[1] - 1, 0, -1):
        share = need[:, part] / need[:, : part + 1].sum(axis=1)
        reached = np.floor(np.cumsum(share[strata[rows]]) + generator.random())
        chosen = np.diff(reached, prepend=0.0) > 0
        part_of_unit[unit[rows[chosen]]] = part
        rows = rows[~chosen]
    part_of_unit[unit[rows]] = 0


def _fill_empty(
    unit: np.ndarray, sizes: np.ndarray, part_of_unit: np.ndarray, parts: int, locked: np.ndarray | None
) -> None:
    """Give each empty part the smallest free unit of the part with the most units; changes `part_of_unit`."""
    free = np.ones(len(sizes), bool)
    if locked is not None:
        free[unit[locked]] = False
    for part in range(parts):
        if np.any(part_of_unit == part):
            continue
        donor = int(np.bincount(part_of_unit[free], minlength=parts).argmax()) if free.any() else part
        candidates = np.flatnonzero(free & (part_of_unit == donor))
        if len(candidates) > 1:
            part_of_unit[candidates[np.argmin(sizes[candidates])]] = part
