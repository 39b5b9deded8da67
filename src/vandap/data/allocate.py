"""Dealing rows out to parts so that every part looks like the whole and no unit is cut.

A *unit* is a set of rows that must stay together: a user's group, the copies of one example, or a single row. Units of
several rows are dealt greedily, largest first, each to the part that it brings closest to the wanted class counts (the
idea of scikit-learn's `StratifiedGroupKFold`, with wanted sizes that may differ between parts). Single rows then fill
what is left by systematic sampling along the class-sorted order (Madow, "On the theory of systematic sampling", 1949),
which keeps every class within one row of its share and the totals within one row of theirs.
"""

from __future__ import annotations

import numpy as np

from vandap.core.rows import assign, blocks, by_code, count_codes, picked, rows_where, shuffled
from vandap.data.sets import Sets


def allocate(
    strata: np.ndarray,
    units: Sets | np.ndarray,
    fractions: tuple[float, ...],
    generator: np.random.Generator,
    locked: np.ndarray | None = None,
) -> np.ndarray:
    """Deal rows to parts.

    Args:
        strata: Class (or quantile bin) of each row, shape `(n,)`, non-negative integers.
        units: The units, as sets of the `n` rows or as a number for each row.
        fractions: Wanted share of each part; positive, summing to 1.
        generator: Source of the random choices.
        locked: Rows whose whole unit must go to part 0, boolean of shape `(n,)`; None locks nothing.

    Returns:
        Part number of each row, shape `(n,)`, as small integers as hold it. No part is empty as long as there are as
        many free units as parts.
    """
    units = units if isinstance(units, Sets) else Sets.of(units)
    strata, wanted = _without_gaps(strata)
    wanted = wanted[:, None] * np.asarray(fractions)[None, :]
    part = np.full(len(strata), -1, np.min_scalar_type(-len(fractions)))
    part_of_unit = np.full(len(units.sizes), -1, np.int64)
    if locked is not None:
        part[locked] = 0
        part_of_unit[units.codes[locked[units.members]]] = 0
        part[units.members[part_of_unit[units.codes] == 0]] = 0
    placed = _counts(strata, part, wanted.shape)
    _deal_large(strata, units, part_of_unit, wanted, placed, generator)
    part[units.members] = part_of_unit[units.codes]
    _deal_single(strata, part, wanted, placed, generator)
    _fill_empty(part, units, len(fractions), locked)
    return part


def _without_gaps(strata: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number the strata from 0 without gaps, in the same order, and count their rows."""
    counts = count_codes(strata)
    present = counts > 0
    if present.all():
        return strata, counts
    numbers = (np.cumsum(present) - 1).astype(np.min_scalar_type(len(counts)))
    return picked(numbers, strata), counts[present]


def _counts(strata: np.ndarray, part: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Rows of each stratum in each part, shape `(strata, parts)`; rows without a part (-1) are left out."""
    counts = np.zeros(shape[0] * shape[1])
    for block in blocks(len(part)):
        known = part[block] >= 0
        pairs = strata[block][known].astype(np.int64) * shape[1] + part[block][known]
        counts += np.bincount(pairs, minlength=len(counts))
    return counts.reshape(shape)


def _deal_large(
    strata: np.ndarray,
    units: Sets,
    part_of_unit: np.ndarray,
    wanted: np.ndarray,
    placed: np.ndarray,
    generator: np.random.Generator,
) -> None:
    """Place every free unit of several rows; changes `part_of_unit` and `placed`.

    The cost of a part is the growth of the squared deviation from the wanted counts relative to them, summed over the
    unit's strata and over all rows together.
    """
    sizes, free = units.sizes, np.flatnonzero(part_of_unit < 0)
    order = free[np.lexsort((generator.random(len(free)), -sizes[free]))]
    keys, counts = np.unique(units.codes * len(wanted) + strata[units.members], return_counts=True)
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
    strata: np.ndarray, part: np.ndarray, wanted: np.ndarray, placed: np.ndarray, generator: np.random.Generator
) -> None:
    """Deal the rows that have no part yet, all of them single; changes `part`."""
    rows = by_code(_shuffled(part < 0, generator), strata, len(wanted))
    need = np.maximum(wanted - placed, 1e-9)
    for number in range(wanted.shape[1] - 1, 0, -1):
        share = need[:, number] / need[:, : number + 1].sum(axis=1)
        chosen = _systematic(share, strata, rows, generator.random())
        assign(part, rows[chosen], number)
        rows = rows[~chosen]
    assign(part, rows, 0)


def _shuffled(mask: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Numbers of the rows where the mask is true, in random order."""
    if mask.all():
        return shuffled(len(mask), generator)
    rows = rows_where(mask)
    return picked(rows, shuffled(len(rows), generator))


def _systematic(share: np.ndarray, strata: np.ndarray, rows: np.ndarray, start: float) -> np.ndarray:
    """Choose rows where the running sum of their shares passes a whole number; boolean of the length of `rows`."""
    chosen = np.empty(len(rows), bool)
    total, reached = 0.0, 0.0
    for block in blocks(len(rows)):
        sums = np.cumsum(np.append(total, share[strata[rows[block]]]))[1:]
        floors = np.floor(sums + start)
        chosen[block] = np.diff(floors, prepend=reached) > 0
        total, reached = sums[-1], floors[-1]
    return chosen


def _fill_empty(part: np.ndarray, units: Sets, parts: int, locked: np.ndarray | None) -> None:
    """Give each empty part the smallest free unit of the part with the most units; changes `part`."""
    for number in np.flatnonzero(count_codes(part, parts) == 0):
        _give(part, units, int(number), parts, locked)


def _give(part: np.ndarray, units: Sets, number: int, parts: int, locked: np.ndarray | None) -> None:
    """Move the smallest free unit of the part with the most of them to part `number`; changes `part`."""
    unit = np.asarray(units)
    free = np.ones(units.count, bool)
    if locked is not None:
        free[unit[locked]] = False
    part_of_unit = np.empty(units.count, np.int64)
    part_of_unit[unit] = part
    donor = int(np.bincount(part_of_unit[free], minlength=parts).argmax()) if free.any() else number
    candidates = np.flatnonzero(free & (part_of_unit == donor))
    if len(candidates) > 1:
        part[unit == candidates[np.argmin(np.bincount(unit)[candidates])]] = number
