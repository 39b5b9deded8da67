"""D8: training and inference mode."""

from __future__ import annotations

import numpy as np
from program_zoo import classifier, dense, layer
from watched_zoo import healthy, table

from vandap.core.finding import Severity, Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("D8")])[0]


PROGRAM = classifier(dense(32, "relu"), layer("BatchNormalization"))


def losses(train: float, inference: float, examples: float = 512):  # noqa: D103
    return Series(np.array([train, inference, examples]), {"fact": ("train_mode", "inference_mode", "examples")})


def interval(low: float, high: float):  # noqa: D103
    return table("test_inference_mode", {"inference": (1.0, 0.5, low, high)}, ("loss", "difference", "low", "high"))


def test_a_large_gap_is_an_issue_at_the_normalisation() -> None:
    """Far above what chance makes, no test is needed."""
    verdict = judge(healthy(PROGRAM), inference_loss=losses(0.1, 1.5))
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.layer == "batchnormalization_1"


def test_a_moderate_gap_is_settled_by_its_interval() -> None:
    """Suspected before, found or clear after the test."""
    signals = {**healthy(PROGRAM), "inference_loss": losses(0.2, 0.6)}
    assert judge(signals).tests == ("inference_mode",)
    assert judge(signals, test_inference_mode=interval(0.2, 0.6)).status is Status.FOUND
    assert judge(signals, test_inference_mode=interval(-0.1, 0.9)).status is Status.CLEAR


def test_a_loss_in_use_that_knows_nothing_cannot_rise_by_half() -> None:
    """From 0.75 to the best constant answer's 1.1 is all that there is to lose."""
    signals = {**healthy(PROGRAM), "inference_loss": losses(0.75, 1.08)}
    assert judge(signals, test_inference_mode=interval(0.2, 0.5)).status is Status.FOUND
    assert judge({**signals, "inference_loss": losses(0.75, 0.95)}).status is Status.CLEAR


def test_dropout_and_losses_near_zero_are_clear() -> None:
    """Dropout makes the training mode worse; twice a thousandth is nothing."""
    assert judge(healthy(), inference_loss=losses(0.4, 0.2)).status is Status.CLEAR
    assert judge(healthy(), inference_loss=losses(0.001, 0.01)).status is Status.CLEAR
    assert judge(healthy(), inference_loss=losses(0.1, 1.5, 20)).status is Status.CANNOT_TELL
