"""What is standardised, and what a model may look up in a table instead."""

from __future__ import annotations

from functools import partial

import keras
import numpy as np
import pytest

from vandap.exam.decisive._scaling import has_scale, inputs, standardised
from vandap.watch.kept import Batch

TOKENS = np.arange(24.0, dtype=np.float32).reshape(8, 3)
AMOUNTS = 1000 + 300 * np.random.default_rng(0).standard_normal((8, 5)).astype(np.float32)
IMAGES = np.random.default_rng(0).integers(0, 256, (8, 4, 4, 1)).astype(np.float32)


def looking_up() -> keras.Model:
    """A model that looks up one of its inputs."""
    words, amounts = keras.Input((3,)), keras.Input((5,))
    both = [keras.layers.Flatten()(keras.layers.Embedding(24, 2)(words)), amounts]
    return keras.Model([words, amounts], keras.layers.Dense(1)(keras.layers.Concatenate()(both)))


@pytest.mark.backend
def test_what_may_be_looked_up_is_left_alone() -> None:
    """Whole numbers in a model with a table; amounts and images beside it are scaled."""
    is_amount = partial(has_scale, looking_up())
    assert [is_amount(array) for array in (TOKENS, AMOUNTS, IMAGES)] == [False, True, True]
    data = Batch([TOKENS, AMOUNTS], np.zeros(8))
    train, held_out = standardised(data, data.take(np.arange(4)), is_amount)
    words, amounts = inputs(train)
    assert (words == TOKENS).all()
    assert np.allclose(amounts.mean(axis=0), 0, atol=1e-5)
    assert np.allclose(inputs(held_out)[1], amounts[:4])


@pytest.mark.backend
def test_without_a_table_every_number_has_a_scale() -> None:
    """Counts too."""
    plain = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    assert has_scale(plain, TOKENS)
