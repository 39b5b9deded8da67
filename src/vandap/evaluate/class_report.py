"""Precision, recall and F1 of each class, with intervals."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.estimate import Estimate
from vandap.core.evaluation import ClassReport
from vandap.evaluate.confusion import predicted_labels
from vandap.evaluate.intervals import MINIMUM_ROWS, Units, arcsine_interval, logit_interval, wilson

_TOO_FEW = f"no interval: fewer than {MINIMUM_ROWS} rows"


def class_reports(
    target: np.ndarray, prediction: np.ndarray, classes: tuple[str, ...], groups: np.ndarray | None = None
) -> tuple[ClassReport, ...]:
    """Return the measures of every class against the rest.

    Recall and precision are proportions (Wilson; with groups a cluster t interval on the logit scale); F1 has a t
    interval on the arcsine-root scale. Measures of a class without rows, and the precision of one that is never
    predicted, are NaN.

    Args:
        target: Class codes, shape `(n,)`.
        prediction: Probabilities, shape `(n, classes)`.
        classes: Class names by code.
        groups: Group of each example, shape `(n,)`.
    """
    labels = predicted_labels(prediction)
    return tuple(_report(name, target == code, labels == code, groups) for code, name in enumerate(classes))


def _report(name: str, true: np.ndarray, called: np.ndarray, groups: np.ndarray | None) -> ClassReport:
    hit = (true & called).astype(float)
    support = int(true.sum())
    return ClassReport(
        name,
        precision=_share("precision", hit, called, support, groups),
        recall=_share("recall", hit, true, support, groups),
        f1=_f1(hit, true, called, support, groups),
        support=support,
    )


def _share(name: str, hit: np.ndarray, base: np.ndarray, support: int, groups: np.ndarray | None) -> Estimate:
    count = int(base.sum())
    if count == 0:
        return Estimate(name, math.nan, method="not defined: no example")
    value = float(hit.sum() / count)
    if min(count, support) < MINIMUM_ROWS:
        return Estimate(name, value, count=count, method=_TOO_FEW)
    if groups is None:
        return Estimate(name, value, *wilson(hit.sum(), count), count=count, method="wilson")
    return _clustered(name, value, (hit[base] - value), groups[base])


def _f1(hit: np.ndarray, true: np.ndarray, called: np.ndarray, support: int, groups: np.ndarray | None) -> Estimate:
    base = true.astype(float) + called
    if support == 0:
        return Estimate("f1", math.nan, method="not defined: no example")
    value = float(2.0 * hit.sum() / base.sum())
    if support < MINIMUM_ROWS:
        return Estimate("f1", value, count=support, method=_TOO_FEW)
    influence = (2.0 * hit - value * base) / base.mean()
    if groups is not None:
        return _clustered("f1", value, influence, groups)
    units = Units.of(len(hit), strata=true)
    found = arcsine_interval(value, units.spread(influence), units)
    return Estimate("f1", value, found.low, found.high, support, found.method)


def _clustered(name: str, value: float, influence: np.ndarray, groups: np.ndarray) -> Estimate:
    units = Units.of(len(influence), groups)
    if units.count < MINIMUM_ROWS:
        return Estimate(name, value, count=units.count, method=f"no interval: fewer than {MINIMUM_ROWS} groups")
    found = logit_interval(value, units.spread(influence), units)
    return Estimate(name, value, found.low, found.high, units.count, found.method)
