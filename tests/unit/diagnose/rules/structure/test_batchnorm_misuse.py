"""B9: averages that do not describe the data."""

from __future__ import annotations

import numpy as np
import pytest
from program_zoo import classifier, dense, layer
from watched_zoo import healthy, plain, stuck, table

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


def test_averages_of_restored_weights_are_as_old_as_their_epoch() -> None:
    """Ten epochs of fifty steps; early stopping goes back to the second, and these averages had a hundred."""
    settings = {"EarlyStopping": {"restore_best_weights": True}}
    long = {"steps": 500, "epochs": 10, "epochs_run": 10}
    falling, rising = plain("val_loss", np.linspace(1, 0.3, 10)), plain("val_loss", [1, 0.9, *np.linspace(1, 2, 8)])
    stopped = normed(**long, callback_settings=settings)
    assert judge(stopped, val_loss=rising).tests == ("inference_mode",)
    assert judge(stopped, val_loss=falling).status is Status.CLEAR
    assert judge(normed(**long), val_loss=rising).status is Status.CLEAR


def test_usual_settings_are_clear() -> None:
    """With many steps of usual batches, and without any batch normalisation."""
    assert judge(normed()).status is Status.CLEAR
    assert judge(classifier()).status is Status.CLEAR


def channel(kind, axes=(48, 1), **settings):
    """A layer of normalisation over the channels of a series."""
    norm = layer(kind, **settings)
    return classifier(norm, layer("Conv1D", "relu", filters=8), layer("Flatten"), shape=(None, *axes))


@pytest.mark.parametrize(
    "program",
    [
        channel("LayerNormalization"),
        channel("LayerNormalization", axis=[2]),
        channel("GroupNormalization", (16,), groups=16),
    ],
)
def test_single_numbers_are_not_to_be_normalised(program) -> None:
    """Whatever comes in, zero comes out; a tip where the network learns on a way around the layer."""
    verdict = judge(**stuck(program))
    assert verdict.finding.severity is Severity.ISSUE and "over one number" in verdict.reason
    assert verdict.finding.remedies == ("remove-normalisation",) and verdict.finding.where.layer
    assert judge(program).finding.severity is Severity.ISSUE
    assert judge(**healthy(program)).finding.severity is Severity.TIP


@pytest.mark.parametrize(
    "program",
    [
        channel("LayerNormalization", (48, 2)),
        channel("LayerNormalization", axis=[1, 2]),
        channel("LayerNormalization", rms_scaling=True),
        channel("GroupNormalization", (48, 8), groups=8),
        channel("BatchNormalization"),
    ],
)
def test_several_numbers_may_be_normalised(program) -> None:
    """Over channels, steps or examples; the root mean square leaves a sign."""
    assert judge(**stuck(program)).status is Status.CLEAR
