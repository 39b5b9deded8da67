"""Wrong answers are counted whatever the form of the targets."""

import math

import numpy as np
import pytest

pytest.importorskip("keras")

from vandap.exam.decisive._answers import share_wrong

SCORES = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.6, 0.4]])


@pytest.mark.parametrize(
    ("target", "output", "share"),
    [
        pytest.param(np.array([0, 1, 1, 0]), SCORES, 0.25, id="class numbers"),
        pytest.param(np.array([[0], [1], [1], [0]]), SCORES, 0.25, id="class numbers as a column"),
        pytest.param(np.eye(2)[[0, 1, 1, 0]], SCORES, 0.25, id="one-hot"),
        pytest.param(np.array([1, 0, 0, 1]), SCORES[:, :1], 0.25, id="probability of one unit"),
        pytest.param(np.array([1, 0, 0, 1]), SCORES[:, :1] * 10 - 5, 0.25, id="logit of one unit"),
        pytest.param(np.array([[0, 1]] * 4), np.stack([SCORES, SCORES], 1), 0.5, id="classes of each time step"),
        pytest.param(np.array([1.5, 2.5, 4.0, 8.0]), np.full((4, 1), 4.0), 1.0, id="numbers, the mean answered"),
        pytest.param(np.array([1.5, 2.5, 4.0, 8.0]), np.array([1.5, 2.5, 4.0, 8.0]), 0.0, id="numbers, all right"),
    ],
)
def test_share_of_wrong_answers(target, output, share):
    """Classes are counted, numbers are measured by their unexplained variance."""
    assert share_wrong(target, output) == pytest.approx(share)


def test_targets_that_do_not_correspond_are_not_judged():
    """Another shape, or no variance to explain, gives NaN."""
    assert math.isnan(share_wrong(np.array([1.5, 2.5]), np.zeros((2, 3))))
    assert math.isnan(share_wrong(np.array([2.5, 2.5]), np.zeros(2)))
