from __future__ import annotations

import numpy as np
import pytest

from vandap.search.recall import REPEATS, measured, shares, upper


def test_ties_count_as_found() -> None:
    """A duplicate of the k-th neighbour is as good as the k-th; a far row is not."""
    true = np.array([[0.9, 0.8, 0.8]], np.float32)
    assert shares(np.array([[0.9, 0.8]], np.float32), true, 2).tolist() == [1]
    assert shares(np.array([[0.9, 0.7]], np.float32), true, 2).tolist() == [0.5]
    assert shares(np.full((1, 2), -np.inf, np.float32), true, 2).tolist() == [0]


def test_a_querys_own_repeats_are_no_neighbours() -> None:
    """They are found by any setting: only the others count, as many as there were places for."""
    true = np.array([[1.0, 1.0, 0.9, 0.8, 0.7]], np.float32)
    assert shares(np.array([[1.0, 1.0, 0.1]], np.float32), true, 3).tolist() == [0]
    assert shares(np.array([[1.0, 1.0, 0.9]], np.float32), true, 3).tolist() == [1]
    assert shares(np.array([[1.0, 1.0, 0.9, 0.8, 0.1]], np.float32), true, 3) == pytest.approx(2 / 3)
    assert not len(shares(np.array([[1.0, 1.0]], np.float32), true, 2))
    often = np.array([[1.0] * (REPEATS + 1) + [0.5] * 3], np.float32)
    assert not len(shares(often[:, -3:], often, 3))


def test_both_bounds_enclose_the_mean() -> None:
    """The upper one is the lower one of what was missed."""
    found = np.repeat([1.0, 0.5], [150, 50])
    assert measured(found, 10).lower95 < found.mean() < upper(found, 10, 0.95) < upper(found, 10, 0.99) <= 1


def test_the_bound_holds_for_ninety_five_of_a_hundred() -> None:
    """Over repeated samples of queries the bound exceeds the truth at most about as often as it says."""
    generator = np.random.default_rng(0)
    population = np.minimum(generator.binomial(10, 0.97, 100_000), 10) / 10
    bounds = [measured(generator.choice(population, 300), 10).lower95 for _ in range(600)]
    assert np.mean(np.array(bounds) > population.mean()) < 0.07


def test_perfect_queries_prove_no_perfection() -> None:
    """A hundred queries without a miss leave room for one in thirty."""
    recall = measured(np.ones(100), 10)
    assert recall.estimate == 1 and 0.95 < recall.lower95 < 0.99


def test_no_queries_prove_nothing() -> None:
    """The bound is zero."""
    assert measured(np.zeros(0), 10).lower95 == 0
