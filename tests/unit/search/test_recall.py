from __future__ import annotations

import numpy as np

from vandap.search.recall import hits, measured


def test_hits_count_ties_as_found() -> None:
    """A duplicate of the k-th neighbour is as good as the k-th; a far row is not."""
    true = np.array([[0.9, 0.8, 0.8]], np.float32)
    assert hits(np.array([[0.9, 0.8]], np.float32), true, 2).tolist() == [2]
    assert hits(np.array([[0.9, 0.7]], np.float32), true, 2).tolist() == [1]
    assert hits(np.full((1, 2), -np.inf, np.float32), true, 2).tolist() == [0]


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
