"""Looks into train steps on PyTorch, where steps are eager unless the user asks to have them compiled."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch

from vandap.core.frames import Unnoticed
from vandap.watch.describe import HOST, Describer
from vandap.watch.execution import CannotLookError, Execution, Rehearsal, examples_of
from vandap.watch.stepper import Stepper


class TorchStepper(Stepper):
    """The train function of a model on PyTorch: `(batches) -> logs`."""

    def __call__(self, batches: Any) -> Any:
        """Run one call of the train function."""
        if self.journal.stopped:
            return self.plain(batches)
        # What happened since the last step: Keras fetched the batch, and callbacks ran.
        wait = self.journal.steps.gap(time.perf_counter())
        with Unnoticed():
            return self.execute(Execution(None, batches, wait=wait))

    def is_compiled(self) -> bool:
        """Whether Keras compiles the train step."""
        return bool(self.model.jit_compile)

    def has_host_memory(self) -> bool:
        """Whether the first variable is on the processor."""
        return all(variable.value.device.type == "cpu" for variable in self.model.trainable_variables[:1])

    def first_describer(self) -> Describer:
        """Eager tensors have values at once."""
        return HOST

    def refuse(self) -> str:
        """Why the step cannot be looked into."""
        return "the step is compiled by torch.compile" if not self.is_eager else ""

    def run(self, execution: Execution) -> Any:
        """Run the plain train function."""
        try:
            execution.examples = examples_of(execution.source[0])
        except Exception as error:
            self.journal.stop(error)
        return self.plain(execution.source)

    def logs(self, result: Any) -> Any:
        """The logs are all that is returned."""
        return result

    def held(self, loss: Any) -> Any:
        """The loss without the step's graph, and its memory."""
        return loss.detach() if isinstance(loss, torch.Tensor) else loss

    def may_have_new_rate(self, execution: Execution) -> bool:
        """Whether to read the rate: on an accelerator only at an epoch's first step, as reading waits for it."""
        return self.is_on_host and super().may_have_new_rate(execution)

    def read(self, execution: Execution, variable: Any) -> float:
        """The value of one of the optimiser's variables."""
        return float(variable.value)

    def count(self, result: Any, variable: Any) -> float:
        """The value of a metric's variable."""
        return float(variable.value)

    def peek(self, execution: Execution) -> None:
        """The batch is at hand."""
        execution.data = execution.source[0]

    def copies(self, execution: Execution) -> list[Any]:
        """Copies of the trainable variables' values."""
        return [variable.value.detach().clone() for variable in self.model.trainable_variables]

    def values(self, result: Any) -> list[Any]:
        """The trainable variables' values."""
        return [variable.value.detach() for variable in self.model.trainable_variables]

    def signature(self, execution: Execution) -> None:
        """Never asked: compiled steps are refused."""

    def plain_trace(self, execution: Execution) -> Callable[[], object]:
        """Never asked: compiled steps are refused."""
        raise CannotLookError(self.refuse())

    def rehearse(self, execution: Execution) -> Rehearsal:
        """Never called: compiled steps are refused."""
        raise CannotLookError(self.refuse())

    def differing(self, rehearsal: Rehearsal, result: Any) -> tuple[int, int]:
        """Never called: eager steps are looked on, not rehearsed."""
        return 0, 0

    def synchronise(self, result: Any) -> None:
        """Return when the device is idle."""
        if not self.is_on_host and torch.cuda.is_available():
            torch.cuda.synchronize()
