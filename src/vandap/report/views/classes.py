"""Each class against the rest: precision, recall and F1 with their intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vandap.core.estimate import Estimate
from vandap.core.evaluation import ClassReport
from vandap.report import format as written
from vandap.report.charts.records import Span
from vandap.report.material import Material
from vandap.report.view import View


@dataclass(frozen=True)
class Row:
    """One class; each measure as (value, interval)."""

    name: str
    support: str
    bar: Span
    f1: tuple[str, str]
    precision: tuple[str, str]
    recall: tuple[str, str]


@dataclass(frozen=True)
class Classes:
    """All classes, the weakest first."""

    part: str
    rows: tuple[Row, ...]


class ClassesView(View):
    """The section of the classes."""

    slug = "classes"
    title = "Class by class"
    order = 45

    def build(self, material: Material) -> Classes | None:
        """Return the measures of each class; None for regression."""
        evaluation = material.evaluation
        if evaluation is None or not evaluation.classes:
            return None
        weakest_first = sorted(evaluation.classes, key=lambda report: _or_zero(report.f1.value))
        return Classes(evaluation.part, tuple(_row(report) for report in weakest_first))


def _row(report: ClassReport) -> Row:
    f1 = report.f1
    return Row(
        name=report.name,
        support=written.count(report.support),
        bar=Span(f"F1 of {report.name}: {written.measured(f1)}", f1.value, f1.low, f1.high, (0.0, 1.0)),
        f1=_pair(f1),
        precision=_pair(report.precision),
        recall=_pair(report.recall),
    )


def _pair(estimate: Estimate) -> tuple[str, str]:
    return written.point(estimate), written.interval(estimate)


def _or_zero(value: float) -> float:
    return value if math.isfinite(value) else 0.0
