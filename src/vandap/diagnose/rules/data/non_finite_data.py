"""Values that no model can learn from: not a number, infinite, or missing."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.reading import count, listed, names, number, share
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule


class NonFiniteData(Rule):
    """The inputs or the targets hold values that are not finite, or many that are missing.

    ## What it finds
    Infinite values in any input, NaN in arrays and images, and more missing targets than can be overlooked: issues.
    Columns of a table with more than a few percent of missing values: a tip, because vandap imputes them and tells the
    model which values it imputed.

    ## Why it matters
    One NaN in a batch turns the loss, then every weight into NaN. An infinite value ruins the mean and the deviation
    that the inputs are scaled with. Rows without a target are lost; if they are not lost at random, the rest is a
    biased sample.

    ## What to do
    Locate the rows and columns below and find out where the values come from (a division by zero, a broken export, a
    sensor that was off). Repair the source; else impute, or drop the column. Keep an indicator that a value was
    missing.

    ## References
    - UMLAUT: Schoop et al., UMLAUT: Debugging Deep Learning Programs using Program Structure and Model Behavior (2021)
    - Amazon SageMaker Debugger, rule TensorNaN and built-in data checks
    - deepchecks, check "Percent Of Nulls"
    """

    code = "A1"
    status = "stable"
    remedies = ("repair-source-values", "impute-with-indicator", "drop-column")
    explains = ("non-finite-training", "diverging-loss", "underfitting")
    nonfinite = Threshold(0.0, "UMLAUT and SageMaker Debugger: any value that is not finite")
    missing = Threshold(0.05, "deepchecks, Percent Of Nulls: more than 5 %")
    target = Threshold(0.05, "deepchecks, Percent Of Nulls: more than 5 %, here of the targets")

    def check(
        self,
        nonfinite_share: Series,
        missing_share: Series | None = None,
        target_missing: Series | None = None,
        split_sizes: Series | None = None,
    ) -> Outcome:
        """Look for non-finite inputs first, then for missing targets, then for missing inputs."""
        bad = _above(nonfinite_share, self.nonfinite.value)
        lost = count(target_missing)
        lost_share = share(lost, lost + _rows(split_sizes))
        if bad:
            return self.found(
                f"Training values that are infinite or not a number: {_phrase(bad)}; "
                f"more than {self.nonfinite.value:.0%} is too much.",
                {"columns": len(bad), "largest_share": max(bad.values())},
                confidence=1.0,
            )
        if lost > 0:
            severe = lost_share > self.target.value
            return self.found(
                f"Rows without a target, which were left out: {lost:.0f} "
                f"({lost_share:.1%}, threshold {self.target.value:.0%}).",
                {"rows": lost, "share": lost_share},
                severity=Severity.ISSUE if severe else Severity.TIP,
                confidence=0.9 if severe else 0.6,
            )
        return self._missing_inputs(missing_share)

    def _missing_inputs(self, missing_share: Series | None) -> Outcome:
        if missing_share is not None and (empty := _above(missing_share, self.missing.value)):
            return self.found(
                f"Missing training values: {_phrase(empty)} (threshold {self.missing.value:.0%} of a column). "
                "They are imputed and marked as imputed.",
                {"columns": len(empty), "largest_share": max(empty.values())},
                severity=Severity.TIP,
                confidence=0.6,
            )
        if missing_share is not None and not np.isfinite(missing_share.values).all():
            return CannotTell("The shares of missing values were not measured.")
        return Clear(f"Every input is finite, and no column misses more than {self.missing.value:.0%} of its values.")

    def fault(self, recipe: Recipe) -> Recipe:
        """Put infinite values into a twentieth of the inputs."""
        return transformed(recipe, "inject-nonfinite", share=0.05)


def _rows(split_sizes: Series | None) -> float:
    sizes = [number(split_sizes, part) for part in ("train", "validation", "test")]
    return float(np.nansum(sizes))


def _above(series: Series, limit: float) -> dict[str, float]:
    """Columns above the limit, worst first."""
    values = np.asarray(series.values, dtype=np.float64).ravel()
    columns = names(series, 0) if series.values.ndim == 1 else ("the inputs",) * values.size
    worst = np.argsort(-np.nan_to_num(values, nan=-1.0), kind="stable")
    return {columns[place]: float(values[place]) for place in worst if values[place] > limit}


def _phrase(shares: dict[str, float]) -> str:
    return listed([f"{name} ({value:.2%})" for name, value in shares.items()])
