"""Verdicts of paired comparisons."""

from __future__ import annotations

import numpy as np
import pytest
from made_predictions import classification, regression

from vandap.core.estimate import Decision
from vandap.evaluate.compare import compare, decide


@pytest.mark.parametrize(
    ("interval", "inner", "decision"),
    [
        ((0.001, 0.02), (0.002, 0.019), Decision.BETTER),
        ((-0.009, 0.009), (-0.008, 0.008), Decision.NO_DIFFERENCE),
        ((-0.011, 0.005), (-0.0099, 0.004), Decision.NO_DIFFERENCE),
        ((-0.02, -0.001), (-0.019, -0.002), Decision.WORSE),
        ((-0.03, -0.011), (-0.029, -0.012), Decision.HARM),
        ((-0.02, 0.02), (-0.018, 0.018), Decision.CANNOT_TELL),
    ],
)
def test_the_protocols_verdicts(interval: tuple[float, float], inner: tuple[float, float], decision: Decision) -> None:
    """Each verdict follows from the two intervals and the margin of 0.01."""
    assert decide(interval, inner, 0.01) is decision


def test_a_model_against_itself_makes_no_difference() -> None:
    """The same predictions differ by exactly zero."""
    target, prediction = classification(300, 3)
    found = compare("macro_f1", target, prediction, prediction, a="one", b="same")
    assert (found.difference, found.low, found.high) == (0.0, 0.0, 0.0)
    assert found.decision is Decision.NO_DIFFERENCE


def test_under_200_rows_it_cannot_tell() -> None:
    """However large the difference, few rows decide nothing unless they are out-of-fold predictions."""
    target, prediction = classification(150, 2, separation=3.0)
    noise = np.full((150, 2), 0.5)
    assert compare("log_loss", target, prediction, noise, a="model", b="dummy").decision is Decision.CANNOT_TELL
    folded = compare("log_loss", target, prediction, noise, a="model", b="dummy", folds=5)
    assert folded.decision is Decision.BETTER


def test_folds_widen_the_interval() -> None:
    """Five folds multiply the variance by 1 + 5/4 (Nadeau and Bengio)."""
    target, prediction = regression(300)
    worse = prediction + np.random.default_rng(1).standard_normal(300)
    plain, folded = (compare("mae", target, prediction, worse, a="a", b="b", folds=folds) for folds in (None, 5))
    assert folded.high - folded.low == pytest.approx(1.5 * (plain.high - plain.low))


def test_means_compare_as_a_paired_t_test() -> None:
    """For log loss in one class the interval is that of the paired differences of the examples' losses."""
    generator = np.random.default_rng(0)
    first, second = generator.uniform(0.2, 0.9, size=(2, 250))
    target = np.zeros(250, dtype=int)
    found = compare(
        "log_loss", target, np.stack([first, 1 - first], 1), np.stack([second, 1 - second], 1), a="a", b="b", margin=0.1
    )
    change = np.log(first) - np.log(second)
    half = 1.969537 * change.std(ddof=1) / np.sqrt(250)
    assert (found.difference, found.low, found.high) == pytest.approx(
        (change.mean(), change.mean() - half, change.mean() + half)
    )


def test_a_handful_of_changed_labels_decides_nothing() -> None:
    """Four labels of a thousand put right: an exact sign test has p = 0.125, so this is no proof."""
    target = np.arange(1000) % 2
    second = np.eye(2)[target]
    second[:30] = second[:30, ::-1]
    first = second.copy()
    first[:4] = first[:4, ::-1]
    assert compare("accuracy", target, first, second, a="a", b="b").low < 0


def test_regression_margin_is_skill() -> None:
    """The margin of an error is 0.02 of the error of predicting the mean."""
    target, prediction = regression(300)
    found = compare("rmse", target, prediction, prediction + 0.1, a="a", b="b")
    assert found.margin == pytest.approx(0.02 * target.std())


def test_an_undefined_metric_cannot_tell() -> None:
    """ROC AUC of one class compares nothing."""
    prediction = np.full((300, 2), 0.5)
    found = compare("roc_auc", np.zeros(300, dtype=int), prediction, prediction, a="a", b="b")
    assert found.decision is Decision.CANNOT_TELL


def test_equal_predictions_are_no_difference() -> None:
    """A model beside itself: nothing to tell, whatever the number of examples."""
    target = np.arange(40) % 2
    prediction = np.stack([1 - target * 0.6, target * 0.6], axis=1)
    assert compare("accuracy", target, prediction, prediction, a="a", b="b").decision is Decision.NO_DIFFERENCE


@pytest.mark.parametrize(("slug", "positives"), [("roc_auc", 2), ("roc_auc", 14), ("pr_auc", 9), ("macro_recall", 9)])
def test_a_class_of_a_few_rows_decides_nothing(slug: str, positives: int) -> None:
    """Every positive ranked first by one model, last by the other: a few rows of a class do not show how it spreads."""
    target = (np.arange(2000) < positives).astype(int)
    certain = 0.8 * target + 0.1 * np.random.default_rng(0).random(2000)
    first, second = np.stack([1 - certain, certain], 1), np.stack([certain, 1 - certain], 1)
    assert compare(slug, target, first, second, a="a", b="b").decision is Decision.CANNOT_TELL
    enough = (np.arange(2000) < 40).astype(int)
    certain = 0.8 * enough + 0.1 * np.random.default_rng(0).random(2000)
    first, second = np.stack([1 - certain, certain], 1), np.stack([certain, 1 - certain], 1)
    assert compare(slug, enough, first, second, a="a", b="b").decision is Decision.BETTER


def test_a_class_that_does_not_occur_has_not_too_few_rows() -> None:
    """A third class without a row leaves the verdict to the two that occur."""
    target = np.arange(400) % 2
    first = np.column_stack([0.8 - 0.7 * target, 0.1 + 0.7 * target, np.full(400, 0.1)])
    assert compare("macro_f1", target, first, first[::-1], a="a", b="b").decision is Decision.BETTER


def test_a_rare_class_that_both_miss_is_not_proof_of_no_difference() -> None:
    """All of ten rows of a class are missed by both models, which differ in one row of the other: recall may differ."""
    target = (np.arange(20_000) < 10).astype(int)
    first = np.tile([0.9, 0.1], (20_000, 1))
    second = first.copy()
    second[-1] = second[-1, ::-1]
    found = compare("macro_f1", target, first, second, a="a", b="b")
    assert found.decision is Decision.CANNOT_TELL
    assert found.high > 0.05
