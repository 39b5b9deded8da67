"""Any predictions at all get numbers that keep the rules of their metrics."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from sklearn import metrics as reference

from vandap.core.task import Task
from vandap.evaluate.catalogue import METRICS
from vandap.evaluate.compare import compare
from vandap.evaluate.estimate import estimate, score
from vandap.evaluate.evaluate import evaluate
from vandap.evaluate.intervals import wilson
from vandap.evaluate.operating import choose_threshold, mean_cost

numbers = some.floats(-1e6, 1e6, allow_subnormal=False)


@some.composite
def predictions(draw: some.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Codes and probabilities with many ties, zeros and ones."""
    classes, count = draw(some.integers(2, 4)), draw(some.integers(1, 40))
    weights = draw(arrays(np.int64, (count, classes), elements=some.integers(0, 3))).astype(float)
    weights[weights.sum(axis=1) == 0] = 1.0
    target = draw(arrays(np.int64, count, elements=some.integers(0, classes - 1)))
    return target, weights / weights.sum(axis=1, keepdims=True)


@settings(deadline=None, max_examples=60)
@given(predictions())
def test_classification_is_always_measured(sample: tuple[np.ndarray, np.ndarray]) -> None:
    """Every metric is a number in its range inside its interval, or NaN with a reason."""
    target, prediction = sample
    task = Task.BINARY if prediction.shape[1] == 2 else Task.MULTICLASS
    names = tuple("abcd"[: prediction.shape[1]])
    found = evaluate(task, target, prediction, names, part="test", learner="x", headline="accuracy", why="")
    for slug, item in found.metrics.items():
        assert math.isfinite(item.value) or item.method.startswith("not defined")
        if METRICS[slug].bounded and math.isfinite(item.value):
            assert -1e-12 <= item.value <= 1.0 + 1e-12 or slug == "brier"
        assert item.low <= item.value + 1e-12 or not item.has_interval
        assert item.high >= item.value - 1e-12 or not item.has_interval


@settings(deadline=None, max_examples=60)
@given(predictions())
def test_areas_are_scikit_learns(sample: tuple[np.ndarray, np.ndarray]) -> None:
    """Whatever the ties, areas of two classes agree with the reference."""
    target, prediction = sample
    if prediction.shape[1] != 2 or len(np.unique(target)) < 2:
        return
    assert score("roc_auc", target, prediction) == pytest.approx(reference.roc_auc_score(target, prediction[:, 1]))
    expected = reference.average_precision_score(target, prediction[:, 1])
    assert score("pr_auc", target, prediction) == pytest.approx(expected)


@settings(deadline=None, max_examples=60)
@given(some.integers(1, 60).flatmap(lambda count: some.tuples(*[arrays(np.float64, count, elements=numbers)] * 2)))
def test_regression_is_always_measured(sample: tuple[np.ndarray, np.ndarray]) -> None:
    """Every error is at least zero and inside its interval, or not defined with a reason."""
    for slug, metric in METRICS.items():
        if Task.REGRESSION in metric.tasks:
            found = estimate(slug, *sample)
            assert math.isfinite(found.value) or found.method.startswith("not defined")
            assert not found.has_interval or found.low <= found.value * (1 + 1e-9) + 1e-9
            assert not found.has_interval or found.high >= found.value * (1 - 1e-9) - 1e-9


@settings(deadline=None, max_examples=60)
@given(predictions())
def test_comparisons_are_antisymmetric(sample: tuple[np.ndarray, np.ndarray]) -> None:
    """Swapped models have the turned difference."""
    target, prediction = sample
    other = prediction[::-1]
    for slug in ("accuracy", "macro_f1", "log_loss"):
        one = compare(slug, target, prediction, other, a="a", b="b", margin=0.01)
        two = compare(slug, target, other, prediction, a="b", b="a", margin=0.01)
        assert one.difference == pytest.approx(-two.difference)
        assert one.low == pytest.approx(-two.high)


@settings(deadline=None, max_examples=100)
@given(predictions(), some.floats(0, 10), some.floats(0.01, 10))
def test_the_chosen_threshold_is_cheapest(
    sample: tuple[np.ndarray, np.ndarray], false_positive: float, false_negative: float
) -> None:
    """No cut of the probabilities costs less."""
    target, probability = (sample[0] == 1).astype(int), sample[1][:, 1]
    cost = (false_positive, false_negative)
    least = min(mean_cost(target, probability, cut, cost) for cut in [*np.unique(probability), 0.0, 1.1])
    assert mean_cost(target, probability, choose_threshold(target, probability, cost), cost) <= least * (1 + 1e-9)


@given(some.integers(1, 10_000).flatmap(lambda count: some.tuples(some.integers(0, count), some.just(count))))
def test_wilson_stays_in_bounds(trials: tuple[int, int]) -> None:
    """The interval of a proportion holds it and stays in [0, 1]."""
    low, high = wilson(*trials)
    assert 0.0 <= low <= trials[0] / trials[1] <= high <= 1.0
