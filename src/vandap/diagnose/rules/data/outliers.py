"""Single values far outside of all others."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.signals import Series
from vandap.diagnose.observed import inputs
from vandap.diagnose.reading import listed, names, number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule

_FACTS = ("minimum", "maximum", "mean", "deviation")


class Outliers(Rule):
    """A few input values lie so far from the others that they rule the scale.

    ## What it finds
    Columns (or whole inputs) whose smallest or largest value is many deviations from the mean, or so far that this one
    value makes most of the deviation. A tip: heavy tails are often real, and only a look at the rows tells a slip of
    the decimal point from a rich customer. Columns of flags and small counts are left alone.

    ## Why it matters
    Such a value moves the mean and the deviation that inputs are scaled with, and its gradient outweighs the rest of
    its batch.

    ## What to do
    Look at the rows. Repair or drop what is wrong; clip, take the logarithm or use a robust scaler for what is real.

    ## References
    - Aggarwal, Outlier Analysis (2017)
    - cleanlab, Datalab issue type "outlier"
    """

    code = "A17"
    severity = Severity.TIP
    remedies = ("inspect-rows", "clip-or-log-transform")
    deviations = Threshold(50, "no normal value ever is so far out, and of heavy-tailed ones few")
    alone = Threshold(0.9, "share of the largest possible distance, the root of the examples: one value, and no other")
    counts = Threshold(20, "columns that start at zero and go no further hold flags or counts")

    def check(self, feature_statistics: Series | None = None, input_statistics: Series | None = None) -> Outcome:
        """Compare the extremes with mean and deviation."""
        limit = self._limit(input_statistics)
        for series in (feature_statistics, input_statistics):
            distances = self._distances(series)
            if series is None or not distances.size:
                continue
            far = np.flatnonzero(distances > limit)
            if not far.size:
                return Clear(
                    f"No value is more than {distances.max():.3g} deviations from its mean (threshold {limit:.3g})."
                )
            order = far[np.argsort(-distances[far])]
            labels = names(series, 0)
            shown = listed([f"{labels[place]} ({distances[place]:.0f} deviations)" for place in order])
            return self.found(
                f"Values far from all others: {shown}; threshold {limit:.3g}.",
                {"columns": far.size, "largest": float(distances[order[0]])},
                confidence=0.5,
                where=Where("data"),
            )
        return CannotTell("The range of the inputs was not observed.")

    def _limit(self, input_statistics: Series | None) -> float:
        """Deviations that count as far: fewer where few examples make larger distances impossible."""
        rows = inputs(input_statistics)
        examples = max((number(input_statistics, name, "examples") for name in rows), default=math.nan)
        possible = math.sqrt(examples - 1) if examples > self.deviations.value else math.inf
        return min(self.deviations.value, self.alone.value * possible)

    def _distances(self, series: Series | None) -> np.ndarray:
        """Distance of the farther extreme from the mean, in deviations, for each row; empty where nothing is known."""
        if series is None or series.values.ndim != 2 or not set(_FACTS) <= set(names(series, 1)):
            return np.zeros(0)
        labels = names(series, 1)
        low, high, mean, deviation = (series.values[:, labels.index(fact)] for fact in _FACTS)
        small = (low == 0) & (high <= self.counts.value)
        distances = np.where((deviation > 0) & ~small, np.maximum(high - mean, mean - low) / deviation, 0.0)
        return distances if np.isfinite(distances).all() else np.zeros(0)
