"""The share of examples whose most probable class is right."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.intervals import Interval, Units, wilson
from vandap.evaluate.metrics._confusion import ConfusionMetric, Influence, Tally, ratio


class Accuracy(ConfusionMetric):
    """Share of right labels. Misleading where one class dominates: a constant guess then scores high."""

    slug = "accuracy"
    title = "Accuracy"

    def of(self, tally: Tally) -> float:
        """Return the share of hits."""
        return float(tally.hits.sum() / tally.total)

    def parts(self, tally: Tally) -> Influence:
        """Return hit minus accuracy."""
        nothing = np.zeros(len(tally.true))
        return Influence(nothing + 1.0, nothing - self.of(tally), nothing)

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return Wilson's interval; with groups the default, whose error is that between groups.

        The classes' counts are fixed, so accuracy scatters less than a proportion of as many independent trials; the
        trials that would scatter as much take the place of the count (Korn and Graubard 1998), from recalls that are
        drawn towards one half by one hit and one miss each.
        """
        if units.codes is not None:
            return super().interval(target, prediction, value, units)
        tally = Tally.of(target, prediction)
        sizes = tally.true
        recall = ratio(tally.hits + 1.0, sizes + 2.0)
        share = float(sizes @ recall / sizes.sum())
        inside = float(sizes @ (recall * (1.0 - recall)) / sizes.sum())
        trials = sizes.sum() * share * (1.0 - share) / inside
        return Interval(*wilson(value * trials, trials), "wilson")
