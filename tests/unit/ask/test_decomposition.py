"""Bias and variance of predictions whose parts are known."""

from __future__ import annotations

import numpy as np
import pytest

from vandap.ask.decomposition import decomposed

EXAMPLES = 2000


def test_the_parts_of_numbers_are_found() -> None:
    """A bias of 0.5, noise of 0.3, and a deviation of 0.4 between trainings: 0.34 and 0.16."""
    generator = np.random.default_rng(0)
    truth = generator.normal(size=EXAMPLES)
    target = truth + generator.normal(0, 0.3, EXAMPLES)
    replicates = [truth + 0.5 + generator.normal(0, 0.4, EXAMPLES) for _ in range(20)]
    found = decomposed(target, replicates)
    assert found.bias.value == pytest.approx(0.25 + 0.09, abs=0.03)
    assert found.variance.value == pytest.approx(0.16, abs=0.01)
    assert found.error.value == pytest.approx(found.bias.value + found.variance.value)
    assert found.bias.low < 0.34 < found.bias.high and np.isnan(found.chance)


def test_few_replicates_do_not_blur_the_parts() -> None:
    """With two trainings the mean itself scatters; the parts are right all the same, on average."""
    generator = np.random.default_rng(1)
    target = np.zeros(20_000)
    found = decomposed(target, [generator.normal(0, 1.0, 20_000) for _ in range(2)])
    assert found.bias.value == pytest.approx(0.0, abs=0.03) and found.variance.value == pytest.approx(1.0, abs=0.03)


def test_probabilities_have_the_brier_score() -> None:
    """Certain and right on half, certain and wrong on the other, always alike: bias alone."""
    target = np.arange(EXAMPLES) % 2
    same = np.eye(2)[np.zeros(EXAMPLES, dtype=int)]
    found = decomposed(target, [same, same, same], [same, same])
    assert found.error.value == found.bias.value == 1.0 and found.variance.value == 0.0
    assert found.chance == 0.0 and found.share == 0.0 and found.replicates == 3


def test_intervals_hold_what_trainings_share() -> None:
    """Each training is off by one number for all examples: the variance is as sure as ten such numbers make it."""
    generator, held = np.random.default_rng(2), []
    for _ in range(200):
        replicates = [np.full(300, shift) for shift in generator.normal(0, 0.4, 10)]
        found = decomposed(np.zeros(300), replicates)
        held.append(found.variance.low < 0.16 < found.variance.high)
    assert np.mean(held) > 0.9
    assert found.variance.low > 0


def test_rows_of_a_group_are_one_witness() -> None:
    """Thirty groups of fifty equal rows are thirty rows."""
    generator = np.random.default_rng(3)
    group = np.repeat(np.arange(30), 50)
    off, replicates = generator.normal(size=30)[group], [np.zeros(1500)] * 5
    apart, together = (decomposed(off, replicates, groups=groups) for groups in (None, group))
    alone = decomposed(off[::50], [np.zeros(30)] * 5)
    assert together.error.high == pytest.approx(alone.error.high)
    assert together.error.high - together.error.value > 5 * (apart.error.high - apart.error.value)
