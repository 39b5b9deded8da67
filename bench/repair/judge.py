"""Judges a program by rows that no repair ever saw: it is trained anew, whole, with seeds of its own.

A process that has imported Keras forks for every training. As in the trials of a repair, a program's data stay the
same and what the training draws follows the seed.
"""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import runpy
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from vandap.repair.trial.worker import capped, cores

SEEDS = range(70_000, 70_008)
"""No repair trains with these."""
LONGEST = 300
"""Seconds after which a training is given up; it then scores as the dummy."""
_PRELOADED = [
    "keras",
    "sklearn.model_selection",
    "sklearn.datasets",
    "pandas",
    "bench.repair.judge",
    "bench.repair.run",
]


@dataclass(frozen=True)
class Answers:
    """What one trained program answers on the fresh rows.

    Args:
        target: Class codes from 0, shape `(n,)`; or numbers, shape `(n, numbers)`, standardised with the mean and the
            deviation of all of them.
        given: The classes that it answers, -1 for none and for one that does not exist; or numbers on the scale of
            `target`, cut to the range of the targets, so that a single wild answer does not hide all others.
    """

    target: np.ndarray
    given: np.ndarray


@contextlib.contextmanager
def judges(count: int) -> Iterator[Callable[..., list[Answers | None]]]:
    """Processes that train programs; yields a function of (script, seeds, kind, fresh rows).

    It returns the answers for each seed, None where the program crashed, took too long or answered what is not finite.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    with patch.dict(os.environ, capped(max(1, cores() // count))):  # more threads than cores wait for each other
        forkserver.ensure_running()
    with ProcessPoolExecutor(count, mp_context=context, max_tasks_per_child=1) as pool:

        def trained(script: Path, seeds: Sequence[int], kind: str, fresh: tuple[int, int]) -> list[Answers | None]:
            waiting = [pool.submit(_trained, script, seed, kind, fresh) for seed in seeds]
            return [item.result() for item in waiting]

        yield trained


def _trained(script: Path, seed: int, kind: str, fresh: tuple[int, int]) -> Answers | None:
    """In a process of its own: run the program, and ask its model."""
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(LONGEST)
    _quieten()
    os.chdir(script.parent)
    try:
        variables = _run(script, seed)
        start, step = fresh
        rows = slice(start, None, step)
        inputs, target = variables["x_test"], np.asarray(variables["y_test"])[rows]
        asked = [part[rows] for part in inputs] if isinstance(inputs, list) else inputs[rows]
        raw = np.asarray(variables["model"].predict(asked, verbose=0), dtype=np.float64).reshape(len(target), -1)
        return _numbers(raw, target) if kind == "numbers" else _classes(raw, target, variables["model"])
    except (Exception, SystemExit):  # a program that crashes has no answers
        return None


def _run(script: Path, seed: int) -> dict[str, Any]:
    import keras

    from vandap.repair.trial.seeds import fix_data, steer_keras, training
    from vandap.watch.patch import Patches

    fits = iter(range(10**6))

    def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def fit(model: Any, *arguments: Any, **options: Any) -> Any:
            with training(seed, next(fits)):
                return original(model, *arguments, **options)

        return fit

    fix_data()
    steer_keras(seed)
    Patches().method(keras.Model, "fit", wrap)
    return runpy.run_path(str(script), run_name="__main__")


def _classes(raw: np.ndarray, target: np.ndarray, model: Any) -> Answers:
    """Codes follow the order of the labels; an answer is a label by its number."""
    from zoo.train import chosen

    labels, codes = np.unique(target.reshape(len(target)), return_inverse=True)
    answered = chosen(raw, _is_from_zero(model))
    if set(labels.tolist()) == {-1, 1}:
        answered = np.where(answered >= 0, 2 * answered - 1, -2)
    known = np.isin(answered, labels)
    return Answers(codes, np.where(known, np.searchsorted(labels, np.where(known, answered, labels[0])), -1))


def _numbers(raw: np.ndarray, target: np.ndarray) -> Answers | None:
    rows = target.reshape(len(target), -1).astype(np.float64)
    if raw.shape != rows.shape or not np.isfinite(raw).all():
        return None
    centre, spread = rows.mean(), rows.std()
    return Answers((rows - centre) / spread, (np.clip(raw, rows.min(), rows.max()) - centre) / spread)


def _is_from_zero(model: Any) -> bool:
    """Whether one output means the second class above 0, not above one half: logits, and answers from -1 to 1."""
    from vandap.watch.sites import Sites
    from vandap.watch.structure import describe

    program = describe(model, Sites())
    last = program.layer(program.outputs[0]) if program.outputs else None
    losses = program.compile.losses
    if last is not None and last.activation in ("sigmoid", "softmax"):
        return False
    signed = last is not None and last.activation == "tanh"
    return signed or any(loss.from_logits or "Hinge" in loss.kind for loss in losses)


def _quieten() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _too_long(*_: object) -> None:
    raise TimeoutError(f"The training took more than {LONGEST} s.")
