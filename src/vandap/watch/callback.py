"""The Keras callback that watches one fit. It has no batch hooks, so it changes neither order nor timing of steps."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import keras

from vandap.core.program import Program
from vandap.watch.build import build
from vandap.watch.course import Ending, Given, goes_on
from vandap.watch.fitting import Loop, call_of
from vandap.watch.live import learning_rate
from vandap.watch.passing import Passing
from vandap.watch.plain import attempt
from vandap.watch.record import Record
from vandap.watch.same_data import sources
from vandap.watch.session import Session
from vandap.watch.structure import describe, recompiled
from vandap.watch.trace import Trace

HEARD = 2
"""Epochs of which the batches are listened to."""
_NO_LINES = (
    "The lines that made the layers and compiled the model are not known, as they ran before this Watch() began; "
    "inside of `with vandap.watching(folder):` they are."
)


def _guarded(hook: Callable[..., None]) -> Callable[..., None]:
    """A hook that never raises: an error of ours ends the watching of this fit, and the training goes on untouched."""

    @functools.wraps(hook)
    def guarded(self: Watch, *args: Any, **kwargs: Any) -> None:
        if self.is_broken:
            return
        begun = time.perf_counter()
        try:
            hook(self, *args, **kwargs)
        except Exception as error:
            self.give_up(error)
        if self.record is not None:
            self.record.spent += time.perf_counter() - begun

    return guarded


class Watch(keras.callbacks.Callback):
    """Watches a fit, or several one after the other, and writes what it sees to the session's run folder.

    Args:
        session: Where the evidence goes; by default a session of its own, in a new folder below `runs/`.
        trace: The calls of the model's first pass, where they were listened to.
        inputs: What the program gave `fit` as `x`; of that, Keras cuts off what `validation_split` takes.

    Example:
        ```python
        model.fit(x, y, epochs=5, callbacks=[vandap.Watch()])
        ```
    """

    def __init__(self, session: Session | None = None, trace: Trace | None = None, inputs: Any = None) -> None:
        super().__init__()
        self._inputs = attempt(lambda: tuple(sources(inputs)), ())
        self.session, self.trace = session, trace or Trace()
        self.record: Record | None = None
        self.is_broken = False
        self._owns = session is None
        self._listening: list[Passing] = []
        self._hearing_validation: Passing | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        """A fit begins: the first one, or another after it."""
        attempt(lambda: self.finish("the fit did not come to its end"), None)
        earlier, self.record, self.is_broken, self._hearing_validation = self.record, None, False, None
        self._begin(earlier)

    @_guarded
    def _begin(self, earlier: Record | None) -> None:
        """Go on with the training that ended last, or begin another one; and listen."""
        if self.session is None:
            self.session = Session.in_new_folder()
        elif self._owns and self.session.is_closed:
            self.session.reopen()
        model, loop = self._model, Loop.running(self._model, "fit")
        build(model, loop)
        self.trace.stop()
        call = call_of(loop)
        given, earlier = attempt(lambda: Given.of(loop, call, self._inputs), None), self.session.last(model) or earlier
        is_last = earlier is not None and self.session.is_last(earlier)
        if earlier is not None and is_last and attempt(lambda: goes_on(earlier, model, loop, given), False):
            self.record = earlier
            earlier.go_on(call)
            self.session.go_on(earlier)
        else:
            program = self._described(self.session, earlier)
            if self._owns and not any(layer.site.line for layer in program.layers):
                self.session.note_unseen(_NO_LINES)
            self.record = Record(model, program, call, self.session.search)
            self.record.given = given
            _look(self.record, loop)
            self.session.begin(self.record)
        if len(self.record.logs) < HEARD:
            self._listen(Passing(loop, self.record.hear))
        self.record.watch_steps(self.session.schedule)

    def _described(self, session: Session, earlier: Record | None) -> Program:
        """The structure of the model, which need not be read again where nobody changed it since its last fit."""
        model, sites = self._model, session.sites
        ending = earlier.ending if earlier is not None and earlier.model is model else None
        if earlier is not None and ending is not None and attempt(lambda: ending.is_structure_of(model), False):
            return recompiled(model, earlier.program, sites)
        return describe(model, sites, self.trace)

    def _listen(self, passing: Passing) -> None:
        passing.attach()
        self._listening.append(passing)
        if passing.reason and self.session is not None:
            self.session.note_unseen(f"The batches were not seen one by one: {passing.reason}.")

    @_guarded
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Follow the order of batches."""
        if self.record is not None:
            self.record.epochs.begin(len(self.record.logs))

    @_guarded
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Note what was logged."""
        if self.record is None or self.session is None:
            return
        numbers = {str(name): attempt(partial(float, value), None) for name, value in (logs or {}).items()}
        entry = {name: value for name, value in numbers.items() if value is not None}
        self.record.logs.append(entry)
        self.record.rates.append(learning_rate(self._model, entry))
        if epoch + 1 == self.params.get("epochs") or self._model.stop_training:
            self.record.ending = attempt(lambda: Ending.of(self._model), None)
        self.session.epoch(self.record, epoch, entry)
        if len(self.record.logs) == HEARD:
            self._stop_listening()

    @_guarded
    def on_test_begin(self, logs: Any = None) -> None:
        """Listen to the first validation on a stream."""
        record = self.record
        wanted = record is not None and not record.logs and not record.validation_sample.is_full
        if record is not None and wanted and self._hearing_validation is None:
            loop = Loop.running(self._model, "evaluate")
            if loop.kind != "arrays":
                self._hearing_validation = Passing(loop, record.hear_validation)
                self._hearing_validation.attach()

    @_guarded
    def on_test_end(self, logs: Any = None) -> None:
        """Listen no more."""
        if self._hearing_validation is not None:
            self._hearing_validation.detach()

    @_guarded
    def on_train_end(self, logs: Any = None) -> None:
        """The fit ended as it should."""
        self.finish()

    def finish(self, error: str = "") -> None:
        """The fit ended, maybe by an error; a second call does nothing."""
        self._stop_listening()
        record, session = self.record, self.session
        if record is None or session is None or record.is_over:
            return
        if record.unheard:
            parts = " and ".join(sorted(record.unheard))
            session.note_unseen(f"The {parts} of the batches were not seen: they are no arrays (ragged, or too large).")
        record.finish(bool(getattr(record.model, "stop_training", False)), error)
        session.end(record)
        if self._owns:
            session.close("failed" if error else "done")

    def give_up(self, error: Exception) -> None:
        """Stop watching after an error of our own."""
        self.is_broken = True
        attempt(self._stop_listening, None)
        if self.record is not None and self.record.steps_watch is not None:
            attempt(self.record.steps_watch.detach, None)
        if self.session is not None:
            self.session.note_unseen(f"Watching stopped by an error of vandap: {type(error).__name__}: {error}")

    def _stop_listening(self) -> None:
        while self._listening:
            self._listening.pop().detach()


def _look(record: Record, loop: Loop) -> None:
    """Look at the arrays that a fit was given."""
    arrays = loop.arrays
    if arrays is not None:
        record.see_arrays(arrays)
    given = (loop.get("val_x"), loop.get("val_y"), loop.get("val_sample_weight"))
    if given[0] is not None:
        record.see_validation(given, arrays[0] if arrays is not None else None)
