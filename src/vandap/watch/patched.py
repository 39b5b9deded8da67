"""The methods of Keras that a session listens to, from the import of Keras to the end of the watching."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from vandap.watch.patch import Patches
from vandap.watch.plain import attempt
from vandap.watch.session import Session

Method = Callable[..., Any]


def install(session: Session, patches: Patches) -> None:
    """Replace the methods; Keras must be imported."""
    import keras

    patches.method(keras.Layer, "__new__", lambda method: _making(session, method))
    patches.method(keras.Model, "compile", lambda method: _compiling(session, method))
    patches.method(keras.Model, "fit", lambda method: _fitting(session, method))


def _making(session: Session, original: Method) -> Method:
    @functools.wraps(original)
    def making(cls: type, *args: Any, **kwargs: Any) -> Any:
        made = original(cls, *args, **kwargs)
        attempt(lambda: session.sites.made(made), None)
        return made

    return making


def _compiling(session: Session, original: Method) -> Method:
    @functools.wraps(original)
    def compiling(model: Any, *args: Any, **kwargs: Any) -> Any:
        attempt(lambda: session.sites.compiled(model), None)
        return original(model, *args, **kwargs)

    return compiling


def _fitting(session: Session, original: Method) -> Method:
    @functools.wraps(original)
    def fitting(model: Any, *args: Any, **kwargs: Any) -> Any:
        if session.is_fitting or not session.is_writable:
            return original(model, *args, **kwargs)
        from vandap.watch.fit import watched_fit

        return watched_fit(session, original, model, args, kwargs)

    return fitting
