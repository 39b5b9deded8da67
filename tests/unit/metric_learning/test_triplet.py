"""The triplet loss beside the definitions, written out in numpy."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from gradient_step import gradient

from vandap.errors import UsageError
from vandap.metric_learning import TripletLoss, triplet

pytestmark = pytest.mark.backend
LABELS = np.array([0, 0, 0, 1, 1, 2, 2, 3])
VECTORS = np.random.default_rng(3).standard_normal((8, 5)).astype(np.float32)


def by_hand(mining: str, margin: float | None, distance: str, normalise: bool, vectors: np.ndarray) -> float:
    """Every triplet one by one, in float64."""
    vectors = vectors.astype(np.float64)
    if normalise:
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    far = ((vectors[:, None] - vectors[None]) ** 2).sum(axis=2)
    far = far if distance == "squared" else np.sqrt(far)
    hinge = (lambda x: np.logaddexp(0, x)) if margin is None else (lambda x: max(0.0, x + margin))
    many, losses = range(len(LABELS)), []
    positives = {a: [p for p in many if p != a and LABELS[p] == LABELS[a]] for a in many}
    negatives = {a: [n for n in many if LABELS[n] != LABELS[a]] for a in many}
    for a in many:
        if mining == "batch_all":
            losses += [hinge(far[a, p] - far[a, n]) for p, n in itertools.product(positives[a], negatives[a])]
        elif mining == "batch_hard" and positives[a]:
            losses.append(hinge(far[a, positives[a]].max() - far[a, negatives[a]].min()))
        elif mining == "semi_hard":
            for p in positives[a]:
                farther = [far[a, n] for n in negatives[a] if far[a, n] > far[a, p]]
                losses.append(hinge(far[a, p] - (min(farther) if farther else far[a, negatives[a]].max())))
    losses = [loss for loss in losses if loss > 1e-16] if mining == "batch_all" else losses
    return float(np.mean(losses))


@pytest.mark.parametrize(
    ("margin", "distance", "normalise"), [(0.3, "euclidean", True), (0.3, "squared", False), (None, "euclidean", False)]
)
@pytest.mark.parametrize("mining", ["batch_all", "batch_hard", "semi_hard"])
def test_the_loss_is_its_definition(mining: str, margin: float | None, distance: str, normalise: bool) -> None:
    """Every way of choosing triplets, both distances, hard and soft margin, labels as a row or a column."""
    loss = TripletLoss(mining, margin, distance, normalise)
    wanted = by_hand(mining, margin, distance, normalise, VECTORS)
    for labels in (LABELS, LABELS[:, None]):
        assert float(loss(labels, VECTORS)) == pytest.approx(wanted, rel=2e-5)


@pytest.mark.parametrize("mining", ["batch_all", "batch_hard", "semi_hard"])
def test_a_training_step_follows_the_gradient(mining: str) -> None:
    """What an optimiser does to the embeddings is the slope of the definition."""
    moved = gradient(TripletLoss(mining, 0.3), LABELS, VECTORS)
    slope, step = np.zeros_like(VECTORS), 1e-4
    for place in np.ndindex(*VECTORS.shape):
        sides = [VECTORS.astype(np.float64) for _ in range(2)]
        sides[0][place] += step
        sides[1][place] -= step
        up, down = (by_hand(mining, 0.3, "euclidean", True, side) for side in sides)
        slope[place] = (up - down) / (2 * step)
    assert np.allclose(moved, slope, atol=2e-3)


@pytest.mark.parametrize("margin", [0.3, None])
@pytest.mark.parametrize("mining", ["batch_all", "semi_hard"])
def test_some_negatives_at_a_time_are_all_of_them(
    mining: str, margin: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks of three, the last one of two, give the value and the gradient of one block."""
    loss = TripletLoss(mining, margin)
    whole, moved = float(loss(LABELS, VECTORS)), gradient(loss, LABELS, VECTORS)
    monkeypatch.setattr(triplet, "_AT_ONCE", 3 * 8 * 8)
    assert float(loss(LABELS, VECTORS)) == pytest.approx(whole, rel=1e-6)
    assert np.allclose(gradient(loss, LABELS, VECTORS), moved, atol=1e-6)


@pytest.mark.parametrize("mining", ["batch_all", "batch_hard", "semi_hard"])
def test_batches_of_several_sizes_train(mining: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a size that the graph does not know beforehand, in several blocks."""
    monkeypatch.setattr(triplet, "_AT_ONCE", 40)
    labels = np.arange(19) % 4
    inputs = (np.eye(4, 6)[labels] + 0.3 * np.random.default_rng(0).standard_normal((19, 6))).astype(np.float32)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3)])
    model.compile(keras.optimizers.Adam(0.02), TripletLoss(mining, 0.3))
    losses = model.fit(inputs, labels, batch_size=8, epochs=12, verbose=0).history["loss"]
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize("mining", ["batch_all", "semi_hard"])
def test_memory_grows_with_pairs_and_not_with_triplets(mining: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No array of a step has as many numbers as there are triplets."""
    sizes = list[int]()
    for name in ("where", "sum", "min", "cast"):
        monkeypatch.setattr(triplet.ops, name, _measured(getattr(triplet.ops, name), sizes))
    monkeypatch.setattr(triplet, "_AT_ONCE", 2 * 40 * 40)
    labels = np.arange(40) // 4
    TripletLoss(mining)(labels, np.random.default_rng(0).standard_normal((40, 3)).astype(np.float32))
    assert max(sizes) == 2 * 40 * 40


def _measured(function: Callable[..., Any], sizes: list[int]) -> Callable[..., Any]:
    def measured(first: Any, *more: Any, **named: Any) -> Any:
        sizes.append(int(np.prod(first.shape)))
        return function(first, *more, **named)

    return measured


@pytest.mark.parametrize("mining", ["batch_all", "batch_hard", "semi_hard"])
def test_nothing_is_ever_infinite(mining: str) -> None:
    """Collapsed embeddings, one identity alone, no pair at all: finite loss; where all collapsed, finite gradient."""
    loss, same = TripletLoss(mining, 0.3), np.ones((8, 5), np.float32)
    for labels, vectors in ((LABELS, same), (np.zeros(8), VECTORS), (np.arange(8), VECTORS), (LABELS[:1], VECTORS[:1])):
        assert np.isfinite(float(loss(labels, vectors)))
    assert np.isfinite(gradient(loss, LABELS, np.zeros((8, 5), np.float32))).all()


def test_a_satisfied_batch_costs_nothing() -> None:
    """Identities farther apart than the margin."""
    vectors = np.eye(5, dtype=np.float32)[[0, 0, 0, 1, 1, 2, 2, 3]]
    for mining in ("batch_all", "batch_hard", "semi_hard"):
        assert float(TripletLoss(mining)(LABELS, vectors)) == 0


def test_options_survive_and_wrong_ones_are_told() -> None:
    """The configuration makes the same loss; a wrong option is one message."""
    loss = TripletLoss("semi_hard", 0.4, "squared", normalise=False)
    again = TripletLoss.from_config(loss.get_config())
    assert float(again(LABELS, VECTORS)) == float(loss(LABELS, VECTORS))
    for wrong in ({"mining": "hard"}, {"distance": "cosine"}, {"margin": -1.0}):
        with pytest.raises(UsageError):
            TripletLoss(**wrong)
