"""What a trained model answers on the examples that were kept."""

import math

import numpy as np
import pytest

from vandap.core.store import Run
from vandap.watch import watching

keras = pytest.importorskip("keras")


def top_share(folder, units, activation, loss):
    """Share of the most frequent answer of a model that was trained for one epoch."""
    x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
    with watching(folder):
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units, activation, name="out")])
        model.compile("sgd", loss)
        model.fit(x, np.eye(units)[np.arange(64) % units] if units > 1 else np.arange(64) % 2, verbose=0)
    return Run(folder).signals["predictions"].at(output="out", statistic="top_share")


@pytest.mark.parametrize(
    ("units", "activation", "loss", "is_known"),
    [
        (3, "sigmoid", "binary_crossentropy", False),
        (1, "sigmoid", "binary_crossentropy", True),
        (2, "softmax", "binary_crossentropy", True),
        (3, "softmax", "categorical_crossentropy", True),
    ],
)
def test_units_that_are_judged_alone_name_no_class(tmp_path, units, activation, loss, is_known):
    """The unit with the highest answer is that of the most frequent tag, or of the first step of a scale."""
    assert math.isfinite(top_share(tmp_path, units, activation, loss)) == is_known
