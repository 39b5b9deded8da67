"""Single values far outside of all others."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.signals import Series
from vandap.diagnose.reading import listed, names
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule


class Outliers(Rule):
    """A few input values lie so far from the others that they rule the scale.

    ## What it finds
    Columns (or whole inputs) whose smallest or largest value is many deviations from the mean. A tip: heavy tails are
    often real, and only a look at the rows tells a slip of the decimal point from a rich customer. Columns of zeros and
    ones are left alone.

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
    deviations = Threshold(50, "one value of 2,500 must be wrong to be so far out by itself; a normal one never is")

    def check(self, feature_statistics: Series | None = None, input_statistics: Series | None = None) -> Outcome:
        """Compare the extremes with mean and deviation."""
        for series in (feature_statistics, input_statistics):
            distances = _distances(series)
            if series is None or not distances.size:
                continue
            far = np.flatnonzero(distances > self.deviations.value)
            if not far.size:
                return Clear(
                    f"No value is more than {np.nanmax(distances):.3g} deviations from its mean "
                    f"(threshold {self.deviations.value:g})."
                )
            order = far[np.argsort(-distances[far])]
            labels = names(series, 0)
            shown = listed([f"{labels[place]} ({distances[place]:.0f} deviations)" for place in order])
            return self.found(
                f"Values far from all others: {shown}; threshold {self.deviations.value:g}.",
                {"columns": far.size, "largest": float(distances[order[0]])},
                confidence=0.5,
                where=Where("data"),
            )
        return CannotTell("The range of the inputs was not observed.")


def _distances(series: Series | None) -> np.ndarray:
    """Distance of the farther extreme from the mean, in deviations, for each row; empty where nothing is known."""
    if series is None or series.values.ndim != 2:
        return np.zeros(0)
    labels = names(series, 1)
    if not {"minimum", "maximum", "mean", "deviation"} <= set(labels):
        return np.zeros(0)
    facts = ("minimum", "maximum", "mean", "deviation")
    low, high, mean, deviation = (series.values[:, labels.index(fact)] for fact in facts)
    flags = (low == 0) & (high == 1)
    distances = np.where((deviation > 0) & ~flags, np.maximum(high - mean, mean - low) / deviation, 0.0)
    return distances if np.isfinite(distances).all() else np.zeros(0)
