"""Transfer from pretrained weights: found, frozen, shipped."""

import numpy as np
import pytest
from made_dataset import made_dataset

from vandap.core.task import Task
from vandap.errors import DataError
from vandap.train.learner import Job
from vandap.train.learners.image_transfer import ImageTransfer
from vandap.train.network.backbones import find_weights
from vandap.train.preprocess import fit_preprocess


def _backbone(path):
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(12, 3, activation="relu", name="features"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(5, activation="softmax", name="old_head"),
        ]
    )
    model.save(path)
    return model


def _job(folder, weights):
    dataset = made_dataset("images", Task.MULTICLASS)
    rows = dataset.split.train
    settings = {"weights": str(weights), "learning_rate": 0.02, "epochs": 15}
    preprocess = fit_preprocess(dataset, rows, 0)
    return Job(dataset, rows, dataset.split.validation, preprocess, 0, 60.0, 2, folder, settings=settings)


@pytest.mark.backend
def test_a_keras_file_becomes_a_frozen_backbone(tmp_path):
    """The backbone's weights stay as they were, its old head is gone, and the new head learns and can be shipped."""
    original = _backbone(tmp_path / "mine.keras")
    job = _job(tmp_path, tmp_path / "mine.keras")
    fitted = ImageTransfer().fit(job)
    body = next(layer for layer in fitted.model.layers if layer.name == "backbone")
    assert np.array_equal(body.get_layer("features").get_weights()[0], original.get_layer("features").get_weights()[0])
    assert all(layer.name != "old_head" for layer in body.layers)
    images, test = job.dataset.examples, job.dataset.split.test
    prediction = fitted.predict(images.take(test), ())
    loss = fitted.signals["loss"].values
    assert loss[-1] < loss[0]
    fitted.save(tmp_path)
    again = ImageTransfer().load(tmp_path, job.preprocess, Task.MULTICLASS, job.dataset.classes)
    assert np.allclose(again.predict(images.take(test), ()), prediction, atol=1e-6)


@pytest.mark.slow
@pytest.mark.backend
def test_weights_of_an_application_are_recognised_by_their_name(tmp_path):
    """A weight file named as Keras names it builds its architecture; a grey 8 x 8 image is enlarged and coloured."""
    import keras

    path = tmp_path / "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_96_no_top.weights.h5"
    keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(96, 96, 3)).save_weights(path)
    job = _job(tmp_path, path)
    plan = ImageTransfer().first_plan(job)
    model = ImageTransfer().build(job.preprocess, 0, 3, plan)
    assert model(np.zeros((2, 8, 8, 1), np.uint8)).shape == (2, 3)
    assert len(model.trainable_variables) == 2


def test_a_missing_or_unknown_file_is_refused(tmp_path):
    """The error names the architectures that are known."""
    (tmp_path / "other.h5").write_bytes(b"")
    for path in (tmp_path / "missing.keras", tmp_path / "other.h5"):
        with pytest.raises(DataError, match="MobileNetV2"):
            find_weights(str(path))


def test_the_cache_is_searched_and_small_architectures_come_first(tmp_path, monkeypatch):
    """Without a path, known files in Keras' own cache are used; without any there is no transfer."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert find_weights(None) is None
    (tmp_path / "models").mkdir()
    for name in ("resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5", "efficientnetb0_notop.h5"):
        (tmp_path / "models" / name).write_bytes(b"")
    assert find_weights(None).name == "efficientnetb0_notop.h5"


def test_a_damaged_file_is_told(tmp_path):
    """A .keras file that is none gives one clear error, not a traceback."""
    (tmp_path / "bad.keras").write_bytes(b"no zip")
    with pytest.raises(DataError, match="cannot be read"):
        ImageTransfer().fit(_job(tmp_path, tmp_path / "bad.keras"))
