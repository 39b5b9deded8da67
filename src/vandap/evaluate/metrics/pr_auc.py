"""The area under the precision-recall curve, as average precision."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.metrics._ranks import Ranking, RankMetric


class PrAuc(RankMetric):
    """Average precision: the mean, over the positive examples, of the precision at their score.

    No interpolation between operating points (Davis and Goadrich 2006). Chance is the share of positives.
    """

    slug = "pr_auc"
    title = "PR AUC (average precision)"
    rows_per_class = 15

    def area(self, ranking: Ranking) -> float:
        """Return average precision."""
        return float(_precision(ranking) @ ranking.positive / ranking.positive.sum())

    def place_influence(self, ranking: Ranking) -> np.ndarray:
        """Return the influence of the functional `E[positive * precision(score)] / share`.

        An example moves the average by its own precision if it is positive, and the precision at every score that is
        not above its own.
        """
        positive = ranking.positive
        count = len(positive)
        precision = _precision(ranking)
        reached = (ranking.last + 1.0) / count
        hits = _from(positive / reached, ranking.first)
        expected = _from(positive * precision / reached, ranking.first)
        share = positive.mean()
        area = float(precision @ positive / positive.sum())
        influence: np.ndarray = (positive * (precision - area) + (positive * hits - expected) / count) / share
        return influence


def _precision(ranking: Ranking) -> np.ndarray:
    """Precision when everything down to the place (with its ties) is called positive."""
    precision: np.ndarray = np.cumsum(ranking.positive)[ranking.last] / (ranking.last + 1.0)
    return precision


def _from(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Sum of the values from the first place of each block of ties to the end."""
    through: np.ndarray = np.cumsum(values[::-1])[::-1][first]
    return through
