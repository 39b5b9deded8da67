"""Whether a model has code of the user's."""

import pytest

from vandap.watch.quiet import is_quiet

# ruff: noqa: D102 (what `call` does is Keras' to say)

keras = pytest.importorskip("keras")
layers = keras.layers


class Own(layers.Layer):
    def call(self, inputs):
        return inputs


class OwnModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)


class OwnLoss(keras.losses.Loss):
    def call(self, target, given):
        return given - target


def _own(*given):
    return given[-1]


def _is_quiet(model, loss="mse", metrics=()):
    model.compile("sgd", loss, metrics=list(metrics))
    return is_quiet(model)


@pytest.mark.parametrize(
    "layer", [layers.Dense(2, "relu"), layers.LSTM(2, recurrent_dropout=0.1), layers.Lambda(keras.ops.abs)]
)
def test_all_that_is_of_keras_is_quiet(layer):
    """Also where it draws: Keras' generators are given back."""
    assert _is_quiet(keras.Sequential([layer]), keras.losses.Huber(), ["mae", keras.metrics.AUC()])


@pytest.mark.parametrize(
    "layer",
    [Own(), layers.TimeDistributed(layers.Dense(2, activation=_own)), layers.Lambda(_own), OwnModel()],
)
def test_a_layer_of_the_users_or_with_a_function_of_his_is_not(layer):
    """However deep it lies."""
    assert not _is_quiet(keras.Sequential([layer, layers.Dense(1)]))


def test_nor_is_a_model_of_his_or_one_with_his_loss_or_metric():
    """They are run by the same pass."""
    assert not _is_quiet(OwnModel())
    assert not _is_quiet(keras.Sequential([layers.Dense(1)]), loss=_own)
    assert not _is_quiet(keras.Sequential([layers.Dense(1)]), loss={"dense": OwnLoss()})
    assert not _is_quiet(keras.Sequential([layers.Dense(1)]), metrics=[_own])
