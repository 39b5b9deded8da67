"""D9: answers that depend on the rest of the batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from program_zoo import classifier, dense, layer
from watched_zoo import healthy

from vandap.core.finding import Severity, Status
from vandap.core.program import Loss
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose

FACTS = ("own", "others", "repeated", "deviation", "tolerance", "examples", "batches")


def judge(program, others, repeated=0.0, deviation=0.3, tolerance=1e-4, batches=30.0, own=0.5):  # noqa: D103
    values = np.array([own, others, repeated, deviation, tolerance, 32.0, batches])
    signals = {**healthy(program), "row_mixing": Series(values, {"fact": FACTS})}
    return diagnose(signals, [rule("D9")])[0]


def test_others_that_change_are_an_issue_at_the_axis() -> None:
    """The layer that works along the examples is named."""
    verdict = judge(classifier(dense(32, "relu"), layer("Softmax", "softmax", axis=0)), 0.02)
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.layer == "softmax_1"
    assert judge(classifier(), 0.02).finding.where.component == "model"


@pytest.mark.parametrize(
    "changes",
    [
        {"others": 0.0},
        {"others": 1e-6},
        {"others": 0.02, "tolerance": 0.1},
        {"others": 0.02, "repeated": 0.01},
    ],
)
def test_rounding_and_chance_are_clear(changes) -> None:
    """Half precision, layers that draw numbers in every pass."""
    assert judge(classifier(), **changes).status is Status.CLEAR


def test_models_that_compare_examples_are_not_judged() -> None:
    """All examples in one batch, or a column for each example."""
    assert judge(classifier(), 0.02, batches=1.0).status is Status.CANNOT_TELL
    assert judge(classifier(head=dense(32, "softmax")), 0.02).status is Status.CANNOT_TELL
    assert judge(classifier(), 0.0, deviation=0.0).status is Status.CANNOT_TELL


def test_with_a_loss_of_ones_own_it_is_a_tip() -> None:
    """It may need the batch."""
    made = classifier()
    own = replace(made, compile=replace(made.compile, losses=(Loss("dense_2", "contrast", "mine"),)))
    assert judge(own, 0.02).finding.severity is Severity.TIP
