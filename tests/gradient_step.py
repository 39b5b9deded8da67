"""The gradient of a loss on whatever back end runs, without its own language: what one step of descent takes away."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


def gradient(loss: Any, labels: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """The gradient of `loss(labels, outputs)`: the outputs are the weights of a model that is trained for one step."""
    table = keras.layers.Dense(outputs.shape[1], use_bias=False)
    model = keras.Sequential([keras.Input((len(outputs),)), table])
    table.set_weights([outputs])
    model.compile(keras.optimizers.SGD(1.0), loss)
    model.train_on_batch(np.eye(len(outputs), dtype=np.float32), labels)
    return outputs - table.get_weights()[0]
