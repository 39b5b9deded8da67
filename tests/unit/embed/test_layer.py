"""Which layer is the vector, which pixels and which size a model wants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


_LOSSES = keras.losses


@pytest.mark.parametrize(
    "loss",
    [
        "categorical_crossentropy",
        _LOSSES.sparse_categorical_crossentropy,
        _LOSSES.BinaryFocalCrossentropy(),
        [_LOSSES.categorical_crossentropy],
        {"last": "binary_crossentropy"},
        {"last": _LOSSES.SparseCategoricalCrossentropy()},
    ],
)
def test_a_cross_entropy_is_known_in_every_form(loss: Any, tmp_path: Path) -> None:
    """A name, a function, an object, for all outputs or by output; after loading, too."""
    model = made_photos.model(classes=layers.Dense(3, name="last"))
    model.compile("sgd", loss)
    assert vector_tensor(model, None)[1] == "embedding"
    model.save(tmp_path / "m.keras")
    assert vector_tensor(keras.saving.load_model(tmp_path / "m.keras"), None)[1] == "embedding"


def _around(inner: Any, *more: Any) -> Any:
    """A model of one layer that is a model, and others on top."""
    inputs = keras.Input((16, 12, 3))
    tensor = inner(inputs)
    for layer in more:
        tensor = layer(tensor)
    return keras.Model(inputs, tensor)


def _inner(**last: Any) -> Any:
    model = made_photos.model(**last)
    return keras.Model(model.inputs[0], model.outputs[0], name="inner")


@pytest.mark.backend
@pytest.mark.parametrize(
    ("make", "loss"),
    [
        (lambda: _around(_inner(classes=layers.Dense(3, activation="softmax"))), None),
        (lambda: keras.Sequential([layers.RandomFlip(), _inner(classes=CosineHead(3))]), None),
        (lambda: _around(_around(_inner(classes=layers.Dense(3), bare=layers.Softmax()))), None),
        (lambda: _around(_inner(classes=layers.Dense(3)), layers.Softmax()), None),
        (lambda: _around(_inner(classes=layers.Dense(3)), layers.Dropout(0.5)), "categorical_crossentropy"),
        (lambda: _around(_inner(), keras.Sequential([layers.Dropout(0.1), layers.Dense(3)])), "binary_crossentropy"),
        (lambda: made_photos.model(classes=layers.Dense(3), idle=layers.Dropout(0.5)), "categorical_crossentropy"),
        (lambda: keras.Sequential([keras.Input((16, 12, 3)), _inner(), layers.Dense(3), layers.Softmax()]), None),
    ],
)
def test_a_classifier_inside_a_model_is_cut_where_its_classes_are(make: Any, loss: Any, tmp_path: Path) -> None:
    """The vector is what the embedding alone gives; under its name it is the same again, also after loading."""
    model = make()
    model.build((None, 16, 12, 3))
    model.compile("sgd", loss)
    photos = np.random.default_rng(0).uniform(0, 255, (2, 16, 12, 3)).astype(np.float32)
    wanted = made_photos.model().predict(photos, verbose=0)
    model.save(tmp_path / "m.keras")
    for held in (model, keras.saving.load_model(tmp_path / "m.keras")):
        tensor, name = vector_tensor(held, None)
        for found in (tensor, vector_tensor(held, name)[0]):
            vectors = keras.Model(held.inputs[0], found).predict(photos, verbose=0)
            assert np.allclose(vectors, wanted, atol=1e-4)


def test_scores_of_a_convolution_are_no_vector() -> None:
    """Of a network without dense layers, the feature map before its classes is."""
    inputs = keras.Input((16, 12, 3))
    features = layers.Conv2D(7, 3, name="features")(inputs)
    scores = layers.GlobalAveragePooling2D()(layers.Conv2D(3, 1)(features))
    assert vector_tensor(keras.Model(inputs, layers.Softmax()(scores)), None)[1] == "features"


class _Opaque(keras.Model):
    def call(self, photos: Any) -> Any:
        return keras.ops.mean(photos, axis=(1, 2))


def test_classes_that_cannot_be_found_are_asked_about() -> None:
    """A model without a graph at the end, or a layer under a cross-entropy that makes who knows what."""
    model = _around(_Opaque(name="opaque"))
    with pytest.raises(UsageError, match="--layer"):
        vector_tensor(model, None)
    assert vector_tensor(model, "opaque")[0].shape == (None, 3)
    odd = made_photos.model(classes=layers.Dense(3), scaled=layers.Rescaling(3, name="scaled"))
    assert vector_tensor(odd, None)[1] == "scaled"
    odd.compile("sgd", "categorical_crossentropy")
    with pytest.raises(UsageError, match="'scaled', Rescaling"):
        vector_tensor(odd, None)


def test_a_layer_inside_a_model_has_a_name_of_two_parts() -> None:
    """One that is not there is told with what was asked for."""
    model = _around(_inner(), layers.Dense(2, name="outer"))
    assert vector_tensor(model, "inner/embedding")[0].shape == (None, 24)
    for name in ("inner/other", "outer/embedding", "other/embedding"):
        with pytest.raises(UsageError, match=f"--layer {name}"):
            vector_tensor(model, name)


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
