"""Whether code of the user's may run once more."""

import random

import numpy as np
import pytest

from vandap.watch.quiet import is_quiet

# ruff: noqa: D102 (what `call` does is Keras' to say)

keras = pytest.importorskip("keras")
layers = keras.layers
ReLU = layers.ReLU
NUMBERS = np.random.default_rng(0)
CALLS = []


class Sound(layers.Layer):
    """Computes, with a list of its own and a helper."""

    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],))

    def call(self, inputs):
        parts = [inputs]
        parts.append(_doubled(inputs))
        return keras.ops.concatenate(parts)


def _doubled(inputs):
    return 2 * inputs


def _noisy(inputs):
    return inputs * random.random()


class Helped(Sound):
    def call(self, inputs):
        return _noisy(inputs)


class Counting(Sound):
    def call(self, inputs):
        self.calls = 1
        return inputs


class Listing(Sound):
    def call(self, inputs):
        CALLS.append(1)
        return inputs


class Making(Sound):
    def call(self, inputs):
        return ReLU()(inputs)


class Holding(Sound):
    def __init__(self):
        super().__init__()
        self.numbers = np.random.default_rng(0)


class Drawing(Sound):
    def call(self, inputs):
        return inputs * NUMBERS.normal()


def _model(layer, loss="mse"):
    model = keras.Sequential([layer, layers.Dense(1)])
    model.compile("sgd", loss)
    return model


@pytest.mark.parametrize("made", [layers.ReLU, layers.Dropout, Sound, lambda: layers.Lambda(_doubled)])
def test_code_that_computes_is_quiet(made):
    """Keras' own layers, and the user's that only compute."""
    assert is_quiet(_model(made(0.5) if made is layers.Dropout else made()))


@pytest.mark.parametrize("made", [Helped, Counting, Listing, Making, Holding, Drawing, lambda: layers.Lambda(_noisy)])
def test_code_that_does_more_is_not(made):
    """Whether it draws itself or by a helper, and wherever it keeps its books."""
    assert not is_quiet(_model(made()))


def test_losses_are_read_as_well():
    """They are run by the same pass."""
    assert is_quiet(_model(Sound(), lambda y, given: keras.ops.mean(keras.ops.square(y - given))))
    assert not is_quiet(_model(Sound(), lambda y, given: keras.ops.mean(_noisy(y - given))))
