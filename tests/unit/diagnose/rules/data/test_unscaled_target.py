"""A6: targets that the network does not reach."""

from __future__ import annotations

import numpy as np
from program_zoo import classifier, dense, regressor
from watched_zoo import healthy, targets, with_loss

from vandap.core.finding import Severity, Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("A6")])[0]


PRICES = targets(50_000, 900_000, 300_000, 90_000, 0, 0, 800, 1, 1, 0, 0)
VARIANCE = 90_000.0**2


def test_targets_that_are_not_reached_are_an_issue() -> None:
    """The network ends worse than always answering the mean; or the loss breaks."""
    far = {**with_loss(1e11, 0.95e11, program=regressor()), "label_statistics": PRICES}
    for name in ("epoch_metrics", "label_counts"):
        del far[name]
    assert judge(**far).finding.severity is Severity.ISSUE
    absolute = {**far, **with_loss(3e5, 2.9e5, program=regressor(loss="MeanAbsoluteError")), "label_statistics": PRICES}
    assert judge(**absolute).finding.severity is Severity.ISSUE


def arms(standardised: float, both: float = 0.5) -> Series:
    """The test's short trainings, in shares of the targets' variance; as they are, 0.5 is left."""
    facts = ("train", "held_out", "difference", "low", "high", "steps", "share")
    losses = (0.5, standardised, both)
    rows = [(loss, loss, loss - 0.5, loss - 0.5 - 0.02, loss - 0.5 + 0.02, 300, 1) for loss in losses]
    values = np.array(rows) * np.array([*[VARIANCE] * 5, 1, 1])
    return Series(values, {"arm": ("real", "standardised", "both"), "fact": facts})


def test_targets_that_are_reached_are_put_to_the_test() -> None:
    """A long training gets there, but standardised targets may still be learnt far better; large ones alone: a tip."""
    near = {**with_loss(1e11, 0.5 * VARIANCE, program=regressor()), "label_statistics": PRICES}
    assert judge(**near).tests == ("standardised_target",)
    assert judge(**near, test_standardised_target=arms(0.1)).finding.severity is Severity.ISSUE
    assert judge(**near, test_standardised_target=arms(0.45)).status is Status.CLEAR
    together = judge(**near, test_standardised_target=arms(0.45, both=0.1))
    assert together.finding.severity is Severity.ISSUE
    assert "together with the inputs" in together.reason
    assert judge(regressor(), label_statistics=PRICES).finding.severity is Severity.TIP


def test_small_targets_classes_and_bounded_outputs_are_no_matter_of_this_rule() -> None:
    """A bounded output that cannot reach the targets is another rule's."""
    assert judge(regressor(), label_statistics=targets(-3, 3, 0, 1, 0, 0, 500, 1, 1, 0, 0)).status is Status.CLEAR
    assert judge(regressor(head=dense(1, "sigmoid")), label_statistics=PRICES).status is Status.CLEAR
    assert judge(classifier(), label_statistics=PRICES).status is Status.CLEAR
    assert judge(**healthy()).status is Status.CLEAR
