"""Metrics that are functions of what each class was taken for, and the influence of an example on them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from vandap.core.rows import blocks
from vandap.evaluate.confusion import predicted_labels
from vandap.evaluate.metric import Metric


@dataclass(frozen=True)
class Tally:
    """What these metrics read of a confusion matrix; the matrix itself would grow with the classes squared.

    Args:
        hits: Examples of each class that are predicted as it, shape `(classes,)`.
        true: Examples of each class, shape `(classes,)`.
        called: Examples predicted as each class, shape `(classes,)`.
    """

    hits: np.ndarray
    true: np.ndarray
    called: np.ndarray

    @classmethod
    def of(cls, target: np.ndarray, prediction: np.ndarray) -> Tally:
        """Count class codes of shape `(n,)` and probabilities of shape `(n, classes)`."""
        counts = np.zeros((3, prediction.shape[1]))
        for block in blocks(len(target)):
            true, called = target[block], predicted_labels(prediction[block])
            for row, codes in zip(counts, (true[true == called], true, called), strict=True):
                row += np.bincount(codes, minlength=len(row))
        return cls(*counts)

    @property
    def total(self) -> float:
        """All examples."""
        return float(self.true.sum())


@dataclass(frozen=True)
class Influence:
    """How much an example moves a metric: the sum of three parts, each of shape `(classes,)`.

    Args:
        hit: Of an example of each class that is predicted as it.
        true: Of an example of each class.
        called: Of an example predicted as each class.
    """

    hit: np.ndarray
    true: np.ndarray
    called: np.ndarray


class ConfusionMetric(Metric):
    """A metric of the confusion matrix alone. Averages run over the classes that occur in the target."""

    def value(self, target: np.ndarray, prediction: np.ndarray) -> float:
        """Return the metric of the sample's counts."""
        return float(self.of(Tally.of(target, prediction)))

    def influence(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return the influence of each example: that of its class, of its label, and of their being the same."""
        parts = self.parts(Tally.of(target, prediction))
        result = np.empty(len(target))
        for block in blocks(len(target)):
            true, called = target[block], predicted_labels(prediction[block])
            result[block] = parts.true[true] + parts.called[called] + np.where(true == called, parts.hit[true], 0.0)
        return result

    @abstractmethod
    def of(self, tally: Tally) -> float:
        """Return the metric of counts."""

    @abstractmethod
    def parts(self, tally: Tally) -> Influence:
        """Return the influence of an example."""


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide, with 0 where the denominator is 0."""
    return np.divide(numerator, denominator, out=np.zeros(np.shape(denominator)), where=denominator > 0)


def recalls(tally: Tally) -> np.ndarray:
    """Recall of each class; 0 for a class without rows."""
    return ratio(tally.hits, tally.true)


def precisions(tally: Tally) -> np.ndarray:
    """Precision of each class; 0 for a class that is never predicted."""
    return ratio(tally.hits, tally.called)


def f1_scores(tally: Tally) -> np.ndarray:
    """F1 of each class; 0 for a class that is neither present nor predicted."""
    return ratio(2.0 * tally.hits, tally.true + tally.called)


def recall_influence(tally: Tally, weight: np.ndarray) -> Influence:
    """Influence on `sum(weight * recall)`: `1[true=c] (1[hit] - recall_c) / share_c`."""
    factor = ratio(weight * tally.total, tally.true)
    return Influence(factor, -recalls(tally) * factor, np.zeros(len(factor)))


def precision_influence(tally: Tally, weight: np.ndarray) -> Influence:
    """Influence on `sum(weight * precision)`: `1[predicted=c] (1[hit] - precision_c) / share_c`."""
    factor = ratio(weight * tally.total, tally.called)
    return Influence(factor, np.zeros(len(factor)), -precisions(tally) * factor)


def f1_influence(tally: Tally, weight: np.ndarray) -> Influence:
    """Influence on `sum(weight * f1)`: `(2*1[hit] - f1_c (1[true=c] + 1[predicted=c])) / share_c`."""
    factor = ratio(weight * tally.total, tally.true + tally.called)
    loss = f1_scores(tally) * factor
    return Influence(2.0 * factor, -loss, -loss)


def present(tally: Tally) -> np.ndarray:
    """Equal weights over the classes with true rows, zero for the others; shape `(classes,)`."""
    occurs = tally.true > 0
    return occurs / max(occurs.sum(), 1)
