"""Bias and variance of a network's predictions, from trainings on resampled rows.

The squared error of predictions (of probabilities for classes: the Brier score) is the sum of three parts: the variance
between trainings, the squared bias of their mean, and the noise of the targets, which no data of one label an example
tell apart from the bias (Geman, Bienenstock and Doursat 1992; Neal et al. 2018 for networks).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special


@dataclass(frozen=True)
class Part:
    """A part of the error, with its interval of 95 % over examples and trainings."""

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


def decomposed(
    target: np.ndarray,
    replicates: Sequence[np.ndarray],
    same: Sequence[np.ndarray] = (),
    groups: np.ndarray | None = None,
) -> Decomposition:
    """Decompose the squared error.

    Args:
        target: Class codes or numbers, shape `(n,)`.
        replicates: Predictions of trainings on rows drawn with replacement: probabilities of shape `(n, classes)`, or
            numbers of shape `(n,)`; three or more for intervals.
        same: Predictions of trainings on the same rows with other seeds.
        groups: Group of each example; None where they are independent.
    """
    stacked = np.stack([item.reshape(len(target), -1) for item in replicates])
    wanted = _wanted(target, stacked.shape[2])
    whole = _parts(stacked, wanted)
    without = np.array([_parts(np.delete(stacked, one, axis=0), wanted).mean(axis=1) for one in range(len(stacked))])
    chance = float("nan")
    if len(same) > 1:
        chance = float(_spread(np.stack([item.reshape(len(target), -1) for item in same])).mean())
    error, bias, variance = (_part(values, left_out, groups) for values, left_out in zip(whole, without.T, strict=True))
    return Decomposition(error, bias, _positive(variance), chance, len(replicates), len(target))


def _parts(stacked: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Error, squared bias with noise, and variance of each example, shape `(3, n)`."""
    error = ((stacked - wanted) ** 2).sum(axis=2).mean(axis=0)
    variance = _spread(stacked) if len(stacked) > 1 else np.full(len(error), np.nan)
    return np.stack([error, error - variance, variance])


def _wanted(target: np.ndarray, width: int) -> np.ndarray:
    if width > 1:
        return np.eye(width)[target]
    return np.asarray(target, dtype=np.float64).reshape(-1, 1)


def _spread(stacked: np.ndarray) -> np.ndarray:
    """Variance between trainings for each example, without the bias of few trainings, shape `(n,)`."""
    spread: np.ndarray = stacked.var(axis=0, ddof=1).sum(axis=1)
    return spread


def _part(values: np.ndarray, left_out: np.ndarray, groups: np.ndarray | None) -> Part:
    """The mean over examples, with the errors of examples (or their groups) and of trainings, as if they added up.

    Args:
        values: Of each example, shape `(n,)`.
        left_out: The mean without each training, shape `(trainings,)`: its jackknife tells how far they scatter it.
        groups: Group of each example; None where they are independent.
    """
    middle, trainings = float(values.mean()), len(left_out)
    off = values - middle
    if groups is not None:
        off = np.bincount(np.unique(groups, return_inverse=True)[1], weights=off).astype(np.float64)
    examples = float(np.sqrt(np.square(off).sum() * len(off) / max(len(off) - 1, 1))) / len(values)
    scatter = float(np.square(left_out - left_out.mean()).sum()) * (trainings - 1) / trainings
    half = float(special.stdtrit(trainings - 1, 0.975)) * float(np.sqrt(examples**2 + scatter))
    return Part(middle, middle - half, middle + half)


def _positive(part: Part) -> Part:
    """The interval of what is never below 0, with ends of equal ratio."""
    if not part.value > 0.0:
        return part
    ratio = float(np.exp((part.high - part.value) / part.value))
    return Part(part.value, part.value / ratio, part.value * ratio)
