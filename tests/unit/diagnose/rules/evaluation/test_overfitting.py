"""D1: the network's gap."""

from __future__ import annotations

import numpy as np
import pytest
from signal_zoo import ladder, signals

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose

RISING = [1.0, 0.7, 0.6, 0.55, 0.6, 0.66, 0.72, 0.79, 0.86]
FALLING = [1.0, 0.8, 0.7, 0.65, 0.62, 0.6]


def judge(train, validation, **values):  # noqa: D103
    return diagnose(signals(train_score=train, validation_score=validation, **values), [rule("D1")])[0]


def test_a_large_gap_is_an_issue() -> None:
    """Twice the threshold, surely, whatever else holds."""
    verdict = judge([1.0, 0.99, 1.0], [0.6, 0.57, 0.63], network_gain=[0.1, 0.05, 0.15, 0.01])
    assert verdict.finding.severity is Severity.ISSUE


@pytest.mark.parametrize(
    ("val_loss", "gain", "severity"),
    [
        (RISING, [-0.02, -0.04, 0.0, 0.01], Severity.ISSUE),
        (RISING, [0.05, 0.03, 0.07, 0.01], Severity.TIP),
        (FALLING, [-0.02, -0.04, 0.0, 0.01], Severity.TIP),
    ],
)
def test_a_moderate_gap_must_hurt(val_loss: list[float], gain: list[float], severity: Severity) -> None:
    """An issue where the validation loss rises and the network does not win anyway."""
    verdict = judge([0.99, 0.98, 1.0], [0.83, 0.81, 0.85], val_loss=val_loss, network_gain=gain)
    assert verdict.finding.severity is severity


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        ([0.99, 0.98, 1.0], [0.95, 0.94, 0.96]),
        ([0.99, 0.97, 1.0], [0.8, 0.68, 0.9]),
        ([0.8, 0.78, 0.82], [0.82, 0.8, 0.84]),
    ],
)
def test_small_unsure_and_negative_gaps_are_clear(train: list[float], validation: list[float]) -> None:
    """The intervals decide, not the values."""
    assert judge(train, validation).status is Status.CLEAR


def test_errors_are_measured_in_the_dummys_error() -> None:
    """Dollars have no threshold; shares of the dummy's error do."""
    scores = ladder(dummy=(-100.0, -104.0, -96.0), table_mlp=(-70.0, -74.0, -66.0))
    assert judge([-20.0, -22.0, -18.0], [-70.0, -74.0, -66.0], ladder_scores=scores).finding.severity is Severity.ISSUE
    assert judge([-65.0, -69.0, -61.0], [-70.0, -74.0, -66.0], ladder_scores=scores).status is Status.CLEAR


def test_errors_without_a_dummy_cannot_tell() -> None:
    """There is no scale."""
    assert judge([-20.0, -22.0, -18.0], [-70.0, -74.0, -66.0]).status is Status.CANNOT_TELL


def test_unknown_intervals_cannot_tell() -> None:
    """A value alone does not decide."""
    assert judge([1.0, np.nan, np.nan], [0.5, np.nan, np.nan]).status is Status.CANNOT_TELL
