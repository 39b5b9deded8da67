"""The whole evaluation of one model."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_predictions import classification, regression

from vandap.core.evaluation import Evaluation
from vandap.core.records import from_json, to_json
from vandap.core.task import Task
from vandap.errors import DataError
from vandap.evaluate.evaluate import evaluate

NAMES = {"part": "validation", "learner": "linear", "why": "because"}


def test_a_binary_task() -> None:
    """Metrics, classes, confusion, curves and an operating point, which survive JSON."""
    target, prediction = classification(400, 2)
    found = evaluate(
        Task.BINARY,
        target,
        prediction,
        ("no", "yes"),
        headline="macro_f1",
        cost=(1.0, 5.0),
        prevalences=(0.01,),
        **NAMES,
    )
    assert found.score.name == "macro_f1"
    assert found.score.has_interval
    assert next(iter(found.metrics)) == "macro_f1"
    assert {curve.name for curve in found.curves} == {"roc/yes", "pr/yes", "reliability", "cost"}
    assert found.confusion is not None
    assert found.confusion.sum() == 400
    assert [report.support for report in found.classes] == np.bincount(target).tolist()
    assert found.operating_point["cost"] <= found.operating_point["cost_at_half"]
    assert "precision_at_prevalence/0.01" in found.operating_point
    assert from_json(Evaluation, to_json(found)).metrics == found.metrics


def test_the_test_part_keeps_the_validation_threshold() -> None:
    """A given threshold is used as it is; without one the test part takes Bayes' threshold and fits nothing."""
    target, prediction = classification(400, 2)
    names = {**NAMES, "part": "test", "headline": "accuracy", "cost": (1.0, 4.0)}
    given = evaluate(Task.BINARY, target, prediction, ("no", "yes"), threshold=0.37, **names)
    assert given.operating_point["threshold"] == 0.37
    assert evaluate(Task.BINARY, target, prediction, ("no", "yes"), **names).operating_point["threshold"] == 0.2


def test_rare_and_absent_classes_are_named() -> None:
    """Notes say which classes have no row and which too few; their measures are NaN or without interval."""
    target, prediction = classification(200, 4)
    keep = (target < 2) | ((target == 2) & (np.cumsum(target == 2) <= 3))
    found = evaluate(Task.MULTICLASS, target[keep], prediction[keep], tuple("abcd"), headline="macro_f1", **NAMES)
    assert any("c (3)" in note for note in found.notes)
    assert any(note.endswith("averages: d.") for note in found.notes)
    assert math.isnan(found.classes[3].recall.value)
    assert not found.classes[2].recall.has_interval
    assert found.classes[0].recall.method == "wilson"
    assert "macro_f1: no interval: 1 class has fewer than 10 rows." in found.notes


def test_one_class_only() -> None:
    """Areas are not defined and a note says so; the rest is measured."""
    _, prediction = classification(100, 2)
    found = evaluate(Task.BINARY, np.zeros(100, dtype=int), prediction, ("a", "b"), headline="accuracy", **NAMES)
    assert math.isnan(found.metrics["roc_auc"].value)
    assert any("one class only" in note for note in found.notes)
    assert found.score.has_interval


def test_a_regression() -> None:
    """Errors with intervals and residuals; a constant target leaves R2 undefined with the reason."""
    target, prediction = regression(300)
    found = evaluate(Task.REGRESSION, target, prediction, (), headline="rmse", **NAMES)
    assert set(found.metrics) == {"rmse", "mae", "mae_of_range", "median_absolute_error", "r2"}
    assert all(item.has_interval for item in found.metrics.values())
    assert [curve.name for curve in found.curves] == ["residuals"]
    constant = evaluate(Task.REGRESSION, np.ones(300), prediction, (), headline="rmse", **NAMES)
    assert math.isnan(constant.metrics["r2"].value)
    assert any("nothing varies" in note for note in constant.notes)


def test_groups_are_the_units() -> None:
    """With groups every interval counts groups."""
    target, prediction = classification(400, 2)
    found = evaluate(
        Task.BINARY, target, prediction, ("a", "b"), headline="accuracy", groups=np.repeat(np.arange(40), 10), **NAMES
    )
    assert found.score.count == 40
    assert found.classes[0].recall.has_interval


def test_another_number_of_classes_is_refused() -> None:
    """Three columns for two class names are an input error."""
    target, prediction = classification(50, 3)
    with pytest.raises(DataError, match="number of classes"):
        evaluate(Task.MULTICLASS, target, prediction, ("a", "b"), headline="accuracy", **NAMES)
