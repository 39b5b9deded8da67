"""How long the steps took, and how much of it was waiting for data; memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vandap.report import format as written
from vandap.report.charts.records import LineChart
from vandap.report.evidence import course
from vandap.report.material import Material
from vandap.report.view import View
from vandap.report.watched import fact


@dataclass(frozen=True)
class Steps:
    """The charts, and the numbers to know: (name, text) pairs."""

    facts: tuple[tuple[str, str], ...]
    charts: tuple[LineChart, ...]


class StepsView(View):
    """The section of time and memory."""

    slug = "steps"
    title = "Time and memory"
    order = 87

    def build(self, material: Material) -> Steps | None:
        """Return the course of time and memory; None when no step was timed."""
        charts = tuple(chart for chart in (course.step_times(material), course.memory(material)) if chart is not None)
        facts = tuple((name, text) for name, text in _facts(material) if text not in ("", written.ABSENT))
        return Steps(facts, charts) if charts else None


def _facts(material: Material) -> tuple[tuple[str, str], ...]:
    whole, wait = (fact(material, "step_times", name) for name in ("step", "wait"))
    watch = material.examined.watch if material.examined is not None else {}
    known = whole[np.isfinite(whole)]
    total = float(np.nansum(whole[1:]))
    share = float(np.nansum(wait[1:])) / total if 0 < total < np.inf else np.nan
    return (
        ("Median step", _milliseconds(float(np.median(known))) if known.size else ""),
        ("Waiting for data, after the first step", written.share(share)),
        ("Compilation by the watch", written.seconds(_number(watch.get("compile_seconds")))),
        ("Probes", written.count(_number(watch.get("probes")))),
    )


def _milliseconds(seconds: float) -> str:
    return f"{written.number(1000 * seconds)} ms"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
