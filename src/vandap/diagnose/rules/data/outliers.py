"""Single values far outside of all others."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Finding, Severity, Threshold, Where
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.curves import finite
from vandap.diagnose.decisive import arm, gain, helpful
from vandap.diagnose.observed import REGRESSION, inputs, target
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import listed, names, number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN

_FACTS = ("minimum", "maximum", "mean", "deviation")
_QUARTILES = ("quartile_low", "quartile_high")
_NORMAL_RANGE = 1.349
"""Interquartile range of a normal distribution of deviation 1."""


class Outliers(Rule):
    """A few input values lie so far from the others that they rule the scale.

    ## What it finds
    Columns (or whole inputs) whose smallest or largest value is many deviations from the mean, or so far that this one
    value makes most of the deviation. Heavy tails are often real, and only a look at the rows tells a slip of the
    decimal point from a rich customer: it is a tip, and an issue only where a decisive test shows that the same network
    learns ordinary examples surely and clearly better once such values are cut and the rest is brought to its own
    scale, or where the validation loss is many times that of a constant answer. Targets of which a few make the whole
    training loss to its end are an issue; those that are learnt are none. Columns of flags and small counts are left
    alone.

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
    status = "stable"
    remedies = ("inspect-rows", "clip-or-log-transform")
    explains = SHOWN
    deviations = Threshold(50, "no normal value ever is so far out, and of heavy-tailed ones few")
    robust = Threshold(300, "deviations by the quartiles: a log-normal of sigma 2 reaches 230 in a thousand rows")
    alone = Threshold(0.9, "share of the largest possible distance, the root of the examples: one value, and no other")
    counts = Threshold(20, "columns that start at zero and go no further hold flags or counts")
    few = Threshold(10, "Chebyshev: at most one in a hundred is as many deviations from the mean")
    apart = Threshold(
        10, "times the best constant answer's loss, of targets squared: what such values alone bring about"
    )
    enough = Threshold(0.8, "share of what there is to learn beyond which a test is not worth its time")
    better = Threshold(0.1, "share of what there is to learn that cutting them must add on held-out examples")

    def check(
        self,
        feature_statistics: Series | None = None,
        input_statistics: Series | None = None,
        progress: Progress | None = None,
        loss: Series | None = None,
        val_loss: Series | None = None,
        label_statistics: Series | None = None,
        program: Program | None = None,
        test_clipped_input: Series | None = None,
    ) -> Outcome:
        """Compare the extremes with mean and deviation; where little was learnt, let the test decide."""
        held_out = progress.held_out(val_loss) if progress is not None else np.zeros(0)
        lowest = float(min(held_out, default=math.nan))
        if wrong := self._of_target(program, label_statistics, progress, _last(loss, progress), lowest):
            return wrong
        usual = float(np.median(held_out)) if held_out.size else math.nan
        if robust := self._robust(feature_statistics):
            return self._by_course(*robust, progress, usual, test_clipped_input, is_extreme=True)
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
            says = f"Values far from all others: {shown}; threshold {limit:.3g}."
            facts = {"columns": float(far.size), "largest": float(distances[order[0]])}
            return self._by_course(says, facts, progress, usual, test_clipped_input)
        return CannotTell("The range of the inputs was not observed.")

    def _of_target(
        self, program: Program | None, observed: Series | None, progress: Progress | None, ends: float, lowest: float
    ) -> Finding | None:
        """Targets of which a few make the training loss, so that examples without such ones have a fraction of it."""
        losses = program.compile.losses if program is not None else ()
        if progress is None or len(losses) != 1 or losses[0].kind not in REGRESSION:
            return None
        known = target(observed, losses[0].output)
        distance = max(known.maximum - known.mean, known.mean - known.minimum) / max(known.deviation, 1e-300)
        if not distance > self.few.value or not lowest * self.apart.value**2 < progress.trivial:
            return None
        if not ends > self.apart.value * lowest:
            return None  # such targets are learnt: heavy tails that the training loss does not feel
        return self.found(
            f"A target lies {distance:.0f} deviations from the mean of all (threshold {self.few.value:g}); they run "
            f"from {known.minimum:.4g} to {known.maximum:.4g}. Such targets make the training loss, {ends:.3g} at its "
            f"end: validation comes down to {lowest:.3g} (threshold {self.apart.value:g} times), and the best constant "
            f"answer to the training's has {progress.trivial:.3g} (threshold {self.apart.value**2:g} times).",
            {"largest": distance, "loss": ends, "lowest_validation_loss": lowest, "loss_trivial": progress.trivial},
            confidence=0.85,
            where=Where("data"),
        )

    def _by_course(
        self,
        says: str,
        facts: dict[str, float],
        progress: Progress | None,
        usual: float,
        test: Series | None,
        is_extreme: bool = False,
    ) -> Outcome:
        if progress is not None and usual > self.apart.value * progress.trivial:
            return self.found(
                f"{says} On validation data the loss is {usual:.3g} in the median epoch, and the best constant answer "
                f"has {progress.trivial:.3g} (threshold {self.apart.value:g} times): such values throw the answers far "
                "out.",
                {**facts, "validation_loss": usual, "loss_trivial": progress.trivial},
                confidence=0.85,
                where=Where("data"),
            )
        tip = self.found(says, facts, severity=Severity.TIP, confidence=0.5, where=Where("data"))
        if progress is None or not (progress.is_poor or (is_extreme and progress.learnt < self.enough.value)):
            return tip
        if not arm(test, "clipped").is_known:
            return Suspected(tip, ("clipped_input",))
        real, winner = arm(test, "real"), helpful(test, "clipped", progress, self.better.value)
        if winner is None:
            return tip
        return self.found(
            f"{says} Standardised after they are cut, and not before, the same network reaches on ordinary examples "
            f"{winner.instead_of(real)}.",
            {**facts, "gain": gain(progress, real, winner)},
            confidence=0.9,
            where=Where("data"),
        )

    def _robust(self, features: Series | None) -> tuple[str, dict[str, float]] | None:
        """Columns with a few values that are far by the quartiles' measure, which such values do not move."""
        if features is None or features.values.ndim != 2 or not set(_QUARTILES) <= set(names(features, 1)):
            return None
        labels = names(features, 1)
        minimum, maximum, low, high = (
            features.values[:, labels.index(fact)] for fact in ("minimum", "maximum", *_QUARTILES)
        )
        unit = np.where(high > low, (high - low) / _NORMAL_RANGE, np.inf)
        distances = np.nan_to_num(np.maximum(maximum - high, low - minimum) / unit)
        far = np.flatnonzero(distances > self.robust.value)
        if not far.size:
            return None
        order = far[np.argsort(-distances[far])]
        shown = listed([f"{names(features, 0)[place]} ({distances[place]:.0f} times)" for place in order])
        says = f"Values far from all others, in deviations by the quartiles: {shown}; threshold {self.robust.value:g}."
        return says, {"columns": float(far.size), "largest": float(distances[order[0]])}

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


def _last(loss: Series | None, progress: Progress | None) -> float:
    """The training loss of the last epoch: a median of batches would not show what a few targets add."""
    known = finite(loss)
    return float(known[-1]) - progress.penalty if known.size and progress is not None else math.nan
