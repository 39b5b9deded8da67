"""Builds a model where its back end would build it only inside the first step: the first state is needed before it.

JAX and PyTorch build a model symbolically when `fit` begins. TensorFlow does so only under a distribution strategy, so
here the same function of Keras is called, with the shapes of the dataset.
"""

from __future__ import annotations

from typing import Any

from vandap.watch.fitting import Loop
from vandap.watch.plain import attempt, uncounted


def build(model: Any, loop: Loop) -> None:
    """Build what `fit` is about to train; a model that cannot be built in this way is left to Keras.

    Args:
        model: The model.
        loop: Its running fit.
    """
    dataset = getattr(loop.iterator, "_distributed_dataset", None)
    spec = getattr(dataset, "element_spec", None)
    if spec is not None and not all(layer.built for layer in model._flatten_layers()):
        with uncounted():
            attempt(lambda: model._symbolic_build(data_batch=spec), None)
