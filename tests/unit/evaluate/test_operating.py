"""Thresholds for a cost and precision at a prevalence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vandap.errors import UsageError
from vandap.evaluate.operating import (
    choose_threshold,
    cost_curve,
    mean_cost,
    operating_point,
    precision_at_prevalence,
    upper_rate,
)


@pytest.mark.parametrize("cost", [(1.0, 1.0), (1.0, 10.0), (5.0, 1.0), (0.0, 1.0), (1.0, 0.0)])
@pytest.mark.parametrize("decimals", [1, 6])
def test_no_threshold_is_cheaper(cost: tuple[float, float], decimals: int) -> None:
    """Every other cut of the same examples costs at least as much."""
    generator = np.random.default_rng(3)
    probability = np.round(generator.uniform(size=80), decimals)
    target = (generator.random(80) < probability).astype(int)
    threshold = choose_threshold(target, probability, cost)
    rivals = [*np.unique(probability), 0.0, 1.1]
    assert mean_cost(target, probability, threshold, cost) <= min(
        mean_cost(target, probability, rival, cost) for rival in rivals
    )


def test_ties_take_bayes_threshold() -> None:
    """Where a gap contains the threshold of calibrated probabilities, that one is taken."""
    assert choose_threshold(np.array([0, 1]), np.array([0.01, 0.99]), (1.0, 9.0)) == pytest.approx(0.1)


def test_calling_nothing_positive_may_be_cheapest() -> None:
    """Certain false alarms leave a threshold above 1."""
    assert choose_threshold(np.array([0, 0, 1]), np.array([1.0, 1.0, 0.5]), (10.0, 1.0)) > 1.0


@pytest.mark.parametrize("cost", [(0.0, 0.0), (-1.0, 1.0), (math.nan, 1.0), (1.0, math.inf)])
def test_costs_that_cannot_be_weighed_are_refused(cost: tuple[float, float]) -> None:
    """Negative, infinite or all zero."""
    with pytest.raises(UsageError):
        choose_threshold(np.array([0, 1]), np.array([0.2, 0.8]), cost)


def test_precision_follows_bayes_rule() -> None:
    """99 % recall and 1 % false alarms: at one case in a thousand nine alarms in ten are false."""
    assert precision_at_prevalence(0.99, 0.01, 0.5) == pytest.approx(0.99)
    assert precision_at_prevalence(0.99, 0.01, 0.001) == pytest.approx(0.0902, abs=1e-4)
    assert math.isnan(precision_at_prevalence(0.0, 0.0, 0.5))


def test_the_operating_point_has_its_keys() -> None:
    """Costs at the threshold and at one half, and a precision for each prevalence."""
    target, probability = np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.3, 0.9])
    prediction = np.stack([1 - probability, probability], axis=1)
    point = operating_point(target, prediction, threshold=0.25, cost=(1.0, 4.0), prevalences=(0.5, 0.00001))
    assert point["cost"] == pytest.approx(0.25)
    assert point["cost_at_half"] == pytest.approx(1.0)
    assert point["precision_at_prevalence/0.5"] == pytest.approx(2 / 3)
    assert "precision_at_prevalence/1e-05" in point


def test_the_cost_curve_is_the_cost_at_each_threshold() -> None:
    """Every point agrees with counting the errors at its threshold."""
    generator = np.random.default_rng(0)
    probability = np.round(generator.uniform(size=60), 2)
    target = generator.integers(2, size=60)
    curve = cost_curve(target, np.stack([1 - probability, probability], axis=1), (1.0, 3.0))
    expected = [mean_cost(target, probability, threshold, (1.0, 3.0)) for threshold in curve.x]
    assert curve.y == pytest.approx(expected)


def test_no_false_alarm_among_few_is_not_never() -> None:
    """Without a false alarm among 300 negatives the rule of three stands behind the precision at rare cases."""
    probability = np.repeat([0.1, 0.9], [300, 100])
    point = operating_point(
        np.repeat([0, 1], [300, 100]),
        np.stack([1 - probability, probability], axis=1),
        threshold=0.5,
        cost=(1.0, 1.0),
        prevalences=(0.001,),
    )
    assert point["precision_at_prevalence/0.001"] == 1.0
    assert point["least_precision_at_prevalence/0.001"] == pytest.approx(0.001 / (0.001 + 0.999 * 0.00994), rel=1e-3)


def test_the_upper_limit_of_a_rate() -> None:
    """None of 300 is below 1 %; five of a hundred are below Wilson's limit; nothing is known without trials."""
    assert upper_rate(0, 300) == pytest.approx(1 - 0.05 ** (1 / 300))
    assert upper_rate(5, 100) == pytest.approx(0.0999, abs=1e-3)
    assert math.isnan(upper_rate(0, 0))
