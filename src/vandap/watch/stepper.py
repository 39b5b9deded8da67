"""Stands in for a model's train function: runs the plain one, and looks into the step where a probe is due."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from vandap.watch.apart import random_states
from vandap.watch.collect import Collector
from vandap.watch.describe import HOST, INSIDE, RAW, Describer, Look, on_host
from vandap.watch.execution import CannotLookError, Execution, Probed, Rehearsal
from vandap.watch.journal import Journal
from vandap.watch.plain import attempt
from vandap.watch.rates import EVERY, rate_variable, scheduled_rates
from vandap.watch.steps import loss_name
from vandap.watch.targets import Targets

PROOFS = 3
"""Probes that run beside the plain step and must give its very bits before a probe may replace it, for each shape."""

T = TypeVar("T")


class Stepper(ABC):
    """One model's train function under watch; a back end gives the rest.

    Three ways of looking, from best to least:

    - *exact*: the probed step is the training's own step. Eager steps are looked on while they run. A compiled step
      needs a second compiled function, which also returns statistics; compiled on its own, it may round differently,
      so it is first rehearsed beside the plain step, and replaces it only after `PROOFS` equal results, bit for bit.
      The plain step is traced first: what the user's code makes and draws in a trace is the training's.
    - *read-only*: each probe is a rehearsal whose new state is thrown away; the plain step does the training.
    - *weights*: nothing but the weights before and after the plain step.

    Args:
        model: The model.
        plain: Its own train function.
        journal: What has been gathered.
    """

    knows_sizes = True
    """Whether the size of every batch is known; where it is not, the batches of an epoch count alike."""

    builds_when_traced = False
    """Whether a model that is not built yet gets its variables, with their first values, when its step is traced."""

    apply_name = "apply"
    """The optimisers' method that receives the gradients."""

    def __init__(self, model: Any, plain: Callable[..., Any], journal: Journal) -> None:
        self.model = model
        self.plain = plain
        self.journal = journal
        self.on_built: Callable[[], None] | None = None
        self.targets = Targets.of(model)
        self._is_unbuilt = not all(layer.built for layer in model._flatten_layers(include_self=False))
        self.per_execution = int(model.steps_per_execution)
        self.is_eager = bool(model.run_eagerly) or not self.is_compiled()
        self.is_on_host = self.has_host_memory()
        self.describer = self.first_describer() if self.is_on_host else INSIDE
        self.refusal = self._refusal()
        self.may_replace = not self.refusal and (self.is_eager or self.per_execution == 1)
        self.proofs = Counter[Hashable]()
        self.replaced = False
        self._traced = set[Hashable]()
        self._rate = float("nan")
        self._rate_step = 0
        self._rate_variable = rate_variable(model.optimizer)
        self._schedule = scheduled_rates(model.optimizer)
        self._rounds_differently = ""
        self._loss_name: str | None = None
        self._by_example = False
        journal.steps.rates = self._schedule

    def resume(self, journal: Journal) -> None:
        """Go on for another `fit` of the same model: nothing need be compiled or proven again."""
        journal.continue_from(self.journal)
        journal.steps.rates = self._schedule
        self.journal, self._rate_step = journal, 0

    def release(self) -> None:
        """Let go of what the training owns, until another `fit`."""
        self.journal.close()

    def is_for(self, model: Any) -> bool:
        """Whether the model still has the layers and variables that are looked at."""
        return not self.journal.stopped and self.model is model and self.targets.key == Targets.of(model).key

    @abstractmethod
    def is_compiled(self) -> bool:
        """Whether Keras compiles the train step."""

    @abstractmethod
    def has_host_memory(self) -> bool:
        """Whether the model's tensors lie in the host's memory, where NumPy describes them at little cost."""

    @abstractmethod
    def first_describer(self) -> Describer:
        """How tensors in the host's memory are described."""

    @abstractmethod
    def refuse(self) -> str:
        """Why this back end cannot look into the model's step; "" if it can."""

    @abstractmethod
    def run(self, execution: Execution) -> Any:
        """Run the plain train function."""

    @abstractmethod
    def logs(self, result: Any) -> Any:
        """The logs among what the train function returns."""

    def held(self, loss: Any) -> Any:
        """A logged loss such that holding it back holds nothing else."""
        return loss

    @abstractmethod
    def read(self, execution: Execution, variable: Any) -> float:
        """The value of one of the optimiser's variables before the step."""

    @abstractmethod
    def count(self, result: Any, variable: Any) -> float:
        """The value of a metric's variable after the step."""

    @abstractmethod
    def peek(self, execution: Execution) -> None:
        """Fetch the next batch into `execution.data` such that the plain function still gets it."""

    @abstractmethod
    def copies(self, execution: Execution) -> list[Any]:
        """Copies of the trainable variables' values."""

    @abstractmethod
    def values(self, result: Any) -> list[Any]:
        """The trainable variables' values after a step."""

    @abstractmethod
    def signature(self, execution: Execution) -> Hashable:
        """Equal for batches for which one compiled step serves."""

    @abstractmethod
    def plain_trace(self, execution: Execution) -> Callable[[], object]:
        """What traces the plain step as its next run would, which then needs no trace; raises if there is nothing."""

    @abstractmethod
    def rehearse(self, execution: Execution) -> Rehearsal:
        """Run the compiled step with statistics; leaves the training's state alone unless it is proven."""

    @abstractmethod
    def differing(self, rehearsal: Rehearsal, result: Any) -> tuple[int, int]:
        """How many tensors of the new state differ between a rehearsal and the plain step, and how many there are."""

    @abstractmethod
    def synchronise(self, result: Any) -> None:
        """Return when everything that was dispatched is computed."""

    def accepts(self, execution: Execution) -> bool:
        """Whether the batch at hand may be probed."""
        return True

    def trace(self) -> object:
        """Identify the trace that is current; eager back ends have only one."""
        return None

    def may_have_new_rate(self, execution: Execution) -> bool:
        """Whether the learning rate should be read again; reading it may wait for the device."""
        return self.journal.step - self._rate_step >= EVERY

    def is_proven(self, execution: Execution) -> bool:
        """Whether a rehearsed step may take the plain step's place."""
        return self.may_replace and self.proofs[execution.signature] >= PROOFS

    @contextmanager
    def collecting(self) -> Iterator[Collector]:
        """Collect statistics of the step that runs or is traced in this context."""
        collector = Collector(self.targets, self.describer, self.trace, self.apply_name)
        with collector.installed():
            yield collector

    def look_of(self, collector: Collector, before: list[Any], after: list[Any]) -> Look:
        """What was collected, with the weights before and after; raises if that is nothing but an error."""
        if collector.error is not None:
            if not collector.activations and not collector.gradients:
                raise collector.error
            self.journal.reason = f"parts of the step could not be seen: {_told(collector.error)}"
        return Look(collector.activations, collector.gradients, self.weigh(self.describer, before, after))

    def described(self, look: Look) -> Look | None:
        """Describe what left the step raw, before the next step may take its memory; None if that fails.

        It must not raise: the step that was looked into may be the training's own, and must not run again.
        """
        try:
            return on_host(look, self.targets.by_path) if self.describer is RAW else look
        except Exception as error:
            self._degrade(error)
            return None

    def weigh(self, describer: Describer, before: list[Any], after: list[Any]) -> dict[str, Any]:
        """Describe the weights, by variable path."""
        pairs = zip(self.targets.variables if before else (), before, after, strict=True)
        return {path: describer.weight(old, new) for path, old, new in pairs}

    def execute(self, execution: Execution) -> Any:
        """Run one call of the train function; errors of the user's own step pass, ours end the watching."""
        journal, start, extra = self.journal, time.perf_counter(), 0.0
        try:  # not by `guarded`, here and below: a function made and called for each step costs more than its work
            self._refresh_rate(execution)
        except Exception as error:
            journal.stop(error)
        if self._is_unbuilt:
            self._build(execution)
            result = self.run(execution)
            self.guarded(self._take_in)
        elif journal.due <= journal.step and not journal.stopped and self._is_probed(execution):
            probed = self._probed(execution)
            self.guarded(lambda: self._deliver(probed.look, execution))
            extra = max(time.perf_counter() - start - probed.usual, 1e-7)
            self.guarded(lambda: journal.charge(extra, compiled=probed.compiled))
            result = probed.result
        else:
            result = self.run(execution)
        try:
            self._book(result, execution, start, extra)
        except Exception as error:
            journal.stop(error)
        return result

    def guarded(self, work: Callable[[], T]) -> T | None:
        """Do work of our own; if it fails, watching stops and the training goes on."""
        try:
            return None if self.journal.stopped else work()
        except Exception as error:
            self.journal.stop(error)
            return None

    def _build(self, execution: Execution) -> None:
        """Trace the plain step, which the run then need not do, and tell of the variables before it changes them."""
        trace = attempt(lambda: self.plain_trace(execution), None) if self.builds_when_traced else None
        if trace is not None and self.on_built is not None and not self.journal.stopped:
            trace()  # unguarded: an error of the user's own code, which must not run again to raise it
            self.guarded(self.on_built)

    def _take_in(self) -> None:
        """Look at the model again: its first step has built it."""
        self._is_unbuilt = False
        self.targets, self.refusal = Targets.of(self.model), ""
        self.refusal = self._refusal()
        self.may_replace = not self.refusal and (self.is_eager or self.per_execution == 1)

    def _refusal(self) -> str:
        if not type(self.model).make_train_function.__module__.startswith("keras."):
            return "the model makes its own train function"
        if not self.targets.variables:
            return "the model has no trainable variables"
        return self.refuse()

    def _is_probed(self, execution: Execution) -> bool:
        # Unguarded: an error of the data's is the user's own, and would be lost if it were caught here.
        self.peek(execution)
        accepted = self.guarded(lambda: self.accepts(execution)) and self._is_traced(execution)
        if not accepted:
            self.journal.due = self.journal.step + execution.count
        return bool(accepted)

    def _is_traced(self, execution: Execution) -> bool:
        """Trace the plain step if it has to be; where its run alone can do so, the next step is probed instead."""
        if self.refusal or self.is_eager:
            return True
        execution.signature = self.guarded(lambda: self.signature(execution))
        if execution.signature not in self._traced and not self.journal.stopped:
            self._traced.add(execution.signature)
            trace = attempt(lambda: self.plain_trace(execution), None)
            if trace is None:
                return False
            execution.numbers, start = random_states(), time.perf_counter()
            trace()  # unguarded: an error of the user's own code, which must not run again to raise it
            execution.tracing = time.perf_counter() - start
            self.guarded(lambda: None if self.is_for(self.model) else self._take_in())
        return not self.journal.stopped

    def _probed(self, execution: Execution) -> Probed:
        if self.refusal:
            return self._weighed(execution)
        return self._looked_on(execution) if self.is_eager else self._rehearsed(execution)

    def _weighed(self, execution: Execution) -> Probed:
        """Run the plain step; look at the weights before and after it."""
        before = self.guarded(lambda: self.copies(execution)) or []
        start = time.perf_counter()
        result = self.run(execution)
        usual = time.perf_counter() - start
        return Probed(result, self.guarded(lambda: self._weights_alone(before, result)), usual)

    def _weights_alone(self, before: list[Any], result: Any) -> Look:
        describer = HOST if self.is_on_host else INSIDE
        return Look({}, {}, self.weigh(describer, before, self.values(result)))

    def _looked_on(self, execution: Execution) -> Probed:
        """Run the plain, eager step; look on inside."""
        before = self.guarded(lambda: self.copies(execution)) or []
        start = time.perf_counter()
        with self.collecting() as collector:
            result = self.run(execution)
        usual = time.perf_counter() - start - collector.seconds
        try:
            return Probed(result, self.described(self.look_of(collector, before, self.values(result))), usual)
        except Exception as error:
            self._degrade(error)
            return Probed(result, None, usual)

    def _rehearsed(self, execution: Execution) -> Probed:
        """Run the compiled step with statistics, and the plain one beside it unless they are proven the same."""
        start = time.perf_counter()
        rehearsal = self._rehearsal(execution)
        if rehearsal is not None and self.replaced:
            typical = self.journal.steps.typical_seconds()
            usual = time.perf_counter() - start if math.isnan(typical) else typical + rehearsal.waited
            return Probed(rehearsal.result, rehearsal.look, usual, rehearsal.compiled)
        start = time.perf_counter()
        result = self.run(execution)
        self.guarded(lambda: self.synchronise(result))
        usual = time.perf_counter() - start + execution.tracing
        if rehearsal is None:
            return Probed(result, None, usual)
        self.guarded(lambda: self._prove(rehearsal, result, execution))
        return Probed(result, rehearsal.look, usual + rehearsal.waited, rehearsal.compiled)

    def _rehearsal(self, execution: Execution) -> Rehearsal | None:
        self.replaced = self.is_proven(execution)
        try:
            return self.rehearse(execution)
        except Exception as error:
            self._degrade(error)
            return None

    def _degrade(self, error: Exception) -> None:
        self.refusal, self.may_replace = _told(error), False

    def _prove(self, rehearsal: Rehearsal, result: Any, execution: Execution) -> None:
        self.proofs[execution.signature] += 1
        differing, total = self.differing(rehearsal, result) if self.may_replace else (0, 0)
        if differing:
            self.may_replace = False
            tensors = f"{differing} of {total} tensors"
            self._rounds_differently = f"compiled with statistics, the step rounds differently in {tensors}"

    def _deliver(self, look: Look | None, execution: Execution) -> None:
        if look is not None:
            self.journal.deliver(look, execution.examples, self.targets.variables)
        if self.refusal:
            self.journal.fall_back("weights", self.refusal)
        elif self.may_replace:
            self.journal.mode = "exact"
        else:
            self.journal.fall_back("read-only", self._rounds_differently or "several steps are executed as one")

    def _refresh_rate(self, execution: Execution) -> None:
        is_first, step = self.journal.steps.is_first, self.journal.step
        if is_first and self._schedule is not None:
            self._schedule.first_iteration = int(self.read(execution, self.model.optimizer.iterations)) - step
        elif self._rate_variable is not None and (is_first or self.may_have_new_rate(execution)):
            self._rate, self._rate_step = self.read(execution, self._rate_variable), step

    def _tell_mean(self, result: Any, execution: Execution) -> None:
        """Tell whether the logged loss is a mean since the epoch began, and what its weights are.

        Keras' own step weighs by examples. A hand-written one may log a metric, by custom updated once a step with the
        batch's loss, or log the batch's loss itself and leave Keras' metric of that name unused.
        """
        if type(self.model).train_step.__module__.startswith("keras."):
            self._by_example = self.knows_sizes
            return
        counts = [one.count for one in self.model.metrics if one.name == self._loss_name and hasattr(one, "count")]
        count = self.count(result, counts[0]) if counts else 0.0
        self.journal.steps.is_running_mean = count > 0
        self._by_example = count == execution.examples > 0

    def _book(self, result: Any, execution: Execution, start: float, extra: float) -> None:
        steps, logs = self.journal.steps, self.logs(result)
        if self._loss_name is None:
            self._loss_name = loss_name(logs)
            self._tell_mean(result, execution)
        loss = self.held(logs[self._loss_name]) if self._loss_name else None
        weight = execution.examples if self._by_example and execution.examples else execution.count
        steps.record(self.journal.step, loss, weight, start, execution.wait, self._rate, extra)
        self.journal.step += execution.count


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, CannotLookError) else f"{type(error).__name__}: {str(error)[:300]}"
