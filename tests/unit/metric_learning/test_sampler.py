"""Batches of P identities times K examples."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from vandap.errors import DataError, UsageError
from vandap.metric_learning import IdentityBatches, TripletLoss

LABELS = np.repeat([f"p{n}" for n in range(9)], [2, 3, 4, 5, 6, 7, 8, 1, 4])


def _batches(seed: int = 0, identities: int = 4, each: int = 3) -> IdentityBatches:
    return IdentityBatches(np.arange(len(LABELS)), LABELS, identities, each, seed)


def test_every_batch_holds_k_of_each_of_p() -> None:
    """P different identities, K of each side by side, labels that fit."""
    batches = _batches()
    for number in range(len(batches)):
        rows, labels = batches[number]
        assert (batches.classes[labels] == LABELS[rows]).all()
        assert len(set(labels.tolist())) == 4 and (labels.reshape(4, 3) == labels[::3, None]).all()
    assert batches.left_out == ("p7",)


@settings(max_examples=40, deadline=None)
@given(
    counts=some.lists(some.integers(1, 9), min_size=3, max_size=20),
    identities=some.integers(2, 6),
    each=some.integers(2, 5),
    seed=some.integers(0, 99),
)
def test_everybody_has_the_same_turns(counts: list[int], identities: int, each: int, seed: int) -> None:
    """Over an epoch identities appear equally often, up to one; nobody repeats a picture before all were shown."""
    labels = np.repeat(np.arange(len(counts)), counts)
    if sum(count > 1 for count in counts) < identities:
        return
    batches = IdentityBatches(labels, labels, identities, each, seed)
    rows = np.concatenate([batches.rows(number).reshape(identities, each) for number in range(len(batches))])
    turns = np.bincount(labels[rows[:, 0]], minlength=len(counts))
    usable = np.array(counts) > 1
    assert not turns[~usable].any() and np.ptp(turns[usable]) <= 1
    for person, group in zip(labels[rows[:, 0]], rows, strict=True):
        assert len(set(group.tolist())) == min(each, counts[person])  # nothing twice in a batch without need
    shown = np.bincount(rows.ravel(), minlength=len(labels))
    assert all(np.ptp(shown[labels == person]) <= 1 for person in np.flatnonzero(usable))


def test_a_seed_repeats_and_an_epoch_differs() -> None:
    """The same seed gives the same batches; the next epoch others."""
    one, other = _batches(), _batches()
    assert np.array_equal(one.rows(0), other.rows(0)) and not np.array_equal(one.rows(0), _batches(1).rows(0))
    before = one.rows(0)
    one.on_epoch_end()
    other.on_epoch_end()
    assert np.array_equal(one.rows(0), other.rows(0)) and not np.array_equal(one.rows(0), before)


def test_a_count_of_epochs_may_begin_later() -> None:
    """A training that goes on in another process need not see the first batches again."""
    whole = _batches()
    for _ in range(2):
        whole.on_epoch_end()
    later = IdentityBatches(np.arange(len(LABELS)), LABELS, 4, 3, epoch=2)
    assert np.array_equal(whole.rows(0), later.rows(0)) and not np.array_equal(later.rows(0), _batches().rows(0))


@pytest.mark.backend
def test_a_fit_takes_them_as_they_are() -> None:
    """With a triplet loss, identities that were mixed come apart."""
    generator = np.random.default_rng(0)
    labels = np.repeat(np.arange(8), 6)
    vectors = 0.5 * np.eye(8, 12, dtype=np.float32)[labels]
    vectors += np.concatenate([np.zeros((48, 8)), generator.standard_normal((48, 4))], axis=1).astype(np.float32)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((12,)), keras.layers.Dense(6)])
    model.compile(keras.optimizers.Adam(0.02), TripletLoss("batch_hard"))
    losses = model.fit(IdentityBatches(vectors, labels, 4, 3), epochs=15, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 2


def test_labels_may_stand_in_a_column() -> None:
    """As Keras' data sets have them."""
    flat, column = (IdentityBatches(np.arange(len(LABELS)), labels, 4, 3) for labels in (LABELS, LABELS[:, None]))
    assert np.array_equal(flat.rows(0), column.rows(0))
    assert column[0][1].shape == (12,)


def test_what_cannot_be_sampled_is_told() -> None:
    """Labels that do not fit, too few identities, a K of one."""
    for labels in ([0, 0], np.eye(3), 7):
        with pytest.raises(DataError):
            IdentityBatches(np.arange(3), labels, 2, 2)
    with pytest.raises(DataError):
        IdentityBatches(np.arange(4), [0, 0, 1, 2], 2, 2)
    with pytest.raises(UsageError):
        IdentityBatches(np.arange(4), [0, 0, 1, 1], 2, 1)
    with pytest.raises(UsageError, match="epoch=-1"):
        IdentityBatches(np.arange(4), [0, 0, 1, 1], 2, 2, epoch=-1)
