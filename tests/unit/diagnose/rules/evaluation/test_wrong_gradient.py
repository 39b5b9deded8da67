"""D14: a gradient that is not the slope of the loss."""

from __future__ import annotations

from program_zoo import classifier, dense
from watched_zoo import healthy, stuck, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("D14")])[0]


OWN = classifier(dense(32, "relu", module="mine", name="own"), dense(16, "relu"))


def gradient(error: float, floor: float = 1e-4):  # noqa: D103
    return table("test_gradient", {"own/kernel": (error, floor)}, ("relative_error", "floor"))


def test_own_code_that_learns_little_is_put_to_the_test() -> None:
    """Code of Keras, and own code that learns, are not."""
    assert judge(stuck(OWN)).tests == ("gradient",)
    assert judge(healthy(OWN)).status is Status.CLEAR
    assert judge(stuck()).status is Status.CLEAR


def test_the_test_decides() -> None:
    """A difference that rounding explains is none; one of a model that learns may be meant."""
    found = judge(stuck(OWN), test_gradient=gradient(2.0)).finding
    assert (found.severity, found.where.layer) == (Severity.ISSUE, "own")
    assert judge(stuck(OWN), test_gradient=gradient(0.3, floor=0.2)).status is Status.CLEAR
    assert judge(healthy(OWN), test_gradient=gradient(2.0)).finding.severity is Severity.TIP
