"""Inputs that hardly differ, or whose columns differ in scale by orders of magnitude."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Threshold, Where
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm, gain, helpful
from vandap.diagnose.intake import Scale, scales, unscaled
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import listed, names
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN


class ConstantOrMixedScaleFeatures(Rule):
    """The inputs are all but constant, or some columns drown in others.

    ## What it finds
    Inputs that are the same for every example; inputs so small (scaled twice, say) or of such mixed scales that the
    network learns clearly better when they are standardised, which the decisive test tries. A few constant columns
    (the corners of images) do no harm and are only named.

    ## Why it matters
    Pixels divided by 255 twice are below 0.004: what the network sees of them is next to nothing beside its biases. A
    column a thousand times smaller than the others has a thousand times smaller a gradient.

    ## What to do
    Scale once. Standardise each column on the training rows.

    ## References
    - TheDeepChecker: Ben Braiek and Khomh (2022), over-repeated scaling, coefficient of variation
    - deepchecks, check "Is Single Value"
    """

    code = "A3"
    remedies = ("scale-once", "standardise-inputs", "drop-column")
    explains = SHOWN
    smallest = Threshold(0.05, "root mean square; standardised inputs have 1, images in [0, 1] about 0.5")
    largest = Threshold(3, "root mean square above which the whole input is unscaled: another rule's")
    ratio = Threshold(1000, "deviation of one column over that of another: three orders of magnitude")
    better = Threshold(0.05, "share of what there is to learn that standardising must add on held-out examples")

    def check(
        self,
        program: Program,
        input_statistics: Series,
        feature_statistics: Series | None = None,
        progress: Progress | None = None,
        test_standardised_input: Series | None = None,
    ) -> Outcome:
        """Look for inputs without any difference, then for small and mixed scales."""
        known = scales(input_statistics)
        if not known:
            return CannotTell("The scale of the inputs was not observed.")
        name, scale = min(known.items(), key=lambda item: item[1].deviation)
        if all(item.deviation == 0 for item in known.values()):
            says = f"Every number of the input {name} is {scale.mean:.4g}: the examples do not differ."
            return self.found(says, {"deviation": 0.0}, confidence=0.97, where=Where("data"))
        takers = unscaled(program, input_statistics)
        known = {name: item for name, item in known.items() if name in takers}
        spread = _spread(feature_statistics, known)
        says = self._suspicion(known, spread) if known else ""
        if says:
            return self._by_test(says, scale, spread, progress, test_standardised_input)
        return Clear(f"The columns vary, on scales that a network can read{_constant(feature_statistics)}.")

    def _suspicion(self, known: dict[str, Scale], spread: np.ndarray) -> str:
        name = min(known, key=lambda item: known[item].deviation)
        size = max(item.size for item in known.values())
        if size < self.smallest.value:
            return f"The input {name} has a root mean square of {size:.2g} (threshold {self.smallest.value:g})"
        ratio = float(spread.max() / spread.min()) if spread.size > 1 else math.nan
        if size <= self.largest.value and ratio > self.ratio.value:
            return f"One column varies {ratio:.2g} times as much as another (threshold {self.ratio.value:g})"
        return ""

    def _by_test(
        self, says: str, scale: Scale, spread: np.ndarray, progress: Progress | None, test: Series | None
    ) -> Outcome:
        evidence = {"deviation": scale.deviation, "smallest_column": float(spread.min()) if spread.size else math.nan}
        if progress is None or not arm(test, "standardised").is_known:
            return Suspected(
                self.found(f"{says}.", evidence, confidence=0.4, where=Where("data")), ("standardised_input",)
            )
        real, winner = arm(test, "real"), helpful(test, "standardised", progress, self.better.value)
        if winner is None:
            return Clear(f"{says}, but standardising does not help (held-out loss {real.held_out:.3g} as it is).")
        return self.found(
            f"{says}. Standardised, the same network reaches a held-out loss of {winner.held_out:.3g} in as many steps "
            f"instead of {real.held_out:.3g}.",
            {**evidence, "gain": gain(progress, real, winner)},
            confidence=0.9,
            where=Where("data"),
        )


def _constant(features: Series | None) -> str:
    """Columns with one value only, which do a network no harm (the corners of images)."""
    deviations = _column(features, "deviation")
    constant = np.flatnonzero(deviations == 0)
    if features is None or not constant.size:
        return ""
    labels = names(features, 0)
    return f"; with one value only: {listed([labels[place] for place in constant])} ({constant.size})"


def _column(features: Series | None, statistic: str) -> np.ndarray:
    if features is None or features.values.ndim != 2 or statistic not in names(features, 1):
        return np.zeros(0)
    return np.asarray(features.values[:, names(features, 1).index(statistic)], dtype=np.float64)


def _spread(features: Series | None, known: dict[str, Scale]) -> np.ndarray:
    """Deviations of these inputs' columns that vary; columns of zeros and ones keep their scale by right."""
    deviations = _column(features, "deviation")
    low, high = _column(features, "minimum"), _column(features, "maximum")
    if features is None or not deviations.size:
        return deviations
    labels = names(features, 0)
    own = np.array([label.rpartition("/")[0] in known or "/" not in label for label in labels], dtype=bool)
    flags = (low == 0) & (high == 1)
    return deviations[np.isfinite(deviations) & (deviations > 0) & ~flags & own]
