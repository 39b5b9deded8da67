"""B9: averages that do not describe the data."""

from __future__ import annotations

import pytest
from program_zoo import classifier, dense, layer
from watched_zoo import healthy, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B9")])[0]


def normed(momentum=0.99, **fit):  # noqa: D103
    return classifier(dense(32), layer("BatchNormalization", momentum=momentum), layer("ReLU", "relu"), fit=fit)


def modes(training, inference):  # noqa: D103
    return table("test_inference_mode", {"train": (training,), "inference": (inference,)}, ("loss",))


def test_single_vectors_are_an_issue() -> None:
    """Normalised by itself, each vector is zero."""
    assert judge(normed(batch_size=1)).finding.severity is Severity.ISSUE


@pytest.mark.parametrize(
    "odd", [normed(steps=20), normed(batch_size=4), normed(momentum=0.1), normed(steps=0, epochs=1, examples=64)]
)
def test_doubtful_averages_are_judged_by_the_gap(odd) -> None:
    """Suspected until the loss in use is known; an issue only where it is far above that in training."""
    assert judge(odd).tests == ("inference_mode",)
    signals = healthy(odd)
    del signals["inference_loss"]
    assert judge(**signals, test_inference_mode=modes(0.2, 0.9)).finding.severity is Severity.ISSUE
    assert judge(**signals, test_inference_mode=modes(0.05, 0.25)).finding.severity is Severity.ISSUE
    assert judge(**signals, test_inference_mode=modes(0.2, 0.21)).status is Status.CLEAR
    assert judge(**signals, test_inference_mode=modes(0.01, 0.04)).status is Status.CLEAR


def test_usual_settings_are_clear() -> None:
    """With many steps of usual batches, and without any batch normalisation."""
    assert judge(normed()).status is Status.CLEAR
    assert judge(classifier()).status is Status.CLEAR
