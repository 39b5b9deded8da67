"""E1 to E4: time and memory."""

from __future__ import annotations

import numpy as np
from program_zoo import classifier
from watched_zoo import healthy, plain

from vandap.core.finding import Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def times(step, wait=0.0):  # noqa: D103
    values = np.column_stack([step, np.broadcast_to(wait, np.shape(step))])
    return Series(values, {"step": tuple(map(str, range(len(values)))), "fact": ("step", "wait")})


def asked(code: str, **signals):  # noqa: D103
    return diagnose({**healthy(), **signals}, [rule(code)])[0].status


STEADY = np.full(100, 0.01)


def test_waiting_for_data() -> None:
    """Over three tenths of the time; arrays, and waits of less than a millisecond or two, are clear."""
    program = classifier(fit={"data": "generator"})
    assert asked("E1", program=program, step_times=times(STEADY, 0.006)) is Status.FOUND
    assert asked("E1", program=program, step_times=times(STEADY, 0.002)) is Status.CLEAR
    assert asked("E1", program=program, step_times=times(STEADY / 10, 0.0006)) is Status.CLEAR
    assert asked("E1", step_times=times(STEADY, 0.006)) is Status.CLEAR


def test_memory_that_keeps_growing() -> None:
    """One that settles is clear."""
    assert asked("E2", memory=plain("memory", np.linspace(1e9, 3e9, 10))) is Status.FOUND
    assert asked("E2", memory=plain("memory", [1e9, 2e9, *[2.2e9] * 8])) is Status.CLEAR


def test_steps_that_take_far_longer() -> None:
    """A few of them must take a good part of the time, and half a second: less is the back end's working ahead."""
    slow = np.where(np.arange(100) % 20 == 10, 0.6, STEADY)
    assert asked("E3", step_times=times(slow)) is Status.FOUND
    assert asked("E3", step_times=times(slow / 2)) is Status.CLEAR
    assert asked("E3", step_times=times(np.where(np.arange(100) == 40, 2.0, STEADY))) is Status.CLEAR
    assert asked("E3", step_times=times(STEADY)) is Status.CLEAR


def test_steps_that_compile_again() -> None:
    """They take as long as the first."""
    again = np.where(np.arange(100) % 10 == 0, 2.0, STEADY)
    assert asked("E4", step_times=times(again)) is Status.FOUND
    once = STEADY.copy()
    once[[0, 15]] = 2.0
    assert asked("E4", step_times=times(once)) is Status.CLEAR
