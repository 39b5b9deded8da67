"""Traces the user's own code once more, for a step of ours, such that their program does not notice."""

from __future__ import annotations

import functools
import logging
import random
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
from keras.src.backend.common import global_state

_COUNTS = "object_name_uids"
"""Where Keras counts the names that it gives to layers and variables."""

_NOT_KEPT = ("stop_training",)
"""Attributes that may be set from outside at any time: by a signal handler, or by another thread."""


class Here:
    """Tells whether this is still the time, and the thread, of the trace: data may be made beside it."""

    def __init__(self) -> None:
        self.is_open = True
        self._thread = threading.get_ident()

    def __bool__(self) -> bool:
        return self.is_open and threading.get_ident() == self._thread


def random_states() -> tuple[Any, Any]:
    """States of Python's and NumPy's random generators."""
    return random.getstate(), np.random.get_state()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Leave Python's and NumPy's random numbers as they were."""
    states = random_states()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])


@contextmanager
def apart(model: Any, numbers: tuple[Any, Any] | None = None) -> Iterator[None]:
    """Let this thread's code draw from copies of the random generators, print to nobody, and leave no attribute.

    Other threads, which may make the next batches, draw from the program's own generators, and print. What a trace
    does outside of Python's and NumPy's generators, standard streams, logging, warnings and the attributes of the
    model's layers is done a second time: files that it writes, names of modules that it sets.

    Args:
        model: The model whose step is traced.
        numbers: States of the random generators that the copies begin with; None takes those of now.
    """
    here = Here()
    with ExitStack() as stack:
        stack.callback(setattr, here, "is_open", False)
        for owner, name, ours in [*_numbers(numbers or random_states()), *_outputs(here)]:
            stack.callback(_stand_in(owner, name, ours, here))
        stack.callback(_names_kept())
        stack.callback(_attributes_kept(model))
        yield


def _numbers(states: tuple[Any, Any]) -> Iterator[tuple[Any, str, Any]]:
    """The functions of `random` and `numpy.random`, on copies of the generators."""
    python, numpy = random.Random(), np.random.RandomState()
    python.setstate(states[0])
    numpy.set_state(states[1])
    for owner, own in ((random, python), (np.random, numpy)):
        for name in vars(owner):
            if not name.startswith("_") and callable(getattr(own, name, None)):
                yield owner, name, getattr(own, name)


def _outputs(here: Here) -> Iterator[tuple[Any, str, Any]]:
    yield logging.Logger, "handle", _nothing
    yield warnings, "_showwarnmsg", _nothing
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is not None:
            yield sys, name, _Unheard(getattr(sys, name), here)


def _nothing(*_: object) -> None:
    """Do nothing with what is to be shown."""


class _Unheard:
    """A stream that loses what the trace writes."""

    def __init__(self, stream: Any, here: Here) -> None:
        self._stream, self._here = stream, here

    def write(self, text: str) -> Any:
        return len(text) if self._here else self._stream.write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _stand_in(owner: Any, name: str, ours: Any, here: Here) -> Callable[[], None]:
    """Put something in the place of an attribute.

    Args:
        owner: The module or class.
        name: The attribute.
        ours: What stands in; a function does so for this thread alone.
        here: Whether this is that thread.

    Returns:
        What puts the attribute back, unless the program has set another since.
    """
    theirs = vars(owner).get(name)
    if theirs is None:
        return lambda: None
    standing = ours if isinstance(ours, _Unheard) else _either(ours, theirs, here)
    setattr(owner, name, standing)
    return lambda: setattr(owner, name, theirs) if vars(owner).get(name) is standing else None


def _either(ours: Callable[..., Any], theirs: Callable[..., Any], here: Here) -> Callable[..., Any]:
    @functools.wraps(theirs)
    def either(*arguments: Any, **named: Any) -> Any:
        return (ours if here else theirs)(*arguments, **named)

    return either


def _names_kept() -> Callable[[], None]:
    """Keep the numbers in the names of what the program makes next."""
    counts = global_state.get_global_attribute(_COUNTS)
    if counts is None:
        return lambda: global_state.set_global_attribute(_COUNTS, None)
    kept = dict(counts)

    def put_back() -> None:
        counts.clear()
        counts.update(kept)

    return put_back


def _attributes_kept(model: Any) -> Callable[[], None]:
    """Keep the attributes of all layers, and what stands in those that are lists, dicts and sets."""
    kept = [(vars(layer), dict(vars(layer))) for layer in model._flatten_layers()]
    values = {id(value): value for _, before in kept for value in before.values()}
    contents = [(kind, value, kind(value)) for value in values.values() if (kind := _container(value)) is not None]

    def put_back() -> None:
        for now, before in kept:
            for name in now.keys() - before.keys() - {*_NOT_KEPT}:
                del now[name]
            now.update({name: value for name, value in before.items() if name not in _NOT_KEPT})
        for kind, value, content in contents:  # past Keras, which would follow what is put back as an addition
            kind.clear(value)
            (kind.extend if kind is list else kind.update)(value, content)

    return put_back


def _container(value: Any) -> Any:
    """The built-in kind of a list, dict or set, also of Keras' own that follow what is added; None for others."""
    kind = type(value)
    if kind.__module__ not in ("builtins", "keras.src.utils.tracking"):
        return None
    return next((one for one in (list, dict, set) if issubclass(kind, one)), None)
