"""Keras on each back end beside bare PyTorch and bare JAX loops of the same network, timed in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.store import Run, read_json, write_json
from vandap.errors import RunError
from vandap.train.backends import installed, version
from vandap.train.bare.prepare import REQUEST

ROUNDS = 7
TURN_SECONDS = 0.4
MOST_STEPS = 200
BUDGET = 120.0
"""Seconds that a comparison may take."""
READY_SHARE = 0.7
"""Share of the budget in which the arms get ready, which is mostly imports and compiling; the rest is for turns."""
LAST_SECONDS = 10.0
"""Seconds for each arm's first turn where getting ready has taken all of the budget."""
_BARE = ("torch", "jax")


def arms() -> tuple[str, ...]:
    """The arms that the installation allows: Keras on each back end, followed by the bare loop of the same library."""
    names = installed()
    ordered = [*(name for name in _BARE if name in names), *(name for name in names if name not in _BARE)]
    return tuple(arm for name in ordered for arm in (f"keras-{name}", *([name] if name in _BARE else [])))


def compare_libraries(run: Run, rounds: int = ROUNDS, budget: float = BUDGET) -> list[dict[str, Any]]:
    """Time one training step of a run's network on every library.

    Args:
        run: A watched run, or one of `vandap train` that holds a network.
        rounds: Turns that each arm gets; they are interleaved, so that what else the machine does hits all alike.
        budget: Seconds for everything: arms that are not ready in time are left out, and so are the last turns.

    Returns:
        One row an arm: `library`, `kind` (`keras` or `bare`), `version`, `seconds_per_step` (median), `low` and `high`
        (over rounds), `turns`, `compile_seconds`, `difference` (from Keras' answers), `loss`, `reason`.

    Raises:
        RunError: The network cannot be built anew, or not within the budget.
    """
    ended = time.monotonic() + budget
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        write_json(folder / REQUEST, _request(run))
        _prepare(folder, run, budget)
        ready_by = ended - (1 - READY_SHARE) * budget
        workers = []
        for arm in arms():  # one after the other: compilations side by side would disturb each other
            workers.append(worker := Worker(arm, folder))
            stack.callback(worker.close)
            worker.get_ready(ready_by - time.monotonic())
        _take_turns([worker for worker in workers if not worker.reason], rounds, ended)
        return [worker.row() for worker in workers]


def _request(run: Run) -> Mapping[str, Any]:
    path = run.path / "network" / "spec.json"
    if path.is_file():
        return dict(read_json(path))
    if run.program is not None and run.program.get("structure"):
        return {"structure": run.program["structure"]}
    raise RunError(
        "This run has no network to time.",
        received=str(run.path),
        expected="a run folder of an exam, or of a training whose ladder holds a fitted network",
        hint="Examine a script (`vandap exam SCRIPT.py --out FOLDER`) or train with more time.",
    )


def _prepare(folder: Path, run: Run, seconds: float) -> None:
    names = installed()
    environment = {
        **os.environ,
        "KERAS_BACKEND": os.environ.get("KERAS_BACKEND", names[0]),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    command = [sys.executable, "-m", "vandap.train.bare.prepare", str(folder)]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds, check=False)
        lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
        reason = json.loads(lines[-1]).get("reason", "") if done.returncode == 0 else (lines or ["it ended"])[-1]
    except subprocess.TimeoutExpired:
        reason = f"it was not built anew within the budget of {seconds:g} s"
    if reason:
        raise RunError(
            "The network cannot be timed outside of its program.",
            received=f"{run.path}: {reason}",
            expected="a Sequential or Functional model of built-in layers, with one output",
            hint="Time the program itself on each back end: KERAS_BACKEND=torch python SCRIPT.py.",
        )


class Worker:
    """One arm's process.

    Args:
        arm: `keras-BACKEND`, `torch` or `jax`.
        folder: The prepared case.
    """

    def __init__(self, arm: str, folder: Path) -> None:
        self.arm, self.reason, self.is_late = arm, "", False
        self.facts: dict[str, float] = {}
        self.turns: list[float] = []
        environment = {**os.environ, "KERAS_BACKEND": self.library, "TF_CPP_MIN_LOG_LEVEL": "3"}
        self._command = (sys.executable, "-m", "vandap.train.bare.worker", str(folder), arm)
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    @property
    def library(self) -> str:
        """The library below."""
        return self.arm.removeprefix("keras-")

    def get_ready(self, seconds: float) -> None:
        """Start it, and wait until it has checked its answers and compiled its step.

        Args:
            seconds: Seconds that it may take; with none left it is not started.
        """
        if seconds <= 0:
            self.reason = "The budget was spent before it."
            return
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        told = self._read(seconds)
        self.facts = told.get("ready", {})
        self.reason = "" if self.facts else str(told.get("reason") or self._silence())

    def turn(self, seconds: float) -> None:
        """Let it make some steps, within so many seconds."""
        assert self._process is not None
        steps = int(np.clip(TURN_SECONDS / max(self.facts["seconds"], 1e-5), 3, MOST_STEPS))
        with suppress(OSError):
            print(steps, file=self._process.stdin, flush=True)
        taken = self._read(seconds).get("seconds")
        if taken is not None:
            self.turns.append(float(taken))
        elif not (self.is_late and self.turns):  # what it did in time counts
            self.reason = self._silence()

    def close(self) -> None:
        """End the process."""
        if self._process is None:
            return
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def row(self) -> dict[str, Any]:
        """What was measured."""
        turns = [] if self.reason else self.turns
        row: dict[str, Any] = {
            "library": self.library,
            "kind": "keras" if self.arm.startswith("keras") else "bare",
            "version": version(self.library),
            "seconds_per_step": float(np.median(turns)) if turns else None,
            "low": min(turns, default=None),
            "high": max(turns, default=None),
            "turns": turns,
            "reason": self.reason,
        }
        return row | {name: self.facts.get(name) for name in ("compile_seconds", "difference", "loss")}

    def _silence(self) -> str:
        return "It did not come to an end within the budget." if self.is_late else "The process ended."

    def _give_up(self) -> None:
        self.is_late = True
        if self._process is not None:
            self._process.kill()

    def _read(self, seconds: float) -> dict[str, Any]:
        """One line of the process, which has so many seconds; libraries print lines of their own."""
        timer = threading.Timer(max(seconds, 0.0), self._give_up)
        timer.start()
        try:
            for line in (self._process.stdout if self._process is not None else None) or ():
                with suppress(json.JSONDecodeError):
                    told = json.loads(line)
                    if isinstance(told, dict):
                        return told
            return {}
        finally:
            timer.cancel()


def _take_turns(workers: Sequence[Worker], rounds: int, ended: float) -> None:
    """Let each worker have its turns, the first of them another one in every round, until the time is up."""
    for count in range(rounds):
        turned = [*workers[count % max(len(workers), 1) :], *workers[: count % max(len(workers), 1)]]
        for worker in turned:
            seconds = ended - time.monotonic()
            if seconds <= 0 and count > 0:
                return
            if not worker.reason and not worker.is_late:
                worker.turn(max(seconds, LAST_SECONDS))
