"""B5: two activations in a row."""

from __future__ import annotations

import pytest
from program_zoo import classifier, dense, layer

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B5")])[0]


@pytest.mark.parametrize("second", [layer("ReLU", "relu"), layer("Activation", "sigmoid")])
def test_a_second_activation_is_a_tip(second) -> None:
    """Never an issue."""
    assert judge(classifier(dense(32, "relu"), second)).finding.severity is Severity.TIP


def test_one_activation_each_is_clear() -> None:
    """As an argument or as a layer, dropout between them or not; two softmaxes are another rule's."""
    assert judge(classifier(dense(32), layer("Activation", "relu"), layer("Dropout", rate=0.2))).status is Status.CLEAR
    assert judge(classifier(dense(3, "softmax"), head=layer("Softmax", "softmax"))).status is Status.CLEAR
