"""D14: a gradient that is not the slope of the loss."""

from __future__ import annotations

from dataclasses import replace

from program_zoo import classifier, dense
from watched_zoo import healthy, stuck, table

from vandap.core.finding import Severity, Status
from vandap.core.signals import Series
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


def unmoved(signals, moved=0.0):
    """How far the matrices went."""
    change = signals["weight_change"]
    values = change.values.copy()
    values[:, change.labels["fact"].index("relative")] = moved
    return Series(values, change.labels)


def with_own_loss(module: str = "__main__"):
    """A classifier whose loss has no slope."""
    program = classifier()
    losses = (replace(program.compile.losses[0], kind="f1_loss", module=module),)
    return replace(program, compile=replace(program.compile, losses=losses))


def test_a_loss_with_which_nothing_moves_has_no_gradient() -> None:
    """A loss of the program's own, of which no matrix feels anything; what lies still for another reason moves some."""
    still = stuck(with_own_loss())
    verdict = judge(still, weight_change=unmoved(still))
    assert verdict.finding is not None and "f1_loss gives no gradient" in verdict.reason
    assert "match-loss-to-task" in verdict.finding.remedies and verdict.finding.where.component == "compile"
    some = unmoved(still)
    some.values[0, 0] = 0.1
    for other in (some, unmoved(still, 1e-4)):
        assert judge(still, weight_change=other).tests == ("gradient",)
    keras = stuck(with_own_loss("keras.losses"))
    assert judge(keras, weight_change=unmoved(keras)).status is Status.CLEAR
