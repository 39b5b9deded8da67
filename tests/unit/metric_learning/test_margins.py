"""Margin softmax beside the formulas of the papers, and a head that trains, saves and loads."""

from __future__ import annotations

import math
from pathlib import Path

import keras
import numpy as np
import pytest
from gradient_step import gradient

from vandap.errors import UsageError
from vandap.metric_learning import ArcFace, CosFace, CosineHead, TripletLoss

pytestmark = pytest.mark.backend
LABELS = np.array([0, 1, 2, 2])
COSINES = np.array([[0.9, 0.1, -0.5], [-0.2, 0.3, 0.7], [-1.0, 0.0, 1.0], [0.4, 1.0, -0.99]], np.float32)


def by_hand(loss: ArcFace | CosFace, cosines: np.ndarray) -> np.ndarray:
    """The papers' formulas, one example at a time, in float64."""
    found = []
    for label, row in zip(LABELS, cosines.astype(np.float64), strict=True):
        angle, logits = math.acos(row[label]), loss.scale * row
        if isinstance(loss, CosFace):
            true = row[label] - loss.margin
        elif angle + loss.margin < math.pi:
            true = math.cos(angle + loss.margin)
        else:
            true = row[label] - loss.margin * math.sin(loss.margin)
        logits[label] = loss.scale * true
        found.append(np.logaddexp.reduce(logits) - logits[label])
    return np.array(found)


@pytest.mark.parametrize("loss", [ArcFace(), ArcFace(0.3, 16.0), CosFace(), CosFace(0.2, 30.0)])
def test_the_loss_is_its_formula(loss: ArcFace | CosFace) -> None:
    """At every angle, those of the turning point and of both ends included."""
    losses = keras.ops.convert_to_numpy(loss.call(LABELS, COSINES))
    assert np.allclose(losses, by_hand(loss, COSINES), rtol=1e-4, atol=2e-2)
    assert float(loss(LABELS[:, None], COSINES)) == pytest.approx(by_hand(loss, COSINES).mean(), rel=1e-3)


def test_no_margin_is_plain_cross_entropy() -> None:
    """ArcFace(0) and CosFace(0) are softmax."""
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(LABELS, 8 * COSINES)
    for loss in (ArcFace(0.0, 8.0), CosFace(0.0, 8.0)):
        assert float(loss(LABELS, COSINES)) == pytest.approx(float(plain), rel=1e-5)


@pytest.mark.parametrize("loss", [ArcFace(), CosFace()])
def test_a_number_of_no_class_is_no_number(loss: ArcFace | CosFace) -> None:
    """It cost nothing, or ended the training, by back end; the other rows cost what they do."""
    labels = np.array([-1.0, 1.0, 3.0, np.nan])
    losses = keras.ops.convert_to_numpy(loss.call(keras.ops.convert_to_tensor(labels), COSINES))
    assert np.isnan(losses).tolist() == [True, False, True, True]
    assert losses[1] == keras.ops.convert_to_numpy(loss.call(LABELS, COSINES))[1]
    assert np.isnan(float(loss(np.array([0, 1, 2, 100]), COSINES)))


@pytest.mark.parametrize("loss", [ArcFace(), CosFace(), TripletLoss(), TripletLoss("batch_all")])
def test_one_hot_labels_are_told(loss: keras.losses.Loss) -> None:
    """At once and in a training, in place of a traceback of the back end."""
    labels, model = np.eye(4)[LABELS], keras.Sequential([keras.Input((4,)), CosineHead(4)])
    with pytest.raises(UsageError, match="argmax"):
        loss(labels, COSINES)
    model.compile("sgd", loss)
    with pytest.raises(UsageError, match="argmax"):
        model.fit(np.ones((4, 4)), labels, verbose=0)


@pytest.mark.parametrize("loss", [ArcFace(), CosFace()])
def test_gradients_are_finite_at_every_angle(loss: ArcFace | CosFace) -> None:
    """From -1 to 1, ends included, and beyond by rounding; the true cosine is never pushed down."""
    true = np.concatenate([np.linspace(-1, 1, 201), [1 + 1e-6, -1 - 1e-6]]).astype(np.float32)
    cosines = np.stack([true, np.zeros_like(true)], axis=1)
    moved = gradient(loss, np.zeros(len(true), np.int32), cosines)
    assert np.isfinite(moved).all() and (moved[:, 0] <= 1e-6).all()


def test_a_harder_margin_costs_more_everywhere() -> None:
    """The true logit falls as the angle grows, without a jump upwards at the turning point."""
    true = np.linspace(-1, 1, 400).astype(np.float32)
    cosines = np.stack([true, np.zeros_like(true)], axis=1)
    losses = keras.ops.convert_to_numpy(ArcFace(0.5, 10.0).call(np.zeros(400), cosines))
    assert (np.diff(losses) <= 1e-4).all()


@pytest.mark.parametrize("centres", [1, 3])
def test_a_head_gives_cosines(centres: int) -> None:
    """Whatever the lengths; with several centres the nearest counts."""
    head = CosineHead(4, centres)
    vectors = np.random.default_rng(0).standard_normal((6, 5)).astype(np.float32)
    found = keras.ops.convert_to_numpy(head(7.0 * vectors))
    kernel = head.get_weights()[0]
    wanted = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)) @ (kernel / np.linalg.norm(kernel, axis=0))
    assert np.allclose(found, wanted.reshape(6, 4, centres).max(axis=2), atol=1e-5)
    assert np.isfinite(keras.ops.convert_to_numpy(head(np.zeros((2, 5), np.float32)))).all()


@pytest.mark.parametrize("loss", [ArcFace(0.3, 16.0), CosFace(0.2, 16.0)])
def test_a_model_trains_and_is_the_same_after_loading(loss: ArcFace | CosFace, tmp_path: Path) -> None:
    """Loss falls, accuracy is read from cosines, and a .keras file brings back weights, margin and scale."""
    generator = np.random.default_rng(1)
    labels = np.arange(60) % 3
    inputs = (np.eye(3, 8)[labels] + 0.1 * generator.standard_normal((60, 8))).astype(np.float32)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4), CosineHead(3, name="head")])
    model.compile(keras.optimizers.Adam(0.02), loss, metrics=["sparse_categorical_accuracy"])
    history = model.fit(inputs, labels, epochs=25, verbose=0).history
    assert history["loss"][-1] < history["loss"][0] / 2
    assert history["sparse_categorical_accuracy"][-1] > 0.9
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras", safe_mode=True)
    assert np.array_equal(again.predict(inputs, verbose=0), model.predict(inputs, verbose=0))
    assert (again.loss.margin, again.loss.scale) == (loss.margin, 16.0)


def test_half_precision_keeps_the_head_exact() -> None:
    """Under a mixed policy the head computes in float32."""
    cosines = CosineHead(3)(np.zeros((2, 4), np.float16))
    assert keras.backend.standardize_dtype(cosines.dtype) == "float32"


def test_wrong_options_are_told() -> None:
    """One message each."""
    for make in (lambda: CosineHead(1), lambda: CosineHead(3, 0), lambda: ArcFace(4.0), lambda: CosFace(0.1, 0.0)):
        with pytest.raises(UsageError):
            make()
