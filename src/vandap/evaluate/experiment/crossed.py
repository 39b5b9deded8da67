"""The difference of two arms over seeds and examples, and how it scatters over both."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vandap.core.experiment import Components
from vandap.evaluate.compare import largest_contribution
from vandap.evaluate.experiment.scores import Scores
from vandap.evaluate.intervals import Units


@dataclass(frozen=True)
class Contrast:
    """The mean difference of two arms, with its standard error.

    Args:
        difference: Changed minus reference, higher is better.
        error: Standard error over seeds and examples; NaN with one seed.
        freedom: Degrees of freedom of the error.
        seeds: Seeds of each arm; of the smaller one, if they differ.
        count: Examples or groups.
        components: Where the scatter comes from.
        same: Whether every run scores every example as its counterpart does.
    """

    difference: float
    error: float
    freedom: float
    seeds: int
    count: int
    components: Components
    same: bool = False


@dataclass(frozen=True)
class _Parts:
    """Variances of a mean over `seeds` runs: between runs, and of the interaction of runs with examples."""

    seed: float
    residual: float


def crossed(
    reference: Scores, changed: Scores, units: Units, *, paired: bool, labels: bool, least: float = 0.0
) -> Contrast:
    """Compare two arms whose runs were all scored on the same examples.

    Scores scatter by seed, by example and by both: runs x examples is a crossed design with random rows and random
    columns and one score a cell. The variance of the mean difference is
    `s2_seed / ns + s2_example / ne + s2_residual / (ns ne)`, its components by analysis of variance; negative estimates
    count as zero. Classes are strata (their counts are taken as fixed, as in `vandap.evaluate.compare`); groups replace
    examples. Student's t with `ns - 1` degrees of freedom (fewer where the spread comes from a rare class) is exact
    where seeds dominate, and cautious where examples do.

    Args:
        reference: The arm as it is.
        changed: The arm with the change.
        units: The independent units among the examples.
        paired: Whether run `i` of one arm belongs to run `i` of the other (same seed). If not, seeds and residuals of
            the two arms are independent, examples are still shared.
        labels: Whether the metric reads labels, whose differences are mostly zero: two opposite examples of the largest
            difference are added to the spread (Agresti and Min 2005), so that a handful decides nothing.
        least: What one of these two differs by at least (`vandap.evaluate.compare.least_contribution`).

    References:
        Searle, Casella and McCulloch 1992, "Variance Components", chapter 4. Bouthillier et al. 2021, "Accounting for
        variance in machine learning benchmarks", MLSys.
    """
    if paired:
        gain = Scores(
            changed.values - reference.values,
            changed.influence - reference.influence,
            changed.broken | reference.broken,
            changed.wild | reference.wild,
        )
        return _combined([gain], float(gain.values.mean()), gain.influence.mean(axis=0), units, labels, least)
    change = changed.influence.mean(axis=0) - reference.influence.mean(axis=0)
    difference = float(changed.values.mean() - reference.values.mean())
    return _combined([reference, changed], difference, change, units, labels, least)


def _combined(
    arms: list[Scores], difference: float, change: np.ndarray, units: Units, labels: bool, least: float
) -> Contrast:
    """Put the variances of independent sets of runs (one of pairs, or two arms) and of their examples together.

    Args:
        arms: Independent sets of runs; their means add or subtract to the difference.
        difference: The mean difference.
        change: Mean difference of influence of each example, shape `(n,)`.
        units: The independent units.
        labels: Whether the metric reads labels.
        least: What one of the two opposite examples differs by at least.
    """
    seeds, count = min(len(arm.values) for arm in arms), units.count
    same = difference == 0.0 and not change.any() and all(_steady(arm) for arm in arms)
    if same or seeds < 2:
        error, freedom = (0.0, max(seeds - 1.0, 1.0)) if same else (math.nan, math.nan)
        return Contrast(
            difference, error, freedom, seeds, count, Components(0.0, 0.0, 0.0) if same else Components(), same
        )
    parts = [_parts(arm, units) for arm in arms]
    residual = sum(part.residual for part in parts)
    width = units.spread(change).cautious()
    example = max(width.error**2 - residual, 0.0)
    if labels:
        example += 2.0 * largest_contribution(change, units, least) ** 2 / len(change) ** 2
    seed = sum(part.seed for part in parts)
    components = Components(
        sum(part.seed * len(arm.values) for part, arm in zip(parts, arms, strict=True)),
        example * count,
        sum(part.residual * len(arm.values) for part, arm in zip(parts, arms, strict=True)) * count,
    )
    return Contrast(
        difference, math.sqrt(seed + example + residual), min(seeds - 1.0, width.freedom), seeds, count, components
    )


def _parts(arm: Scores, units: Units) -> _Parts:
    seeds = len(arm.values)
    rest = arm.influence - arm.influence.mean(axis=0)
    residual = sum(units.spread(row).error ** 2 for row in rest) / (seeds - 1) / seeds
    return _Parts(max(float(arm.values.var(ddof=1)) / seeds - residual, 0.0), residual)


def _steady(arm: Scores) -> bool:
    """Whether all runs score alike, on every example."""
    return bool(np.all(arm.values == arm.values[0]) and np.all(arm.influence == arm.influence[0]))
