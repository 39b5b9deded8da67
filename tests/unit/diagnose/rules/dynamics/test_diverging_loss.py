"""C8: a loss that grows."""

from __future__ import annotations

import numpy as np
import pytest
from signal_zoo import signals

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(loss, **values):  # noqa: D103
    return diagnose(signals(loss=loss, **values), [rule("C8")])[0]


@pytest.mark.parametrize(
    "loss",
    [
        [2.3, 5.0, 40.0],
        [2.3, 1.5, 1.0, 0.8, 0.7, 0.9, 1.6, 2.8, 4.0, 5.0],
        [2.3, 0.4, 0.3, 0.25, 0.2, 0.2, 1.5, 2.2, 2.3, 2.3, 2.3],
    ],
)
def test_a_loss_that_ends_far_above_its_best_is_an_issue(loss: list[float]) -> None:
    """At once, after learning, or to a new plateau."""
    assert judge(loss).finding.severity is Severity.ISSUE


def test_a_loss_far_above_the_untrained_one_is_an_issue() -> None:
    """Even while it falls: the first steps threw the weights far away."""
    assert judge([9e5, 4e5, 2e5, 9e4], initial_loss=2.3).finding.severity is Severity.ISSUE
    assert judge([500.0], initial_loss=2.3).finding.severity is Severity.ISSUE


def test_a_divergence_that_the_schedule_hid_is_an_issue() -> None:
    """Thrown far away, then brought back to knowing nothing by a decaying rate."""
    assert judge([22.6, 6.7, 8.3, 4.0, 2.6, 2.4, 2.35, 2.3], initial_loss=2.3).finding.severity is Severity.ISSUE
    assert judge([22.6, 6.7, 3.0, 1.0, 0.6, 0.4, 0.3, 0.3], initial_loss=2.3).status is Status.CLEAR


@pytest.mark.parametrize(
    "loss",
    [
        [2.3, 1.0, 0.5, 0.3],
        [2.3, 0.3, 0.2, 1.9, 0.8, 0.3, 0.21],
        [2.3, 1e-6, 3e-6, 2e-6, 4e-6],
        [2.3, 2.4, 2.5],
        [-1.0, -2.0, -3.0, -2.9],
    ],
)
def test_falling_recovering_tiny_and_flat_losses_are_clear(loss: list[float]) -> None:
    """None of these trainings is lost."""
    assert judge(loss, initial_loss=2.3).status is Status.CLEAR


def test_noise_is_clear() -> None:
    """Of 300 flat but noisy losses (a third of their value), none is called diverging."""
    generator = np.random.default_rng(0)
    for _ in range(300):
        assert judge(0.3 * np.exp(0.33 * generator.standard_normal(30))).status is Status.CLEAR


def test_one_epoch_cannot_tell() -> None:
    """Without the untrained loss there is nothing to compare with."""
    assert judge([1.0]).status is Status.CANNOT_TELL
    assert judge([np.nan, np.nan]).status is Status.CANNOT_TELL
