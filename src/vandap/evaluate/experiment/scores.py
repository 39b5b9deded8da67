"""What each run of an arm scores on the held-out examples, and how much each example moves that score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vandap.evaluate.check import checked
from vandap.evaluate.metric import Metric


@dataclass(frozen=True)
class Scores:
    """The runs of one arm on the same held-out examples, oriented so that higher is better.

    Args:
        values: The metric of each run, shape `(seeds,)`.
        influence: How much each example moves it, shape `(seeds, examples)`: `values + influence` are the
            (infinitesimal) jackknife pseudo-values; for metrics that are means, the scores of the examples.
        broken: Which runs have no usable predictions and score as the dummy, shape `(seeds,)`.
    """

    values: np.ndarray
    influence: np.ndarray
    broken: np.ndarray

    def first(self, seeds: int) -> Scores:
        """Return the scores of the first so many runs."""
        return Scores(self.values[:seeds], self.influence[:seeds], self.broken[:seeds])


def scores(chosen: Metric, target: np.ndarray, predictions: Sequence[np.ndarray | None], dummy: np.ndarray) -> Scores:
    """Score the runs of one arm.

    Args:
        chosen: The metric.
        target: Class codes or numbers, shape `(n,)`.
        predictions: Of each run: probabilities of shape `(n, classes)`, numbers of shape `(n,)`, or None for a run that
            crashed. A run whose predictions or score are not finite counts as crashed.
        dummy: The predictions of the dummy baseline: what a run without predictions scores.

    Raises:
        DataError: Targets and predictions do not fit the metric or each other.
    """
    found = [_score(chosen, target, prediction) for prediction in predictions]
    fallback = _score(chosen, target, dummy) if any(run is None for run in found) else None
    rows = [run or fallback for run in found]
    return Scores(
        values=np.array([row[0] for row in rows if row is not None]),
        influence=np.array([row[1] for row in rows if row is not None]).reshape(-1, len(target)),
        broken=np.array([run is None for run in found], dtype=bool),
    )


def _score(chosen: Metric, target: np.ndarray, prediction: np.ndarray | None) -> tuple[float, np.ndarray] | None:
    """Return value and influence of one run; None where there is none."""
    if prediction is None or not np.isfinite(prediction).all():
        return None
    sign = 1.0 if chosen.higher_is_better else -1.0
    with np.errstate(over="ignore", invalid="ignore"):  # predictions near the end of float64 are told by their score
        codes, usable = checked(chosen, target, prediction)
        value, influence = chosen.value(codes, usable), chosen.influence(codes, usable)
    if not (np.isfinite(value) and np.isfinite(influence).all()):
        return None
    return sign * value, sign * influence
