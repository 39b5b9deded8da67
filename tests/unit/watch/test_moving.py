"""Targets that move while a model is trained by hand."""

import numpy as np
import pytest

from vandap.watch.moving import Moving

RANDOM = np.random.default_rng(0)


def moved(batches):
    """Whether targets are seen to move."""
    found = Moving()
    for batch in batches:
        found.note(batch)
    return found.have_moved


@pytest.mark.parametrize(
    "batches",
    [
        RANDOM.normal(3, 2, (200, 32)),
        RANDOM.normal(3, 2, (200, 1)),
        RANDOM.integers(0, 10, (60, 16)),
        np.tile([[1.0] * 8, [0.0] * 8], (50, 1)),
        np.eye(5)[RANDOM.integers(0, 5, (60, 16))],
        np.zeros((40, 8)),
        np.linspace(0, 50, 12).reshape(12, 1),
    ],
)
def test_drawn_from_one_population_they_stay(batches):
    """Numbers, classes, both sides of an adversary in turn; of a few batches nothing is said."""
    assert not moved(batches)


def test_returns_that_grow_move():
    """What a network predicts of itself grows while it learns, or spreads."""
    noise = RANDOM.normal(0, 1, (200, 32))
    assert moved(noise + np.linspace(0, 20, 200)[:, None])
    assert moved(noise * np.linspace(0.1, 3, 200)[:, None])
