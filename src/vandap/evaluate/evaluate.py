"""Every measure of one model on one part of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from vandap.core.estimate import Estimate
from vandap.core.evaluation import ClassReport, Curve, Evaluation
from vandap.core.task import Task
from vandap.errors import DataError
from vandap.evaluate.calibration import calibration_signal, reliability_curve
from vandap.evaluate.catalogue import metric
from vandap.evaluate.check import checked_numbers, checked_probabilities
from vandap.evaluate.class_report import class_reports
from vandap.evaluate.confusion import confusion_matrix
from vandap.evaluate.curves import class_curves, residual_curve
from vandap.evaluate.estimate import measured, metrics_of
from vandap.evaluate.intervals import MINIMUM_ROWS
from vandap.evaluate.operating import checked_cost, choose_threshold, cost_curve, operating_point

PREVALENCES = (0.5, 0.01, 0.001, 0.00001)
_EQUAL = (1.0, 1.0)


def evaluate(
    task: Task,
    target: np.ndarray,
    prediction: np.ndarray,
    classes: tuple[str, ...],
    *,
    part: str,
    learner: str,
    headline: str,
    why: str,
    groups: np.ndarray | None = None,
    cost: tuple[float, float] | None = None,
    threshold: float | None = None,
    prevalences: Sequence[float] = PREVALENCES,
    seed: int = 0,
) -> Evaluation:
    """Measure a model from its stored predictions.

    Args:
        task: The task.
        target: Class codes or numbers, shape `(n,)`.
        prediction: Probabilities of shape `(n, classes)` or numbers of shape `(n,)`.
        classes: Class names by code; empty for regression.
        part: `validation`, `out-of-fold` or `test`.
        learner: Slug of the model.
        headline: Slug of the metric that is reported first.
        why: Why this metric fits the task.
        groups: Group of each example; groups then are the independent units of every interval.
        cost: Binary tasks: cost of a false positive and of a false negative; None means equal.
        threshold: Binary tasks: where the probability was cut on the validation part (`choose_threshold`). None chooses
            it here if this is not the test part, and takes Bayes' threshold for the cost if it is.
        prevalences: Shares of positives for which the precision at the threshold is stated.
        seed: Seed of the simulated calibration null and of the residual sample.

    Raises:
        DataError: Targets and predictions do not fit the task or each other.
        UsageError: The headline does not exist, or the costs cannot be weighed.
    """
    if not task.is_classification:
        target, prediction = checked_numbers(target, prediction)
    else:
        target, prediction = checked_probabilities(target, prediction)
        _check_classes(classes, prediction)
    slugs = dict.fromkeys((headline, *metrics_of(task)))
    metrics = {slug: measured(metric(slug), target, prediction, groups=groups, seed=seed) for slug in slugs}
    notes = _metric_notes(metrics, headline)
    base = Evaluation(part, learner, task, headline, why, metrics, notes=notes)
    if not task.is_classification:
        return replace(base, curves=(residual_curve(target, prediction, seed),))
    reports = class_reports(target, prediction, classes, groups)
    curves, about_curves = class_curves(target, prediction, classes, groups)
    point, cost_curves = _operating(task, target, prediction, part, cost, threshold, prevalences)
    return replace(
        base,
        classes=reports,
        confusion=confusion_matrix(target, prediction),
        curves=(*curves, reliability_curve(target, prediction), *cost_curves),
        operating_point=point,
        notes=(*notes, *about_curves, *_class_notes(reports), _calibration_note(target, prediction, seed, groups)),
    )


def _metric_notes(metrics: Mapping[str, Estimate], headline: str) -> tuple[str, ...]:
    """Which metrics have no meaning here, and why the headline lacks an interval."""
    without = {slug: item.method for slug, item in metrics.items() if item.method.startswith("not defined")}
    if not metrics[headline].has_interval:
        without.setdefault(headline, metrics[headline].method)
    return tuple(f"{slug}: {method}." for slug, method in without.items())


def _operating(
    task: Task,
    target: np.ndarray,
    prediction: np.ndarray,
    part: str,
    cost: tuple[float, float] | None,
    threshold: float | None,
    prevalences: Sequence[float],
) -> tuple[Mapping[str, float], tuple[Curve, ...]]:
    if task is not Task.BINARY:
        return {}, ()
    costs = checked_cost(cost or _EQUAL)
    if threshold is None:
        bayes = costs[0] / sum(costs)
        threshold = bayes if part == "test" else choose_threshold(target, prediction[:, 1], costs)
    point = operating_point(target, prediction, threshold=threshold, cost=costs, prevalences=prevalences)
    return point, (cost_curve(target, prediction, costs),)


def _class_notes(reports: tuple[ClassReport, ...]) -> tuple[str, ...]:
    absent = [report.name for report in reports if report.support == 0]
    rare = [f"{report.name} ({report.support})" for report in reports if 0 < report.support < MINIMUM_ROWS]
    notes = []
    if absent:
        notes.append(f"Classes without a row in this part, left out of the averages: {_listed(absent)}.")
    if rare:
        notes.append(f"Classes with fewer than {MINIMUM_ROWS} rows get no interval: {_listed(rare)}.")
    return tuple(notes)


def _calibration_note(target: np.ndarray, prediction: np.ndarray, seed: int, groups: np.ndarray | None) -> str:
    signal = calibration_signal(target, prediction, seed, groups)
    error, null95 = signal.at(fact="ece"), signal.at(fact="null95")
    verdict = "more than chance explains" if error > null95 else "no more than chance explains"
    return (
        f"Expected calibration error {error:.3f}, {verdict}: "
        f"a perfectly calibrated model stays below {null95:.3f} in 95 of 100 cases."
    )


def _listed(names: list[str], most: int = 8) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def _check_classes(classes: tuple[str, ...], prediction: np.ndarray) -> None:
    if len(classes) != prediction.shape[1]:
        raise DataError(
            "The predictions have another number of classes than the data.",
            received=f"{prediction.shape[1]} columns of probabilities",
            expected=f"{len(classes)}: {_listed(list(classes))}",
            hint="Predict with the model of this run.",
        )
