"""B11: convolutions that skip or waste."""

from __future__ import annotations

import pytest
from program_zoo import classifier, conv, dense, layer

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B11")])[0]


IMAGES = (None, 64, 64, 3)
FLAT = layer("Flatten")


@pytest.mark.parametrize(
    "odd",
    [
        classifier(conv(8, strides=[4, 4]), FLAT, shape=IMAGES),
        classifier(conv(8, kernel_size=[11, 11]), FLAT, shape=(None, 8, 8, 1)),
        classifier(conv(32), FLAT, dense(64, "relu"), shape=IMAGES),
        classifier(*[conv(4)] * 6, FLAT, shape=(None, 16, 16, 1)),
    ],
)
def test_oddities_are_tips(odd) -> None:
    """Never issues."""
    assert judge(odd).finding.severity is Severity.TIP


def test_a_usual_plan_is_clear() -> None:
    """Small kernels, pooling, a small dense layer."""
    plan = (conv(16), layer("MaxPooling2D"), conv(32), layer("MaxPooling2D"), FLAT, dense(32, "relu"))
    assert judge(classifier(*plan, shape=IMAGES)).status is Status.CLEAR
    assert judge(classifier()).status is Status.CLEAR
