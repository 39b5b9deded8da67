"""Keras' configurations as plain JSON data, of bounded size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

LONGEST_LIST = 64
LONGEST_TEXT = 200
DEEPEST = 6
_SYMBOLIC = "keras_tensor"


@contextmanager
def uncounted() -> Iterator[None]:
    """Keep the numbers in the names of symbolic tensors as they are: the program's own get them, and are saved."""
    from keras.src.backend.common import global_state

    def counts() -> Any:
        return attempt(lambda: global_state.get_global_attribute("object_name_uids"), None) or {}

    before = counts().get(_SYMBOLIC)
    try:
        yield
    finally:
        counts().pop(_SYMBOLIC, None)
        if before is not None:
            counts()[_SYMBOLIC] = before


def settings(made: Any) -> dict[str, Any]:
    """The configuration of a layer, loss, optimiser or schedule; empty where its class gives none."""
    try:
        config = made.get_config()
    except Exception:  # a user's class may lack get_config, or have a broken one
        return {}
    return {str(name): plain(value) for name, value in config.items()} if isinstance(config, Mapping) else {}


def plain(value: Any, depth: int = 0) -> Any:
    """Turn a value of a configuration into JSON data; what has no such form becomes its name or a short text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, np.generic):
        return value.item()
    if depth > DEEPEST:
        return named(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item, depth + 1) for key, item in list(value.items())[:LONGEST_LIST]}
    if isinstance(value, np.ndarray):
        return plain(value.ravel()[: LONGEST_LIST + 1].tolist() if value.ndim else value.item(), depth)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item, depth + 1) for item in list(value)[:LONGEST_LIST]]
    return _object(value, depth)


def _object(value: Any, depth: int) -> Any:
    """An object inside a configuration: a number held by a variable, a Keras object, a function."""
    if hasattr(value, "numpy") and np.prod(getattr(value, "shape", (2,))) == 1:
        return float(value.numpy())
    if hasattr(value, "get_config"):
        return {"class_name": type(value).__name__, "config": plain(settings(value), depth + 1)}
    return named(value)


def named(value: Any) -> str:
    """The name of a function or class, else the name of the value's class."""
    name = getattr(value, "__name__", None)
    return str(name) if name else type(value).__name__


def snake(name: str) -> str:
    """A class name in the form of a function's name: `BinaryAccuracy` becomes `binary_accuracy`, `AUC` `auc`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def attempt(ask: Callable[[], Any], default: Any) -> Any:
    """Ask a model something that it may refuse to say; a model is the user's, and its properties may raise anything."""
    try:
        return ask()
    except Exception:
        return default
