"""Whether probabilities mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vandap.report import format as written
from vandap.report.charts.records import Histogram, Line, LineChart
from vandap.report.material import Material, floats
from vandap.report.view import View


@dataclass(frozen=True)
class Calibration:
    """The reliability diagram.

    Args:
        part: The part of the data.
        chart: Observed share against predicted probability.
        counts: How many predictions stand behind each point, or None.
        ece: The expected calibration error, as text.
        usual: What a calibrated model of this size stays below 95 % of the time, as text; empty when unknown.
        verdict: What that means.
    """

    part: str
    chart: LineChart
    counts: Histogram | None
    ece: str
    usual: str
    verdict: str


class CalibrationView(View):
    """The section of the calibration."""

    slug = "calibration"
    title = "Do its probabilities hold"
    order = 55
    figures = ("reliability",)

    def build(self, material: Material) -> Calibration | None:
        """Return the reliability diagram; None when it was not measured."""
        evaluation = material.evaluation
        curve = (
            next((curve for curve in evaluation.curves if curve.name == "reliability"), None) if evaluation else None
        )
        if evaluation is None or curve is None or not len(curve.x):
            return None
        x, y, weight = floats(curve.x), floats(curve.y), floats(curve.weight)
        low, high = _intervals(y, weight) if len(weight) == len(x) else (np.zeros(0), np.zeros(0))
        ece, null = evaluation.metrics.get("ece"), _null(material)
        return Calibration(
            part=evaluation.part,
            chart=LineChart(
                title="Reliability",
                description="Observed share against predicted probability, 95 % intervals; on the diagonal they agree.",
                x_label=curve.x_label,
                y_label=curve.y_label,
                lines=(Line("", x, y, low, high, dots=True),),
                unit_square=True,
                diagonal=True,
            ),
            counts=_counts(x, weight, curve.x_label),
            ece=written.measured(ece),
            usual=written.number(null, 2) if np.isfinite(null) else "",
            verdict=_verdict(ece.value if ece else float("nan"), null),
        )


def _null(material: Material) -> float:
    """Return what a calibrated model would stay below, on the very predictions that the diagram shows."""
    evaluation = material.evaluation
    stored = material.predictions(evaluation.learner, evaluation.part) if evaluation else None
    if stored is None:
        return float("nan")
    seed = material.recipe.seed if material.recipe else 0
    from vandap.evaluate.calibration import calibration_signal

    facts = calibration_signal(stored["target"], stored["prediction"], seed, stored.get("groups"))
    return facts.at(fact="null95")


def _intervals(share: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from vandap.evaluate.intervals import wilson

    ends = [wilson(part * number, number) for part, number in zip(share.tolist(), count.tolist(), strict=False)]
    return floats([low for low, _ in ends]), floats([high for _, high in ends])


def _counts(x: np.ndarray, weight: np.ndarray, label: str) -> Histogram | None:
    if len(weight) != len(x) or not weight.sum():
        return None
    edges = np.linspace(0, 1, 11)
    counts, _ = np.histogram(x, bins=edges, weights=weight)
    return Histogram(
        title="Predictions behind each probability",
        description="How many predictions fall into each tenth of the probability.",
        x_label=label,
        y_label="predictions",
        edges=edges,
        counts=counts,
    )


def _verdict(ece: float, null: float) -> str:
    if not np.isfinite([ece, null]).all():
        return ""
    if ece <= null:
        return "No miscalibration shows at this number of examples."
    return "Its probabilities are off by more than chance explains."
