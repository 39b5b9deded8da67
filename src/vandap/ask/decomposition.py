"""Bias and variance of a network's predictions, from trainings on resampled rows.

The squared error of predictions (of probabilities for classes: the Brier score) is the sum of three parts: the variance
between trainings, the squared bias of their mean, and the noise of the targets, which no data of one label an example
tell apart from the bias (Geman, Bienenstock and Doursat 1992; Neal et al. 2018 for networks).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_NORMAL = 1.959964


@dataclass(frozen=True)
class Part:
    """A part of the error, with its interval of 95 % over examples."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Decomposition:
    """The squared error and its parts.

    Args:
        error: The squared error of one training, on average.
        bias: Squared bias and noise together.
        variance: What trainings on other rows of the same population scatter by.
        chance: That part of the variance which initial values and the order of the rows cause, the rows the same; NaN
            where it was not measured.
        replicates: How many trainings on resampled rows it is made of.
        examples: How many examples.
    """

    error: Part
    bias: Part
    variance: Part
    chance: float
    replicates: int
    examples: int

    @property
    def share(self) -> float:
        """The variance's share of the error."""
        return self.variance.value / self.error.value if self.error.value > 0 else float("nan")


def decomposed(target: np.ndarray, replicates: Sequence[np.ndarray], same: Sequence[np.ndarray] = ()) -> Decomposition:
    """Decompose the squared error.

    Args:
        target: Class codes or numbers, shape `(n,)`.
        replicates: Predictions of trainings on rows drawn with replacement: probabilities of shape `(n, classes)`, or
            numbers of shape `(n,)`; two or more.
        same: Predictions of trainings on the same rows with other seeds.
    """
    stacked = np.stack([item.reshape(len(target), -1) for item in replicates])
    wanted = _wanted(target, stacked.shape[2])
    error = ((stacked - wanted) ** 2).sum(axis=2).mean(axis=0)
    variance = _spread(stacked)
    chance = float("nan")
    if len(same) > 1:
        chance = float(_spread(np.stack([item.reshape(len(target), -1) for item in same])).mean())
    parts = (_part(error), _part(error - variance), _part(variance))
    return Decomposition(*parts, chance, len(replicates), len(target))


def _wanted(target: np.ndarray, width: int) -> np.ndarray:
    if width > 1:
        return np.eye(width)[target]
    return np.asarray(target, dtype=np.float64).reshape(-1, 1)


def _spread(stacked: np.ndarray) -> np.ndarray:
    """Variance between trainings for each example, without the bias of few trainings, shape `(n,)`."""
    spread: np.ndarray = stacked.var(axis=0, ddof=1).sum(axis=1)
    return spread


def _part(values: np.ndarray) -> Part:
    middle, error = float(values.mean()), float(values.std(ddof=1)) / len(values) ** 0.5
    return Part(middle, middle - _NORMAL * error, middle + _NORMAL * error)
