"""Which of two fitted models is better, on the same examples."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from vandap.core.estimate import CONFIRM_ROWS, Comparison, Decision
from vandap.core.finding import Threshold
from vandap.evaluate.catalogue import metric
from vandap.evaluate.check import checked
from vandap.evaluate.estimate import rare_classes
from vandap.evaluate.intervals import MINIMUM_ROWS, Spread, Units
from vandap.evaluate.metric import LABELS, NUMBERS, Metric

MARGIN = Threshold(0.01, "goals of the protocol: 1 point for metrics in [0, 1]")
SKILL_MARGIN = Threshold(0.02, "goals of the protocol: 0.02 of skill against the dummy")


def compare(
    slug: str,
    target: np.ndarray,
    prediction_a: np.ndarray,
    prediction_b: np.ndarray,
    *,
    a: str,
    b: str,
    groups: np.ndarray | None = None,
    margin: float | None = None,
    folds: int | None = None,
    alpha: float = 0.05,
) -> Comparison:
    """Compare two models on the same examples.

    The estimand is the expected difference between *these two fitted models* on new examples of the same population
    with the same class shares; seeds do not enter. Each example's difference of influence (the paired
    infinitesimal-jackknife pseudo-value; for metrics that are means, the paired difference of scores) gives a paired t
    interval. For metrics of labels, where most differences are zero, two opposite examples of the largest difference
    are added to the spread (the adjustment of Agresti and Min 2005 for paired proportions), so that a handful of
    changed labels decides nothing. Where the metric gives no interval for a class of so few rows, there is no verdict.

    Args:
        slug: The metric.
        target: Class codes or numbers, shape `(n,)`.
        prediction_a: Predictions of the first model.
        prediction_b: Predictions of the second model.
        a: Name of the first model.
        b: Name of the second model.
        groups: Group of each example; groups then are the independent units.
        margin: What does not matter in practice; None takes the protocol's.
        folds: K, if the predictions are out of fold: every fold has its own fitted model and training sets overlap, so
            the variance `s^2 / n` is multiplied by `1 + K / (K - 1)`, which is Nadeau and Bengio's (2003)
            `(1/K + n_test/n_train)` over `1/K`. The estimand then is the learning procedure on this data, not one
            fitted model.
        alpha: Two-sided error of the interval; less where the examples were looked at before.

    Returns:
        The difference, oriented so that positive means `a` is better, with its interval and the verdict; equal
        predictions are no difference, however few.

    Raises:
        UsageError: There is no such metric.
        DataError: Targets and predictions do not fit the metric or each other.
    """
    chosen = metric(slug)
    codes, first = checked(chosen, target, prediction_a)
    second = checked(chosen, target, prediction_b)[1]
    units = Units.of(len(codes), groups, codes if chosen.needs != NUMBERS else None)
    sign = 1.0 if chosen.higher_is_better else -1.0
    if chosen.undefined(codes, first):
        return Comparison(slug, a, b, math.nan, math.nan, math.nan, math.nan, Decision.CANNOT_TELL, units.count)
    difference = sign * (chosen.value(codes, first) - chosen.value(codes, second))
    if margin is None:
        margin = default_margin(chosen, codes, first)
    width = _spread(chosen, codes, first, second, units, folds)
    low, high = _ends(difference, width, 1 - alpha)
    enough = (len(codes) >= CONFIRM_ROWS.value or folds is not None) and units.count >= MINIMUM_ROWS
    enough = enough and not rare_classes(chosen, codes)
    if np.array_equal(first, second):
        decision = Decision.NO_DIFFERENCE
    else:
        inner = _ends(difference, width, 1 - 2 * alpha)
        decision = decide((low, high), inner, margin) if enough else Decision.CANNOT_TELL
    return Comparison(slug, a, b, difference, low, high, margin, decision, units.count, alpha)


def decide(interval: tuple[float, float], inner: tuple[float, float], margin: float) -> Decision:
    """Return the protocol's verdict.

    Args:
        interval: Interval of the difference.
        inner: That of twice its error: inside the margin, two one-sided tests both reject.
        margin: What does not matter in practice.
    """
    if interval[0] > 0:
        return Decision.BETTER
    if inner[0] > -margin and inner[1] < margin:
        return Decision.NO_DIFFERENCE
    if interval[1] < -margin:
        return Decision.HARM
    return Decision.WORSE if interval[1] < 0 else Decision.CANNOT_TELL


def default_margin(chosen: Metric, target: np.ndarray, prediction: np.ndarray) -> float:
    """Return the protocol's margin in the metric's unit.

    One point for metrics in [0, 1]; for unbounded errors 0.02 of the error of the dummy (the mean, or the class
    shares), which is 0.02 of skill; for R2, which is a skill, 0.02.

    Args:
        chosen: The metric.
        target: Class codes or numbers, shape `(n,)`.
        prediction: Any prediction of this target, for the number of classes.
    """
    if chosen.bounded:
        return MARGIN.value
    if chosen.higher_is_better:
        return SKILL_MARGIN.value
    if chosen.needs == NUMBERS:
        dummy = np.full(len(target), target.mean())
    else:
        dummy = np.tile(np.bincount(target, minlength=prediction.shape[1]) / len(target), (len(target), 1))
    return SKILL_MARGIN.value * chosen.value(target, dummy)


def _spread(
    chosen: Metric, target: np.ndarray, first: np.ndarray, second: np.ndarray, units: Units, folds: int | None
) -> Spread:
    change = chosen.influence(target, first)
    change -= chosen.influence(target, second)
    width = units.spread(change).cautious()
    variance, freedom = width.error**2, width.freedom
    if chosen.needs == LABELS and not np.array_equal(first, second):
        largest = largest_contribution(change, units, least_contribution(chosen, target))
        variance += 2.0 * largest**2 / len(target) ** 2
    if folds is not None and folds > 1:
        variance *= 1.0 + folds / (folds - 1.0)
    return Spread(math.sqrt(variance), freedom)


def largest_contribution(change: np.ndarray, units: Units, least: float = 0.0) -> float:
    """Return the largest contribution of a unit; where there is none, that of one example changing in accuracy.

    Args:
        change: Differences of influence, shape `(n,)`.
        units: The independent units.
        least: What one example can move, whether or not one did.
    """
    largest = max(float(np.abs(units.sums(change)).max()), least)
    return largest if largest > 0 else 1.0


def least_contribution(chosen: Metric, target: np.ndarray) -> float:
    """Return what a row of the rarest class moves if an average over classes is compared, else 0.

    Two models that err alike on every row of it may still differ on the next one.

    Args:
        chosen: The metric.
        target: Class codes or numbers, shape `(n,)`.
    """
    if chosen.needs != LABELS or not chosen.rows_per_class:
        return 0.0
    counts = np.bincount(target)
    counts = counts[counts > 0]
    return len(target) / (len(counts) * float(counts.min()))


def _ends(difference: float, width: Spread, level: float) -> tuple[float, float]:
    half = float(special.stdtrit(width.freedom, 0.5 + level / 2)) * width.error
    return difference - half, difference + half
