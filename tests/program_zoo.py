"""Programs by hand: layers in a row with their shapes, as the watch describes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vandap.core.program import Compile, FitCall, Layer, Loss, Program, Site

GLOROT = {"class_name": "GlorotUniform", "config": {"seed": None}}
ZEROS = {"class_name": "Zeros", "config": {}}
FILE = "train.py"


def dense(units: int, activation: str = "linear", **changes: Any) -> Layer:
    """A dense layer; `changes` are settings of the layer, or fields of the record."""
    return _layer(
        "Dense", {"units": units, "kernel_initializer": GLOROT, "bias_initializer": ZEROS}, changes, activation
    )


def conv(filters: int, activation: str = "relu", **changes: Any) -> Layer:
    """A convolution with a window of 3 by 3, stride 1 and same padding."""
    settings = {
        "filters": filters, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same",
        "data_format": "channels_last", "kernel_initializer": GLOROT, "bias_initializer": ZEROS,
    }  # fmt: skip
    return _layer("Conv2D", settings, changes, activation)


def layer(kind: str, activation: str | None = None, **changes: Any) -> Layer:
    """Any other layer."""
    return _layer(kind, {}, changes, activation)


def _layer(kind: str, settings: dict[str, Any], changes: dict[str, Any], activation: str | None) -> Layer:
    fields = {name: changes.pop(name) for name in list(changes) if name in Layer.__dataclass_fields__}
    name = fields.pop("name", "")
    made = Layer(0, name, name, kind, "keras.src.layers", {**settings, **changes}, activation, calls=1)
    return replace(made, **fields)


def shapes(item: Layer, entering: tuple[int | None, ...]) -> tuple[tuple[int | None, ...], int]:
    """Output shape and weights of a layer."""
    if item.kind == "Dense":
        units = item.settings["units"]
        return (*entering[:-1], units), (entering[-1] or 0) * units + units
    if item.kind == "Conv2D":
        filters = item.settings["filters"]
        return (*entering[:-1], filters), 9 * (entering[-1] or 0) * filters + filters
    if item.kind == "Flatten":
        size = 1
        for axis in entering[1:]:
            size *= axis or 1
        return (None, size), 0
    if item.kind == "MaxPooling2D":
        return (None, (entering[1] or 2) // 2, (entering[2] or 2) // 2, entering[3]), 0
    if item.kind == "Embedding":
        return (*entering, item.settings["output_dim"]), item.settings["input_dim"] * item.settings["output_dim"]
    if item.kind in ("LSTM", "GRU"):
        units = item.settings["units"]
        last = (None, units) if not item.settings.get("return_sequences") else (*entering[:-1], units)
        return last, 4 * units * (units + (entering[-1] or 0) + 1)
    if item.kind == "BatchNormalization":
        return entering, 4 * (entering[-1] or 0)
    return item.output_shape or entering, item.parameters


def row(entering: tuple[int | None, ...], *items: Layer) -> tuple[Layer, ...]:
    """Connect layers one after the other."""
    done: list[Layer] = []
    for index, item in enumerate(items):
        leaving, weights = shapes(item, entering)
        name = item.name or f"{item.kind.lower()}_{index}"
        trained = item.trainable_parameters or (weights if item.trainable else 0)
        done.append(
            replace(
                item, index=index, path=name, name=name, inputs=(done[-1].name,) if done else (), input_shape=entering,
                output_shape=leaving, parameters=weights, trainable_parameters=trained,
                site=Site(FILE, 10 + index, item.kind),
            )
        )  # fmt: skip
        entering = leaving
    return tuple(done)


def program(layers: tuple[Layer, ...], loss: str, metrics: tuple[str, ...] = (), **changes: Any) -> Program:
    """A Sequential model with a compile and one fit; `changes` are fields of the record.

    `loss_settings`, `optimizer`, `settings` (of the optimiser) and `fit` (fields of the call) may be given, too.
    """
    output = layers[-1].name
    losses = (Loss(output, loss, settings={"reduction": "sum_over_batch_size", **changes.pop("loss_settings", {})}),)
    optimizer = changes.pop("optimizer", "Adam")
    settings = {"learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
    settings = {**settings, **changes.pop("settings", {})}
    fit = FitCall(
        data="arrays", examples=960, batch_size=32, epochs=10, epochs_run=10, steps=300, shuffle=True,
        validation="data", validation_examples=240, site=Site(FILE, 31, "model.fit(...)"),
    )  # fmt: skip
    made = Program(
        backend="jax",
        keras="3.15.0",
        model="Sequential",
        model_name="sequential",
        layers=layers,
        outputs=(output,),
        compile=Compile(
            losses, metrics, optimizer, settings, {"jit_compile": True}, Site(FILE, 30, "model.compile(...)")
        ),
        fits=(replace(fit, **changes.pop("fit", {})),),
        site=Site(FILE, 9, "model = keras.Sequential(...)"),
    )
    return replace(made, **changes)


def classifier(
    *hidden: Layer, head: Layer | None = None, loss: str = "SparseCategoricalCrossentropy", **changes: Any
) -> Program:
    """Eight numbers, two hidden layers unless others are given, three classes."""
    inside = hidden or (dense(32, "relu"), dense(16, "relu"))
    last = head or dense(3, "softmax")
    metrics = changes.pop("metrics", ("sparse_categorical_accuracy",))
    return program(row(changes.pop("shape", (None, 8)), *inside, last), loss, metrics, **changes)


def regressor(*hidden: Layer, head: Layer | None = None, loss: str = "MeanSquaredError", **changes: Any) -> Program:
    """Eight numbers, two hidden layers unless others are given, one number."""
    return classifier(*hidden, head=head or dense(1), loss=loss, metrics=changes.pop("metrics", ()), **changes)
