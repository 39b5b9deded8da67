"""What watching one model's steps has gathered and how: the step's number, the next probe, costs, mode and reason."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from keras import ops

from vandap.watch.describe import Look
from vandap.watch.facts import GRADIENT_STATISTICS, Probe, StepFacts
from vandap.watch.schedule import Schedule
from vandap.watch.steps import StepRecorder

_FIRST_PROBES = 6
"""Probes of a model after which a later `fit` of it no longer begins with dense ones."""

_NO_GRADIENT = np.full(len(GRADIENT_STATISTICS), math.nan, np.float32)


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
        self._dense = True

    def deliver(self, look: Look, examples: int, variables: tuple[str, ...]) -> None:
        """Hand on a probe of the current step.

        Args:
            look: What was seen, described.
            examples: Examples of the batch.
            variables: Paths of the trainable variables.
        """
        outputs = {path: [*map(ops.convert_to_numpy, found)] for path, found in look.activations.items()}
        weights = {path: ops.convert_to_numpy(row) for path, row in look.weights.items()}
        gradients = {path: ops.convert_to_numpy(row) for path, row in look.gradients.items()}
        self._on_probe(
            Probe(
                step=self.step,
                activations={path: found[0] for path, found in outputs.items()},
                unit_max={path: found[1] for path, found in outputs.items()},
                unit_min={path: found[2] for path, found in outputs.items()},
                examples=examples,
                gradients={path: gradients.get(path, _NO_GRADIENT) for path in variables} if gradients else {},
                weights={path: row[:6] for path, row in weights.items()},
                update_ratio={path: float(row[6]) for path, row in weights.items()},
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
        seconds = self.steps.typical_seconds()
        self.due = self.schedule.following(self.step, self._cost, seconds, dense=self._dense)

    def continue_from(self, other: Journal) -> None:
        """Begin with what another journal of the same model knows: what probes cost, and that the first are taken."""
        self._cost = other._cost
        self._dense = other._dense and other.probes < _FIRST_PROBES
        self.steps.continue_from(other.steps)

    def open(self, on_probe: Callable[[Probe], None], on_step: Callable[[StepFacts], None]) -> None:
        """Go on after `close`: the training continues, and its steps are counted on."""
        self._on_probe, self.steps.on_step = on_probe, on_step

    def close(self) -> None:
        """Hand on what is held, and let go of the receivers."""
        self.steps.flush()
        self._on_probe = self.steps.on_step = _nobody

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


def _nobody(_: object) -> None:
    """Receive nothing."""
