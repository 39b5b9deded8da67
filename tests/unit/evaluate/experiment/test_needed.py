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


def test_a_known_effect_needs_the_seeds_of_the_t_test() -> None:
    """Where only seeds scatter and the effect is known, the chance of a verdict is the power of the t test."""
    seeds = np.array([8, 14, 20])
    error = 0.06 / np.sqrt(seeds)
    known = replace(effect(0.05, Components(0.06**2, 0.0, 0.0)), freedom=1e6)
    powers = [stats.nct.sf(stats.t.isf(0.025, n - 1), n - 1, 0.05 / 0.06 * np.sqrt(n)) for n in seeds]
    assert chance(known, 1e-6, error, seeds - 1.0, error) == pytest.approx(powers, abs=0.04)


def test_the_seeds_that_are_named_tell() -> None:
    """Pilots that could not tell, then new experiments of as many fresh seeds: about four of five give a verdict."""
    generator = np.random.default_rng(0)
    told = []
    while len(told) < 150:
        gain = 0.06 + 0.08 * generator.standard_normal((400, 1))
        pilot = _measured(gain[:5])
        named = needed(pilot, margin=0.005)
        if abs(pilot.difference) > stats.t.isf(0.025, 4) * pilot.error or named is None or (named.seeds or 400) > 395:
            continue
        fresh = _measured(gain[5 : 5 + (named.seeds or 0)])
        told.append(abs(fresh.difference) > stats.t.isf(0.025, fresh.seeds - 1) * fresh.error)
    assert 0.65 < np.mean(told) < 0.97


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
    found = needed(effect(0.01, Components(0.0, 0.5**2, 0.0), count=5000), margin=0.001)
    assert found is not None
    assert found.seeds is None
    assert found.examples is not None
    assert found.examples > (2.95 * 0.5 / 0.01) ** 2  # were the effect known


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
    found = chance(start, 0.01, *np.array([[1e-9, 1e3], [10.0, 10.0], [1e-9, 1.0]]))
    assert found[0] == pytest.approx(1.0)
    assert found[1] < 0.05


def _measured(gain: np.ndarray) -> Effect:
    """An effect over seeds alone."""
    return effect(float(gain.mean()), Components(float(gain.var(ddof=1)), 0.0, 0.0), seeds=len(gain))
