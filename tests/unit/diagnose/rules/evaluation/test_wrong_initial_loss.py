"""D4: the loss of the untrained network."""

from __future__ import annotations

from dataclasses import replace

from watched_zoo import healthy, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("D4")])[0]


def test_a_first_loss_far_above_the_undecided_one_is_an_issue_where_little_is_learnt() -> None:
    """Fifty instead of ln 3."""
    assert judge(with_loss(50.0, 1.05, 0.36)).finding.severity is Severity.ISSUE


def test_a_training_that_recovers_is_clear_at_once_or_a_tip_late() -> None:
    """What counts is the share of the steps that it took."""
    assert judge(with_loss(50.0, 0.05, 0.98)).finding.severity is Severity.TIP
    assert judge(with_loss(4.0, 0.05, 0.98)).status is Status.CLEAR


def test_a_usual_start_is_clear_and_a_second_fit_is_not_judged() -> None:
    """A trained network may start anywhere."""
    signals = healthy()
    assert judge(signals).status is Status.CLEAR
    program = signals["program"]
    later = replace(program, fits=program.fits * 2, main_fit=1)
    assert judge(with_loss(50.0, 1.05, 0.36, later)).status is Status.CANNOT_TELL
