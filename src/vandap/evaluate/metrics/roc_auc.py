"""The area under the ROC curve: how often a positive example outranks a negative one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from vandap.core.rows import blocks
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
        hits, total = ranking.hits, 0.0
        for block in blocks(len(ranking.order)):
            total += float(_placements(ranking, hits, block)[0][ranking.positive[block]].sum())
        return total / int(hits[-1])

    def place_influence(self, ranking: Ranking) -> np.ndarray:
        """Return placement minus area, over the share of the example's class."""
        hits, area, influence = ranking.hits, self.area(ranking), np.empty(len(ranking.order))
        share = int(hits[-1]) / len(influence)
        for block in blocks(len(influence)):
            beaten, losing = _placements(ranking, hits, block)
            influence[block] = np.where(
                ranking.positive[block], (beaten - area) / share, (losing - area) / (1.0 - share)
            )
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


def _placements(ranking: Ranking, hits: np.ndarray, block: slice) -> tuple[np.ndarray, np.ndarray]:
    """For some places, the share of negatives below them and of positives above them, ties counting half."""
    first, after = ranking.first[block], ranking.last[block] + 1
    above = 0.5 * (hits[after].astype(float) + hits[first])
    others = 0.5 * (after.astype(float) + first) - above
    positives = int(hits[-1])
    return 1.0 - others / (len(ranking.order) - positives), above / positives
