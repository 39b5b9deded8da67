"""What would tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from vandap.core.experiment import Components, Effect
from vandap.evaluate.experiment.needed import chance, needed


def effect(difference: float, components: Components, *, seeds: int = 5, count: int = 500) -> Effect:
    """An effect as measured with these variances."""
    error = float(np.sqrt(components.variance(seeds, count)))
    return Effect(difference, error=error, freedom=seeds - 1.0, seeds=seeds, count=count, components=components)


def test_seeds_agree_with_the_power_of_the_t_test() -> None:
    """Where only seeds scatter, the answer is the sample size of a t test with a power of 80 %."""
    found = needed(effect(0.05, Components(0.06**2, 0.0, 0.0)), margin=0.001)
    assert found is not None
    assert found.seeds is not None
    powers = [_power(0.05 / 0.06, seeds) for seeds in (found.seeds - 2, found.seeds + 1)]
    assert powers[0] < 0.8 < powers[1]


def test_so_many_seeds_do_tell() -> None:
    """Simulated with the seeds that are named, four experiments of five give a verdict."""
    components = Components(0.04**2, 0.3**2, 0.5**2)
    start = effect(0.045, components)
    found = needed(start, margin=0.01)
    assert found is not None
    assert found.seeds is not None
    error = np.array([np.sqrt(components.variance(found.seeds, 500))])
    generator = np.random.default_rng(0)
    drawn = start.difference + error * generator.standard_normal(20_000)
    half = stats.t.isf(0.025, found.seeds - 1) * error
    inner = stats.t.isf(0.05, found.seeds - 1) * error
    told = (np.abs(drawn) > half) | (np.abs(drawn) + inner < 0.01)
    assert 0.78 < told.mean() < 0.9


def test_a_difference_of_nothing_is_told_by_the_margin() -> None:
    """Without an effect, enough seeds show that there is none; a narrower margin takes more."""
    start = effect(0.0, Components(0.03**2, 0.0, 0.0))
    wide, narrow = needed(start, margin=0.02), needed(start, margin=0.01)
    assert wide is not None
    assert narrow is not None
    assert wide.seeds is not None
    assert narrow.seeds is not None
    assert 5 < wide.seeds < narrow.seeds


def test_where_examples_hide_it_more_examples_are_named() -> None:
    """No number of seeds reduces what the held-out examples scatter."""
    found = needed(effect(0.01, Components(0.0, 0.5**2, 0.0)), margin=0.001)
    assert found is not None
    assert found.seeds is None
    assert found.examples is not None
    assert found.examples == pytest.approx((2.95 * 0.5 / 0.01) ** 2, rel=0.15)


def test_more_seeds_than_were_not_enough() -> None:
    """An experiment that could not tell is not told to repeat itself with fewer seeds."""
    found = needed(effect(1.0, Components(0.1**2, 0.0, 0.0), seeds=12), margin=0.01)
    assert found is not None
    assert found.seeds == 13


def test_nothing_measured_nothing_said() -> None:
    """One seed shows no spread, so no number can be named."""
    assert needed(replace(effect(0.1, Components()), error=np.nan), margin=0.01) is None


def test_the_chance_of_a_verdict_is_a_probability_that_certainty_completes() -> None:
    """Without error a verdict is certain; with a huge one it is the false alarms alone."""
    start = effect(0.005, Components(1.0, 1.0, 1.0))
    found = chance(start, 0.01, np.array([1e-9, 1e3]), np.array([10.0, 10.0]))
    assert found[0] == pytest.approx(1.0)
    assert found[1] < 0.05


def _power(size: float, seeds: int) -> float:
    return float(stats.nct.sf(stats.t.isf(0.025, seeds - 1), seeds - 1, size * np.sqrt(seeds)))
