"""The ladder: every model that was tried, with its score, its interval and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from vandap.core.evaluation import Rung
from vandap.report import format as written
from vandap.report import metric as metrics
from vandap.report.charts.records import Span
from vandap.report.charts.scale import extent, linear
from vandap.report.material import Material, floats
from vandap.report.view import View


@dataclass(frozen=True)
class Row:
    """One model."""

    title: str
    note: str
    strong: bool
    bar: Span
    score: str
    interval: str
    fit: str
    predict: str
    parameters: str
    rows: str
    settings: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Skipped:
    """One model without a score."""

    title: str
    status: str
    reason: str


@dataclass(frozen=True)
class Compared:
    """One paired comparison, as text."""

    pair: str
    difference: str
    margin: str
    decision: str
    part: str


@dataclass(frozen=True)
class LadderRecord:
    """All models, best first.

    Args:
        metric: Title of the headline metric.
        direction: Whether higher or lower is better.
        part: The part of the data behind the scores.
        rows: Models with a score.
        skipped: Models without one.
        comparisons: Paired comparisons.
        recommended: Title of the recommended model.
    """

    metric: str
    direction: str
    part: str
    rows: tuple[Row, ...]
    skipped: tuple[Skipped, ...]
    comparisons: tuple[Compared, ...]
    recommended: str


class LadderView(View):
    """The section of the models compared."""

    slug = "ladder"
    title = "Models compared"
    order = 20

    def build(self, material: Material) -> LadderRecord | None:
        """Return the rungs; None before any was fitted."""
        ladder = material.ladder
        if ladder is None or not ladder.rungs:
            return None
        scored = [rung for rung in ladder.rungs if rung.score is not None and rung.status == "done"]
        slug = scored[0].score.name if scored and scored[0].score else ""
        sign = -1.0 if metrics.higher_is_better(slug) else 1.0
        scored.sort(key=lambda rung: (sign * rung.score.value if rung.score else 0.0, rung.slug != ladder.recommended))
        axis = _axis(scored)
        return LadderRecord(
            metric=metrics.title(slug) if slug else "",
            direction=metrics.direction(slug),
            part=material.validation.part if material.validation else "validation",
            rows=tuple(_row(rung, axis, rung.slug == ladder.recommended) for rung in scored),
            skipped=tuple(
                Skipped(written.sentence(rung.title), rung.status, rung.reason)
                for rung in ladder.rungs
                if rung not in scored
            ),
            comparisons=_comparisons(material),
            recommended=material.title(ladder.recommended),
        )


def _axis(rungs: list[Rung]) -> tuple[float, float]:
    numbers = [value for rung in rungs if rung.score for value in (rung.score.value, rung.score.low, rung.score.high)]
    low, high = extent(floats(numbers))
    scale = linear(min(0.0, low), max(0.0, high), 0, 1)
    return scale.low, scale.high


def _row(rung: Rung, axis: tuple[float, float], strong: bool) -> Row:
    assert rung.score is not None
    score = rung.score
    return Row(
        title=written.sentence(rung.title),
        note=rung.reason,
        strong=strong,
        bar=Span(f"{rung.title}: {written.measured(score)}", score.value, score.low, score.high, axis, strong),
        score=written.point(score),
        interval=written.interval(score),
        fit=written.seconds(rung.fit_seconds),
        predict=written.number(rung.predict_ms, 2),
        parameters=written.count(rung.parameters),
        rows=written.count(rung.rows) if rung.rows else written.ABSENT,
        settings=tuple((written.words(name), written.value(value)) for name, value in rung.hyper_parameters.items()),
    )


def _comparisons(material: Material) -> tuple[Compared, ...]:
    assert material.ladder is not None
    part = material.validation.part if material.validation else "validation"
    pairs = [(found, "test") for found in material.tested] + [(found, part) for found in material.ladder.comparisons]
    return tuple(
        Compared(
            pair=f"{material.title(found.a)} against {material.title(found.b)}",
            difference=written.difference(found.difference, found.low, found.high),
            margin=written.number(found.margin),
            decision=found.decision.value,
            part=where,
        )
        for found, where in pairs
    )
