"""Batches and states that a watched training keeps."""

import decisive_models as made
import numpy as np
import pytest

from vandap.core.program import FitCall
from vandap.watch import kept as module
from vandap.watch.kept import Batch, Kept, State


def test_a_batch_of_any_structure_is_taken_by_rows():
    """Lists, tuples, dicts and missing parts keep their form."""
    array = np.arange(6)
    batch = Batch({"a": array, "b": [array, (array,)]}, None, array * 2)
    part = batch.take(np.array([1, 3]))
    assert batch.examples == 6
    assert part.examples == 2
    assert part.y is None
    assert part.w.tolist() == [2, 6]
    assert part.x["b"][1][0].tolist() == [1, 3]


def test_a_batch_is_never_larger_than_the_sample():
    """Without a known size it is Keras' usual one."""
    few = Kept(None, None, Batch(np.zeros((5, 2))), fit=FitCall(batch_size=64))
    many = Kept(None, None, Batch(np.zeros((50, 2))))
    assert (few.batch_size, many.batch_size) == (5, 32)


@pytest.mark.backend
def test_a_state_is_put_back():
    """Weights, seeds and optimiser are those from before the training."""
    model = made.network()
    model.optimizer.build(model.trainable_variables)
    state, before = State.of(model), made.values_of(model)
    model.fit(*made.separable(), verbose=0)
    assert not all(np.array_equal(*pair) for pair in zip(before, made.values_of(model), strict=False))
    state.put_back()
    assert state.covers(model)
    assert state.covers_optimizer()
    count = len(model.variables) + len(model.optimizer.variables)
    after = made.values_of(model)
    assert all(np.array_equal(*pair) for pair in zip(before[:count], after[:count], strict=True))


@pytest.mark.backend
def test_a_state_knows_when_it_is_not_all_of_the_training():
    """A model that was compiled anew has another optimiser."""
    model = made.network()
    state = State.of(model)
    assert state.covers(model)
    model.compile("sgd", "mse")
    assert not state.covers(model)


@pytest.mark.backend
def test_a_huge_state_is_not_copied(monkeypatch):
    """The bound is in bytes."""
    monkeypatch.setattr(module, "LARGEST_STATE", 100)
    assert State.of(made.network()) is None
