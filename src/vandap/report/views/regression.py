"""Predicted numbers against true ones, and the errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vandap.core.task import Task
from vandap.report import format as written
from vandap.report.charts.records import Histogram, Mark, Scatter
from vandap.report.material import Material, floats
from vandap.report.view import View

_POINTS = 1500
_BINS = 30


@dataclass(frozen=True)
class Regression:
    """The errors of a regression.

    Args:
        part: The part of the data.
        against_range: The typical error against the target's range, as a sentence; empty when unknown.
        charts: Predicted against true, residual against predicted, histogram of residuals.
        shown: How many of how many points are drawn, as text; empty when all are.
    """

    part: str
    against_range: str
    charts: tuple[Scatter | Histogram, ...]
    shown: str


class RegressionView(View):
    """The section of the residuals."""

    slug = "regression"
    title = "Predicted against true"
    order = 65
    figures = ("residuals",)

    def build(self, material: Material) -> Regression | None:
        """Return the residuals; None for classification, or when no predictions were stored."""
        evaluation = material.evaluation
        if evaluation is None or evaluation.task is not Task.REGRESSION:
            return None
        stored = material.predictions(evaluation.learner, evaluation.part)
        if stored is None or not len(stored["target"]):
            return None
        true, predicted = floats(stored["target"]), floats(stored["prediction"])
        # every k-th point of the shuffled parts is a fair sample, and the same one each time
        keep = np.unique(np.linspace(0, len(true) - 1, min(_POINTS, len(true))).astype(int))
        return Regression(
            part=evaluation.part,
            against_range=_against_range(material),
            charts=_charts(true, predicted, keep),
            shown=""
            if len(keep) == len(true)
            else f"{written.count(len(keep))} of {written.count(len(true))} points are drawn.",
        )


def _charts(true: np.ndarray, predicted: np.ndarray, keep: np.ndarray) -> tuple[Scatter | Histogram, ...]:
    residual = predicted - true
    finite = residual[np.isfinite(residual)]
    counts, edges = np.histogram(finite, bins=_BINS)
    return (
        Scatter(
            "Predicted against true",
            "A perfect model lies on the diagonal.",
            "true",
            "predicted",
            true[keep],
            predicted[keep],
            diagonal=True,
        ),
        Scatter(
            "Error against prediction",
            "Errors should scatter evenly around zero.",
            "predicted",
            "predicted − true",
            predicted[keep],
            residual[keep],
            zero=True,
        ),
        Histogram(
            "Errors",
            "How the errors are distributed.",
            "predicted − true",
            "examples",
            edges,
            counts.astype(float),
            (Mark(0.0, "0"),),
        ),
    )


def _against_range(material: Material) -> str:
    evaluation, target = material.evaluation, material.data.get("target") or {}
    error = evaluation.metrics.get("mae") if evaluation else None
    low, high = target.get("min"), target.get("max")
    if error is None or low is None or high is None or not high > low:
        return ""
    return (
        f"The typical error (MAE) is {written.measured(error)}, {written.share(error.value / (high - low))} of the "
        f"target's range from {written.number(low)} to {written.number(high)}."
    )
