"""Curves to draw: ROC, precision-recall, residuals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vandap.core.evaluation import Curve
from vandap.core.rows import every_row, picked, rows_where
from vandap.evaluate.catalogue import metric
from vandap.evaluate.estimate import measured
from vandap.evaluate.metrics._ranks import rank

POINTS = 200
"""Points of a drawn curve."""

RESIDUALS = 500
"""Points of the residual plot."""

CLASSES = 12
"""With more classes only the micro-averaged curve is drawn: nobody tells a dozen lines apart."""

MICRO_CELLS = 2_000_000
"""Entries behind a micro-averaged curve; more are sampled evenly over the rows."""


def roc_curve(positive: np.ndarray, score: np.ndarray, name: str) -> Curve:
    """Return the ROC curve of one class against the rest.

    Args:
        positive: Whether each example is of the class, shape `(n,)`; both kinds occur.
        score: Probability of the class, shape `(n,)`.
        name: The class.
    """
    hits, alarms = _steps(positive, score)
    return _thinned(
        Curve(f"roc/{name}", alarms / alarms[-1], hits / hits[-1], "False positive rate", "True positive rate")
    )


def pr_curve(positive: np.ndarray, score: np.ndarray, name: str) -> Curve:
    """Return the precision-recall curve of one class against the rest."""
    hits, alarms = _steps(positive, score)
    hits, alarms = hits[1:], alarms[1:]
    return _thinned(Curve(f"pr/{name}", hits / hits[-1], hits / (hits + alarms), "Recall", "Precision"))


def class_curves(
    target: np.ndarray, prediction: np.ndarray, classes: tuple[str, ...], groups: np.ndarray | None
) -> tuple[tuple[Curve, ...], tuple[str, ...]]:
    """Return ROC and precision-recall curves with their areas, and notes on those that were left out.

    Binary tasks: of class 1. Up to `CLASSES` classes: of each against the rest. More: micro-averaged.
    """
    if len(np.unique(target)) < 2:
        return (), ("ROC and precision-recall curves need examples of two classes; this part holds one.",)
    if len(classes) > CLASSES:
        note = f"Of {len(classes)} classes only the micro-averaged ROC and precision-recall curves are drawn."
        return _micro(target, prediction), (note,)
    curves: list[Curve] = []
    for code in [1] if len(classes) == 2 else range(len(classes)):
        positive, probability = target == code, prediction[:, code]
        if not positive.any():
            continue
        two = prediction if len(classes) == 2 else np.stack([1.0 - probability, probability], axis=1)
        truth = positive.view(np.int8)
        for curve, slug in ((roc_curve, "roc_auc"), (pr_curve, "pr_auc")):
            area = measured(metric(slug), truth, two, groups=groups)
            curves.append(replace(curve(positive, probability, classes[code]), area=area))
    return tuple(curves), ()


def residual_curve(target: np.ndarray, prediction: np.ndarray, seed: int) -> Curve:
    """Return residuals (target minus prediction) against predictions, of a random sample of the examples."""
    rows = np.arange(len(target))
    if len(rows) > RESIDUALS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, RESIDUALS, replace=False))
    return Curve("residuals", prediction[rows], target[rows] - prediction[rows], "Predicted", "Target minus predicted")


def _micro(target: np.ndarray, prediction: np.ndarray) -> tuple[Curve, ...]:
    step = max(1, -(-prediction.size // MICRO_CELLS))
    target, prediction = target[::step], prediction[::step]
    positive = (target[:, None] == np.arange(prediction.shape[1])).ravel()
    return roc_curve(positive, prediction.ravel(), "micro"), pr_curve(positive, prediction.ravel(), "micro")


def _steps(positive: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Count hits and false alarms down to each distinct score, from the highest; both start at 0."""
    ranking = rank(positive, score)
    ends = rows_where(ranking.last == every_row(len(score)))
    hits = picked(ranking.hits, ends + 1)
    return np.insert(hits, 0, 0), np.insert(ends + 1 - hits, 0, 0)


def _thinned(curve: Curve) -> Curve:
    """Keep points that are evenly spread along the curve, with both ends."""
    if len(curve.x) <= POINTS:
        return curve
    length = np.zeros(len(curve.x))
    for values in (curve.x, curve.y):
        step = np.diff(values)
        length[1:] += np.abs(step, out=step)
    np.cumsum(length, out=length)
    keep = np.unique(np.searchsorted(length, np.linspace(0.0, length[-1], POINTS)).clip(0, len(length) - 1))
    return replace(curve, x=curve.x[keep], y=curve.y[keep])
