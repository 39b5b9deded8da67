"""Which metric is reported first, and why."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Threshold
from vandap.core.task import Task
from vandap.errors import UsageError
from vandap.evaluate.catalogue import metric
from vandap.evaluate.estimate import metrics_of

BALANCED = Threshold(
    0.5,
    "choice: a class with half an equal share still weighs 0.5/K in accuracy, so ignoring it costs half as much as in "
    "macro recall; of two classes, always guessing the larger stays at or below 75 %",
)
"""Share of the rarest class, relative to an equal share, from which classes count as balanced."""


def choose_headline(task: Task, class_counts: np.ndarray, requested: str | None) -> tuple[str, str]:
    """Return the headline metric's slug and one sentence that says why it fits.

    Accuracy where classes are balanced; macro F1 where they are not (accuracy would reward ignoring the rare ones, and
    ROC AUC hardly moves with the false alarms among many negatives); root mean squared error for numbers.

    Args:
        task: The task.
        class_counts: Examples of each class, shape `(classes,)`; empty for regression.
        requested: Slug of the metric that the user asked for, or None.

    Raises:
        UsageError: The requested metric does not exist, or not for this task.
    """
    if requested is not None:
        return _requested(task, requested), "It was asked for."
    if not task.is_classification:
        return "rmse", (
            "The target is a number: the root mean squared error is in its unit and weighs large errors more; "
            "R2 beside it is the skill against predicting the mean."
        )
    counts = np.asarray(class_counts, dtype=float)
    counts = counts[counts > 0]
    rarest, equal = float(counts.min() / counts.sum()), 1.0 / len(counts)
    largest = float(counts.max() / counts.sum())
    numbers = f"the rarest of {len(counts)} classes holds {rarest:.1%} of the examples (an equal share is {equal:.1%})"
    if rarest >= BALANCED.value * equal:
        return "accuracy", f"The classes are balanced: {numbers}, so accuracy is fair to every class."
    return "macro_f1", (
        f"The classes are imbalanced: {numbers}; always guessing the largest would reach {largest:.1%} accuracy, "
        "while macro F1 counts every class the same."
    )


def _requested(task: Task, slug: str) -> str:
    if task in metric(slug).tasks:
        return slug
    raise UsageError(
        "This metric is not defined for this task.",
        received=f"{slug} for a {task.value} task",
        expected="one of " + ", ".join(metrics_of(task)),
        hint="Give one of these metrics, or none: then it is chosen by the task and the class balance.",
    )
