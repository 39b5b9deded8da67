"""Small trainings and what they leave for the decisive tests."""

from __future__ import annotations

import keras
import numpy as np

from vandap.core.program import FitCall
from vandap.watch.kept import Batch, Kept, State


def separable(examples: int = 256, features: int = 8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Inputs of mean 0 and deviation 1, and two classes that a line parts."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(examples, features)).astype("float32")
    return x, (x[:, :2].sum(axis=1) > 0).astype("int32")


def network(*middle: keras.Layer, optimizer: object = None, features: int = 8, classes: int = 2) -> keras.Model:
    """A classifier, compiled."""
    keras.utils.set_random_seed(0)
    layers = middle or (keras.layers.Dense(16, activation="relu"),)
    model = keras.Sequential([keras.Input((features,)), *layers, keras.layers.Dense(classes)])
    model.compile(optimizer or keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(True))
    return model


def regressor(features: int = 8) -> keras.Model:
    """A network that predicts one number, compiled."""
    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential([keras.Input((features,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model


def trained(
    model: keras.Model,
    data: Batch,
    *,
    epochs: int = 2,
    batch_size: int = 32,
    steps: int = 0,
    validation: Batch | None = None,
) -> Kept:
    """Fit a model and keep what a watched training keeps.

    Args:
        model: A compiled model.
        data: Training examples.
        epochs: Epochs.
        batch_size: Examples of a batch.
        steps: Steps that the fit is said to have made, which bounds the tests; 0 for the real number.
        validation: Validation examples that the fit is said to have had.
    """
    states = {}

    class KeepState(keras.callbacks.Callback):
        def on_train_begin(self, logs: object = None) -> None:
            states["first"] = State.of(self._model)

    options = {"sample_weight": data.w, "callbacks": [KeepState()], "verbose": 0}
    model.fit(data.x, data.y, epochs=epochs, batch_size=batch_size, **options)
    made = epochs * -(-data.examples // batch_size)
    call = FitCall("arrays", data.examples, batch_size, epochs, epochs, steps or made, shuffle=True)
    return Kept(model, states["first"], data, validation, fit=call)


def values_of(model: keras.Model) -> list[np.ndarray]:
    """Copies of everything that a test could have changed."""
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    return [np.array(variable.numpy()) for variable in variables]
