"""The networks: a residual CNN for images and a residual MLP for tables, of built-in Keras layers only.

Both end in logits (or the scaled target): the loss is computed from logits, and softmax is applied at prediction.
"""

from __future__ import annotations

import random
from typing import Any

from vandap.core.preprocess import Preprocess
from vandap.train.network.plan import Plan


def dropout(rate: float, name: str) -> Any:
    """A dropout layer with a seed of its own, drawn from the seeded Python stream.

    Without one, Keras on PyTorch draws masks from the global generator, which is no part of the model's state: a
    training that is repeated or continued would then see other masks.
    """
    from keras import layers

    return layers.Dropout(rate, seed=random.randrange(2**31), name=name)


def image_stages(height: int, width: int) -> int:
    """Number of resolutions after the stem: halve until 4 to 7 pixels a side remain; at least one, at most five."""
    side, stages = min(height, width), 1
    while side >= 8 and stages < 5:
        side, stages = (side + 1) // 2, stages + 1
    return stages


def image_cnn(preprocess: Preprocess, outputs: int, plan: Plan) -> Any:
    """A pre-activation residual network (He et al. 2016): stem, stages of `depth` blocks, global average pooling.

    Inputs are raw pixels; the normalisation is a layer of the model, so a shipped model needs no other code. Only the
    stem works at full resolution: narrow convolutions on large maps are bound by memory on a processor. Pooling instead
    of Flatten keeps the parameters independent of the image size.
    """
    import keras
    from keras import layers

    height, width, channels = preprocess.shape
    inputs = keras.Input((height, width, channels), name="images")
    mean = list(preprocess.channel_mean)
    variance = [max(deviation, 1e-3) ** 2 for deviation in preprocess.channel_deviation]
    x = layers.Normalization(axis=-1, mean=mean, variance=variance, name="normalise")(inputs)
    big = min(height, width) >= 64
    x = layers.Conv2D(plan.width, 5 if big else 3, 2 if big else 1, padding="same", use_bias=False, name="stem")(x)
    if min(height, width) >= 16:
        x = layers.MaxPooling2D(2, padding="same", name="stem_pool")(x)
    for stage in range(image_stages(x.shape[1], x.shape[2])):
        for block in range(plan.depth):
            stride = 2 if stage > 0 and block == 0 else 1
            x = _block(x, plan.width * 2 ** min(stage + 1, 3), stride, f"stage{stage + 1}_block{block + 1}")
    x = layers.BatchNormalization(momentum=0.9, name="final_norm")(x)
    x = layers.Activation("relu", name="final_relu")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = dropout(plan.dropout, "dropout")(x) if plan.dropout else x
    return keras.Model(inputs, layers.Dense(outputs, name="logits", dtype="float32")(x), name="image_cnn")


def _block(x: Any, filters: int, stride: int, name: str) -> Any:
    from keras import layers

    def convolve(x: Any, stride: int, part: str) -> Any:
        x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm{part}")(x)
        x = layers.Activation("relu", name=f"{name}_relu{part}")(x)
        return layers.Conv2D(filters, 3, stride, padding="same", use_bias=False, name=f"{name}_conv{part}")(x)

    short = x
    if stride != 1 or x.shape[-1] != filters:
        short = layers.AveragePooling2D(2, padding="same", name=f"{name}_pool")(x) if stride != 1 else x
        short = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_project")(short)
    return layers.Add(name=f"{name}_add")([short, convolve(convolve(x, stride, "1"), 1, "2")])


def table_mlp(preprocess: Preprocess, features: int, outputs: int, plan: Plan) -> Any:
    """A residual MLP on scaled numbers and embedded categories (Gorishniy et al. 2021, "ResNet" for tables)."""
    import keras
    from keras import layers

    numbers = keras.Input((features,), name="numbers")
    vocabulary = sum(len(words) + 1 for words in preprocess.vocabularies.values())
    inputs: Any = numbers
    x = numbers
    if vocabulary:
        categories = keras.Input((len(preprocess.vocabularies),), dtype="int32", name="categories")
        embedded = layers.Embedding(vocabulary, 8, name="embed")(categories)
        embedded = layers.Flatten(name="embedded")(embedded)
        x = layers.Concatenate(name="join")([numbers, embedded]) if features else embedded
        inputs = {"numbers": numbers, "categories": categories}
    x = layers.Dense(plan.width, name="enter")(x)
    for index in range(1, plan.depth + 1):
        y = layers.BatchNormalization(momentum=0.9, name=f"norm{index}")(x)
        y = layers.Activation("relu", name=f"relu{index}")(y)
        y = layers.Dense(plan.width, name=f"hidden{index}")(y)
        y = dropout(plan.dropout, f"dropout{index}")(y) if plan.dropout else y
        x = layers.Add(name=f"add{index}")([x, y])
    x = layers.BatchNormalization(momentum=0.9, name="final_norm")(x)
    x = layers.Activation("relu", name="final_relu")(x)
    return keras.Model(inputs, layers.Dense(outputs, name="logits", dtype="float32")(x), name="table_mlp")
