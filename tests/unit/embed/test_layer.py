"""Which layer is the vector, which pixels and which size a model wants."""

from __future__ import annotations

import keras
import made_photos
import pytest
from keras import layers

from vandap.embed.layer import flat, image_shape, scales_itself, vector_tensor
from vandap.errors import DataError, UsageError
from vandap.metric_learning import CosineHead


@pytest.mark.parametrize(
    "last",
    [
        {},
        {"head": CosineHead(3)},
        {"classes": layers.Dense(3, activation="softmax")},
        {"classes": layers.Dense(3), "softmax": layers.Softmax()},
        {"classes": layers.Dense(3), "softmax": layers.Activation("softmax")},
        {"classes": layers.Dense(3, name="logits")},
    ],
)
def test_a_classifier_is_cut_before_its_classes(last: dict) -> None:
    """Whatever its last layers are called; an embedding stays whole."""
    tensor, name = vector_tensor(made_photos.model(**last), None)
    assert name == "embedding" and tensor.shape == (None, 24)


def test_a_compiled_cross_entropy_tells_a_classifier() -> None:
    """Its last dense layer makes logits; without the loss it is taken for an embedding."""
    model = made_photos.model(classes=layers.Dense(3, name="last"))
    assert vector_tensor(model, None)[1] == "last"
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert vector_tensor(model, None)[1] == "embedding"


def test_a_layer_can_be_named_and_a_map_is_averaged() -> None:
    """A feature map gives one number a channel."""
    tensor, name = _pool()
    vector, pooled = flat(tensor)
    assert name == "pool" and pooled and vector.shape == (None, 3)
    assert flat(vector) == (vector, False)


def _pool() -> tuple:
    inputs = keras.Input((16, 12, 3))
    x = layers.AveragePooling2D(4, name="pool")(inputs)
    return vector_tensor(keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x))), "pool")


def test_what_is_no_embedder_is_told() -> None:
    """No such layer, no layer before the classes, no image, a size that is open or another."""
    model = made_photos.model()
    with pytest.raises(UsageError):
        vector_tensor(model, "other")
    inputs = keras.Input((4,))
    with pytest.raises(DataError):
        vector_tensor(keras.Model(inputs, layers.Dense(2, activation="softmax")(inputs)), None)
    with pytest.raises(DataError):
        image_shape(keras.Model(inputs, layers.Dense(2)(inputs)), None)
    with pytest.raises(UsageError):
        image_shape(model, (8, 8))
    assert image_shape(model, None) == image_shape(model, (16, 12)) == (16, 12, 3)
    free = keras.Input((None, None, 1))
    open_size = keras.Model(free, layers.GlobalAveragePooling2D()(free))
    with pytest.raises(UsageError):
        image_shape(open_size, None)
    assert image_shape(open_size, (10, 8)) == (10, 8, 1)


def test_a_model_that_scales_its_pixels_is_known() -> None:
    """A rescaling layer near the input, also inside a nested model."""
    assert scales_itself(made_photos.model())
    inputs = keras.Input((16, 12, 3))
    assert scales_itself(keras.Model(inputs, made_photos.model()(inputs)))
    assert not scales_itself(keras.Model(inputs, layers.Flatten()(inputs)))
