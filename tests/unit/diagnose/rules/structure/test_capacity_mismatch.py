"""B10: too narrow a layer."""

from __future__ import annotations

import pytest
from program_zoo import classifier, dense, layer, regressor
from watched_zoo import comparison, healthy, poor, table, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose

PIXEL = layer("MaxPooling2D", output_shape=(None, 1, 1, 1))


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B10")])[0]


def by_heart(errors):  # noqa: D103
    return table("test_one_batch", {"model": (1.1, 0.5, 200, errors)}, ("first", "last", "steps", "errors"))


@pytest.mark.parametrize(
    "sick",
    [
        classifier(dense(32, "relu"), dense(1, "relu"), head=dense(12, "softmax")),
        classifier(dense(2, "relu"), dense(32, "relu"), head=dense(12, "softmax")),
        regressor(dense(32, "relu"), dense(1, "relu")),
        classifier(PIXEL, layer("Flatten"), dense(32, "relu"), head=dense(12, "softmax"), shape=(None, 2, 2, 1)),
    ],
)
def test_too_few_units_to_tell_the_answers_apart(sick) -> None:
    """An issue at the narrowest layer, unless the network learns all the same."""
    verdict = judge(sick)
    assert verdict.finding.severity is Severity.ISSUE
    assert judge(**healthy(sick)).status is Status.CLEAR


def test_half_learnt_is_not_enough_for_a_layer_that_cannot_tell_the_classes_apart() -> None:
    """One unit for three classes: two of them can never both be answered surely."""
    sick = classifier(dense(32, "relu"), dense(1, "relu"))
    assert judge(**with_loss(1.1, 0.45, 0.7, sick)).finding.severity is Severity.ISSUE
    assert judge(**with_loss(1.1, 0.1, 0.97, sick)).status is Status.CLEAR
    two = classifier(dense(32, "relu"), dense(1, "relu"), head=dense(2, "softmax"))
    assert judge(**with_loss(1.1, 0.45, 0.7, two)).told is None


def test_a_narrow_layer_is_judged_by_one_batch() -> None:
    """Five units for twelve classes; or a single one, past which a model's own code may lead other values."""
    own = classifier(dense(32, "relu"), dense(1, "relu"), head=dense(12, "softmax"), model="Chain")
    assert judge(**poor(own)).tests == ("one_batch",)
    assert judge(**poor(own), test_one_batch=by_heart(0.3)).finding.severity is Severity.ISSUE
    assert judge(**poor(own), test_one_batch=by_heart(0.0)).told is None
    narrow = classifier(dense(32, "relu"), dense(5, "relu"), head=dense(12, "softmax"))
    assert judge(narrow).tests == ("one_batch",)
    assert judge(**poor(narrow), test_one_batch=by_heart(0.3)).finding.severity is Severity.ISSUE
    assert judge(**poor(narrow), test_one_batch=by_heart(0.0)).told is None


@pytest.mark.parametrize(
    "sound",
    [
        classifier(),
        regressor(dense(4, "relu")),
        regressor(dense(16, "relu"), dense(2), dense(16, "relu"), head=dense(64)),
        classifier(
            dense(16, "relu"), dense(2), dense(16, "relu"), head=dense(64, "sigmoid"), loss="BinaryCrossentropy"
        ),
        classifier(dense(8, "relu"), head=dense(12, "softmax")),
        classifier(layer("LSTM", "tanh", units=4), shape=(None, 10, 2)),
    ],
)
def test_wide_enough(sound) -> None:
    """The codes of autoencoders are narrow on purpose."""
    assert judge(sound).status is Status.CLEAR


def test_millions_of_weights_for_few_examples_are_a_tip() -> None:
    """Many such networks are fine-tuned."""
    assert (
        judge(classifier(dense(100_000, "relu"), dense(100, "relu"), fit={"examples": 100})).finding.severity
        is Severity.TIP
    )


def test_a_recurrent_layer_may_be_the_narrow_one() -> None:
    """An issue before classes; before a number one state may be all it takes, so that one batch decides."""
    steps = {"shape": (None, 12, 4)}
    classes = classifier(layer("LSTM", "tanh", units=1), head=dense(12, "softmax"), **steps)
    assert judge(**poor(classes)).finding.severity is Severity.ISSUE
    assert judge(**healthy(classes)).status is Status.CLEAR
    number = regressor(layer("GRU", "tanh", units=1), **steps)
    assert judge(**poor(number)).tests == ("one_batch",)
    every = layer("GRU", "tanh", units=1, return_sequences=True)
    assert judge(classifier(every, layer("Flatten"), head=dense(12, "softmax"), **steps)).status is Status.CLEAR


def test_few_units_that_suffice_by_their_number_are_judged_by_a_wider_network() -> None:
    """Two units for four classes: asked about where the training came to rest early, and an issue if width wins far."""
    small = classifier(dense(2, "tanh"), head=dense(4, "softmax"))
    signals = with_loss(1.386, 0.78, 0.6, small)
    verdict = judge(**signals, test_one_batch=by_heart(0.0))
    assert (verdict.tests, verdict.told) == (("wider",), None)
    helped = comparison("wider", real=(0.78, 0.8), wider=(0.02, 0.03))
    found = judge(**signals, test_wider=helped).finding
    assert (found.severity, found.where.layer) == (Severity.ISSUE, "dense_0")
    alike = comparison("wider", real=(0.78, 0.8), wider=(0.7, 0.75))
    assert judge(**signals, test_wider=alike).status is Status.CLEAR
    heart = comparison("wider", real=(0.78, 0.8), wider=(0.02, 0.85))
    assert judge(**signals, test_wider=heart).status is Status.CLEAR
    assert judge(**with_loss(1.386, 0.1, 0.97, small)).status is Status.CLEAR
