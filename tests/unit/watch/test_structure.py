"""The program record of models of every style."""

import os
import subprocess
import sys

import numpy as np
import pytest

from vandap.core.program import Program
from vandap.core.records import from_json, to_json
from vandap.watch.sites import Sites
from vandap.watch.structure import describe
from vandap.watch.trace import Trace

keras = pytest.importorskip("keras")
layers = keras.layers


class _Block(layers.Layer):
    def __init__(self, **options):
        super().__init__(**options)
        self.inner = layers.Dense(4, activation="gelu", name="inner")

    def call(self, inputs):
        return self.inner(inputs)


class _Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(2, activation="softmax", name="head")
        self.block = _Block(name="block")
        self.first = layers.Dense(4, name="first")

    def call(self, inputs):
        return self.head(self.block(self.first(inputs)))


def _describe(model, trace=None):
    """Describe, through the file and back."""
    program = describe(model, Sites(), trace)
    return from_json(Program, to_json(program))


def test_functional_models_show_what_feeds_what():
    """Bare operations stand among the layers; a nested model comes before its own layers."""
    first = keras.Input((8,), name="table")
    scaled = layers.Dense(4, name="dense")(first / 255.0)
    hidden = keras.ops.relu(scaled) + scaled
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, "tanh", name="in")], name="nested")
    out = layers.Dense(1, activation="sigmoid", name="out")(inner(hidden))
    program = _describe(keras.Model(first, out))
    kinds = [(layer.path, layer.kind) for layer in program.layers]
    names = [path for path, _ in kinds]
    assert [kind for _, kind in kinds][:5] == ["InputLayer", "TrueDivide", "Dense", "Relu", "Add"]
    assert names[5:] == ["nested", "nested/in", "out"]
    assert program.layers[1].settings["arguments"] == [255.0]
    assert program.layers[3].activation == "relu"
    assert program.layers[4].inputs == (names[3], "dense")
    assert program.layer("dense").input_shape == (None, 8)
    assert program.layer("nested/in").parent == "nested"
    assert program.layer("nested/in").activation == "tanh"
    assert program.outputs == ("out",)
    assert [layer.index for layer in program.layers] == list(range(8))


def test_a_shared_layer_counts_its_calls():
    """One layer called on two inputs is one entry, fed by both."""
    one, two = keras.Input((3,), name="one"), keras.Input((3,), name="two")
    shared = layers.Dense(2, name="shared")
    model = keras.Model([one, two], layers.Concatenate(name="both")([shared(one), shared(two)]))
    layer = _describe(model).layer("shared")
    assert (layer.calls, set(layer.inputs), layer.parameters) == (2, {"one", "two"}, 8)


def test_a_sequential_model_is_described_before_it_is_built():
    """Shapes are unknown, names and settings are not."""
    program = _describe(keras.Sequential([layers.Flatten(), layers.Dense(3, name="last")]))
    assert program.outputs == ("last",)
    assert program.layer("last").settings["units"] == 3
    assert program.layer("last").input_shape == ()
    assert not program.layer("last").parameters


def test_the_first_pass_gives_a_subclassed_model_its_graph():
    """Order, feeding layers and shapes come from the calls that Keras itself makes."""
    model = _Subclassed()
    trace = Trace.of(model)
    model.compile("sgd", "mse")
    model._symbolic_build(data_batch=(np.zeros((8, 5)), np.zeros((8, 2))))
    trace.stop()
    program = _describe(model, trace)
    assert [layer.path for layer in program.layers] == ["first", "block", "block/inner", "head"]
    assert program.layer("block").inputs == ("first",)
    assert program.layer("head").inputs == ("block",)
    assert program.layer("head").output_shape == (None, 2)
    assert program.layer("block").is_custom
    assert not program.layer("head").is_custom
    assert program.outputs == ("head",)


@pytest.mark.parametrize(
    ("layer", "activation"),
    [
        (lambda: layers.ReLU(), "relu"),
        (lambda: layers.Activation("softmax"), "softmax"),
        (lambda: layers.LSTM(2), "tanh"),
        (lambda: layers.Bidirectional(layers.GRU(2)), "tanh"),
        (lambda: layers.TimeDistributed(layers.Dense(2, "relu")), "relu"),
        (lambda: layers.Dense(2, activation=layers.LeakyReLU()), "leaky_relu"),
        (lambda: layers.Dense(2), "linear"),
        (lambda: layers.Dropout(0.1), None),
    ],
)
def test_the_activation_is_named(layer, activation):
    """Whether it is a layer, a setting, a layer in a setting, or inside of a wrapper."""
    assert _describe(keras.Sequential([layer()])).layers[0].activation == activation


@pytest.mark.parametrize(
    ("given", "kind", "from_logits"),
    [
        ("mse", "MeanSquaredError", False),
        ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy", False),
        (keras.losses.binary_crossentropy, "BinaryCrossentropy", False),
        (keras.losses.CategoricalCrossentropy(from_logits=True), "CategoricalCrossentropy", True),
    ],
)
def test_losses_have_their_class_form(given, kind, from_logits):
    """A name, a function and an object are told alike."""
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="out")])
    model.compile("sgd", given)
    (loss,) = _describe(model).compile.losses
    assert (loss.kind, loss.output, loss.from_logits) == (kind, "out", from_logits)
    assert loss.module.startswith("keras")


def test_a_loss_of_the_users_keeps_its_name():
    """It is not taken for one of Keras."""

    def strange(true, predicted):
        return keras.ops.mean(predicted)

    model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    model.compile("sgd", strange)
    (loss,) = _describe(model).compile.losses
    assert loss.kind == "strange"
    assert not loss.module.startswith("keras")


def test_settings_of_compile():
    """The learning rate as it was written, a schedule as its configuration, weights of losses by output."""
    first = keras.Input((3,))
    model = keras.Model(first, [layers.Dense(1, name="a")(first), layers.Dense(2, name="b")(first)])
    losses = {"a": "mae", "b": "sparse_categorical_crossentropy"}
    model.compile(keras.optimizers.Adam(3e-4), losses, loss_weights={"a": 0.25, "b": 1.0}, metrics={"b": "accuracy"})
    model._symbolic_build(data_batch=(np.zeros((4, 3)), (np.zeros((4, 1)), np.zeros((4, 1)))))
    compiled = _describe(model).compile
    assert compiled.settings["learning_rate"] == 3e-4
    assert [(loss.output, loss.weight) for loss in compiled.losses] == [("a", 0.25), ("b", 1.0)]
    assert compiled.metrics == ("sparse_categorical_accuracy",)
    model.compile(keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 50)), losses)
    schedule = _describe(model).compile.settings["learning_rate"]
    assert schedule["class_name"] == "CosineDecay"
    assert schedule["config"]["decay_steps"] == 50


def test_describing_does_not_import_tensorflow():
    """A program on another back end does not pay for it."""
    code = (
        "import sys, keras; from vandap.watch.sites import Sites; from vandap.watch.structure import describe;"
        "describe(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]), Sites());"
        "sys.exit('tensorflow' in sys.modules)"
    )
    backend = {"tensorflow": "jax"}.get(keras.config.backend(), keras.config.backend())
    environment = {**os.environ, "KERAS_BACKEND": backend}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
