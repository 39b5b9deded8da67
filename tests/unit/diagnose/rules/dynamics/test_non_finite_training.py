"""C1: the first value that is not finite."""

from __future__ import annotations

import numpy as np
from signal_zoo import signals

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(**values):  # noqa: D103
    return diagnose(signals(**values), [rule("C1")])[0]


def test_the_first_epoch_and_step_are_named() -> None:
    """Both are counted from 1."""
    verdict = judge(loss=[1.0, 0.9, np.nan, np.nan], step_loss=[1.0, 1.0, 0.9, 0.9, np.inf])
    assert verdict.finding.severity is Severity.ISSUE
    assert "epoch 3 and at step 5" in verdict.reason
    assert verdict.finding.evidence == {"epoch": 3, "step": 5}


def test_a_validation_loss_alone_counts() -> None:
    """A logarithm of zero on one held-out row."""
    assert "validation loss after epoch 2" in judge(loss=[1.0, 0.9], val_loss=[1.0, np.inf]).reason


def test_the_untrained_loss_points_at_the_data() -> None:
    """Nothing was trained yet, so the data are to blame."""
    assert "data first" in judge(loss=[1.0], initial_loss=np.nan).reason


def test_no_validation_part_is_no_fault() -> None:
    """A validation loss that was never measured is NaN throughout."""
    assert judge(loss=[1.0, 0.9], val_loss=[np.nan, np.nan]).status is Status.CLEAR


def test_no_epoch_cannot_tell() -> None:
    """Nothing was trained."""
    assert judge(loss=[]).status is Status.CANNOT_TELL
