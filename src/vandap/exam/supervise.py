"""Waits for the process of a script: interrupts, a limit of time, and an exam that does not come to its end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from vandap.core.ending import INTERRUPTED, TIMED_OUT, Ending, read_ending
from vandap.exam.request import STACKS

LOOK = 0.5
"""Seconds between two looks at the run folder; the end of the process is noticed at once."""

GRACE = 10.0
"""Seconds between asking a script to stop and making it."""

START_GRACE = 30.0
"""Seconds that a process may need to start, on a busy machine, before its script's time counts."""

LATE = 2.0
"""Seconds after which a script whose time is up, and whose process does not say so, is stopped all the same."""

EXAM_GRACE = 120.0
"""Seconds that an exam may take beyond its budget of tests before it is given up."""

STOPPED_GRACE = 30.0
"""The same for a script that was stopped by its limit, which asks for an answer soon: what is stored is judged then."""


@dataclass
class Supervised:
    """A running script.

    Args:
        process: Its process.
        folder: Its run folder.
        timeout: Seconds that the script may take; None for as long as it wants.
        budget: Seconds that the decisive tests may take; None where the script's own time decides.
        stopped: `timed out` or `interrupted` when it was stopped, else "".
    """

    process: subprocess.Popen[bytes]
    folder: Path
    timeout: float | None
    budget: float | None
    stopped: str = ""
    _phases: dict[str, float] = field(default_factory=dict)
    _signals: int = 0

    def wait(self) -> int:
        """Wait for the end and return the exit code; negative for the number of the signal that killed it."""
        with self._forwarding():
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return self.process.wait(LOOK)
                self._look()

    def _look(self) -> None:
        """Stop what takes too long: the script by its limit, its exam by the budget, then what goes on at its exit."""
        ending = read_ending(self.folder)
        if ending is None:
            if self.timeout is not None and not self.stopped and self._is_late(self.timeout):
                self.stopped = TIMED_OUT
                self._stop()
        elif (self.folder / "request.json").exists():
            if self._since("examining") > self._allowed(ending):
                self.process.kill()
        elif self.timeout is not None and ending.seconds + self._since("leaving") > self.timeout + GRACE:
            self.process.kill()

    def _since(self, phase: str) -> float:
        """Seconds since the process was first seen in a phase."""
        return time.monotonic() - self._phases.setdefault(phase, time.monotonic())

    def _allowed(self, ending: Ending) -> float:
        """Seconds that the exam may take."""
        if self.stopped == TIMED_OUT:
            return STOPPED_GRACE
        return EXAM_GRACE + (max(ending.seconds, 15.0) if self.budget is None else self.budget)

    def _is_late(self, timeout: float) -> bool:
        """Whether the script's time is up.

        Its process opens a file when the script begins and writes there where it is when its time is up; a script may
        have taken that alarm for itself, so the clock counts as well.
        """
        stacks = self.folder / STACKS
        if not stacks.is_file():
            return self._since("starting") > timeout + START_GRACE
        return stacks.stat().st_size > 0 or self._since("running") > timeout + LATE

    def _stop(self) -> None:
        """Ask as Ctrl-C does, so that what was measured is saved; then firmly."""
        self.process.send_signal(signal.SIGINT)
        for harder in (self.process.terminate, self.process.kill):
            until = time.monotonic() + GRACE
            while time.monotonic() < until:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(LOOK)
                    return
                if read_ending(self.folder) is not None:  # it has noticed, and saves
                    return
            harder()

    @contextlib.contextmanager
    def _forwarding(self) -> Iterator[None]:
        """Pass interrupts on to the script instead of leaving it alone."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        kept = {number: signal.signal(number, self._interrupted) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1
        self.stopped = self.stopped or INTERRUPTED
        if self._signals > 2:
            self.process.kill()
        elif number == signal.SIGTERM or not _from_terminal():  # a terminal has sent it to the script as well
            self.process.send_signal(signal.SIGINT)


def supervise(
    command: Sequence[str],
    folder: Path,
    *,
    stdout: int | None,
    environment: Mapping[str, str] | None,
    timeout: float | None,
    budget: float | None,
) -> tuple[int, str]:
    """Run a command to its end.

    Args:
        command: Program and arguments.
        folder: The run folder, in which the process tells how far it is.
        stdout: Where its standard output goes; None for where ours goes.
        environment: Its environment; None for ours.
        timeout: Seconds that the script may take.
        budget: Seconds that the decisive tests may take.

    Returns:
        The exit code, and `timed out`, `interrupted` or "".
    """
    options: dict[str, Any] = {} if environment is None else {"env": dict(environment)}
    process = subprocess.Popen(command, stdout=stdout, **options)
    running = Supervised(process, folder, timeout, budget)
    try:
        return running.wait(), running.stopped
    finally:
        if process.poll() is None:
            process.kill()


def _from_terminal() -> bool:
    """Whether a terminal's Ctrl-C reaches this process and its children alike."""
    for descriptor in (0, 1, 2):
        with contextlib.suppress(OSError):
            if os.isatty(descriptor) and os.tcgetpgrp(descriptor) == os.getpgrp():
                return True
    return False
