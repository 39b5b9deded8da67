"""Every measure of the recommended model, on test and on validation."""

from __future__ import annotations

from dataclasses import dataclass

from vandap.report import format as written
from vandap.report import metric as metrics
from vandap.report.material import Material
from vandap.report.view import View


@dataclass(frozen=True)
class Row:
    """One metric: (value, interval) on each part."""

    title: str
    headline: bool
    lower_is_better: bool
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Metrics:
    """All metrics of the recommended model.

    Args:
        learner: Its title.
        why: Why the headline metric fits the task.
        parts: The parts measured, one column each.
        rows: The metrics, the headline first.
        notes: What the reader must know.
    """

    learner: str
    why: str
    parts: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


class MetricsView(View):
    """The section of all metrics."""

    slug = "metrics"
    title = "How good it is"
    order = 30

    def build(self, material: Material) -> Metrics | None:
        """Return the metrics; None before anything was evaluated."""
        evaluations = [evaluation for evaluation in (material.test, material.validation) if evaluation is not None]
        if not evaluations:
            return None
        first = evaluations[0]
        slugs = sorted(
            {slug for evaluation in evaluations for slug in evaluation.metrics},
            key=lambda slug: (slug != first.headline, metrics.title(slug).lower()),
        )
        return Metrics(
            learner=material.title(first.learner),
            why=first.why,
            parts=tuple(evaluation.part for evaluation in evaluations),
            rows=tuple(
                Row(
                    title=metrics.title(slug),
                    headline=slug == first.headline,
                    lower_is_better=not metrics.higher_is_better(slug),
                    cells=tuple(
                        (written.point(evaluation.metrics.get(slug)), written.interval(evaluation.metrics.get(slug)))
                        for evaluation in evaluations
                    ),
                )
                for slug in slugs
            ),
            notes=first.notes,
        )
