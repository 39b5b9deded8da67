"""C12, C13 and C18: what the course of the loss shows beside its end."""

from __future__ import annotations

import numpy as np
from watched_zoo import healthy, plain

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C12")])[0]


def test_swings_of_the_second_half_are_a_tip() -> None:
    """A smooth fall, and the small swings of a stuck loss, are clear."""
    swinging = plain("loss", [2.0, 1.0, 0.6, 1.0, 0.5, 1.1, 0.4, 1.2, 0.3, 1.1, 0.4, 1.0])
    assert judge(healthy(), loss=swinging).finding.severity is Severity.TIP
    assert judge(healthy()).status is Status.CLEAR


def test_a_jump_in_the_middle_is_a_tip_with_its_step() -> None:
    """One odd batch is none."""
    calm = np.full(100, 0.3)
    spiked = calm.copy()
    spiked[60:64] = 9.0
    odd = calm.copy()
    odd[60] = 9.0
    spike = rule("C13")
    found = diagnose({"step_loss": plain("step_loss", spiked)}, [spike])[0]
    assert 58 <= found.finding.evidence["step"] <= 63
    assert diagnose({"step_loss": plain("step_loss", odd)}, [spike])[0].status is Status.CLEAR


def test_batches_of_usual_size_are_clear() -> None:
    """Whatever their noise."""
    assert diagnose(healthy(), [rule("C18")])[0].status is Status.CLEAR
