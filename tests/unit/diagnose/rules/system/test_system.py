"""E1 to E4: time and memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from program_zoo import classifier
from watched_zoo import healthy, plain

from vandap.core.finding import Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose
from vandap.repair.catalogue import advice


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


def test_what_is_advised_suits_the_data() -> None:
    """No tf.data where a DataLoader or a PyDataset brings the batches, and no workers of another kind."""
    for data, words, others in (
        ("DataLoader", "num_workers=4", ("tf.data", "PyDataset", "prefetch:")),
        ("PyDataset", "workers=4 and use_multiprocessing=True", ("tf.data", "DataLoader")),
        ("generator", "PyDataset", ("tf.data", "DataLoader")),
        ("tf.data", "num_parallel_calls", ("PyDataset", "DataLoader")),
        ("grain", "prefetch", ("tf.data", "PyDataset", "DataLoader")),
    ):
        program = classifier(fit={"data": data})
        signals = {**healthy(program), "step_times": times(STEADY, 0.006)}
        remedies = diagnose(signals, [rule("E1")])[0].finding.remedies
        told = "; ".join(map(advice, remedies))
        assert words in told and not any(other in told for other in others), told
        assert set(remedies) <= set(rule("E1").remedies)


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


@pytest.mark.parametrize(
    ("backend", "options", "compiles"),
    [
        ("torch", {"jit_compile": False, "run_eagerly": False}, False),
        ("torch", {}, False),
        ("torch", {"jit_compile": True, "run_eagerly": False}, True),
        ("jax", {"jit_compile": True}, True),
        ("jax", {"jit_compile": False}, False),
        ("tensorflow", {"jit_compile": False}, True),
        ("tensorflow", {"jit_compile": False, "run_eagerly": True}, False),
        ("", {}, True),
    ],
)
def test_what_is_not_compiled_is_not_compiled_again(backend, options, compiles) -> None:
    """Slow steps of eager PyTorch, or of `run_eagerly=True`, have another cause."""
    made = classifier(backend=backend)
    program = replace(made, compile=replace(made.compile, options=options))
    again = times(np.where(np.arange(100) % 10 == 0, 2.0, STEADY))
    assert asked("E4", program=program, step_times=again) is (Status.FOUND if compiles else Status.CLEAR)
