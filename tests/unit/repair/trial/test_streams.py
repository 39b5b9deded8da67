"""Validation data in batches become arrays."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest

from vandap.repair.trial import streams
from vandap.repair.trial.streams import StreamError, collected

X, Y = np.arange(60, dtype=np.float32).reshape(30, 2), np.arange(30)

pytestmark = pytest.mark.backend


class Batches(keras.utils.PyDataset):
    """Batches of seven rows; without an end where it does not say how many there are."""

    def __init__(self, order: np.ndarray, endless: bool = False) -> None:
        super().__init__()
        self.order, self.endless = order, endless

    @property
    def num_batches(self) -> int | None:
        """How many."""
        return None if self.endless else 5

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        rows = self.order[7 * index % 30 :][:7]
        return {"a": X[rows], "b": X[rows, :1]}, Y[rows], np.ones(len(rows))


def test_a_shuffled_stream_gives_the_same_rows_in_the_same_order() -> None:
    """So that a part of them is the same part in every trial; weights are no targets."""
    (x, y), (other, same) = (collected(Batches(np.random.default_rng(seed).permutation(30))) for seed in (0, 1))
    assert sorted(y.tolist()) == Y.tolist() and np.array_equal(y, same)
    assert np.array_equal(x["a"], X[y]) and np.array_equal(x["b"], X[y, :1]) and np.array_equal(x["a"], other["a"])


def test_a_long_stream_is_read_as_far_as_memory_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its examples and by its bytes, in whole batches."""
    monkeypatch.setattr(streams, "MOST_EXAMPLES", 10)
    assert len(collected(Batches(np.arange(30)))[1]) == 14
    monkeypatch.setattr(streams, "MOST_BYTES", 1)
    assert len(collected(Batches(np.arange(30)))[1]) == 7


def _pairs(rows: int = 30) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for number in itertools.count():
        yield X[[number % rows]], Y[[number % rows]]


def test_a_stream_without_an_end_gives_what_fit_would_take() -> None:
    """A generator, or a PyDataset that does not say how long it is."""
    assert sorted(collected(_pairs(), 4)[1].tolist()) == [0, 1, 2, 3]
    assert len(collected(Batches(np.arange(30), endless=True), 2)[1]) == 14
    for stream in (_pairs(), Batches(np.arange(30), endless=True)):
        with pytest.raises(StreamError, match="no validation_steps"):
            collected(stream)


@pytest.mark.parametrize(
    ("batches", "reason"),
    [
        ([], "gives nothing"),
        ([X[:3]], "without targets"),
        ([(X[:3],)], "without targets"),
        ([(X[:3], Y[:3]), (X[:3, :1], Y[:3])], "several shapes"),
    ],
)
def test_what_cannot_be_judged_is_refused(batches: list[Any], reason: str) -> None:
    """With the reason."""
    with pytest.raises(StreamError, match=reason):
        collected(batches)


def test_streams_of_other_libraries_are_read() -> None:
    """Datasets of TensorFlow and loaders of PyTorch, whichever is installed; one that repeats has no end."""
    tensorflow = pytest.importorskip("tensorflow")
    data = tensorflow.data.Dataset.from_tensor_slices((X, Y)).shuffle(30).batch(8)
    x, y = collected(data)
    assert np.array_equal(x, X[y]) and len(y) == 30
    with pytest.raises(StreamError, match="may have no end"):
        collected(data.repeat())
    assert len(collected(data.repeat(), 2)[1]) == 16


def test_loaders_of_pytorch_are_read() -> None:
    """Tensors become arrays."""
    torch = pytest.importorskip("torch")
    pairs = torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
    x, y = collected(torch.utils.data.DataLoader(pairs, batch_size=8, shuffle=True))
    assert np.array_equal(x, X[y]) and len(y) == 30
