"""C9: steps that are too large."""

from __future__ import annotations

import numpy as np
from watched_zoo import broken, comparison, healthy, plain, poor, stuck, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C9")])[0]


def test_the_test_decides() -> None:
    """A tenth of the rate reaches, in fewer steps, what the whole training did not: an issue at `compile`."""
    test = comparison("learning_rate", x1=(1.1, 1.1), x0_1=(0.2, 0.25), x10=(3.0, 3.1))
    verdict = judge(stuck(), test_learning_rate=test)
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.line == 30
    assert "x0.1" in verdict.reason


def test_a_lower_rate_that_is_a_little_better_is_no_fault() -> None:
    """Neither a small gain, nor one on held-out examples alone, which an early stop explains."""
    assert judge(poor(), test_learning_rate=comparison("learning_rate", x1=(0.9, 0.95), x0_1=(0.88, 0.9))).status is (
        Status.CLEAR
    )
    assert judge(poor(), test_learning_rate=comparison("learning_rate", x1=(0.1, 0.95), x0_1=(0.4, 0.5))).status is (
        Status.CLEAR
    )


def test_what_the_short_training_reaches_the_watched_one_must_not_have() -> None:
    """A lower rate that is ahead after some steps, and behind in the end, is no fault."""
    test = comparison("learning_rate", x1=(0.9, 0.9), x0_1=(0.3, 0.35))
    assert judge(healthy(), test_learning_rate=test).status is Status.CLEAR


def test_steps_as_large_as_the_weights_need_no_test() -> None:
    """Where the training is lost, too."""
    signals = broken()
    signals["update_ratio"].values[1] = 4.0
    assert judge(signals).finding.severity is Severity.ISSUE


def test_steps_that_did_harm_are_suspected_however_small_the_last_ones_are() -> None:
    """Saturated at once: the loss stands far above where it began, and nothing moves any more."""
    signals = with_loss(1.1, 6.0, 0.65)
    signals["update_ratio"].values[:] = 0.0
    assert judge(signals).tests == ("learning_rate",)
    signals["update_ratio"].values[0] = 3.0
    assert judge(signals).finding.severity is Severity.ISSUE


def test_a_lost_training_is_suspected_and_a_good_one_is_not() -> None:
    """The learning-rate test is asked for."""
    assert judge(broken()).tests == ("learning_rate",)
    assert judge(healthy()).status is Status.CLEAR
    steps = np.r_[np.linspace(1.1, 0.2, 80), np.linspace(0.2, 0.9, 40)]
    lost = {**healthy(), "step_loss": plain("step_loss", steps), "loss": plain("loss", steps[11::12])}
    assert judge(lost).status is Status.SUSPECTED
