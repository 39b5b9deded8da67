"""B11: convolutions that skip or waste."""

from __future__ import annotations

from dataclasses import replace

import pytest
from program_zoo import classifier, conv, dense, layer

from vandap.core.finding import Severity, Status
from vandap.core.program import Site
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
        classifier(conv(8, kernel_size=[11, 11]), FLAT, shape=(None, 5, 5, 1)),
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


def test_a_published_plan_is_not_judged() -> None:
    """A backbone of `keras.applications` skips pixels on purpose; the user's own convolution behind it is judged."""
    published = conv(8, strides=[4, 4], site=Site("train.py", 3, "MobileNetV2()", "keras.applications"))
    program = classifier(published, conv(4), FLAT, shape=IMAGES)
    layers = (replace(program.layers[0], site=published.site), *program.layers[1:])
    assert judge(replace(program, layers=layers)).status is Status.CLEAR
    own = classifier(conv(4), conv(8, strides=[4, 4]), FLAT, shape=IMAGES)
    assert judge(replace(own, layers=(replace(own.layers[0], site=published.site), *own.layers[1:]))).finding


def nested(backbone: str, trainable: bool = True):  # noqa: D103
    inside = classifier(conv(4, name="stem"), conv(8, strides=[4, 4], name="skips"), FLAT, shape=IMAGES).layers[:2]
    entry = layer("InputLayer", name="entry", path="backbone/entry", parent="backbone")
    held = [
        replace(item, path=f"backbone/{item.name}", parent="backbone", trainable=trainable, inputs=(fed,))
        for item, fed in zip(inside, ("entry", "stem"), strict=True)
    ]
    whole = classifier(layer(backbone, name="backbone", path="backbone"), FLAT, shape=IMAGES)
    first, *rest = whole.layers
    return replace(whole, layers=(first, entry, *held, *rest))


@pytest.mark.parametrize("backbone", ["Functional", "Sequential"])
def test_a_model_inside_the_model_is_judged(backbone: str) -> None:
    """Such as one that was loaded from a file; not where it is frozen, for its plan came with its weights."""
    assert judge(nested(backbone)).finding.where.layer == "backbone/skips"
    assert judge(nested(backbone, trainable=False)).status is Status.CLEAR


def test_a_projected_shortcut_skips_nothing() -> None:
    """Beside a window of one pixel and strides of two, the other branch of a residual block reads every pixel."""
    stem = conv(8, name="stem")
    shortcut = conv(8, kernel_size=[1, 1], strides=[2, 2], name="shortcut")
    block = conv(8, strides=[2, 2], name="block")
    program = classifier(stem, shortcut, block, layer("Add", name="add"), FLAT, shape=IMAGES)
    feeding = {"block": ("stem",), "add": ("shortcut", "block")}
    layers = tuple(replace(item, inputs=feeding.get(item.name, item.inputs)) for item in program.layers)
    assert judge(replace(program, layers=layers)).status is Status.CLEAR
