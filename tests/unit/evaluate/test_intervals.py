"""Intervals on samples whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vandap.evaluate.catalogue import METRICS
from vandap.evaluate.estimate import estimate
from vandap.evaluate.intervals import Spread, Units, ratio_interval, skewed_interval, wilson


def test_wilson_is_the_published_interval() -> None:
    """Newcombe (1998) gives 81 of 263 as 0.2553 to 0.3662, and 0 of 20 as 0 to 0.1611."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_wilson_of_nothing_is_nothing() -> None:
    """No trial, no interval."""
    assert all(math.isnan(end) for end in wilson(0, 0))


def test_spread_of_one_stratum_is_the_standard_error() -> None:
    """Without strata and groups: the sample's standard deviation over the root of n, with n - 1 degrees of freedom."""
    values = np.random.default_rng(0).exponential(size=50)
    width = Units.of(50).spread(values - values.mean())
    assert width.error == pytest.approx(values.std(ddof=1) / np.sqrt(50))
    assert width.freedom == pytest.approx(49)
    assert width.skewness > 0


def test_strata_take_out_the_spread_between_them() -> None:
    """Influence that is constant inside each class has no spread when class counts are fixed."""
    strata = np.repeat([0, 1], 25)
    assert Units.of(50, strata=strata).spread(np.where(strata > 0, 1.0, -1.0)).error == 0.0


def test_strata_of_few_rows_are_pooled() -> None:
    """A class with one row would show no spread, so it joins the smallest class that is large enough."""
    strata = np.repeat([0, 1, 2], [30, 20, 1])
    influence = np.where(strata == 2, 20.0, 0.0)
    pooled = Units.of(51, strata=strata)
    assert pooled.smallest == 21
    assert pooled.spread(influence).error == pytest.approx(influence[30:].std(ddof=1) * np.sqrt(21) / 51)


def test_groups_are_the_units() -> None:
    """Influence is summed inside each group, and freedom counts groups."""
    values = np.random.default_rng(0).standard_normal(10)
    width = Units.of(30, groups=np.repeat(list("abcdefghij"), 3)).spread(np.repeat(values, 3))
    assert width.error == pytest.approx(values.std(ddof=1) / np.sqrt(10))
    assert width.freedom == pytest.approx(9)


def test_without_skewness_the_interval_is_students() -> None:
    """The corrected interval of a symmetric sample is value plus and minus t times the error."""
    found = skewed_interval(5.0, Spread(1.0, 9.0))
    assert (found.low, found.high) == pytest.approx((5 - 2.262157, 5 + 2.262157))


def test_skewness_moves_the_interval_towards_the_long_tail() -> None:
    """Contributions with a long upper tail: the truth lies farther above than below."""
    found = skewed_interval(5.0, Spread(1.0, 30.0, skewness=0.4))
    assert found.high - 5.0 > 1.3 * (5.0 - found.low)


def test_fieller_of_a_constant_denominator_is_the_mean_interval() -> None:
    """A denominator that is always 2 halves the numerator's t interval."""
    values = np.random.default_rng(0).standard_normal(40) + 5.0
    low, high = ratio_interval(values, np.full(40, 2.0), Units.of(40))
    half = 2.022691 * values.std(ddof=1) / np.sqrt(40)
    assert (low, high) == pytest.approx(((values.mean() - half) / 2, (values.mean() + half) / 2))


def test_fieller_gives_nothing_near_a_zero_denominator() -> None:
    """A denominator that may be zero has no bounded interval."""
    generator = np.random.default_rng(0)
    assert math.isnan(ratio_interval(np.ones(20), generator.standard_normal(20), Units.of(20))[0])


def test_a_perfect_score_has_a_one_sided_interval() -> None:
    """All right on 100 and 20 rows: macro F1 is 1, at worst what 20 of 20 leaves open."""
    target = np.repeat([0, 1], [100, 20])
    found = estimate("macro_f1", target, np.eye(2)[target])
    assert (found.low, found.high) == pytest.approx(wilson(20, 20))


def test_a_constant_prediction_is_fixed_by_the_class_shares() -> None:
    """The dummy's macro F1 does not scatter when the class shares are given."""
    target = np.repeat([0, 1], [90, 10])
    found = estimate("macro_f1", target, np.tile([0.9, 0.1], (100, 1)))
    assert found.low == found.value == found.high == pytest.approx(0.5 * 180 / 190)


def test_rare_classes_withhold_the_interval() -> None:
    """Nine rows of a class: macro F1 has no interval and says why; accuracy keeps its own."""
    target = np.repeat([0, 1], [91, 9])
    prediction = np.eye(2)[np.roll(target, 3)]
    assert estimate("macro_f1", target, prediction).method == "no interval: 1 class has fewer than 10 rows"
    assert estimate("accuracy", target, prediction).has_interval


def test_few_positives_draw_the_area_interval_wider() -> None:
    """Twenty positives of a thousand: wider than the linearised error alone; with 14 there is no interval."""
    generator = np.random.default_rng(0)
    target = (np.arange(1000) < 20).astype(int)
    score = 1.0 / (1.0 + np.exp(-generator.standard_normal(1000) - 3.0 * target))
    prediction = np.stack([1.0 - score, score], axis=1)
    found = estimate("roc_auc", target, prediction)
    width = Units.of(1000, strata=target).spread(METRICS["roc_auc"].influence(target, prediction))
    assert found.high - found.low > 1.1 * 2 * 1.96 * width.error
    assert not estimate("roc_auc", target[6:], prediction[6:]).has_interval
