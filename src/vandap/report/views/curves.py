"""ROC and precision-recall curves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vandap.core.evaluation import Curve
from vandap.report import format as written
from vandap.report.charts.records import Line, LineChart
from vandap.report.material import Material, floats
from vandap.report.view import View

_MOST = 6


@dataclass(frozen=True)
class Curves:
    """The charts, and how many classes they leave out."""

    part: str
    charts: tuple[LineChart, ...]
    left_out: int


class CurvesView(View):
    """The section of the ROC and precision-recall curves."""

    slug = "curves"
    title = "Ranking: ROC and precision-recall"
    order = 50
    figures = ("roc", "pr")

    def build(self, material: Material) -> Curves | None:
        """Return the curves of the classes that are hardest to rank; None without probabilities."""
        evaluation = material.evaluation
        if evaluation is None:
            return None
        roc = _hardest([curve for curve in evaluation.curves if curve.name.startswith("roc/")])
        pr = _hardest([curve for curve in evaluation.curves if curve.name.startswith("pr/")])
        charts = [
            _chart(kept, title, description, diagonal)
            for kept, title, description, diagonal in (
                (
                    roc,
                    "ROC",
                    "True positives against false positives over all thresholds; the diagonal is chance.",
                    True,
                ),
                (pr, "Precision-recall", "Precision against recall over all thresholds.", False),
            )
            if kept
        ]
        count = max(sum(curve.name.startswith(kind) for curve in evaluation.curves) for kind in ("roc/", "pr/"))
        return Curves(evaluation.part, tuple(charts), max(0, count - _MOST)) if charts else None


def _hardest(curves: list[Curve]) -> list[Curve]:
    def area(curve: Curve) -> float:
        return curve.area.value if curve.area and math.isfinite(curve.area.value) else math.inf

    return sorted((curve for curve in curves if len(curve.x)), key=area)[:_MOST]


def _chart(curves: list[Curve], title: str, description: str, diagonal: bool) -> LineChart:
    lines = tuple(Line(_name(curve), floats(curve.x), floats(curve.y)) for curve in curves)
    return LineChart(
        title=title,
        description=description,
        x_label=curves[0].x_label,
        y_label=curves[0].y_label,
        lines=lines,
        unit_square=True,
        diagonal=diagonal,
    )


def _name(curve: Curve) -> str:
    label = curve.name.split("/", 1)[-1]
    return f"{label} · area {written.measured(curve.area)}" if curve.area else label
