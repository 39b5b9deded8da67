"""Curves to draw."""

from __future__ import annotations

import numpy as np
import pytest
from made_predictions import classification, regression
from sklearn import metrics as reference

from vandap.evaluate.curves import class_curves, pr_curve, residual_curve, roc_curve


@pytest.mark.parametrize("decimals", [None, 1])
def test_roc_is_scikit_learns(decimals: int | None) -> None:
    """Every point of the full curve, ties included."""
    target, prediction = classification(90, 2, decimals=decimals)
    curve = roc_curve(target == 1, prediction[:, 1], "b")
    x, y, _ = reference.roc_curve(target, prediction[:, 1], drop_intermediate=False)
    assert curve.x == pytest.approx(x)
    assert curve.y == pytest.approx(y)


def test_precision_recall_is_scikit_learns() -> None:
    """Every point from the highest score to the lowest."""
    target, prediction = classification(90, 2, decimals=1)
    curve = pr_curve(target == 1, prediction[:, 1], "b")
    precision, recall, _ = reference.precision_recall_curve(target, prediction[:, 1])
    assert curve.x == pytest.approx(recall[::-1][1:])
    assert curve.y == pytest.approx(precision[::-1][1:])


def test_long_curves_are_thinned_with_their_ends() -> None:
    """At most 200 points, from the first to the last, with nearly the same area."""
    target, prediction = classification(20_000, 2)
    curve = roc_curve(target == 1, prediction[:, 1], "b")
    assert len(curve.x) <= 200
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert np.trapezoid(curve.y, curve.x) == pytest.approx(reference.roc_auc_score(target, prediction[:, 1]), abs=2e-3)


def test_classes_get_curves_of_their_own() -> None:
    """Binary tasks one pair, three classes three pairs with areas; absent classes none."""
    target, prediction = classification(200, 3)
    curves, notes = class_curves(target, prediction, ("a", "b", "c"), None)
    assert [curve.name for curve in curves] == ["roc/a", "pr/a", "roc/b", "pr/b", "roc/c", "pr/c"]
    assert all(curve.area is not None and curve.area.has_interval for curve in curves)
    assert notes == ()
    present = target < 2
    curves, _ = class_curves(target[present], prediction[present], ("a", "b", "c"), None)
    assert {curve.name for curve in curves} == {"roc/a", "pr/a", "roc/b", "pr/b"}


def test_many_classes_are_averaged() -> None:
    """Thirteen classes get the micro-averaged curves and a note."""
    target, prediction = classification(200, 13)
    curves, notes = class_curves(target, prediction, tuple("abcdefghijklm"), None)
    assert [curve.name for curve in curves] == ["roc/micro", "pr/micro"]
    assert "13 classes" in notes[0]


def test_residuals_are_sampled() -> None:
    """Of 2,000 examples 500 are drawn, each with target minus prediction."""
    target, prediction = regression(2000)
    curve = residual_curve(target, prediction, seed=0)
    assert len(curve.x) == 500
    assert set(np.round(curve.x + curve.y, 9)) <= set(np.round(target, 9))
