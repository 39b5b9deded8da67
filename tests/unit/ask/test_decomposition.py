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
