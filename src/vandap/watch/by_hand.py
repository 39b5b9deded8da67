"""Models that a program trains batch by batch with `train_on_batch`: what can be seen of such a loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from vandap.core.program import FitCall
from vandap.watch.beside import Beside
from vandap.watch.build import build_by_hand
from vandap.watch.facts import StepFacts
from vandap.watch.live import is_built
from vandap.watch.moving import Moving
from vandap.watch.plain import attempt
from vandap.watch.record import Record
from vandap.watch.sample import of_batch
from vandap.watch.schedule import record_stride
from vandap.watch.session import Session
from vandap.watch.sites import here
from vandap.watch.steps import loss_name
from vandap.watch.structure import describe

_UNSEEN = "The training was a loop of the program's own over `train_on_batch`: epochs and validation were not seen."


class ByHand:
    """The hand-written trainings of one session, a record for each model.

    What is known of a model is kept with the model, so that one that the program lets go is gone: only the training
    that is judged keeps its model alive, as that of a `fit` does.

    Args:
        session: Where the evidence goes.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._loops: Beside[_Loop] = Beside()
        session.before_close.append(self._finish)

    def step(self, train: Callable[..., Any], model: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Call `train_on_batch`, with a look at what enters and what comes out."""
        loop: _Loop | None = attempt(lambda: self._loop(model, args, kwargs), None)
        begun = time.perf_counter()
        result = train(model, *args, **kwargs)
        if loop is not None:
            attempt(lambda: loop.note(_parts(args, kwargs), result, time.perf_counter() - begun), None)
            attempt(lambda: self._session.flush_when_due(loop.record), None)
        return result

    def _loop(self, model: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Loop:
        return self._loops.get(model) or self._begun(model, args, kwargs)

    def _begun(self, model: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Loop:
        if not is_built(model):
            build_by_hand(model, _parts(args, kwargs))
        call = FitCall(data="other", sample_weight=_weighs_classes(args, kwargs), site=here())
        record = Record(model, describe(model, self._session.sites), call)
        record.is_by_hand = True
        loop = _Loop(record, self._session)
        self._loops.keep(model, loop)
        self._session.note_unseen(_UNSEEN)
        self._session.begin(record)
        record.watch_steps(self._session.schedule)
        return loop

    def _finish(self) -> None:
        for loop in sorted(self._loops.clear(), key=lambda loop: loop.record.call.number):
            loop.finish()
            self._session.end(loop.record)


class _Loop:
    """One model's loop. It lives as long as the model, and tells its steps when both go."""

    def __init__(self, record: Record, session: Session) -> None:
        self.record, self._session = record, session
        self._steps, self._next = list[StepFacts](), 0
        self._targets = Moving()

    def __del__(self) -> None:
        attempt(lambda: self._session.count(self.record.call.number, self.record.seen), None)

    def note(self, parts: tuple[Any, Any, Any], result: Any, seconds: float) -> None:
        """Note one step; whenever their number has doubled, ask whether this is the training to judge."""
        record = self.record
        record.hear(parts)
        if record.seen >= self._next:
            self._steps.append(StepFacts(record.seen, _loss(result), seconds, math.nan, math.nan))
            self._next = record.seen + record_stride(record.seen)
            heard = of_batch((None, *parts[1:]))
            attempt(lambda: self._targets.note(heard.y if heard is not None else None), None)
        record.seen += 1
        if record.seen & (record.seen - 1) == 0:
            self._session.consider(record)

    def finish(self) -> None:
        """No more steps will come."""
        self.record.call = replace(self.record.call, targets_moved=self._targets.have_moved)
        self.record.finish(stopped=False)
        if not self.record.steps:
            self.record.steps.extend(self._steps)


def _parts(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    names = ("x", "y", "sample_weight")
    given = {**dict(zip(names, args, strict=False)), **{name: kwargs[name] for name in names if name in kwargs}}
    return given.get("x"), given.get("y"), given.get("sample_weight")


def _weighs_classes(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
    """Whether classes have weights, of which Keras makes weights of the examples."""
    return (args[3] if len(args) > 3 else kwargs.get("class_weight")) is not None


def _loss(result: Any) -> float | None:
    """The loss is what Keras gives alone, first, or by name."""
    if isinstance(result, Mapping):
        name = loss_name(result)
        result = result[name] if name else ()
    flat = np.ravel(np.asarray(result, dtype=np.float64))
    return float(flat[0]) if flat.size else None
