"""D13: probabilities against what chance allows."""

from __future__ import annotations

import pytest
from signal_zoo import signals

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


@pytest.mark.parametrize(
    ("error", "chance", "severity"),
    [(0.15, 0.03, Severity.ISSUE), (0.06, 0.03, Severity.TIP), (0.04, 0.03, None), (0.12, 0.15, None)],
)
def test_the_excess_over_chance_counts(error: float, chance: float, severity: Severity | None) -> None:
    """A large error on few rows is chance."""
    (verdict,) = diagnose(signals(calibration=[error, chance, 500]), [rule("D13")])
    assert (verdict.finding.severity if verdict.finding else None) is severity


def test_an_error_that_is_no_share_cannot_tell() -> None:
    """It was not measured."""
    assert diagnose(signals(calibration=[-1, 0.1, 5]), [rule("D13")])[0].status is Status.CANNOT_TELL
