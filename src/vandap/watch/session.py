"""Everything that is seen of one program: its fits, and the run folder that they are written to."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from vandap.core.machine import hardware, versions
from vandap.core.program import FitCall, Program
from vandap.core.store import RunInfo, RunWriter
from vandap.watch.kept import Kept
from vandap.watch.leaks import LeakSearch
from vandap.watch.plain import attempt
from vandap.watch.record import Record
from vandap.watch.recorder import Signals
from vandap.watch.sites import Sites
from vandap.watch.structure import describe

FLUSH_SECONDS = 5.0
"""Least time between two writings of a running fit."""
FLUSH_SHARE = 0.01
"""Largest share of a fit's time that writing may take."""
_NO_LOSS = "The train step reports no loss that is the whole training's (one named `loss`): its course was not judged."
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
        on_begin: Called when a fit begins, with its structure and (for arrays) its data already on disk.
        before_close: Called when the watching ends, before the last writing.
    """

    def __init__(self, folder: Path, command: tuple[str, ...] = (), schedule: Any = None) -> None:
        self.folder, self.schedule = folder, schedule
        self.sites, self.search = Sites(), LeakSearch()
        self.unseen: list[str] = []
        self.on_begin: Callable[[Session], None] | None = None
        self.before_close: list[Callable[[], None]] = []
        self.is_fitting = False
        self._writer = RunWriter(folder)
        self._process = os.getpid()
        self._records: list[FitCall] = []
        self._main: Record | None = None
        self._main_index = 0
        self._program = Program()
        self._amended: dict[str, Any] = {}
        self._flushed, self._flush_cost = 0.0, 0.0
        self._is_open = True
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
    def kept(self) -> Kept | None:
        """What the decisive tests work on; None where no fit was seen."""
        return self._main.kept if self._main is not None else None

    @property
    def program(self) -> Program:
        """The structure of the main fit's model, with all fits."""
        return replace(self._program, fits=tuple(self._records), main_fit=self._main_index, **self._amended)

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

    def begin(self, record: Record) -> None:
        """A fit begins."""
        self._records.append(record.call)
        record.number = len(self._records) - 1
        if self._main is None or not self._main.logs:
            self._make_main(record)
            self._write(record.data_signals())
        self.event("fit", line=record.call.site.line, file=record.call.site.file, model=record.program.model_name)
        if self.on_begin is not None:
            attempt(lambda: self.on_begin(self) if self.on_begin else None, None)

    def epoch(self, record: Record, epoch: int, logs: dict[str, float]) -> None:
        """An epoch ended."""
        record.memory.append(resident_bytes())
        record.progress()
        self._records[record.number] = record.call
        self.event("epoch", epoch=epoch, fit=record.number, logs=logs)
        if self._main is not record and self._main is not None and record.call.steps >= self._main.call.steps:
            self._make_main(record)
        self.flush_when_due(record)

    def flush_when_due(self, record: Record) -> None:
        """Write what a running fit has shown, now and then: the program may be stopped from outside."""
        due = max(FLUSH_SECONDS, self._flush_cost / FLUSH_SHARE)
        if self._main is record and time.perf_counter() - self._flushed > due:
            record.progress()
            self._records[record.number] = record.call
            self._flush(record.signals())

    def end(self, record: Record) -> None:
        """A fit ended; signals describe the one with most steps, the later of two equals."""
        self._records[record.number] = record.call
        if self._main is not record and self._main is not None and self._main.call.steps > record.call.steps:
            self._write_program()
            return
        self._make_main(record)
        self._flush(record.signals())

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
            self._is_open = False
            self._writer.close()

    def _complete(self, status: str, error: str) -> None:
        for finish in self.before_close:
            attempt(finish, None)
        if self._main is None:
            self.note_unseen(_NOTHING_SEEN)
            self._program = attempt(self._untrained, self._program)
        else:
            signals = self._main.signals()
            if self._main.call.steps and not {"loss", "step_loss"} & signals.keys():
                self.note_unseen(_NO_LOSS)
            self._write({**signals, **attempt(self._main.last_signals, {})})
        self._write_program()
        self._writer.json("watch", self._watch_facts())
        self._info = replace(self._info, status=status, ended=time.time(), error=error)
        self._writer.json("run", self._info)

    def _untrained(self) -> Program:
        """The structure of the model that was compiled last, or of the largest one, where no training was seen."""
        models = self.sites.models()
        chosen = max(models, key=lambda model: (bool(getattr(model, "compiled", False)), len(model.variables)))
        return describe(chosen, self.sites)

    def _watch_facts(self) -> dict[str, Any]:
        """`watch.json`: how the main fit was watched, what that cost, and what could not be seen."""
        nothing = {"mode": "none", "reason": "no training was seen", "probes": 0, "overhead": 0.0}
        return {**(self._main.watch_facts() if self._main is not None else nothing), "unseen": self.unseen}

    def _make_main(self, record: Record) -> None:
        if self._main is not record and self.is_writable:
            for path in (self.folder / "signals").glob("*.npz"):
                path.unlink()
        self._main, self._main_index, self._program = record, record.number, record.program
        self._write_program()

    def _flush(self, signals: Signals) -> None:
        begun = time.perf_counter()
        self._write(signals)
        self._write_program()
        self._flushed = time.perf_counter()
        self._flush_cost = self._flushed - begun

    def _write(self, signals: Signals) -> None:
        if self.is_writable:
            for name, series in signals.items():
                self._writer.signal(name, series)

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
