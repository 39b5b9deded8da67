"""B6: weights that start alike or at a wrong scale."""

from __future__ import annotations

import pytest
from program_zoo import classifier, conv, dense, layer
from watched_zoo import healthy, stuck, table, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B6")])[0]


def init(name: str, **config: float):  # noqa: D103
    return {"class_name": name, "config": config}


@pytest.mark.parametrize(
    "initialiser",
    [
        init("Zeros"), init("Ones"), init("Constant", value=0.1), init("RandomNormal", mean=0.0, stddev=0.0),
        init("RandomUniform", minval=0.5, maxval=0.5),
    ],
)  # fmt: skip
def test_a_hidden_layer_that_starts_alike(initialiser) -> None:
    """All its units stay copies of each other."""
    verdict = judge(classifier(dense(32, "relu", kernel_initializer=initialiser), dense(16, "relu")))
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.layer == "dense_0"


def test_one_layer_that_starts_alike_in_a_network_that_learns_is_a_tip() -> None:
    """The layers behind it drew its units apart; in a gate, zeros are a choice."""
    zeros = init("Zeros")
    alike = classifier(dense(32, "tanh", kernel_initializer=zeros), dense(16, "relu"))
    for course, severity in ((healthy, Severity.TIP), (stuck, Severity.ISSUE)):
        signals = {name: item for name, item in course(alike).items() if name != "weight_change"}
        assert judge(**signals).finding.severity is severity
    gate = classifier(dense(32, "sigmoid", kernel_initializer=zeros), layer("Multiply"), dense(16, "relu"))
    assert judge(gate).status is Status.CLEAR


@pytest.mark.parametrize(
    "initialiser",
    [
        init("RandomNormal", mean=0.0, stddev=5.0),
        init("RandomNormal", mean=0.0, stddev=1e-4),
        init("RandomUniform", minval=0.0, maxval=5.0),
    ],
)
def test_a_wrong_scale_is_an_issue_unless_the_network_learns(initialiser) -> None:
    """Adam copes with many a scale."""
    sick = classifier(dense(64, "relu", kernel_initializer=initialiser), dense(16, "relu"))
    assert judge(sick).finding.severity is Severity.ISSUE
    assert judge(**healthy(sick)).finding.severity is Severity.TIP
    assert judge(**stuck(sick)).finding.severity is Severity.ISSUE


@pytest.mark.parametrize(
    "sound",
    [
        classifier(),
        classifier(head=dense(3, "softmax", kernel_initializer=init("Zeros"))),
        classifier(dense(32, "relu", kernel_initializer=init("RandomNormal", mean=0.0, stddev=0.05))),
        classifier(
            dense(32, kernel_initializer=init("RandomNormal", mean=0.0, stddev=9.0)), layer("BatchNormalization")
        ),
        classifier(dense(32, "relu", kernel_initializer=init("HeNormal"))),
        classifier(
            conv(8, kernel_initializer=init("VarianceScaling", scale=2.0, mode="fan_in")),
            layer("Flatten"),
            shape=(None, 8, 8, 1),
        ),
        classifier(dense(32, "relu", trainable=False, trainable_parameters=0, kernel_initializer=init("Ones"))),
    ],
)
def test_sound_starts(sound) -> None:
    """A last layer of zeros, a norm after an odd scale, a fixed filter."""
    assert judge(sound).status is Status.CLEAR


def test_weights_that_were_loaded_do_not_start_alike() -> None:
    """The initialiser's name says nothing then."""
    made = classifier(dense(32, "relu", kernel_initializer=init("Zeros")), dense(16, "relu"))
    facts = ("relative", "start_deviation", "start_mean", "start_size", "trained")
    loaded = table("weight_change", {"dense_0/kernel": (0.1, 0.2, 0.0, 256, 1)}, facts)
    assert judge(made, weight_change=loaded).status is Status.CLEAR


def test_where_the_models_own_code_may_correct_a_scale_the_first_loss_tells() -> None:
    """A network that starts far beyond the loss of knowing nothing has no norm that mends its kernels."""
    huge = init("RandomNormal", mean=0.0, stddev=5.0)
    made = classifier(dense(64, "relu", kernel_initializer=huge), dense(16, "relu"), model="Mine")
    assert judge(**stuck(made)).status is Status.CLEAR
    assert judge(**with_loss(90.0, 40.0, 0.3, made)).finding.severity is Severity.ISSUE
