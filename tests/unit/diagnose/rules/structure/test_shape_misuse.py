"""B12: shapes that do not belong together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from program_zoo import classifier, conv, dense, layer, regressor
from watched_zoo import table, targets

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B12")])[0]


SERIES = (None, 10, 2)


def test_an_answer_for_each_step_against_one_target() -> None:
    """A last recurrent layer that returns sequences."""
    steps = regressor(layer("LSTM", "tanh", units=8, return_sequences=True), shape=SERIES)
    for rank in (1, 2):
        verdict = judge(steps, label_statistics=targets(-3, 3, 0, 1, 0, 0, 500, rank, 1, 0, 0))
        assert verdict.finding.severity is Severity.ISSUE
    whole = targets(-3, 3, 0, 1, 0, 0, 500, 3, 1, 0, 0)
    assert judge(steps, label_statistics=whole).status is Status.CLEAR


def test_one_output_for_several_targets() -> None:
    """Broadcasting hides it, for errors of numbers."""
    several = targets(0, 1, 0.3, 0.4, 0, 1, 2, 2, 3, 1, 1)
    assert judge(regressor(), label_statistics=several).finding.severity is Severity.ISSUE
    assert judge(regressor(head=dense(3)), label_statistics=several).status is Status.CLEAR


@pytest.mark.parametrize(
    ("sound", "observed"),
    [
        (regressor(), (-3, 3, 0, 1, 0, 0, 500, 1, 1, 0, 0)),
        (regressor(), (-3, 3, 0, 1, 0, 0, 500, 2, 1, 0, 0)),
        (classifier(), (0, 2, 1, 0.8, 0, 1, 3, 1, 1, 0, 0)),
        (classifier(), (0, 2, 1, 0.8, 0, 1, 3, 2, 1, 0, 0)),
        (
            classifier(conv(8), head=conv(1, "sigmoid"), loss="BinaryCrossentropy", shape=(None, 8, 8, 1)),
            (0, 1, 0.4, 0.5, 0, 1, 2, 3, 8, 0, 0),
        ),
        (classifier(conv(8), head=conv(4, "softmax"), shape=(None, 8, 8, 1)), (0, 3, 1, 1, 0, 1, 4, 3, 8, 0, 0)),
    ],
)
def test_shapes_that_belong_together(sound, observed) -> None:
    """Vectors and columns, class numbers, masks of pixels."""
    assert judge(sound, label_statistics=targets(*observed)).status is Status.CLEAR


def test_the_wrong_axis_is_a_tip() -> None:
    """A dense layer on the channels of an image, a recurrent layer over one step."""
    image = classifier(dense(32, "relu"), layer("Flatten"), shape=(None, 8, 8, 3))
    assert judge(image).finding.severity is Severity.TIP
    single = classifier(layer("LSTM", "tanh", units=8), shape=(None, 1, 8))
    assert judge(single).finding.severity is Severity.TIP


VECTOR, COLUMN = ((-3, 3, 0, 1, 0, 0, 500, rank, 1, 0, 0) for rank in (1, 2))


def own(kind: str = "Mine", module: str = "__main__"):
    """A regressor whose loss is the program's own."""
    program = regressor()
    losses = (replace(program.compile.losses[0], kind=kind, module=module),)
    return replace(program, compile=replace(program.compile, losses=losses))


ALIKE, APART = (
    table(
        "predictions", {"output": (-0.1, 0.1, 0, spread, spread)}, ("minimum", "maximum", "mean", "deviation", "across")
    )
    for spread in (0.02, 0.4)
)


@pytest.mark.parametrize("program", [own(), replace(regressor(), custom_train_step=True)])
def test_targets_that_an_own_loss_stretches_are_a_tip(program) -> None:
    """Where the answers are nearly alike, and the targets lack the axis that these have."""
    verdict = judge(program, label_statistics=targets(*VECTOR), predictions=ALIKE)
    assert verdict.finding.severity is Severity.TIP and "every answer with every target" in verdict.reason
    assert verdict.finding.remedies == ("match-target-shape",) and verdict.finding.where.layer
    assert judge(program, label_statistics=targets(*COLUMN), predictions=ALIKE).status is Status.CLEAR
    assert judge(program, label_statistics=targets(*VECTOR), predictions=APART).status is Status.CLEAR


@pytest.mark.parametrize("program", [regressor(), own("huber_of_mine")])
def test_losses_that_keras_calls_get_one_shape(program) -> None:
    """Its own, and functions."""
    assert judge(program, label_statistics=targets(*VECTOR), predictions=ALIKE).status is Status.CLEAR
