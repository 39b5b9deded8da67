"""What watching one model's steps has gathered and how: the step's number, the next probe, costs, mode and reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.watch.facts import Probe, StepFacts
from vandap.watch.schedule import Schedule
from vandap.watch.steps import StepRecorder


@dataclass(frozen=True)
class Look:
    """What a probe brought back, as tensors of the back end.

    Args:
        activations: Statistics, largest and smallest output of each unit, by layer path.
        gradients: Statistics of the gradients, shape (variables, 5); None where nothing is known.
        weights: Statistics of the weights and update ratios, shape (variables, 7).
    """

    activations: Mapping[str, tuple[Any, Any, Any]]
    gradients: Any
    weights: Any


class Journal:
    """The state that one watching keeps from step to step, whichever back end runs them.

    Args:
        on_probe: Called with each probe, right after its step.
        on_step: Called with each recorded step, some steps later.
        schedule: When to probe.
    """

    def __init__(
        self, on_probe: Callable[[Probe], None], on_step: Callable[[StepFacts], None], schedule: Schedule
    ) -> None:
        self.steps = StepRecorder(on_step)
        self.step = 0
        self.due = 0
        self.mode = "none"
        self.reason = ""
        self.stopped = False
        self.probes = 0
        self.probe_seconds = 0.0
        self.compile_seconds = 0.0
        self.schedule = schedule
        self._on_probe = on_probe
        self._cost = math.nan

    def deliver(self, look: Look, examples: int, variables: tuple[str, ...], to_numpy: Callable[[Any], Any]) -> None:
        """Hand on a probe of the current step."""
        parts = {path: tuple(map(to_numpy, found)) for path, found in look.activations.items()}
        gradients, weights = _rows(look.gradients, to_numpy), _rows(look.weights, to_numpy)
        self._on_probe(
            Probe(
                step=self.step,
                activations={path: found[0] for path, found in parts.items()},
                unit_max={path: found[1] for path, found in parts.items()},
                unit_min={path: found[2] for path, found in parts.items()},
                examples=examples,
                gradients=dict(zip(variables, gradients, strict=False)),
                weights={path: row[:6] for path, row in zip(variables, weights, strict=False)},
                update_ratio={path: float(row[6]) for path, row in zip(variables, weights, strict=False)},
            )
        )
        self.probes += 1

    def charge(self, seconds: float, *, compiled: bool = False) -> None:
        """Book what the probe of the current step cost, and set the next.

        Args:
            seconds: What it added to the step.
            compiled: Whether that was mostly for compiling, which will not recur.
        """
        if compiled:
            self.compile_seconds += seconds
        else:
            self.probe_seconds += seconds
            # A pause of the machine during one probe must not thin the probes for the rest of the training.
            self._cost = seconds if math.isnan(self._cost) else min(seconds, 2.0 * self._cost)
        self.due = self.schedule.following(self.step, self._cost, self.steps.typical_seconds())

    @property
    def overhead(self) -> float:
        """Share of the training's time that probes took, compiling aside."""
        return self.probe_seconds / self.steps.seconds if self.steps.seconds > 0 else 0.0

    def fall_back(self, mode: str, reason: str) -> None:
        """Watch less from now on, and say why; the first reason stays."""
        self.mode, self.reason = mode, self.reason or reason

    def stop(self, error: Exception) -> None:
        """Watch nothing any more: vandap itself failed."""
        self.stopped = True
        self.fall_back("none", f"watching failed: {type(error).__name__}: {str(error)[:300]}")


def _rows(matrix: Any, to_numpy: Callable[[Any], Any]) -> np.ndarray:
    return np.zeros((0, 7)) if matrix is None else to_numpy(matrix)
