"""Simulated populations with a known distribution of targets and predictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

CLASSIFICATION = (
    "accuracy",
    "balanced_accuracy",
    "macro_precision",
    "macro_f1",
    "weighted_f1",
    "roc_auc",
    "pr_auc",
    "log_loss",
    "brier",
)
REGRESSION = ("mae", "median_absolute_error", "rmse", "r2")


class Population(ABC):
    """Where examples come from: `draw` makes a held-out part, `rivals` two models of equal population score."""

    name: str
    metrics: tuple[str, ...]

    @abstractmethod
    def smallest(self, count: int) -> int:
        """Return the rows of the rarest class in a part of this size."""

    @abstractmethod
    def rivals(self, count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return targets and the predictions of two different models with the same distribution of errors."""

    def draw(self, count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return targets and the predictions of one model."""
        target, prediction, _ = self.rivals(count, generator)
        return target, prediction


@dataclass(frozen=True)
class Classes(Population):
    """Normal clouds, one a class; probabilities by Bayes' rule with log odds multiplied by 1.3 (over-confident).

    Class counts are fixed (`shares * count`, rounded), as in a stratified part. Two rivals share half of the variance
    of what they see.
    """

    name: str
    shares: tuple[float, ...]
    separation: float = 1.7
    sharpness: float = 1.3
    metrics: tuple[str, ...] = CLASSIFICATION

    def smallest(self, count: int) -> int:
        """Return the rarest class's count."""
        return int(self._counts(count).min())

    def rivals(self, count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return codes and two models' probabilities."""
        target = np.repeat(np.arange(len(self.shares)), self._counts(count))
        shared, one, other = generator.standard_normal((3, len(target), len(self.shares)))
        return target, self._probabilities(target, shared + one), self._probabilities(target, shared + other)

    def _probabilities(self, target: np.ndarray, noise: np.ndarray) -> np.ndarray:
        points = noise / np.sqrt(2.0)
        points[np.arange(len(target)), target] += self.separation
        logits = self.sharpness * (points * self.separation + np.log(self.shares))
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)

    def _counts(self, count: int) -> np.ndarray:
        return np.round(np.array(self.shares) * count).astype(np.int64)


@dataclass(frozen=True)
class Numbers(Population):
    """A standard normal signal and noise that no model predicts, to which each rival may add errors of its own.

    `own` is the size of those errors relative to the noise: 0 makes the named noise all of a model's error.
    """

    name: str
    noise: str
    own: float = 0.0
    metrics: tuple[str, ...] = REGRESSION

    def smallest(self, count: int) -> int:
        """Return all rows: there are no classes."""
        return count

    def rivals(self, count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return numbers and two models' predictions."""
        signal = generator.standard_normal(count)
        draw = {
            "normal": generator.standard_normal,
            "laplace": lambda size: generator.laplace(size=size) / np.sqrt(2.0),
            "t5": lambda size: generator.standard_t(5, size) / np.sqrt(5.0 / 3.0),
        }[self.noise]
        target = signal + 0.6 * draw(count)
        own = 0.6 * self.own * generator.standard_normal((2, count))
        return target, signal + own[0], signal + own[1]


CLASS_POPULATIONS = (
    Classes("two balanced", (0.5, 0.5)),
    Classes("two 10%", (0.9, 0.1)),
    Classes("two 5%", (0.95, 0.05)),
    Classes("three balanced", (1 / 3, 1 / 3, 1 / 3)),
    Classes("three 10%", (0.6, 0.3, 0.1)),
)
COVERAGE = (*CLASS_POPULATIONS, Numbers("normal noise", "normal"), Numbers("Laplace noise", "laplace"))
RIVALS = (*CLASS_POPULATIONS, Numbers("normal noise", "normal", own=1.0), Numbers("Laplace noise", "laplace", own=1.0))
SIZES = (100, 300, 1000, 3000)
MINIMUM = 10
"""Cells whose rarest class has fewer rows are not simulated: no interval is given there."""
