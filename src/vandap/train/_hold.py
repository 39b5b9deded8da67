"""By what loss settings are compared on held-out rows."""

from __future__ import annotations

import numpy as np

LEAST_PROBABILITY = 1e-3
"""Floor of a probability: one confident mistake must not decide."""


def hold_loss(predicted: np.ndarray, truth: np.ndarray) -> float:
    """Loss of predictions on held-out rows.

    For classes the sum of the log loss and of 1 - macro F1: the first judges probabilities, the second decisions, rare
    classes as much as common ones. A ladder may be headed by either kind of metric.

    Args:
        predicted: Probabilities of shape `(n, classes)`, or numbers of shape `(n,)`.
        truth: Codes, or numbers; shape `(n,)`.

    Returns:
        The loss; the mean squared error for numbers.
    """
    if predicted.ndim == 1:
        return float(np.mean((predicted - truth) ** 2))
    right = np.maximum(predicted[np.arange(len(truth)), truth], LEAST_PROBABILITY)
    return float(-np.log(right).mean()) + 1.0 - macro_f1(predicted.argmax(axis=1), truth)


def macro_f1(decided: np.ndarray, truth: np.ndarray) -> float:
    """Mean F1 of the classes that occur."""
    classes = int(max(decided.max(), truth.max())) + 1
    hits = np.bincount(truth[decided == truth], minlength=classes)
    total = np.bincount(decided, minlength=classes) + np.bincount(truth, minlength=classes)
    return float((2.0 * hits[total > 0] / total[total > 0]).mean())
