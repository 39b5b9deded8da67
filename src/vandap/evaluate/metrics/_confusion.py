"""Metrics that are functions of the confusion matrix, and their influence per cell."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from vandap.core.rows import blocks
from vandap.evaluate.confusion import confusion_matrix, predicted_labels
from vandap.evaluate.metric import Metric


class ConfusionMetric(Metric):
    """A metric of the confusion matrix alone. Averages run over the classes that occur in the target."""

    def value(self, target: np.ndarray, prediction: np.ndarray) -> float:
        """Return the metric of the sample's confusion matrix."""
        return float(self.of(confusion_matrix(target, prediction)))

    def influence(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return the influence of each example: that of its cell."""
        table = self.cell_influence(confusion_matrix(target, prediction).astype(float))
        result = np.empty(len(target))
        for block in blocks(len(target)):
            result[block] = table[target[block], predicted_labels(prediction[block])]
        return result

    @abstractmethod
    def of(self, confusion: np.ndarray) -> float:
        """Return the metric of a matrix (rows true, columns predicted; counts or weights)."""

    @abstractmethod
    def cell_influence(self, confusion: np.ndarray) -> np.ndarray:
        """Return the influence of an example in each cell, shape `(classes, classes)`."""


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide, with 0 where the denominator is 0."""
    return np.divide(numerator, denominator, out=np.zeros(np.shape(denominator)), where=denominator > 0)


def recalls(confusion: np.ndarray) -> np.ndarray:
    """Recall of each class; 0 for a class without rows."""
    return ratio(np.diagonal(confusion), confusion.sum(axis=1))


def precisions(confusion: np.ndarray) -> np.ndarray:
    """Precision of each class; 0 for a class that is never predicted."""
    return ratio(np.diagonal(confusion), confusion.sum(axis=0))


def f1_scores(confusion: np.ndarray) -> np.ndarray:
    """F1 of each class; 0 for a class that is neither present nor predicted."""
    return ratio(2.0 * np.diagonal(confusion), confusion.sum(axis=1) + confusion.sum(axis=0))


def recall_influence(confusion: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Influence of each cell on `sum(weight * recall)`: `1[true=c] (1[hit] - recall_c) / share_c`."""
    total = confusion.sum()
    factor = ratio(weight * total, confusion.sum(axis=1))
    return (np.eye(len(confusion)) - recalls(confusion)[:, None]) * factor[:, None]


def precision_influence(confusion: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Influence of each cell on `sum(weight * precision)`: `1[predicted=c] (1[hit] - precision_c) / share_c`."""
    total = confusion.sum()
    factor = ratio(weight * total, confusion.sum(axis=0))
    return (np.eye(len(confusion)) - precisions(confusion)[None, :]) * factor[None, :]


def f1_influence(confusion: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Influence of each cell on `sum(weight * f1)`: `(2*1[hit] - f1_c (1[true=c] + 1[predicted=c])) / share_c`."""
    total = confusion.sum()
    factor = ratio(weight * total, confusion.sum(axis=1) + confusion.sum(axis=0))
    loss = f1_scores(confusion) * factor
    return np.diag(2.0 * factor) - loss[:, None] - loss[None, :]


def present(confusion: np.ndarray) -> np.ndarray:
    """Equal weights over the classes with true rows, zero for the others; shape `(classes,)`."""
    occurs = confusion.sum(axis=1) > 0
    return occurs / max(occurs.sum(), 1)
