"""One call of `fit` under watch: a callback is added to a copy of the user's list, and failures are described."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from vandap.core.program import FitCall
from vandap.watch.callback import Watch
from vandap.watch.fitting import Loop, call_of
from vandap.watch.plain import attempt
from vandap.watch.record import Record
from vandap.watch.session import Session
from vandap.watch.structure import describe
from vandap.watch.trace import Trace


def watched_fit(session: Session, fit: Callable[..., Any], model: Any, args: tuple[Any, ...], kwargs: Any) -> Any:
    """Call `fit` with a watch added.

    Args:
        session: Where the evidence goes.
        fit: Keras' own method.
        model: The model.
        args: What the user gave by place.
        kwargs: What the user gave by name.

    Returns:
        What `fit` returns; its errors pass through.
    """
    bound = attempt(lambda: inspect.signature(fit).bind(model, *args, **kwargs), None)
    if bound is None or _has_watch(bound.arguments.get("callbacks")) or not session.take_turn():
        return fit(model, *args, **kwargs)
    trace = attempt(lambda: Trace.of(model), None) or Trace()
    watch = Watch(session, trace, bound.arguments.get("x"))
    try:
        bound.arguments["callbacks"] = _with(bound.arguments.get("callbacks"), watch)
        return fit(*bound.args, **bound.kwargs)
    except BaseException as error:
        _failed(session, model, watch, bound, error)
        raise
    finally:
        trace.stop()
        session.end_turn()


def _has_watch(callbacks: Any) -> bool:
    callbacks = getattr(callbacks, "callbacks", callbacks)
    given = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
    return any(isinstance(item, Watch) for item in given)


def _with(callbacks: Any, watch: Watch) -> Any:
    """The user's callbacks and the watch, in a list of its own."""
    if callbacks is None:
        return [watch]
    if type(callbacks).__name__ == "CallbackList":
        callbacks = callbacks.callbacks  # within another one Keras would add a second history and progress bar
    return [*(callbacks if isinstance(callbacks, list | tuple) else [callbacks]), watch]


def _failed(session: Session, model: Any, watch: Watch, given: inspect.BoundArguments, error: BaseException) -> None:
    """Describe a fit that ended by an error: what it had, where it began, or only the model."""
    if watch.record is not None:
        attempt(lambda: watch.finish(f"{type(error).__name__}: {error}"), None)
        return
    given.apply_defaults()
    attempt(lambda: _record_failure(session, model, given.arguments, error), None)


def _record_failure(session: Session, model: Any, given: Mapping[str, Any], error: BaseException) -> None:
    """A fit that failed before its first step is a fit without steps; its data may tell why."""
    loop = Loop(given)
    record = Record(model, describe(model, session.sites), attempt(lambda: call_of(loop), FitCall()))
    if loop.arrays is not None:
        record.see_arrays(loop.arrays)
    session.begin(record)
    record.finish(False, f"{type(error).__name__}: {error}")
    session.end(record)
