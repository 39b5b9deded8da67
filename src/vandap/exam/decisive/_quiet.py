"""A model without what hinders learning by heart: dropout, noise, augmentation, penalties, weight decay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any

import keras

from vandap.exam.decisive._workbench import Workbench

_AUGMENTING = ("RandAugment", "AugMix", "CutMix", "MixUp")
_RATES = ("dropout", "recurrent_dropout", "dropout_rate")


NOISE, AUGMENTATION, PENALTIES = "noise", "augmentation", "penalties"


@contextmanager
def quiet(bench: Workbench, *parts: str) -> Iterator[None]:
    """Switch off what hinders learning by heart, and put it back at the end.

    Args:
        bench: The model.
        parts: `NOISE` (dropout, too), `AUGMENTATION` (layers that change examples at random), `PENALTIES` (of weights
            and activities, and weight decay); all of them if none is named.
    """
    chosen = parts or (NOISE, AUGMENTATION, PENALTIES)
    saved: list[tuple[dict[str, Any], str, Any]] = []

    def put(owner: Any, name: str, value: Any) -> None:
        saved.append((vars(owner), name, vars(owner).get(name, _ABSENT)))
        vars(owner)[name] = value

    for layer in bench.layers():
        _silence(layer, chosen, put)
    if PENALTIES in chosen:
        for variable in bench.model.trainable_variables:
            if variable.regularizer is not None:
                saved.append((variable, "regularizer", variable.regularizer))
                variable.regularizer = None
        optimizer = getattr(bench.model.optimizer, "inner_optimizer", bench.model.optimizer)
        if getattr(optimizer, "weight_decay", None):
            put(optimizer, "weight_decay", None)
    try:
        with bench.retraced():
            yield
    finally:
        for owner, name, value in reversed(saved):
            _restore(owner, name, value)


def without(*parts: str) -> Callable[[Workbench], AbstractContextManager[None]]:
    """Return what makes a model `quiet` in these parts."""
    return lambda bench: quiet(bench, *parts)


_ABSENT = object()


def _restore(owner: Any, name: str, value: Any) -> None:
    if not isinstance(owner, dict):
        setattr(owner, name, value)
    elif value is _ABSENT:
        owner.pop(name, None)
    else:
        owner[name] = value


def _silence(layer: Any, chosen: Sequence[str], put: Callable[[Any, str, Any], None]) -> None:
    kinds = {kind.__name__ for kind in type(layer).__mro__ if kind.__module__.startswith("keras")}
    augments = any(kind.startswith("Random") or kind in _AUGMENTING for kind in kinds)
    disturbs = any(kind.endswith("Dropout") or kind == "GaussianNoise" for kind in kinds)
    if (augments and AUGMENTATION in chosen) or (disturbs and NOISE in chosen):
        put(layer, "call", _in_inference_mode(layer.call))
    for name in _RATES if NOISE in chosen else ():
        if isinstance(vars(layer).get(name), float):
            put(layer, name, 0.0)
    if PENALTIES not in chosen:
        return
    if getattr(layer, "activity_regularizer", None) is not None and "activity_regularizer" in vars(layer):
        put(layer, "activity_regularizer", None)


def _in_inference_mode(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def silent(*args: Any, **options: Any) -> Any:
        return call(*args, **{**options, "training": False})

    return silent


def is_half_precision(model: Any) -> bool:
    """Whether some layer computes in 16 bits."""
    return any(
        keras.backend.standardize_dtype(layer.compute_dtype) in ("float16", "bfloat16")
        for layer in model._flatten_layers()
    )
