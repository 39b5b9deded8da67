"""What each run of an arm scores on the held-out examples, and how much each example moves that score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vandap.evaluate.check import checked
from vandap.evaluate.metric import Metric

WORST = 2.0
"""Times the error of the dummy that a run's error counts at most. The error of a training that explodes knows no end:
one run in ten with a hundred times the usual error hides any cure, while a run that ends in NaN counts as the dummy."""


@dataclass(frozen=True)
class Scores:
    """The runs of one arm on the same held-out examples, oriented so that higher is better.

    Args:
        values: The metric of each run, shape `(seeds,)`.
        influence: How much each example moves it, shape `(seeds, examples)`: `values + influence` are the
            (infinitesimal) jackknife pseudo-values; for metrics that are means, the scores of the examples.
        broken: Which runs have no usable predictions and score as the dummy, shape `(seeds,)`.
        wild: Which runs count as `WORST` times the dummy's error, theirs being larger, shape `(seeds,)`.
    """

    values: np.ndarray
    influence: np.ndarray
    broken: np.ndarray
    wild: np.ndarray

    def first(self, seeds: int) -> Scores:
        """Return the scores of the first so many runs."""
        return Scores(self.values[:seeds], self.influence[:seeds], self.broken[:seeds], self.wild[:seeds])


def scores(
    chosen: Metric,
    target: np.ndarray,
    predictions: Sequence[np.ndarray | None],
    dummy: np.ndarray,
    *,
    cut: bool = True,
) -> Scores:
    """Score the runs of one arm.

    Args:
        chosen: The metric.
        target: Class codes or numbers, shape `(n,)`.
        predictions: Of each run: probabilities of shape `(n, classes)`, numbers of shape `(n,)`, or None for a run that
            crashed. A run whose predictions or score are not finite counts as crashed; where the metric is an error
            without an end, a run counts at most as `WORST` times the dummy.
        dummy: The predictions of the dummy baseline: what a run without predictions scores.
        cut: Whether errors are cut at `WORST` times the dummy's.

    Raises:
        DataError: Targets and predictions do not fit the metric or each other.
    """
    found = [_score(chosen, target, prediction) for prediction in predictions]
    has_end = not cut or chosen.bounded
    fallback = None if has_end and None not in found else _score(chosen, target, dummy)
    rows = [row for row in (run or fallback for run in found) if row is not None]
    values = np.array([row[0] for row in rows])
    influence = np.array([row[1] for row in rows]).reshape(-1, len(target))
    counted = values if has_end or fallback is None else tamed(chosen, values, np.array(fallback[0]))
    wild = counted != values
    best = 1.0 if chosen.higher_is_better else 0.0
    influence[wild] *= ((best - counted[wild]) / (best - values[wild]))[:, None]
    return Scores(counted, influence, np.array([run is None for run in found], dtype=bool), wild)


def tamed(chosen: Metric, scores: np.ndarray, dummy: np.ndarray) -> np.ndarray:
    """Scores that are worse than `WORST` times the error of the dummy as that; other metrics have an end of their own.

    Args:
        chosen: The metric.
        scores: Of runs, in whichever orientation.
        dummy: Scores of the dummy, one or as many, in the same orientation; NaN where there is none.
    """
    if chosen.bounded:
        return scores
    if chosen.higher_is_better:  # a share of the variance: one less the squared error over that of the mean
        return np.fmax(scores, 1.0 - WORST**2 * (1.0 - dummy))
    return np.where(np.abs(scores) > WORST * np.abs(dummy), WORST * dummy, scores)


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
