"""Where to put the threshold, and what precision becomes when positives are rarer than in the data."""

from __future__ import annotations

from dataclasses import dataclass

from vandap.report import format as written
from vandap.report.charts.records import Line, LineChart, Mark
from vandap.report.material import Material, floats
from vandap.report.view import View

_PREVALENCE = "precision_at_prevalence/"
_LEAST = "least_" + _PREVALENCE
_NAMES = {
    "threshold": "Chosen threshold",
    "cost_false_positive": "Cost of a false positive",
    "cost_false_negative": "Cost of a false negative",
    "cost": "Cost per example at this threshold",
    "cost_at_half": "Cost per example at threshold 0.5",
}


@dataclass(frozen=True)
class Operating:
    """The operating point of a binary model.

    Args:
        part: The part of the data.
        positive: Name of the positive class.
        rows: (name, number) pairs.
        prevalences: (share of positives, precision, the least that as many negatives allow) triples.
        chart: Cost over the threshold, or None.
    """

    part: str
    positive: str
    rows: tuple[tuple[str, str], ...]
    prevalences: tuple[tuple[str, str, str], ...]
    chart: LineChart | None


class OperatingView(View):
    """The section of the operating point."""

    slug = "operating"
    title = "Where to put the threshold"
    order = 60

    def build(self, material: Material) -> Operating | None:
        """Return the operating point; None unless the task is binary."""
        evaluation = material.evaluation
        if evaluation is None or not evaluation.operating_point:
            return None
        facts = evaluation.operating_point
        rare = sorted(
            (key[len(_PREVALENCE) :] for key in facts if key.startswith(_PREVALENCE)), key=float, reverse=True
        )
        others = [key for key in facts if not key.startswith((_PREVALENCE, _LEAST))]
        classes = material.data.get("classes") or [report.name for report in evaluation.classes]
        return Operating(
            part=evaluation.part,
            positive=str(classes[1]) if len(classes) > 1 else "",
            rows=tuple(
                (_NAMES.get(key, written.sentence(written.words(key))), written.number(facts[key])) for key in others
            ),
            prevalences=tuple(
                (_one_in(float(key)), written.share(facts[_PREVALENCE + key]), written.share(facts[_LEAST + key]))
                for key in rare
            ),
            chart=self._cost(material),
        )

    def _cost(self, material: Material) -> LineChart | None:
        evaluation = material.evaluation
        curve = next((curve for curve in evaluation.curves if curve.name == "cost"), None) if evaluation else None
        if evaluation is None or curve is None or not len(curve.x):
            return None
        threshold = evaluation.operating_point.get("threshold", float("nan"))
        return LineChart(
            title="Cost over the threshold",
            description="Mean cost per example for every threshold; the mark is the chosen one.",
            x_label=curve.x_label,
            y_label=curve.y_label,
            lines=(Line("", floats(curve.x), floats(curve.y)),),
            marks=(Mark(threshold, f"threshold {written.number(threshold, 2)}"),),
        )


def _one_in(prevalence: float) -> str:
    if prevalence >= 0.1:
        return written.share(prevalence)
    return f"1 in {written.count(round(1 / prevalence))}" if prevalence > 0 else written.ABSENT
