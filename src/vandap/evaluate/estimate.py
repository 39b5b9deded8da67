"""One metric on one sample: its value, and its 95 % interval."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.estimate import Estimate
from vandap.core.task import Task
from vandap.evaluate.catalogue import METRICS, metric
from vandap.evaluate.check import checked
from vandap.evaluate.intervals import MINIMUM_ROWS, Units
from vandap.evaluate.metric import NUMBERS, Metric


def score(slug: str, target: np.ndarray, prediction: np.ndarray) -> float:
    """Return a metric's value; NaN where it is not defined (ROC AUC of one class, R2 of a constant target).

    Args:
        slug: The metric.
        target: Class codes or numbers, shape `(n,)`.
        prediction: Probabilities of shape `(n, classes)` or numbers of shape `(n,)`.

    Raises:
        UsageError: There is no such metric.
        DataError: Target and prediction do not fit the metric or each other.
    """
    chosen = metric(slug)
    target, prediction = checked(chosen, target, prediction)
    return math.nan if chosen.undefined(target, prediction) else chosen.value(target, prediction)


def oriented(slug: str, value: float) -> float:
    """Return the value so that higher is better: errors are negated."""
    return value if metric(slug).higher_is_better else -value


def estimate(
    slug: str, target: np.ndarray, prediction: np.ndarray, *, groups: np.ndarray | None = None, seed: int = 0
) -> Estimate:
    """Return a metric with its 95 % interval.

    The interval describes this fitted model on new examples of the same population with the same class shares
    (`docs/decisions/0004-intervals.md`). All but one of the intervals are closed forms.

    Args:
        slug: The metric.
        target: Class codes or numbers, shape `(n,)`.
        prediction: Probabilities of shape `(n, classes)` or numbers of shape `(n,)`.
        groups: Group of each example, shape `(n,)`; groups then are the independent units.
        seed: Seed of the cluster bootstrap, which only the grouped median needs.

    Returns:
        The estimate; `method` names the interval's method, or says why there is none.

    Raises:
        UsageError: There is no such metric.
        DataError: Target and prediction do not fit the metric or each other.
    """
    chosen = metric(slug)
    return measured(chosen, *checked(chosen, target, prediction), groups=groups, seed=seed)


def measured(
    chosen: Metric, target: np.ndarray, prediction: np.ndarray, *, groups: np.ndarray | None = None, seed: int = 0
) -> Estimate:
    """Return `estimate` of input that is known to fit the metric (`vandap.evaluate.check`)."""
    slug = chosen.slug
    count = len(target) if groups is None else len(np.unique(groups))
    reason = chosen.undefined(target, prediction)
    if reason:
        return Estimate(slug, math.nan, count=count, method=f"not defined: {reason}")
    value = chosen.value(target, prediction)
    reason = _withheld(chosen, target, count, groups is not None)
    if reason:
        return Estimate(slug, value, count=count, method=f"no interval: {reason}")
    if groups is None and chosen.needs != NUMBERS and np.all(prediction == prediction[0]):
        return Estimate(slug, value, value, value, count, "constant prediction: fixed by the class shares")
    units = Units.of(len(target), groups, target if chosen.needs != NUMBERS else None, seed)
    found = chosen.interval(target, prediction, value, units)
    return Estimate(slug, value, found.low, found.high, count, found.method)


def metrics_of(task: Task) -> tuple[str, ...]:
    """Return the slugs of the metrics that are defined for a task."""
    return tuple(slug for slug, item in METRICS.items() if task in item.tasks)


def _withheld(chosen: Metric, target: np.ndarray, count: int, grouped: bool) -> str:
    if not chosen.has_interval:
        return "biased on finite data; compare with its distribution under the null"
    if count < MINIMUM_ROWS:
        return f"fewer than {MINIMUM_ROWS} {'independent groups of rows' if grouped else 'rows'}"
    return rare_classes(chosen, target)


def rare_classes(chosen: Metric, target: np.ndarray) -> str:
    """Return why classes have too few rows for an interval or a verdict, as a clause; empty where they have enough."""
    if not chosen.rows_per_class:
        return ""
    counts = np.bincount(target)
    rare = int(np.sum((counts > 0) & (counts < chosen.rows_per_class)))
    few = f"fewer than {chosen.rows_per_class} rows"
    return f"{rare} {'class has' if rare == 1 else 'classes have'} {few}" if rare else ""
