"""Interrupts that are not lost: Ctrl-C and SIGTERM end a command also where a library swallows the exception.

A signal that arrives while compiled code calls back into Python (a finaliser, a callback of the array library) raises
its KeyboardInterrupt there, where it is printed or dropped. So the handler also remembers, and the next progress
report, at the latest at the next look of a training, raises again.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from types import FrameType
from typing import Any

from vandap.core.progress import Progress

_requested: list[int] = []


def install() -> None:
    """Handle SIGINT, unless whoever started us ignores it, and SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def interruptible(progress: Progress) -> Progress:
    """Return a progress function that first raises an interrupt that was lost."""

    def checked(event: str, facts: Mapping[str, Any]) -> None:
        if _requested:
            _requested.clear()
            raise KeyboardInterrupt
        progress(event, facts)

    return checked


def _interrupt(number: int, frame: FrameType | None) -> None:
    _requested.append(number)
    raise KeyboardInterrupt
