"""What a metric is: its value on a sample, how much each example moves it, and its 95 % interval."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from vandap.core.task import Task
from vandap.evaluate.intervals import Interval, Units, logit_interval

CLASSIFICATION = frozenset({Task.BINARY, Task.MULTICLASS})
REGRESSION = frozenset({Task.REGRESSION})

LABELS = "labels"
PROBABILITIES = "probabilities"
NUMBERS = "numbers"


class Metric(ABC):
    """One measure of predictions against targets: one file in `metrics/`.

    Targets are class codes of shape `(n,)` or numbers of shape `(n,)`; predictions are probabilities of shape
    `(n, classes)` or numbers of shape `(n,)`. The functions of `vandap.evaluate.estimate` check them; the methods here
    take them as they are.

    Attributes:
        slug: Name on the command line and in files.
        title: Name in the report.
        higher_is_better: Whether a larger value is a better model.
        tasks: The tasks it is defined for.
        needs: What it reads of the prediction: `labels` (the most probable class), `probabilities` or `numbers`.
        bounded: Whether it lies in [0, 1].
        rows_per_class: Rows that every class that occurs must have for an interval; 0 where classes are not averaged.
        has_interval: Whether a sampling interval has a meaning.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    higher_is_better: ClassVar[bool] = True
    tasks: ClassVar[frozenset[Task]] = CLASSIFICATION
    needs: ClassVar[str] = LABELS
    bounded: ClassVar[bool] = True
    rows_per_class: ClassVar[int] = 0
    has_interval: ClassVar[bool] = True

    @abstractmethod
    def value(self, target: np.ndarray, prediction: np.ndarray) -> float:
        """Return the metric; NaN where it is not defined."""

    @abstractmethod
    def influence(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return how much each example moves the value: the empirical influence function, shape `(n,)`, mean zero.

        `value + influence[i]` is the infinitesimal-jackknife pseudo-value of example `i` (Efron and Tibshirani 1993,
        chapter 22); its spread over the square root of `n` is the standard error.
        """

    def undefined(self, target: np.ndarray, prediction: np.ndarray) -> str:
        """Return why the metric is not defined on this sample, as a clause; empty where it is."""
        return ""

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the 95 % interval: by default symmetric on the logit scale, for scores in [0, 1]."""
        return logit_interval(value, units.spread(self.influence(target, prediction)), units)
