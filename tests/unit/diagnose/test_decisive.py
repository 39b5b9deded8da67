"""What the arms of a short comparison say."""

from __future__ import annotations

import math

import pytest

from vandap.diagnose.decisive import Arm


@pytest.mark.parametrize(
    ("low", "high", "validation_high", "verdict"),
    [
        (-0.3, -0.1, math.nan, "surely better"),
        (-0.3, -0.1, -0.05, "surely better"),
        (-0.3, -0.1, 0.02, "but not surely better on your validation examples"),
        (-0.3, 0.1, -0.05, "no sure difference"),
        (0.1, 0.3, math.nan, "surely worse"),
        (math.nan, math.nan, math.nan, "no sure difference"),
    ],
)
def test_a_verdict_needs_both_parts(low: float, high: float, validation_high: float, verdict: str) -> None:
    """Lower on held-out examples is not enough where the user validates."""
    arm = Arm("x10", 0.4, 0.5, (low + high) / 2, low, high, 100, 0.5, validation_high)
    assert arm.verdict == verdict
    assert arm.is_surely_lower == (verdict == "surely better")
