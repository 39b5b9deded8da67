"""Builds a model where its back end would build it only inside the first step: the first state is needed before it.

JAX and PyTorch build a model symbolically when `fit` begins. TensorFlow does so only under a distribution strategy, so
here the same function of Keras is called, with the shapes of the dataset. That runs the code of the model once more
than the program would, so a model with code of the user's, which may draw, print or keep books, is left to Keras: the
trace of its first step in `fit` builds it, see `vandap.watch.stepper`; that of `train_on_batch` leaves no first state.
"""

from __future__ import annotations

from typing import Any

from vandap.watch.fitting import Loop
from vandap.watch.plain import attempt, uncounted
from vandap.watch.quiet import is_quiet


def build(model: Any, loop: Loop) -> None:
    """Build what `fit` is about to train; a model that cannot be built in this way is left to Keras.

    Args:
        model: The model.
        loop: Its running fit.
    """
    dataset = getattr(loop.iterator, "_distributed_dataset", None)
    spec = getattr(dataset, "element_spec", None)
    if spec is not None and not all(layer.built for layer in model._flatten_layers()):
        _build(model, spec)


def build_by_hand(model: Any, batch: tuple[Any, Any, Any]) -> None:
    """Build what `train_on_batch` is about to train.

    Args:
        model: The model.
        batch: Inputs, targets and weights.
    """
    import keras

    if keras.config.backend() == "tensorflow":
        _build(model, batch)
    else:  # as Keras does next, once
        attempt(lambda: model._symbolic_build(data_batch=batch), None)


def _build(model: Any, batch: Any) -> None:
    if is_quiet(model):
        with uncounted():
            attempt(lambda: model._symbolic_build(data_batch=batch), None)
