"""What-ifs as edits of a source: each form finds its place, or is refused with its line."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vandap.ask.whatif.form import Subject
from vandap.ask.whatif.language import FORMS
from vandap.ask.whatif.parse import parse
from vandap.core.program import Compile, FitCall, Layer, Loss, Program, Site
from vandap.core.signals import Series
from vandap.errors import UsageError
from vandap.repair.source.project import Applied, Project, apply

SOURCE = """\
import keras
from keras import layers

model = keras.Sequential([
    keras.Input((8, 8, 1)),
    layers.Conv2D(4, 3, activation="relu"),
    layers.BatchNormalization(),
    layers.Flatten(),
    layers.Dense(16, activation="relu"),
    layers.Dropout(0.3),
    layers.Dense(3, activation="softmax"),
])
model.compile(keras.optimizers.SGD(0.05, clipnorm=1.0), "categorical_crossentropy")
"""
FIT = "model.fit(x, y, epochs=4, batch_size=32, validation_split=0.2)\n"


def made(index: int, name: str, kind: str, line: int, **fields: Any) -> Layer:
    """A layer made at a line."""
    return replace(Layer(index, name, name, kind, site=Site("train.py", line)), **fields)


LAYERS = (
    made(0, "conv", "Conv2D", 6, activation="relu", settings={"filters": 4, "padding": "valid"}, parameters=40),
    made(1, "norm", "BatchNormalization", 7, parameters=16),
    made(2, "flatten", "Flatten", 8),
    made(3, "dense", "Dense", 9, activation="relu", settings={"units": 16}, parameters=2320),
    made(4, "drop", "Dropout", 10, settings={"rate": 0.3}),
    made(5, "out", "Dense", 11, activation="softmax", settings={"units": 3}, parameters=51),
)
COUNTS = Series(np.array([[50.0, 30.0, 20.0]]), {"output": ("out",), "class": ("0", "1", "2")})


def edited(text: str, folder: Path) -> Applied:
    """A what-if made in the source."""
    file = folder / "train.py"
    file.write_text(SOURCE + FIT)
    first = replace(LAYERS[0], input_shape=(None, 8, 8, 1))
    layers = tuple(replace(item, site=Site(str(file), item.site.line)) for item in (first, *LAYERS[1:]))
    settings = {"learning_rate": 0.05, "clipnorm": 1.0}
    program = Program(
        outputs=("out",),
        layers=layers,
        compile=Compile((Loss("out", "CategoricalCrossentropy"),), (), "SGD", settings, site=Site(str(file), 13)),
        fits=(
            FitCall("arrays", 100, 32, 4, steps=16, shuffle=True, validation="split", site=Site(str(file), 14)),
        ),
    )  # fmt: skip
    changes = parse(text).changes(Subject(program, {"label_counts": COUNTS}))
    return apply(Project(program, folder), changes)


EDITS = [
    ("lr*10", "SGD(0.5, clipnorm=1.0)"),
    ("batch/2", "batch_size=16"),
    ("epochs*3", "epochs=12"),
    ("no clip", "SGD(0.05)"),
    ("optimizer=adam", "keras.optimizers.Adam(learning_rate=0.001)"),
    ("no batchnorm", 'activation="relu"),\n    layers.Flatten()'),
    ("no dropout", 'activation="relu"),\n    layers.Dense(3'),
    ("+dropout=0.5", 'layers.Conv2D(4, 3, activation="relu"),\n    layers.Dropout(0.5),'),
    ("dropout=0.1", "layers.Dropout(0.1)"),
    ("activation=linear", 'layers.Dense(16, activation="linear")'),
    ("init=zeros", 'layers.Dense(3, activation="softmax", kernel_initializer="zeros")'),
    ("width*2", 'layers.Conv2D(8, 3, activation="relu")'),
    ("padding=same", 'layers.Conv2D(4, 3, activation="relu", padding="same")'),
    ("image_size*2", "keras.Input((8, 8, 1)),\n    layers.Resizing(16, 16),\n    layers.Conv2D"),
    ("classes balanced", "class_weight={0: 0.667, 1: 1.11, 2: 1.67}"),
    ("label_smoothing=0.1", "label_smoothing=0.1"),
]


@pytest.mark.parametrize(("text", "expected"), EDITS)
def test_a_what_if_is_the_smallest_edit(text: str, expected: str, tmp_path: Path) -> None:
    """The change stands where a person would write it, and nothing else moves."""
    applied = edited(text, tmp_path)
    assert not applied.refused
    (content,) = applied.project.changed.values()
    assert expected in content.decode()
    assert content.decode().count("\n") - (SOURCE + FIT).count("\n") in range(-1, 3)


@pytest.mark.parametrize("example", [example for form in FORMS for example in form.examples])
def test_every_example_is_made_refused_or_means_nothing(example: str, tmp_path: Path) -> None:
    """No form breaks on a plain script: the result is Python, or the reason is told."""
    try:
        applied = edited(example, tmp_path)
    except UsageError as error:
        assert error.hint
        return
    assert all(refusal.reason.endswith(".") for _, refusal in applied.refused)
    for content in applied.project.changed.values():
        ast.parse(content)


@pytest.mark.backend
@pytest.mark.parametrize("text", ["image_size*2", "image_size/2", "padding=same", "+batchnorm", "init=he_normal"])
def test_the_edited_model_can_be_built(text: str, tmp_path: Path) -> None:
    """Shapes behind the change fit: the layer behind a Flatten grows with the image, the input does not change."""
    (content,) = edited(text, tmp_path).project.changed.values()
    names: dict[str, Any] = {}
    exec(content.decode().replace(FIT, ""), names)
    model = names["model"]
    assert model.input_shape == (None, 8, 8, 1) and model.output_shape == (None, 3)
    sides = {"image_size*2": 14, "image_size/2": 2, "padding=same": 8}
    flat = next(layer for layer in model.layers if type(layer).__name__ == "Flatten")
    assert flat.output.shape[-1] == 4 * sides.get(text, 6) ** 2
