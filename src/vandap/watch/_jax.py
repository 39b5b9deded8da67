"""Looks into train steps on JAX, where the state passes through the train function and its buffers are donated."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
from jax.extend.core import get_opaque_trace_state

from vandap.core.frames import Unnoticed
from vandap.watch.apart import apart
from vandap.watch.collect import Collector, Found
from vandap.watch.describe import INSIDE, RAW, Describer, Look
from vandap.watch.execution import CannotLookError, Execution, Rehearsal, enclosed, examples_of, largest_raw
from vandap.watch.journal import Journal
from vandap.watch.stepper import Stepper

_SIGNATURES = 3
"""Shapes of batches for which a probe is compiled; batches of other shapes are not probed."""

_EVERY_TOGETHER = 256
"""Steps between probes of several processes, each of which would measure another cost."""

_ONE_LOOP = (3, 16)
"""Keras from this version on may run several steps as one compiled loop over stacked batches."""


class JaxStepper(Stepper):
    """The train function of a model on JAX: `(state, iterator) -> (logs, state)`."""

    apply_name = "stateless_apply"

    def __init__(self, model: Any, plain: Callable[..., Any], journal: Journal) -> None:
        super().__init__(model, plain, journal)
        journal.steps.read = _number
        self._feed = Feed()
        self._last: Any = None
        self._signatures: dict[Any, int] = {}
        # Not donated: if a probe fails, the training goes on from the state as it was.
        self._step = jax.jit(self._step_with_statistics)
        if keras.distribution.distribution() is not None:
            self.may_replace = False
        if jax.process_count() > 1:
            journal.schedule = replace(journal.schedule, fixed=_EVERY_TOGETHER)

    def __call__(self, state: Any, iterator: Iterator[Any]) -> tuple[Any, Any]:
        """Run one call of the train function."""
        if self.journal.stopped:
            return self.plain(state, iterator)
        self._feed.start(iterator)
        with Unnoticed():
            result = self.execute(Execution(state, self._feed))
        self._last = result[1]
        return result

    def release(self) -> None:
        """Let go of the last state, too."""
        super().release()
        self._last = None
        self._feed = Feed()

    def is_compiled(self) -> bool:
        """Whether Keras compiles the train step."""
        return bool(self.model.jit_compile)

    def has_host_memory(self) -> bool:
        """Whether JAX runs on the processor."""
        return jax.default_backend() == "cpu"

    def first_describer(self) -> Describer:
        """Even an eager step differentiates, and its tensors have values only after it."""
        return RAW

    def refuse(self) -> str:
        """Why the step cannot be looked into."""
        version = tuple(int(part) for part in keras.__version__.split(".")[:2])
        if self.per_execution > 1 and version >= _ONE_LOOP:
            return "several steps are executed as one compiled loop"
        return ""

    def run(self, execution: Execution) -> Any:
        """Run the plain train function."""
        result = self.plain(execution.state, execution.source)
        self._account(execution)
        return result

    def logs(self, result: Any) -> Any:
        """The logs of `(logs, state)`."""
        return result[0]

    def may_have_new_rate(self, execution: Execution) -> bool:
        """Whether the state was collected anew from the variables, which a callback may have set."""
        return execution.state is not self._last

    def read(self, execution: Execution, variable: Any) -> float:
        """The value of one of the optimiser's variables; during an epoch, it is in the state alone."""
        return _among(self.model.optimizer.variables, execution.state[2], variable)

    def count(self, result: Any, variable: Any) -> float:
        """The value of a metric's variable in the new state."""
        return _among(self.model.metrics_variables, result[1][3], variable)

    def peek(self, execution: Execution) -> None:
        """Fetch the next batch; it stays the next."""
        execution.data = execution.source.peek()

    def accepts(self, execution: Execution) -> bool:
        """Whether a probe is compiled for batches of this shape, or may be: not for an epoch's last, smaller one."""
        signature = _signature(execution.data)
        examples = examples_of(execution.data)
        if signature not in self._signatures and not self.is_eager and not self.refusal:
            if len(self._signatures) >= _SIGNATURES or examples < max(self._signatures.values(), default=0):
                return False
            self._is_new = True
            self._signatures[signature] = examples
        return True

    def copies(self, execution: Execution) -> list[Any]:
        """Copies of the trainable variables' values: a compiled step is given the originals for good."""
        return list(execution.state[0]) if self.is_eager else [jnp.copy(value) for value in execution.state[0]]

    def values(self, result: Any) -> list[Any]:
        """The trainable variables' values in the new state."""
        return list(result[1][0])

    def signature(self, execution: Execution) -> Hashable:
        """The structure, shapes and dtypes of the batch."""
        return _signature(execution.data)

    def plain_trace(self, execution: Execution) -> Callable[[], object]:
        """The trace of the compiled step that Keras' function calls."""
        return partial(enclosed(self.plain, "step_function").trace, execution.state, execution.data)

    def rehearse(self, execution: Execution) -> Rehearsal:
        """Run the step with statistics on the same state and batch."""
        is_new, self._is_new = self._is_new, False
        if is_new:
            self._examine(execution)
        start = time.perf_counter()
        jax.block_until_ready(execution.state)
        waited = time.perf_counter() - start
        logs, state, look = jax.block_until_ready(self._step(execution.state, execution.data))
        if self.describer is RAW:
            look = *look[:2], self.weigh(RAW, list(execution.state[0]), list(state[0]))
        if self.replaced:
            next(execution.source)
            self._account(execution)
        return Rehearsal((logs, state), state, self.described(Look(*look)), is_new, waited)

    def _examine(self, execution: Execution) -> None:
        """Trace the step with statistics; see that it may run twice, and that what it brings back is not too large."""
        traced = self._trace(execution)
        if traced.jaxpr.effects:
            raise CannotLookError("the step calls back to the host, which would happen twice")
        brought = jax.tree.leaves(traced.out_info[2])
        if self.describer is RAW and sum(one.size * one.dtype.itemsize for one in brought) > largest_raw():
            self.describer = INSIDE
            self._step = jax.jit(self._step_with_statistics)
            self._trace(execution)

    def _trace(self, execution: Execution) -> Any:
        with apart(self.model, execution.numbers):
            return self._step.trace(execution.state, execution.data)

    def differing(self, rehearsal: Rehearsal, result: Any) -> tuple[int, int]:
        """How many tensors of the two states differ in any bit."""
        ours, plain = jax.tree.leaves(rehearsal.state), jax.tree.leaves(result[1])
        return sum(_bits(one) != _bits(other) for one, other in zip(ours, plain, strict=True)), len(plain)

    def synchronise(self, result: Any) -> None:
        """Return when the new state is computed."""
        jax.block_until_ready(result)

    def trace(self) -> object:
        """Identify the current trace."""
        return get_opaque_trace_state()

    @contextmanager
    def collecting(self) -> Iterator[Collector]:
        """Collect in this context, also inside of the functions that the step differentiates."""
        with super().collecting() as collector, _differentiating(collector):
            yield collector

    _is_new = False

    def _step_with_statistics(self, state: Any, data: Any) -> Any:
        with self.collecting() as collector:
            logs, after = self.model.train_step(state, data)
        # Raw weights are those of the states before and after, which need not leave the step a second time.
        weights = ([], []) if self.describer is RAW else (list(state[0]), list(after[0]))
        look = self.look_of(collector, *weights)
        return logs, after, (look.activations, look.gradients, look.weights)

    def _account(self, execution: Execution) -> None:
        feed = execution.source
        execution.count, execution.examples, execution.wait = feed.count, feed.examples, feed.wait


class Feed:
    """Hands batches on to the plain train function, counts them, and times how long they took to come."""

    def start(self, source: Iterator[Any]) -> None:
        """Take the batches of one execution from `source`."""
        self._source = source
        self._peeked: list[Any] = []
        self.wait, self.count, self.examples = 0.0, 0, 0

    def peek(self) -> Any:
        """The next batch, which stays the next."""
        self._peeked.append(self._fetch())
        return self._peeked[0]

    def __iter__(self) -> Feed:
        return self

    def __next__(self) -> Any:
        data = self._peeked.pop() if self._peeked else self._fetch()
        self.count += 1
        self.examples += examples_of(data)
        return data

    def _fetch(self) -> Any:
        start = time.perf_counter()
        try:
            return next(self._source)
        finally:
            self.wait += time.perf_counter() - start


@contextmanager
def _differentiating(collector: Collector) -> Iterator[None]:
    """Let `jax.grad` and `jax.value_and_grad` carry out what is collected inside of the functions they differentiate.

    A tensor of such a function must not leave it but as a part of its result, so it is made one, beside the user's own.
    """
    thread = threading.get_ident()
    originals = jax.value_and_grad, jax.grad

    def value_and_grad(function: Any, argnums: Any = 0, has_aux: bool = False, **options: Any) -> Any:
        if threading.get_ident() != thread:
            return originals[0](function, argnums, has_aux, **options)
        differentiate = originals[0](_carrying(function, has_aux, collector), argnums, has_aux=True, **options)

        def result(*arguments: Any, **named: Any) -> Any:
            (value, (aux, found)), gradients = differentiate(*arguments, **named)
            collector.merge(found)
            return ((value, aux) if has_aux else value), gradients

        return result

    def grad(function: Any, argnums: Any = 0, has_aux: bool = False, **options: Any) -> Any:
        differentiate = value_and_grad(function, argnums, has_aux, **options)

        def result(*arguments: Any, **named: Any) -> Any:
            value, gradients = differentiate(*arguments, **named)
            return (gradients, value[1]) if has_aux else gradients

        return result

    jax.value_and_grad, jax.grad = value_and_grad, grad  # type: ignore[assignment]
    try:
        yield
    finally:
        jax.value_and_grad, jax.grad = originals


def _carrying(function: Callable[..., Any], has_aux: bool, collector: Collector) -> Callable[..., Any]:
    def carrying(*arguments: Any, **named: Any) -> tuple[Any, tuple[Any, Found]]:
        with collector.frame() as found:
            result = function(*arguments, **named)
        value, aux = result if has_aux else (result, None)
        return value, (aux, dict(found))

    return carrying


def _among(variables: list[Any], values: list[Any], variable: Any) -> float:
    return next(float(value) for own, value in zip(variables, values, strict=True) if own is variable)


def _number(value: Any) -> float:
    """The number in an array; NumPy takes it by the buffer, while `float` checks and copies, at six times the price."""
    return float(np.asarray(value))


def _signature(data: Any) -> Any:
    leaves, structure = jax.tree.flatten(data)
    return structure, tuple((np.shape(leaf), str(getattr(leaf, "dtype", type(leaf)))) for leaf in leaves)


def _bits(value: Any) -> bytes:
    if jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
        value = jax.random.key_data(value)
    return np.asarray(value).tobytes()
