"""The mean precision of the classes that occur in the target."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from vandap.evaluate.intervals import MINIMUM_ROWS, Interval, Units, logit_interval
from vandap.evaluate.metrics._confusion import (
    ConfusionMetric,
    Influence,
    Tally,
    precision_influence,
    precisions,
    present,
    ratio,
)

PSEUDO_CALLS = 0.25
"""Chosen on the populations of `bench/coverage`, where 0 covered too little and 1 too much: see its table."""


class MacroPrecision(ConfusionMetric):
    """Mean precision; a class that is never predicted counts 0."""

    slug = "macro_precision"
    title = "Macro precision"
    rows_per_class = MINIMUM_ROWS

    def of(self, tally: Tally) -> float:
        """Return the mean precision."""
        return float(precisions(tally) @ present(tally))

    def parts(self, tally: Tally) -> Influence:
        """Return the influence of an example."""
        return precision_influence(tally, present(tally))

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the interval on the logit scale; none where a class is predicted too seldom to show its errors.

        Without groups, the variance is that of precisions with `PSEUDO_CALLS` hits and as many errors more, where that
        is larger: a rare class that is always called rightly by chance would seem to have no error.
        """
        tally = Tally.of(target, prediction)
        weight, called = present(tally), tally.called
        if called[weight > 0].min() < MINIMUM_ROWS:
            return Interval(math.nan, math.nan, f"no interval: a class is predicted fewer than {MINIMUM_ROWS} times")
        width = units.spread(self.influence(target, prediction))
        if units.codes is None:
            precision = precisions(tally)
            smooth = (tally.hits + PSEUDO_CALLS) / (called + 2.0 * PSEUDO_CALLS)
            unseen = ratio(np.maximum(smooth * (1.0 - smooth) - precision * (1.0 - precision), 0.0), called)
            width = replace(width, error=math.sqrt(width.error**2 + float(weight**2 @ unseen)))
        return logit_interval(value, width, units)
