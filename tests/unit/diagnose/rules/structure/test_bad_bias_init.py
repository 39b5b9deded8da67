"""B7: biases that outweigh the inputs."""

from __future__ import annotations

import pytest
from program_zoo import classifier, dense, regressor
from watched_zoo import healthy, targets

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B7")])[0]


def bias(value: float):  # noqa: D103
    return {"class_name": "Constant", "config": {"value": value}}


@pytest.mark.parametrize("value", [-20.0, -3.0, 50.0])
def test_hidden_biases_far_from_zero(value) -> None:
    """An issue, and a tip where the network learns all the same."""
    sick = classifier(dense(32, "relu", bias_initializer=bias(value)), dense(16, "relu"))
    assert judge(sick).finding.severity is Severity.ISSUE
    assert judge(**healthy(sick)).finding.severity is Severity.TIP


@pytest.mark.parametrize(
    "sound",
    [
        classifier(dense(32, "relu", bias_initializer={"class_name": "Ones", "config": {}})),
        classifier(dense(32, "relu", bias_initializer=bias(0.1))),
        classifier(head=dense(3, "softmax", bias_initializer=bias(-4.6))),
        regressor(head=dense(1, bias_initializer=bias(250_000.0))),
    ],
)
def test_sound_starts(sound) -> None:
    """Small constants, a prior of the classes, the mean of a target."""
    assert judge(sound).status is Status.CLEAR


def test_a_yes_or_no_output_starts_at_its_odds() -> None:
    """One in a hundred asks for -4.6; 20 is far off."""
    rare = targets(0, 1, 0.01, 0.1, 0, 1, 2, 1, 1, 0, 0)
    for value, status in ((-4.6, Status.CLEAR), (0.0, Status.CLEAR), (20.0, Status.FOUND)):
        made = classifier(head=dense(1, "sigmoid", bias_initializer=bias(value)), loss="BinaryCrossentropy")
        assert judge(made, label_statistics=rare).status is status
