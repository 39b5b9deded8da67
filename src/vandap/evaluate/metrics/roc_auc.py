"""The area under the ROC curve: how often a positive example outranks a negative one."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.intervals import ROUNDING, Interval, Units, skewed_interval
from vandap.evaluate.metrics._ranks import Ranking, RankMetric


class RocAuc(RankMetric):
    """Probability that a random positive example scores above a random negative one, ties counting half.

    The influence is that of DeLong, DeLong and Clarke-Pearson (1988): the placements of each example among the other
    class.
    """

    slug = "roc_auc"
    title = "ROC AUC"
    rows_per_class = 30

    def area(self, ranking: Ranking) -> float:
        """Return the Mann-Whitney statistic: the mean placement of the positives among the negatives."""
        beaten, _ = _placements(ranking)
        return float(beaten @ ranking.positive / ranking.positive.sum())

    def place_influence(self, ranking: Ranking) -> np.ndarray:
        """Return placement minus area, over the share of the example's class."""
        beaten, losing = _placements(ranking)
        positive = ranking.positive
        area = float(beaten @ positive / positive.sum())
        share = positive.mean()
        influence: np.ndarray = np.where(positive > 0, (beaten - area) / share, (losing - area) / (1.0 - share))
        return influence

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the skewness-corrected t interval: few positives far down the ranking weigh much.

        Measured: below 30 rows of a class neither this nor any interval on the logit scale covers 93 %
        (`bench/coverage`), so none is given.
        """
        width = units.spread(self.influence(target, prediction)).cautious()
        if width.error <= ROUNDING:
            return super().interval(target, prediction, value, units)
        return skewed_interval(value, width, lowest=0.0, highest=1.0)


def _placements(ranking: Ranking) -> tuple[np.ndarray, np.ndarray]:
    """For each place, the share of negatives below it and of positives above it, ties counting half."""
    positive = ranking.positive
    return _share_beyond(1.0 - positive, ranking), 1.0 - _share_beyond(positive, ranking)


def _share_beyond(member: np.ndarray, ranking: Ranking) -> np.ndarray:
    """The share of members after each place's block of ties, plus half of those inside it."""
    through = np.append(0.0, np.cumsum(member))
    share: np.ndarray = 1.0 - 0.5 * (through[ranking.last + 1] + through[ranking.first]) / through[-1]
    return share
