"""The bare loops compute what the Keras model computes, and refuse what they cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vandap.core.program import Program
from vandap.train.bare.written import Case, Node, NotWrittenError, Training, Written

pytestmark = pytest.mark.backend


def convolutional() -> tuple[Any, Training]:
    """Convolutions with both paddings and strides, both pools, a branch, normalisation, dropout, softmax."""
    import keras
    from keras import layers

    x = inputs = keras.Input((9, 7, 3))
    x = layers.Rescaling(0.5, offset=-0.1)(x)
    x = layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    y = layers.Conv2D(4, (1, 2), padding="same", activation="tanh")(x)
    x = layers.Add()([x, y])
    x = layers.MaxPooling2D(2, padding="same")(x)
    x = layers.Concatenate()([x, layers.AveragePooling2D(2, strides=1, padding="same")(x)])
    x = layers.Flatten()(x)
    x = layers.LayerNormalization()(x)
    x = layers.Dropout(0.2)(x)
    x = layers.Dense(3, activation="softmax")(x)
    settings = {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True}
    return keras.Model(inputs, x), Training("SparseCategoricalCrossentropy", False, 0.0, "SGD", settings, 8)


def tabular() -> tuple[Any, Training]:
    """Numbers beside embedded categories, one logit."""
    import keras
    from keras import layers

    numbers, words = keras.Input((5,), name="numbers"), keras.Input((4,), dtype="int32", name="words")
    x = layers.Concatenate()([numbers, layers.GlobalAveragePooling1D()(layers.Embedding(11, 6)(words))])
    x = layers.Dense(1)(layers.Dense(16, activation="gelu")(x))
    return keras.Model([numbers, words], x), Training(
        "BinaryCrossentropy", True, 0.1, "AdamW", {"weight_decay": 0.01}, 8
    )


@pytest.mark.parametrize("make", [convolutional, tabular], ids=lambda make: make.__name__)
def test_answers_and_losses_are_those_of_keras(make: Any, tmp_path: Path) -> None:
    """Same outputs and same loss in float32, from a stored case; and training lowers the loss."""
    from vandap.train.bare.jax_loop import JaxLoop
    from vandap.train.bare.keras_loop import KerasLoop
    from vandap.train.bare.prepare import MODEL, described
    from vandap.train.bare.torch_loop import TorchLoop
    from vandap.train.bare.worker import TOLERANCE, difference

    model, training = make()
    described(model, training).save(tmp_path)
    model.save(tmp_path / MODEL)
    case = Case.load(tmp_path)
    case.written.check()
    own = KerasLoop(case, tmp_path)
    for loop in (TorchLoop(case), JaxLoop(case)):
        assert difference(loop, case) < TOLERANCE
        before = loop.loss()
        assert before == pytest.approx(own.loss(), rel=1e-4)
        loop.run(30)
        assert loop.loss() < before


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"nodes": (Node("a", "LSTM"),)}, "LSTM"),
        ({"nodes": (Node("a", "Dense", settings={"activation": "own"}),)}, "own"),
        ({"training": Training("Poisson")}, "Poisson"),
        ({"training": Training("MeanSquaredError", optimizer="Ftrl")}, "Ftrl"),
    ],
)
def test_what_has_no_bare_form_is_named(change: dict[str, Any], named: str) -> None:
    """A layer, an activation, a loss, an optimiser without a formula."""
    written = Written((Node("a", "Dense"),), "a", Training("MeanSquaredError"), ())
    written.check()
    with pytest.raises(NotWrittenError, match=named):
        replace(written, **change).check()


def test_a_watched_structure_is_built_anew() -> None:
    """The same layers, shapes and parameters; a model of one's own is refused in words."""
    import keras

    from vandap.train.bare.rebuild import rebuilt
    from vandap.watch.sites import Sites
    from vandap.watch.structure import describe

    model = keras.Sequential(
        [keras.Input((6, 6, 1)), keras.layers.Conv2D(2, 3), keras.layers.Flatten(), keras.layers.Dense(3)]
    )
    program = describe(model, Sites())
    again = rebuilt(program)
    assert again.count_params() == model.count_params() and again.output_shape == model.output_shape
    assert np.shape(again(np.zeros((2, 6, 6, 1), "float32"))) == (2, 3)
    with pytest.raises(NotWrittenError, match="class of its own"):
        rebuilt(replace(program, model="Mine"))
    with pytest.raises(NotWrittenError, match="outputs"):
        rebuilt(Program(model="Functional"))
