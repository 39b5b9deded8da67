"""Where to cut a binary model's probability for a stated cost, and its precision at a stated prevalence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from vandap.core.evaluation import Curve
from vandap.errors import UsageError
from vandap.evaluate.intervals import wilson

HALF = 0.5
ONE_SIDED = 0.95
"""Level of the upper limit of a false-positive rate."""


def checked_cost(cost: tuple[float, float]) -> tuple[float, float]:
    """Return the cost of a false positive and of a false negative.

    Raises:
        UsageError: A cost is negative or not finite, or both are zero.
    """
    false_positive, false_negative = map(float, cost)
    if not (math.isfinite(false_positive + false_negative) and min(cost) >= 0 and max(cost) > 0):
        raise UsageError(
            "These costs of errors cannot be weighed.",
            received=f"false positive {cost[0]}, false negative {cost[1]}",
            expected="two finite numbers, none negative and not both zero",
            hint="Give the cost of a false alarm and of a miss in one unit, such as 1,10.",
        )
    return false_positive, false_negative


def choose_threshold(target: np.ndarray, probability: np.ndarray, cost: tuple[float, float]) -> float:
    """Return the threshold with the least expected cost on these examples (those of the validation part).

    Examples whose probability reaches the threshold are called positive. Cuts are tried midway between neighbouring
    probabilities; of equally cheap ones the cut nearest to Bayes' threshold `fp / (fp + fn)` is taken, which would be
    the best if the probabilities were calibrated (Elkan 2001).

    Args:
        target: 0 or 1, shape `(n,)`.
        probability: Probability of class 1, shape `(n,)`.
        cost: Cost of a false positive and of a false negative.

    Returns:
        A threshold in [0, 1], or just above 1 where calling nothing positive is the cheapest.

    Raises:
        UsageError: The costs cannot be weighed.
    """
    false_positive, false_negative = checked_cost(cost)
    order = np.argsort(probability, kind="stable")
    values, positive = np.asarray(probability, dtype=float)[order], np.asarray(target)[order] == 1
    starts = np.append(np.flatnonzero(np.diff(values, prepend=-math.inf) > 0), len(values))
    misses = np.append(0, np.cumsum(positive))[starts]
    alarms = (~positive).sum() - np.append(0, np.cumsum(~positive))[starts]
    totals = alarms * false_positive + misses * false_negative
    lower = np.append(0.0, values[starts[1:] - 1])
    upper = np.append(values, 1.0 if values[-1] < 1.0 else np.nextafter(1.0, 2.0))[starts]
    bayes = false_positive / (false_positive + false_negative)
    middle = (lower + upper) / 2.0
    cuts = np.where((lower < bayes) & (bayes <= upper), bayes, np.where(middle > lower, middle, upper))
    cheapest = cuts[totals <= totals.min() * (1 + 1e-12)]
    return float(cheapest[np.argmin(np.abs(cheapest - bayes))])


def rates(target: np.ndarray, probability: np.ndarray, threshold: float) -> tuple[float, float]:
    """Return the true and the false positive rate at a threshold; NaN without positives or negatives."""
    called, positive = np.asarray(probability) >= threshold, np.asarray(target) == 1
    hits = float(called[positive].mean()) if positive.any() else math.nan
    return hits, float(called[~positive].mean()) if not positive.all() else math.nan


def mean_cost(target: np.ndarray, probability: np.ndarray, threshold: float, cost: tuple[float, float]) -> float:
    """Return the cost per example when examples that reach the threshold are called positive."""
    called, positive = np.asarray(probability) >= threshold, np.asarray(target) == 1
    return float(np.mean(called & ~positive) * cost[0] + np.mean(~called & positive) * cost[1])


def precision_at_prevalence(true_rate: float, false_rate: float, prevalence: float) -> float:
    """Return the share of true positives among alarms if this share of all cases were positive (Bayes' rule).

    NaN where nothing is ever called positive.
    """
    alarms = true_rate * prevalence + false_rate * (1.0 - prevalence)
    return true_rate * prevalence / alarms if alarms > 0 else math.nan


def upper_rate(count: float, total: float) -> float:
    """Return the upper one-sided 95 % limit of a share: exact where none was seen (about 3 / total), Wilson otherwise.

    NaN without trials.

    References:
        Hanley and Lippman-Hand 1983, "If nothing goes wrong, is everything all right?", JAMA 249.
    """
    if count == 0 and total > 0:
        return float(1.0 - (1.0 - ONE_SIDED) ** (1.0 / total))
    return wilson(count, total, 2.0 * ONE_SIDED - 1.0)[1]


def operating_point(
    target: np.ndarray,
    prediction: np.ndarray,
    *,
    threshold: float,
    cost: tuple[float, float],
    prevalences: Sequence[float],
) -> Mapping[str, float]:
    """Return the numbers of one operating point of a binary model.

    Args:
        target: 0 or 1, shape `(n,)`.
        prediction: Probabilities, shape `(n, 2)`.
        threshold: Where the probability of class 1 is cut.
        cost: Cost of a false positive and of a false negative.
        prevalences: Shares of positives for which the precision is stated.

    Returns:
        `threshold`, `cost_false_positive`, `cost_false_negative`, `cost` and `cost_at_half` (per example),
        `true_positive_rate`, `false_positive_rate`, `precision_at_prevalence/<p>`, and
        `least_precision_at_prevalence/<p>`: at the upper 95 % limit of the false-positive rate, which matters where no
        false alarm was seen (none among n examples does not mean never).
    """
    probability = prediction[:, 1]
    true_rate, false_rate = rates(target, probability, threshold)
    point = {
        "threshold": threshold,
        "cost_false_positive": cost[0],
        "cost_false_negative": cost[1],
        "cost": mean_cost(target, probability, threshold, cost),
        "cost_at_half": mean_cost(target, probability, HALF, cost),
        "true_positive_rate": true_rate,
        "false_positive_rate": false_rate,
    }
    negative = target != 1
    highest = upper_rate(float(np.sum(negative & (probability >= threshold))), float(negative.sum()))
    for prevalence in prevalences:
        for name, rate in (("precision", false_rate), ("least_precision", highest)):
            value = precision_at_prevalence(true_rate, rate, prevalence)
            point[f"{name}_at_prevalence/{prevalence:.10g}"] = value
    return point


def cost_curve(target: np.ndarray, prediction: np.ndarray, cost: tuple[float, float]) -> Curve:
    """Return the cost per example against the threshold."""
    thresholds = np.linspace(0.0, 1.0, 101)
    positive, count = target == 1, len(target)
    misses = np.searchsorted(np.sort(prediction[positive, 1]), thresholds)
    alarms = (~positive).sum() - np.searchsorted(np.sort(prediction[~positive, 1]), thresholds)
    return Curve("cost", thresholds, (alarms * cost[0] + misses * cost[1]) / count, "Threshold", "Cost per example")
