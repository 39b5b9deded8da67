"""Whether a model may be run once more unnoticed: it has no code of the user's, which may draw, print or keep books."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vandap.watch.plain import attempt

_PUBLISHED = ("keras", "tensorflow", "numpy", "builtins")


def is_quiet(model: Any) -> bool:
    """Whether a model, its layers, losses and metrics are all Keras' own, and hold no function of the user's.

    Args:
        model: A compiled Keras model, built or not.
    """
    return bool(attempt(lambda: all(map(_is_published, _parts(model))), False))


def _parts(model: Any) -> Iterator[Any]:
    """Classes and functions that a symbolic pass may run."""
    import keras

    for layer in model._flatten_layers():
        yield type(layer)
        yield from (item for item in vars(layer).values() if callable(item))
    loss, metrics = model._compile_loss, model._compile_metrics
    given = [getattr(loss, "_user_loss", None)]
    given += [getattr(metrics, f"_user_{name}", None) for name in ("metrics", "weighted_metrics")]
    for item in keras.tree.flatten(given):
        yield item if callable(item) and hasattr(item, "__module__") else type(item)  # None is built in


def _is_published(item: Any) -> bool:
    module = item.__module__ if hasattr(item, "__module__") else type(item).__module__
    return str(module).partition(".")[0] in _PUBLISHED
