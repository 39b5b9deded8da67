"""Whether the user's own code may run once more unnoticed: it shows no draw, no print, and no books that it keeps."""

from __future__ import annotations

import dis
import random
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from vandap.watch.plain import attempt

_ONCE = ("__init__", "build", "get_config", "from_config", "train_step", "test_step", "predict_step", "fit")
"""Methods that a symbolic pass does not run, or that it runs in the place of the first step."""
_TOLD = ("print", "random", "logging", "warnings", "open", "setattr", "layers", "initializers")
_MADE = ("keras.src.layers", "keras.src.initializers")
"""Modules of what has a number in its name, or draws a seed, when it is made."""
_CHANGES = ("append", "extend", "insert", "add", "update", "setdefault", "pop", "remove", "clear")
_GENERATORS = (random.Random, np.random.RandomState, np.random.Generator)


def is_quiet(model: Any) -> bool:
    """Whether no code of the user's in a model, its losses and its metrics is seen to do more than compute.

    The code is read, not run: names that it uses, attributes that it sets, and the functions of its own that it calls.

    Args:
        model: A compiled Keras model, built or not.
    """
    seen = set[int]()
    return bool(attempt(lambda: all(_computes(function, seen) for function in _functions(model)), False))


def _functions(model: Any) -> Iterator[Any]:
    """All functions of the user's that a symbolic pass may run, and what else his layers hold."""
    for layer in model._flatten_layers():
        yield from (item for name, item in vars(layer).items() if name not in _ONCE)
        yield from _methods(type(layer))
    for owner, names in (("_compile_loss", ("_user_loss",)), ("_compile_metrics", ("_user_metrics",))):
        given = getattr(model, owner, None)
        for name in (*names, "_user_weighted_metrics"):
            for item in _flat(getattr(given, name, None)):
                yield item
                yield from _methods(type(item))


def _flat(given: Any) -> Iterator[Any]:
    if isinstance(given, dict | list | tuple):
        for item in given.values() if isinstance(given, dict) else given:
            yield from _flat(item)
    elif given is not None:
        yield given


def _methods(kind: type) -> Iterator[Any]:
    """The functions of a class and of those that it extends, as far as they are the user's."""
    for cls in kind.__mro__:
        for name, item in vars(cls).items() if not _is_published(cls.__module__) else ():
            if name not in _ONCE:
                yield getattr(item, "__func__", getattr(item, "fget", item))


def _is_published(module: Any) -> bool:
    return str(module).partition(".")[0] in ("keras", "tensorflow", "numpy", "builtins", "abc")


def _computes(given: Any, seen: set[int]) -> bool:
    """Whether something that code uses only computes, as far as can be read."""
    if isinstance(given, _GENERATORS) or isinstance(getattr(given, "__self__", None), _GENERATORS):
        return False
    if isinstance(given, type) and any(cls.__module__.startswith(_MADE) for cls in given.__mro__):
        return False
    if not isinstance(given, FunctionType) or _is_published(given.__module__) or id(given) in seen:
        return True
    seen.add(id(given))
    used = {name for code in _codes(given.__code__) for name in code.co_names}
    if not all(_is_plain(code) for code in _codes(given.__code__)):
        return False
    held = [cell.cell_contents for cell in given.__closure__ or ()]
    return all(_computes(item, seen) for item in [*held, *(given.__globals__.get(name) for name in used)])


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of the functions written in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _is_plain(code: CodeType) -> bool:
    """Whether code names nothing that tells or draws, and sets or changes nothing outside of its own variables."""
    if set(code.co_names) & set(_TOLD):
        return False
    last = ""
    for step in dis.get_instructions(code):
        is_read = step.opname in ("LOAD_ATTR", "LOAD_METHOD")
        if step.opname in ("STORE_ATTR", "STORE_GLOBAL", "DELETE_ATTR") or (
            is_read and last in ("LOAD_ATTR", "LOAD_GLOBAL") and step.argval in _CHANGES
        ):
            return False
        last = step.opname
    return True
