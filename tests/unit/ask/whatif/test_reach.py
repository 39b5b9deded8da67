"""Every layer means every layer: those that no edit reaches are named, and nothing is tried."""

from __future__ import annotations

from typing import Any

import pytest

from vandap.ask.whatif.form import Subject
from vandap.ask.whatif.parse import parse
from vandap.ask.whatif.reach import is_augmenting
from vandap.core.program import Layer, Program
from vandap.errors import UsageError
from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import HiddenActivation, Initialiser, Insert, LayerSetting, Remove, Units

OUT = Layer(9, "out", "out", "Dense", settings={"units": 3}, activation="softmax", parameters=9)
DENSE = Layer(8, "dense", "dense", "Dense", settings={"units": 32}, activation="relu", parameters=9)
LSTM = Layer(
    0, "lstm", "lstm", "LSTM", settings={"units": 64, "kernel_initializer": "GlorotUniform"}, activation="tanh",
    parameters=9,
)  # fmt: skip
BOTH = Layer(
    0, "both", "both", "Bidirectional", settings={"layer": {"class_name": "LSTM", "config": dict(LSTM.settings)}},
    activation="tanh", parameters=9,
)  # fmt: skip
SEPARABLE = Layer(
    0, "separable", "separable", "SeparableConv2D", activation="relu", parameters=9,
    settings={"filters": 8, "padding": "valid", "depthwise_initializer": {}, "pointwise_initializer": {}},
)  # fmt: skip
CUSTOM = Layer(0, "mine", "mine", "Mine", "__main__", settings={"units": 4}, activation="relu", parameters=9)
RELU = Layer(0, "relu", "relu", "Relu", "keras.src.ops.nn", activation="relu")
FLIP = Layer(0, "flip", "flip", "RandomFlip")
SHEAR = Layer(1, "shear", "shear", "RandomShear")


def changes(text: str, *layers: Layer, outputs: tuple[str, ...] = ("out",)) -> tuple[Change, ...]:
    """What a what-if means for a network of some layers and an output."""
    return parse(text).changes(Subject(Program(outputs=outputs, layers=(*layers, OUT))))


@pytest.mark.parametrize(
    ("text", "layers", "change"),
    [
        ("width*2", (LSTM, DENSE), Units(2.0, ("lstm", "dense"), (128, 64))),
        ("width*2", (SEPARABLE, DENSE), Units(2.0, ("separable", "dense"), (16, 64))),
        ("init=zeros", (LSTM, DENSE), Initialiser("zeros", ("lstm", "dense", "out"))),
        ("activation=linear", (LSTM, DENSE), HiddenActivation("linear", ("lstm", "dense"))),
        ("activation=tanh", (BOTH, DENSE), HiddenActivation("tanh", ("dense",))),
        ("activation=linear", (SEPARABLE, DENSE), HiddenActivation("linear", ("separable", "dense"))),
        ("padding=same", (SEPARABLE, DENSE), LayerSetting("padding", "same", ("separable",))),
        ("+dropout=0.5", (BOTH, DENSE), Insert("Dropout", ("both", "dense"), 0.5)),
    ],
)
def test_layers_of_other_kinds_are_reached(text: str, layers: tuple[Layer, ...], change: Change) -> None:
    """Not Dense and plain convolutions alone."""
    assert changes(text, *layers) == (change,)


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        ("width*2", BOTH),
        ("init=zeros", BOTH),
        ("activation=linear", BOTH),
        ("init=zeros", SEPARABLE),
        ("width*2", CUSTOM),
        ("activation=linear", CUSTOM),
        ("activation=linear", RELU),
    ],
)
def test_a_layer_out_of_reach_is_named(text: str, layer: Layer) -> None:
    """A half-made change would be answered as if it were the whole."""
    with pytest.raises(UsageError) as caught:
        changes(text, layer, DENSE)
    assert f"{layer.name} ({layer.kind})" in caught.value.hint


def test_outputs_keep_their_width() -> None:
    """Where there are two of them as well; and an output without weights has no kernel."""
    second = Layer(7, "second", "second", "Dense", settings={"units": 1}, parameters=9)
    assert changes("width*2", DENSE, second, outputs=("out", "second")) == (Units(2.0, ("dense",), (64,)),)
    last = Layer(10, "last", "last", "Activation", activation="softmax", inputs=("out",))
    program = Program(outputs=("last",), layers=(DENSE, OUT, last))
    assert parse("init=zeros").changes(Subject(program)) == (Initialiser("zeros", ("dense", "out")),)


def test_every_augmenting_layer_is_removed() -> None:
    """Whatever it is called: a shear as well as a flip."""
    both = (Remove(("flip",), "RandomFlip"), Remove(("shear",), "RandomShear"))
    assert changes("no augmentation", FLIP, SHEAR, DENSE) == both


@pytest.mark.backend
def test_keras_layers_of_images_are_told_apart() -> None:
    """Those that change examples by chance, by their module; those that do the same to all are none."""
    import keras

    def recorded(made: Any) -> Layer:
        return Layer(0, "a", "a", type(made).__name__, type(made).__module__)

    layers = keras.layers
    augmenting = [layers.RandomFlip(), layers.RandomShear(0.1), layers.MixUp(), layers.Solarization()]
    assert all(is_augmenting(recorded(made)) for made in augmenting)
    assert not any(is_augmenting(recorded(made)) for made in (layers.Resizing(8, 8), layers.CenterCrop(8, 8)))
    assert not is_augmenting(Layer(0, "a", "a", "RandomFeatures", "__main__", input_shape=(8,), output_shape=(64,)))
