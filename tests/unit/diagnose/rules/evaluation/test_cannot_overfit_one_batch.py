"""D5: one batch, learnt by heart."""

from __future__ import annotations

from watched_zoo import healthy, poor, stuck, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("D5")])[0]


def batch(errors: float, adam: float = float("nan")):  # noqa: D103
    arms = {"model": (1.1, errors, 300, errors), "adam": (1.1, adam, 300, adam)}
    return table("test_one_batch", arms, ("first", "last", "steps", "errors"))


def test_errors_that_stay_are_an_issue() -> None:
    """With the number of steps in the message."""
    verdict = judge(stuck(), test_one_batch=batch(0.5))
    assert verdict.finding.severity is Severity.ISSUE
    assert "300 steps" in verdict.reason


def test_a_batch_that_is_learnt_is_clear() -> None:
    """Also where the training itself has learnt well."""
    assert judge(stuck(), test_one_batch=batch(0.02)).status is Status.CLEAR
    assert judge(healthy(), test_one_batch=batch(0.5)).status is Status.CLEAR


def test_a_batch_that_adam_learns_is_no_fault_of_the_model() -> None:
    """The optimiser or its rate is to blame."""
    assert judge(stuck(), test_one_batch=batch(0.5, adam=0.0)).status is Status.CLEAR
    assert judge(stuck(), test_one_batch=batch(0.5, adam=0.5)).status is Status.FOUND


def test_the_test_is_asked_for_where_little_is_learnt() -> None:
    """And not where the training shows that the model can learn."""
    assert judge(poor()).tests == ("one_batch",)
    assert judge(healthy()).status is Status.CLEAR
