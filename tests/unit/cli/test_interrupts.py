"""Interrupts that a library swallowed."""

from __future__ import annotations

import os
import signal

import pytest

from vandap.cli import interrupts


def test_a_swallowed_interrupt_is_raised_at_the_next_report() -> None:
    """The exception is dropped where it was raised; the next progress report raises it once."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    seen: list[str] = []
    progress = interrupts.interruptible(lambda event, facts: seen.append(event))
    try:
        interrupts.install()
        progress("before", {})
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            progress("lost", {})
        progress("after", {})
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert seen == ["before", "after"]
