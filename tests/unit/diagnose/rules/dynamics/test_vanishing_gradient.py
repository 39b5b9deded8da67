"""C3: gradients that do not reach the first layers."""

from __future__ import annotations

from watched_zoo import GRADIENT, healthy, poor, probed, stuck, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C3")])[0]


GRADIENTS = probed(
    "gradients",
    {f"dense_{place}/kernel": (0.1, size, 0.1, 0.0, 0.0) for place, size in enumerate((2e-7, 3e-5, 1e-2))},
    GRADIENT,
)


def test_a_gradient_that_shrinks_where_nothing_is_learnt_is_an_issue() -> None:
    """At the first layer, with its line."""
    verdict = judge(stuck(), gradients=GRADIENTS)
    assert verdict.finding.severity is Severity.ISSUE
    assert (verdict.finding.where.layer, verdict.finding.where.line) == ("dense_0", 10)


def test_where_little_is_learnt_one_batch_decides() -> None:
    """A batch that is learnt by heart clears the gradient."""
    assert judge(poor(), gradients=GRADIENTS).tests == ("one_batch",)
    for errors, status in ((0.6, Status.FOUND), (0.0, Status.CLEAR)):
        test = table("test_one_batch", {"model": (1.1, errors, 300, errors)}, ("first", "last", "steps", "errors"))
        assert judge(poor(), gradients=GRADIENTS, test_one_batch=test).status is status


def test_small_gradients_that_teach_are_no_fault() -> None:
    """Adaptive optimisers divide by their size."""
    assert judge(healthy(), gradients=GRADIENTS).status is Status.CLEAR
    assert judge(stuck()).status is Status.CLEAR


def test_a_gradient_of_zero_is_another_fault() -> None:
    """Dead units or a cut, not a gradient that vanishes by and by."""
    rows = {f"dense_{place}/kernel": (0.0, size, 0.0, 1.0, 0.0) for place, size in enumerate((0.0, 0.0, 1e-2))}
    assert judge(stuck(), gradients=probed("gradients", rows, GRADIENT)).status is Status.CLEAR
