"""What was measured of one model on one part of the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from vandap.core.estimate import Comparison, Estimate
from vandap.core.task import Task


@dataclass(frozen=True)
class Curve:
    """A curve to draw.

    Args:
        name: `roc/<class>`, `pr/<class>`, `reliability`, `residuals`, `cost`.
        x: Shape `(points,)`.
        y: Shape `(points,)`.
        x_label: Axis title.
        y_label: Axis title.
        area: Area under the curve, where it has a meaning.
        weight: Examples behind each point (reliability bins), or empty.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    x_label: str
    y_label: str
    area: Estimate | None = None
    weight: np.ndarray = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class ClassReport:
    """Measures of one class against the rest. `support` is its number of examples."""

    name: str
    precision: Estimate
    recall: Estimate
    f1: Estimate
    support: int


@dataclass(frozen=True)
class Evaluation:
    """Every measure of one model on one part, computed from stored predictions.

    Args:
        part: `validation`, `out-of-fold` or `test`.
        learner: Slug of the model.
        task: The task.
        headline: Slug of the metric that is reported first.
        why: Why this metric fits the task.
        metrics: Estimates by slug.
        classes: Per-class measures; empty for regression.
        confusion: Rows are true classes, columns predicted ones; shape `(classes, classes)`, or None.
        curves: Curves to draw.
        operating_point: Binary tasks: `threshold`, `cost_false_positive`, `cost_false_negative`, `cost`,
            `cost_at_half`, and `precision_at_prevalence/<p>` with `least_precision_at_prevalence/<p>` for stated
            prevalences; empty otherwise.
        notes: What the reader must know, such as classes with too few rows for an interval.
    """

    part: str
    learner: str
    task: Task
    headline: str
    why: str
    metrics: Mapping[str, Estimate]
    classes: tuple[ClassReport, ...] = ()
    confusion: np.ndarray | None = None
    curves: tuple[Curve, ...] = ()
    operating_point: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def score(self) -> Estimate:
        """The headline estimate."""
        return self.metrics[self.headline]


@dataclass(frozen=True)
class Rung:
    """One learner of the ladder.

    Args:
        slug: The learner.
        title: Its name in the report.
        simple: Whether it is a classical rival (not a network).
        status: `done`, `skipped` or `failed`.
        reason: Why it was skipped, failed, or fitted on fewer rows.
        score: Headline metric on validation (or out of fold), or None.
        rows: Training examples it was fitted on.
        fit_seconds: Seconds to fit (all folds together).
        predict_ms: Milliseconds to predict one example, in batches.
        parameters: Fitted parameters, where the word has a meaning.
        hyper_parameters: What was chosen, by hand or by measurement.
    """

    slug: str
    title: str
    simple: bool
    status: str
    reason: str = ""
    score: Estimate | None = None
    rows: int = 0
    fit_seconds: float = 0.0
    predict_ms: float = 0.0
    parameters: int | None = None
    hyper_parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Ladder:
    """All rungs and how the recommended one compares with the others.

    Args:
        rungs: In the order they were fitted.
        recommended: Slug of the rung with the best validation score; ties go to the simpler one.
        best_simple: Slug of the best rung that is no network (the dummy counts), or None.
        network: Slug of the network rung, or None if none was fitted.
        comparisons: Paired comparisons on validation; the first is recommended against best simple rung (or runner-up).
    """

    rungs: tuple[Rung, ...]
    recommended: str
    best_simple: str | None
    network: str | None
    comparisons: tuple[Comparison, ...] = ()
