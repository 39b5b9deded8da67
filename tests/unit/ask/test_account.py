"""The account of shapes and parameters against models that Keras really builds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from vandap.ask.account import account

SHOWN = ("filters", "units", "kernel_size", "strides", "padding", "use_bias", "input_dim", "output_dim", "pool_size")


def described(model: Any) -> list[dict[str, Any]]:
    """The model's layers as `program.json` stores them."""
    return [
        {
            "name": layer.name,
            "class": type(layer).__name__,
            "settings": {key: value for key, value in layer.get_config().items() if key in SHOWN},
            "inputs": [tensor._keras_history.operation.name for tensor in layer._inbound_nodes[0].input_tensors],
            "output_shape": list(layer.output.shape),
            "parameters": int(layer.count_params()),
        }
        for layer in model.layers
    ]


def flat_cnn(side: int) -> Any:
    """Convolutions with valid padding and an odd stride, then Flatten and Dense."""
    import keras
    from keras import layers

    inputs = keras.Input((side, side, 3))
    x = layers.Conv2D(4, 3, strides=2, activation="relu")(inputs)
    x = layers.MaxPooling2D(2)(x)
    x = layers.SeparableConv2D(5, 3, padding="same")(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(2)(layers.Dense(7, activation="relu")(x)))


def residual_cnn(side: int) -> Any:
    """A residual block, batch normalisation, depthwise convolution and global pooling."""
    import keras
    from keras import layers

    inputs = keras.Input((side, side, 1))
    x = layers.Normalization(mean=[0.5], variance=[2.0])(inputs)
    x = layers.Conv2D(6, 3, padding="same", use_bias=False)(x)
    y = layers.BatchNormalization()(x)
    y = layers.DepthwiseConv2D(3, padding="same")(layers.Activation("relu")(y))
    x = layers.AveragePooling2D(2, padding="same")(layers.Add()([x, y]))
    x = layers.GlobalAveragePooling2D()(layers.ZeroPadding2D(1)(x))
    return keras.Model(inputs, layers.Dense(3)(layers.Dropout(0.1)(layers.LayerNormalization()(x))))


def table_net(features: int) -> Any:
    """Numbers beside embedded categories."""
    import keras
    from keras import layers

    numbers, categories = keras.Input((features,)), keras.Input((features // 2,), dtype="int32")
    embedded = layers.Flatten()(layers.Embedding(11, 8)(categories))
    x = layers.Dense(16)(layers.Concatenate()([numbers, embedded]))
    return keras.Model([numbers, categories], layers.Dense(1)(x))


@pytest.mark.parametrize("build", [flat_cnn, residual_cnn, table_net])
@pytest.mark.parametrize("size", [14, 18])
def test_doubled_input_counts_as_keras_counts_the_doubled_model(build: Callable[[int], Any], size: int) -> None:
    """Every layer's shape and parameters for the doubled input are those of a model built with it."""
    counted = account(described(build(size)))
    doubled = build(2 * size)
    assert counted.after == doubled.count_params()
    assert [line.grown for line in counted.lines] == [tuple(layer.output.shape[1:]) for layer in doubled.layers]


def test_the_networks_of_vandap_are_known_to_the_account() -> None:
    """Both networks of the ladder are recounted without an unknown layer, as Keras counts them."""
    from vandap.core.preprocess import Preprocess
    from vandap.train.network.architectures import image_cnn, table_mlp
    from vandap.train.network.plan import Plan

    plan = Plan(batch_size=4, steps=1, chunk=1, learning_rate=0.1, width=8)
    images = Preprocess("images", shape=(16, 12, 3), channel_mean=(1.0,) * 3, channel_deviation=(2.0,) * 3)
    table = Preprocess("table", vocabularies={"colour": ("red", "green"), "size": ("s",)})
    for model in (image_cnn(images, 3, plan), table_mlp(table, 5, 2, plan)):
        counted = account(described(model), doubled=False)
        assert counted.unknown == ()
        assert counted.after == model.count_params()


def test_a_layer_that_cannot_be_reproduced_is_unknown() -> None:
    """A layer without a formula, or whose stored numbers differ from the formula's, makes the total unknown."""
    layers = described(flat_cnn(14))
    strange = [layer | {"class": "Mystery"} if layer["class"] == "Flatten" else layer for layer in layers]
    assert account(strange).after is None
    wrong = [layer | {"parameters": 1} if layer["class"] == "Conv2D" else layer for layer in layers]
    assert account(wrong).after is None
    assert account(wrong).unknown[0] == next(layer["name"] for layer in layers if layer["class"] == "Conv2D")
