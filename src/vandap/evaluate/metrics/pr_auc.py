"""The area under the precision-recall curve, as average precision."""

from __future__ import annotations

import numpy as np

from vandap.core.rows import blocks
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
        return _area(ranking, ranking.hits)

    def place_influence(self, ranking: Ranking) -> np.ndarray:
        """Return the influence of the functional `E[positive * precision(score)] / share`.

        An example moves the average by its own precision if it is positive, and the precision at every score that is
        not above its own.
        """
        count, hits = len(ranking.order), ranking.hits
        area, share = _area(ranking, hits), int(hits[-1]) / count
        inverse, precise = np.empty(count), np.empty(count)
        for block in blocks(count):
            reached = (ranking.last[block] + 1.0) / count
            inverse[block] = ranking.positive[block] / reached
            precise[block] = inverse[block] * _precision(ranking, hits, block)
        for values in (inverse, precise):  # the sum from each place to the end
            np.cumsum(values[::-1], out=values[::-1])
        influence = inverse  # from the end: a block of ties is read at its first place, written last
        for block in reversed(list(blocks(count))):
            first, positive = ranking.first[block], ranking.positive[block]
            own = positive * (_precision(ranking, hits, block) - area)
            influence[block] = (own + (positive * inverse[first] - precise[first]) / count) / share
        return influence


def _area(ranking: Ranking, hits: np.ndarray) -> float:
    """Average precision: the mean of the precision over the positives."""
    total = 0.0
    for block in blocks(len(ranking.order)):
        total += float(_precision(ranking, hits, block)[ranking.positive[block]].sum())
    return total / int(hits[-1])


def _precision(ranking: Ranking, hits: np.ndarray, block: slice) -> np.ndarray:
    """Precision when everything down to some places (with their ties) is called positive."""
    after = ranking.last[block] + 1
    precision: np.ndarray = hits[after] / after.astype(float)
    return precision
