"""Values that no model can learn from: not a number, infinite, or missing."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.program import Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.network import Graph
from vandap.diagnose.reading import count, listed, names, number, share
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import SHOWN


class NonFiniteData(Rule):
    """The inputs or the targets hold values that are not finite, or many that are missing.

    ## What it finds
    Infinite values in any input, NaN in arrays and images, both in what a watched model or its loss received, and more
    missing targets than can be overlooked: issues. Where a layer or a loss of the user's own reads the values, they may
    be marks that it knows: a tip.
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
    explains = SHOWN
    nonfinite = Threshold(0.0, "UMLAUT and SageMaker Debugger: any value that is not finite")
    missing = Threshold(0.05, "deepchecks, Percent Of Nulls: more than 5 %")
    target = Threshold(0.05, "deepchecks, Percent Of Nulls: more than 5 %, here of the targets")

    def check(
        self,
        nonfinite_share: Series | None = None,
        missing_share: Series | None = None,
        target_missing: Series | None = None,
        split_sizes: Series | None = None,
        input_statistics: Series | None = None,
        label_statistics: Series | None = None,
        program: Program | None = None,
    ) -> Outcome:
        """Look for non-finite inputs first, then for missing targets, then for missing inputs."""
        if nonfinite_share is None:
            return self._watched(input_statistics, label_statistics, program)
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

    def _watched(self, inputs: Series | None, targets: Series | None, program: Program | None) -> Outcome:
        """Judge what a watched model and its loss received."""
        bad = {**_nonfinite(inputs, "the input"), **_nonfinite(targets, "the targets of")}
        if inputs is None and targets is None:
            return CannotTell("No example was observed.")
        if not bad:
            return Clear("Every input and target that was observed is finite.")
        known = _may_be_marks(program, any(name.startswith("the targets") for name in bad))
        shown = listed([f"{value:.0f} in {name}" for name, value in bad.items()])
        return self.found(
            f"Values that are infinite or not a number: {shown}; more than {self.nonfinite.value:g} is too much.",
            {"values": sum(bad.values())},
            severity=Severity.TIP if known else Severity.ISSUE,
            confidence=0.5 if known else 1.0,
            where=Where("data"),
        )

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


def _nonfinite(series: Series | None, what: str) -> dict[str, float]:
    if series is None or series.values.ndim != 2:
        return {}
    found = {f"{what} {name}": count(series, name, "nonfinite") for name in names(series, 0)}
    return {name: value for name, value in found.items() if value > 0}


def _may_be_marks(program: Program | None, in_targets: bool) -> bool:
    """Whether code of the user's own reads the values first, and may know what NaN stands for."""
    if program is None:
        return False
    if in_targets:
        return program.custom_train_step or any(not loss.module.startswith("keras") for loss in program.compile.losses)
    graph = Graph(program)
    return any(layer.is_custom or graph.is_open(layer) for layer in graph.first)


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
