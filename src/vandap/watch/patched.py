"""The methods of Keras that a session listens to, from the import of Keras to the end of the watching."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from vandap.core.frames import Unnoticed
from vandap.watch.by_hand import ByHand
from vandap.watch.patch import Patches
from vandap.watch.plain import attempt, plain
from vandap.watch.session import MEANWHILE, Session
from vandap.watch.sites import here

Method = Callable[..., Any]

MOST_NOTED = 50
"""Calls of `evaluate` and of `predict` that are logged; a program may predict in a loop."""


def install(session: Session, patches: Patches) -> None:
    """Replace the methods; Keras must be imported."""
    import keras

    patches.method(keras.Layer, "__new__", lambda method: _making(session, method))
    patches.method(keras.Optimizer, "__init__", lambda method: _making_optimizer(session, method))
    patches.method(keras.Model, "compile", lambda method: _compiling(session, method))
    patches.method(keras.Model, "fit", lambda method: _fitting(session, method))
    by_hand = ByHand(session)
    patches.method(keras.Model, "train_on_batch", lambda method: _by_hand(session, by_hand, method))
    for name in ("evaluate", "predict"):
        patches.method(keras.Model, name, partial(_noting, session, name))


def _making(session: Session, original: Method) -> Method:
    @functools.wraps(original)
    def making(cls: type, *args: Any, **kwargs: Any) -> Any:
        with Unnoticed():
            made = original(cls, *args, **kwargs)
        attempt(lambda: session.sites.made(made), None)
        return made

    return making


def _making_optimizer(session: Session, original: Method) -> Method:
    @functools.wraps(original)
    def making(optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        with Unnoticed():
            result = original(optimizer, *args, **kwargs)
        attempt(lambda: session.sites.optimizer_made(optimizer), None)
        return result

    return making


def _compiling(session: Session, original: Method) -> Method:
    @functools.wraps(original)
    def compiling(model: Any, *args: Any, **kwargs: Any) -> Any:
        attempt(lambda: session.sites.compiled(model), None)
        with Unnoticed():
            return original(model, *args, **kwargs)

    return compiling


def _fitting(session: Session, original: Method) -> Method:
    @functools.wraps(original)
    def fitting(model: Any, *args: Any, **kwargs: Any) -> Any:
        with Unnoticed():
            if not session.is_writable:
                return original(model, *args, **kwargs)
            from vandap.watch.fit import watched_fit

            return watched_fit(session, original, model, args, kwargs)

    return fitting


def _by_hand(session: Session, by_hand: ByHand, original: Method) -> Method:
    @functools.wraps(original)
    def training(model: Any, *args: Any, **kwargs: Any) -> Any:
        with Unnoticed():
            if session.is_fitting:
                session.note_unseen(MEANWHILE)
            if session.is_fitting or not session.is_writable:
                return original(model, *args, **kwargs)
            return by_hand.step(original, model, args, kwargs)

    return training


def _noting(session: Session, name: str, original: Method) -> Method:
    """`evaluate` and `predict` outside of `fit`: the log says where; an evaluation's data are a test."""
    left, signature = [MOST_NOTED], inspect.signature(original)

    def note(model: Any, result: Any) -> None:
        left[0] -= 1
        results = plain(result) if name == "evaluate" else None
        session.event(name, model=model.name, file=here().file, line=here().line, result=results)

    @functools.wraps(original)
    def noting(model: Any, *args: Any, **kwargs: Any) -> Any:
        with Unnoticed():
            result = original(model, *args, **kwargs)
        if left[0] > 0 and not session.is_fitting:
            attempt(lambda: note(model, result), None)
            if name == "evaluate":
                attempt(lambda: _see_evaluated(session, model, signature.bind(model, *args, **kwargs), result), None)
        return result

    return noting


def _see_evaluated(session: Session, model: Any, given: inspect.BoundArguments, result: Any) -> None:
    """Rows that the model which was trained last is evaluated on are its test, where they are arrays."""
    record, (x, y, weights) = session.last(model), map(given.arguments.get, ("x", "y", "sample_weight"))
    if record is not None and y is not None:
        record.see_evaluated((x, y, weights), result)
