"""The area under the ROC curve: how often a positive example outranks a negative one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from vandap.evaluate.intervals import ROUNDING, Interval, Units, skewed_interval
from vandap.evaluate.metrics._ranks import Ranking, RankMetric, rank, ranked

PRIOR_ROWS = 10.0
"""Measured on the populations of `bench/coverage`: without it 93 % covered with 30 to 50 positives of 10 and 5 %."""


class RocAuc(RankMetric):
    """Probability that a random positive example scores above a random negative one, ties counting half.

    The influence is that of DeLong, DeLong and Clarke-Pearson (1988): the placements of each example among the other
    class.
    """

    slug = "roc_auc"
    title = "ROC AUC"
    rows_per_class = 15

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
        """Return the skewness-corrected t interval, its error drawn up towards a model's for a rare class.

        Few positives rank low and weigh much, so that a small sample often holds none of them: without groups the
        variance of each class is averaged with that of Newcombe's (2006, method 5) exponential model, which counts as
        up to `PRIOR_ROWS` rows (none for balanced classes), where that is larger. Below 15 rows of a class nothing that
        was tried covers, so no interval is given (`docs/decisions/0004-intervals.md`).
        """
        width = units.spread(self.influence(target, prediction)).cautious()
        if width.error <= ROUNDING:
            return super().interval(target, prediction, value, units)
        if units.codes is None:
            width = replace(width, error=width.error * self._inflation(target, prediction, units))
        return skewed_interval(value, width, lowest=0.0, highest=1.0)

    def _inflation(self, target: np.ndarray, prediction: np.ndarray, units: Units) -> float:
        measured, drawn = 0.0, 0.0
        for code in ranked(target, prediction):
            ranking = rank(target == code, prediction[:, code])
            variance = units.spread(ranking.unsort(self.place_influence(ranking))).error ** 2
            positives = float(ranking.positive.sum())
            negatives = len(target) - positives
            rare = min(positives, negatives)
            prior = PRIOR_ROWS * (1.0 - 2.0 * rare / len(target))
            weight = prior / (prior + rare)
            model = _model_variance(self.area(ranking), positives, negatives)
            measured += variance
            drawn += max(variance, (1.0 - weight) * variance + weight * model)
        return math.sqrt(drawn / measured)


def _model_variance(area: float, positives: float, negatives: float) -> float:
    """Return the variance of an area by Newcombe's method 5, at most half a pair of examples from 1."""
    area = min(area, 1.0 - 0.5 / (positives * negatives))
    half = (positives + negatives) / 2.0 - 1.0
    pairs = 1.0 + half * (1.0 - area) / (2.0 - area) + half * area / (1.0 + area)
    return area * (1.0 - area) * pairs / (positives * negatives)


def _placements(ranking: Ranking) -> tuple[np.ndarray, np.ndarray]:
    """For each place, the share of negatives below it and of positives above it, ties counting half."""
    positive = ranking.positive
    return _share_beyond(1.0 - positive, ranking), 1.0 - _share_beyond(positive, ranking)


def _share_beyond(member: np.ndarray, ranking: Ranking) -> np.ndarray:
    """The share of members after each place's block of ties, plus half of those inside it."""
    through = np.append(0.0, np.cumsum(member))
    share: np.ndarray = 1.0 - 0.5 * (through[ranking.last + 1] + through[ranking.first]) / through[-1]
    return share
