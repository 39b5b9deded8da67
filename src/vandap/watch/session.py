"""Everything that is seen of one program: its fits, and the run folder that they are written to."""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from vandap.core.machine import hardware, versions
from vandap.core.program import Program
from vandap.core.signals import SIGNALS
from vandap.core.store import RunInfo, RunWriter
from vandap.watch.beside import Beside
from vandap.watch.calls import Calls
from vandap.watch.choice import is_preferred
from vandap.watch.kept import Kept
from vandap.watch.leaks import LeakSearch
from vandap.watch.plain import attempt
from vandap.watch.record import LAST_SIGNALS, Record
from vandap.watch.recorder import Signals
from vandap.watch.sites import Sites, here
from vandap.watch.structure import describe

FLUSH_SECONDS = 5.0
"""Least time between two writings of a running fit."""
FLUSH_SHARE = 0.01
"""Largest share of a fit's time that writing may take."""
COMPLETE_SHARE = 0.1
"""Largest share of a program's time that measuring its trained model may take, where each of its fits is completed."""
COMPLETE_SECONDS = 20.0
"""Seconds that this may take in any case: enough for a handful of fits."""
MEANWHILE = "A training that ran while a fit was under way, in another thread or inside of it, was not watched."
_NO_LOSS = "The train step reports no loss that is the whole training's (one named `loss`): its course was not judged."
_HURRIED = (
    "What the trained model answers was not measured after the last fit, as the fits follow each other so quickly that "
    "it would hold them up."
)
_NOTHING_SEEN = "No call of `fit` or `train_on_batch` was seen; a loop without them cannot be watched."


class Session:
    """The watching of one program. Use `vandap.watch.watching`, or `vandap.Watch()` as a callback.

    Args:
        folder: The run folder; created if missing.
        command: The command that is recorded.
        schedule: When to probe; None takes the default.

    Attributes:
        sites: Lines of the program that made layers and models.
        search: Asks the data of all fits whether they leak.
        unseen: What could not be watched, a sentence each.
        on_begin: Called when a training begins; structure and (for arrays) data of the first are on disk then.
        before_close: Called when the watching ends, before the last writing.
    """

    def __init__(self, folder: Path, command: tuple[str, ...] = (), schedule: Any = None) -> None:
        folder = folder.absolute()  # the program may change its working directory
        self.folder, self.schedule = folder, schedule
        self.sites, self.search = Sites(), LeakSearch()
        self.unseen: list[str] = []
        self.on_begin: Callable[[Session], None] | None = None
        self.before_close: list[Callable[[], None]] = []
        self._turn = threading.Lock()
        self._writer = RunWriter(folder)
        self._process = os.getpid()
        self._calls, self._ended, self._longest = Calls(), 0, 0
        self._last: Beside[Record] = Beside()
        self._main: Record | None = None
        self._shown: int | None = None
        self._untrained = Program()
        self._amended: dict[str, Any] = {}
        self._flushed, self._flush_cost = -math.inf, 0.0
        self._is_open = True
        self._begun, self._completing, self._is_hurried = time.perf_counter(), 0.0, False
        self._info = RunInfo(
            name=folder.name,
            status="running",
            key="",
            command=command or tuple(sys.argv),
            started=time.time(),
            versions=versions(),
            hardware=hardware(),
        )
        self._writer.json("run", self._info)

    @classmethod
    def in_new_folder(cls) -> Session:
        """A session in a new folder `runs/watch-<time>` of the working directory."""
        stem = time.strftime("watch-%Y%m%d-%H%M%S")
        names = (f"{stem}{suffix}" for suffix in ["", *(f"-{count}" for count in range(2, 1000))])
        return cls(next(Path("runs") / name for name in names if not (Path("runs") / name).exists()))

    @property
    def is_writable(self) -> bool:
        """Whether this process may write: not after the end, and not in a fork of the program."""
        return self._is_open and os.getpid() == self._process

    @property
    def is_closed(self) -> bool:
        """Whether the watching has ended, in this process."""
        return not self._is_open and os.getpid() == self._process

    @property
    def is_fitting(self) -> bool:
        """Whether a fit is being watched."""
        return self._turn.locked()

    def take_turn(self) -> bool:
        """Let a fit be watched, unless another one is: one at a time, and the others run plain. See `end_turn`."""
        is_ours = self._turn.acquire(blocking=False)
        if not is_ours:
            self.note_unseen(MEANWHILE)
        return is_ours

    def end_turn(self) -> None:
        """The fit that had the turn is over."""
        self._turn.release()

    @property
    def kept(self) -> Kept | None:
        """What the decisive tests work on; None where no fit was seen."""
        return self._main.kept if self._main is not None else None

    @property
    def program(self) -> Program:
        """The structure of the model that is judged, with all fits."""
        if self._main is None:
            return replace(self._untrained, **self._amended)
        number = self._main.call.number
        fits = self._calls.kept(number)
        place = next(place for place, call in enumerate(fits) if call.number == number)
        return replace(self._main.program, fits=fits, main_fit=place, fits_seen=self._calls.seen, **self._amended)

    @property
    def writer(self) -> RunWriter:
        """The writer of the run folder."""
        return self._writer

    def amend(self, **fields: Any) -> None:
        """Set fields of the program record that are not read from the model: `crash`, `idioms`.

        Args:
            fields: Names and values of fields of `Program`.
        """
        self._amended.update(fields)
        self._write_program()

    def note_unseen(self, sentence: str) -> None:
        """Say what could not be watched."""
        if sentence not in self.unseen:
            self.unseen.append(sentence)

    def event(self, kind: str, **facts: Any) -> None:
        """Append to the run's log."""
        if self.is_writable:
            self._writer.event(kind, **facts)

    def last(self, model: Any) -> Record | None:
        """The training whose fit was the last one; None where that was another model's."""
        record = self._last.get(model)
        return record if record is not None and self.is_last(record) else None

    def is_last(self, record: Record) -> bool:
        """Whether no other fit came after those of this training."""
        return record.call.number + record.call.calls == self._calls.seen

    def begin(self, record: Record) -> None:
        """A training begins."""
        self._last.clear()
        record.call = self._calls.add(record.call, -1 if self._main is None else self._main.call.number)
        if self._main is None or not self._main.has_trained:
            self._main = record
            self._show(record, record.data_signals())
        self._log_fit(record)
        if self.on_begin is not None:
            attempt(lambda: self.on_begin(self) if self.on_begin else None, None)

    def go_on(self, record: Record) -> None:
        """Another fit goes on with a training."""
        self._calls.join(record.call)
        self._log_fit(record)

    def _log_fit(self, record: Record) -> None:
        site = here()
        self.event("fit", line=site.line, file=site.file, model=record.program.model_name)

    def epoch(self, record: Record, epoch: int, logs: dict[str, float]) -> None:
        """An epoch ended."""
        record.memory.append(resident_bytes())
        self.event("epoch", epoch=epoch, fit=record.call.number, logs=logs)
        self.consider(record)
        self.flush_when_due(record)

    def consider(self, record: Record) -> None:
        """Note how far a training has come; see whether it is judged now."""
        record.progress()
        self._calls.note(record.call)
        self._longest = max(self._longest, record.call.steps)
        if self._main is None or (self._main is not record and is_preferred(record, self._main, self._longest)):
            self._main = record

    def count(self, number: int, steps: int) -> None:
        """Note how many steps a training made whose model is gone."""
        self._calls.count(number, steps)

    def flush_when_due(self, record: Record) -> None:
        """Write what a running fit has shown, now and then: the program may be stopped from outside."""
        if self._main is record and self._is_due:
            record.progress()
            self._calls.note(record.call)
            self._flush(record)

    @property
    def _is_due(self) -> bool:
        """Whether writing is worth its time again."""
        return time.perf_counter() - self._flushed > max(FLUSH_SECONDS, self._flush_cost / FLUSH_SHARE)

    def end(self, record: Record) -> None:
        """A fit ended. The first ones are written at once; of many short ones, only now and then."""
        self.consider(record)
        self._last.keep(record.model, record)
        self._ended += 1
        if self._main is not None and (self._is_due or self._ended & (self._ended - 1) == 0):
            self._flush(self._main)

    def reopen(self) -> None:
        """Go on after `close`, with another fit.

        Raises:
            RunError: Another process is writing this folder.
        """
        self._writer = RunWriter(self.folder)
        self._is_open = True
        self._info = replace(self._info, status="running", ended=float("nan"), error="")
        self._writer.json("run", self._info)

    def close(self, status: str = "done", error: str = "") -> None:
        """End the watching: measure what can be measured only now, and write everything.

        Args:
            status: `done`, `failed` or `interrupted`.
            error: Why it failed.
        """
        if not self.is_writable:
            return
        try:
            self._complete(status, error)
        finally:
            attempt(self._last.clear, None)
            self._is_open = False
            self._writer.close()

    def _complete(self, status: str, error: str) -> None:
        for finish in self.before_close:
            attempt(finish, None)
        if self._main is None:
            self.note_unseen(_NOTHING_SEEN)
            self._untrained = attempt(self._structure, self._untrained)
            self._write_program()
        else:
            signals = self._main.signals()
            if self._main.call.steps and not {"loss", "step_loss"} & signals.keys():
                self.note_unseen(_NO_LOSS)
            self._show(self._main, {**signals, **self._last_signals(self._main)})
        self._writer.json("watch", self._watch_facts())
        self._info = replace(self._info, status=status, ended=time.time(), error=error)
        self._writer.json("run", self._info)

    def _last_signals(self, main: Record) -> Signals:
        """What the trained model shows; not after each of many short fits, as that may take longer than they do."""
        begun = time.perf_counter()
        self._is_hurried = self._completing > max(COMPLETE_SECONDS, COMPLETE_SHARE * (begun - self._begun))
        if self._is_hurried:
            self._remove(LAST_SIGNALS)
            return {}
        found = attempt(main.last_signals, Signals())
        self._completing += time.perf_counter() - begun
        return found

    def _structure(self) -> Program:
        """The structure of the model that was compiled last, or of the largest one, where no training was seen."""
        models = self.sites.models()
        chosen = max(models, key=lambda model: (bool(getattr(model, "compiled", False)), len(model.variables)))
        return describe(chosen, self.sites)

    def _watch_facts(self) -> dict[str, Any]:
        """`watch.json`: how the main fit was watched, what that cost, and what could not be seen."""
        nothing = {"mode": "none", "reason": "no training was seen", "probes": 0, "overhead": 0.0}
        unseen = [*self.unseen, *([_HURRIED] if self._is_hurried else [])]
        return {**(self._main.watch_facts() if self._main is not None else nothing), "unseen": unseen}

    def _show(self, record: Record, signals: Signals) -> None:
        """Write a training's signals, and take away those of another one."""
        if self._shown != record.call.number:
            self._remove(SIGNALS.keys() - signals.keys())
            self._shown = record.call.number
        if self.is_writable:
            for name, series in signals.items():
                self._writer.signal(name, series)
        self._write_program()

    def _remove(self, names: Iterable[str]) -> None:
        """Take signals away that are no longer true."""
        if self.is_writable:
            for name in names:
                (self.folder / "signals" / f"{name}.npz").unlink(missing_ok=True)

    def _flush(self, record: Record) -> None:
        begun = time.perf_counter()
        self._show(record, record.signals())
        self._flushed = time.perf_counter()
        self._flush_cost = self._flushed - begun

    def _write_program(self) -> None:
        if self.is_writable:
            program = self.program
            self._writer.json("program", {"backend": program.backend, "keras": program.keras, "structure": program})


def resident_bytes() -> float:
    """Memory that the process holds now; NaN where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return float(pages * os.sysconf("SC_PAGE_SIZE"))
    except (OSError, ValueError, IndexError):
        return float("nan")
