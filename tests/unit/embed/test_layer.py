"""Which layer is the vector, which pixels and which size a model wants."""

from __future__ import annotations

from pathlib import Path

import keras
import made_photos
import numpy as np
import pytest
from keras import layers

from vandap.embed.embedder import Embedder, Options
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


@pytest.mark.parametrize(
    "last",
    [
        {"classes": layers.Dense(5), "squashed": layers.Activation("sigmoid", name="last")},
        {"classes": layers.Dense(5, activation="sigmoid", name="last")},
    ],
)
def test_a_sigmoid_makes_classes_where_the_loss_says_so(last: dict) -> None:
    """An embedding may end in one."""
    model = made_photos.model(**last)
    assert vector_tensor(model, None)[1] == "last"
    model.compile("sgd", "mse")
    assert vector_tensor(model, None)[1] == "last"
    model.compile("sgd", "binary_crossentropy")
    assert vector_tensor(model, None)[1] == "embedding"


def test_hidden_sigmoids_stay() -> None:
    """Only one layer of classes is left out, whatever the others squash by."""
    hidden = {name: layers.Dense(8, activation="sigmoid", name=name) for name in ("first", "second")}
    model = made_photos.model(**hidden, classes=layers.Dense(3, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    assert vector_tensor(model, None)[1] == "second"


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


@pytest.mark.parametrize(
    ("layer", "known"),
    [
        (layers.BatchNormalization(), False),
        (layers.LayerNormalization(), False),
        (layers.Rescaling(2, offset=-1), False),
        (layers.Normalization(mean=[0.485, 0.456, 0.406], variance=[0.05] * 3), False),
        (layers.Normalization(), False),
        (layers.Normalization(mean=[124.0, 116.0, 104.0], variance=[3000.0] * 3), True),
        (layers.Rescaling([1 / 255, 1 / 255, 1 / 128]), True),
    ],
)
def test_only_what_takes_0_to_255_scales_pixels(layer: layers.Layer, known: bool, tmp_path: Path) -> None:
    """A normalisation says so by a mean that smaller pixels cannot have; so it does when the model was saved."""
    inputs = keras.Input((16, 12, 3))
    model = keras.Model(inputs, layer(inputs))
    assert scales_itself(model) is known
    model.save(tmp_path / "m.keras")
    assert scales_itself(keras.saving.load_model(tmp_path / "m.keras")) is known


def test_a_normalisation_that_adapted_to_photos_is_known() -> None:
    """The mean is then learnt, and not given."""
    inputs = keras.Input((16, 12, 3))
    for most, known in ((255.0, True), (1.0, False)):
        layer = layers.Normalization()
        layer.adapt(np.random.default_rng(0).uniform(0, most, (8, 16, 12, 3)))
        assert scales_itself(keras.Model(inputs, layer(inputs))) is known


def test_a_trained_run_tells_its_pixels(tmp_path: Path) -> None:
    """Whatever its first layers are; one that was trained on arrays of floats does not, and is asked about."""
    (tmp_path / "artifact").mkdir()
    inputs = keras.Input((16, 12, 3))
    keras.Model(inputs, layers.Flatten()(inputs)).save(tmp_path / "artifact" / "model.keras")
    told = tmp_path / "artifact" / "preprocess.json"
    told.write_text('{"pixels": "uint8"}')
    assert Embedder(tmp_path).record.pixels == "255"
    made_photos.model().save(tmp_path / "artifact" / "model.keras")
    told.write_text('{"pixels": "float"}')
    with pytest.raises(UsageError, match="floats"):
        Embedder(tmp_path)
    assert Embedder(tmp_path, Options(pixels="1")).record.pixels == "1"
