"""Looks into train steps on TensorFlow, where batches are fetched inside of the compiled function."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import tensorflow as tf

from vandap.core.frames import Unnoticed
from vandap.watch.apart import apart
from vandap.watch.collect import Collector
from vandap.watch.describe import HOST, INSIDE, RAW, Describer, Look
from vandap.watch.execution import CannotLookError, Execution, Rehearsal, enclosed, examples_of, largest_raw
from vandap.watch.journal import Journal
from vandap.watch.stepper import Stepper

_ONCE_ONLY = ("Random", "Multinomial", "TruncatedNormal", "ParameterizedTruncated", "PyFunc", "EagerPyFunc", "Print")
"""Operations that must not run a second time: they draw from a hidden stream, or call the user's Python."""


_ABSENT = type(tf.type_spec_from_value(None))
"""The type of None in a batch."""


class TensorFlowStepper(Stepper):
    """The train function of a model on TensorFlow: `(iterator) -> logs`."""

    knows_sizes = False  # the compiled function takes its batches itself
    builds_when_traced = True

    def __init__(self, model: Any, plain: Callable[..., Any], journal: Journal) -> None:
        super().__init__(model, plain, journal)
        self._step = self._compiled()
        self._functions: dict[Hashable, Any] = {}
        self._variables: dict[int, list[Any]] = {}

    def __call__(self, iterator: Iterator[Any]) -> Any:
        """Run one call of the train function."""
        if self.journal.stopped:
            return self.plain(iterator)
        with Unnoticed():
            return self.execute(Execution(None, iterator, count=self.per_execution))

    def is_compiled(self) -> bool:
        """Keras makes a graph of every step that is not eager."""
        return True

    def has_host_memory(self) -> bool:
        """Whether there is nothing but the processor."""
        return not tf.config.list_physical_devices("GPU")

    def first_describer(self) -> Describer:
        """Eager tensors have values at once; those of a graph when it has run."""
        return HOST if self.is_eager else RAW

    def refuse(self) -> str:
        """Why the step cannot be looked into."""
        if self.model.distribute_strategy.num_replicas_in_sync > 1:
            return "the step runs on several replicas"
        return ""

    def run(self, execution: Execution) -> Any:
        """Run the plain train function, on the batches that were fetched for it if any were."""
        source, fetched = execution.source, execution.fetched
        return self.plain(_again(source, fetched) if fetched else source)

    def logs(self, result: Any) -> Any:
        """The logs are all that is returned."""
        return result

    def may_have_new_rate(self, execution: Execution) -> bool:
        """Whether to read the rate: with an accelerator only at an epoch's first step, as reading waits for it."""
        return self.is_on_host and super().may_have_new_rate(execution)

    def read(self, execution: Execution, variable: Any) -> float:
        """The value of one of the optimiser's variables."""
        return float(variable.value)

    def count(self, result: Any, variable: Any) -> float:
        """The value of a metric's variable."""
        return float(variable.value)

    def peek(self, execution: Execution) -> None:
        """Fetch the batches of this execution."""
        if self.refusal or not _repeatable(execution.source):
            return
        start = time.perf_counter()
        batches = [next(execution.source)]
        for _ in range(1, self.per_execution):
            batch = next(execution.source, None)
            batches += [] if batch is None else [batch]
        execution.wait = time.perf_counter() - start
        execution.data, execution.count = batches[0], len(batches)
        execution.examples = sum(examples_of(batch) for batch in batches)
        execution.fetched = tuple(batches)

    def accepts(self, execution: Execution) -> bool:
        """Whether the batch could be fetched; where it cannot, weights are looked at."""
        if execution.data is None and not self.refusal:
            self._degrade(CannotLookError("the iterator's batches cannot be looked at"))
        return True

    def copies(self, execution: Execution) -> list[Any]:
        """Copies of the trainable variables' values."""
        return [tf.identity(variable.value) for variable in self.model.trainable_variables]

    def values(self, result: Any) -> list[Any]:
        """The trainable variables' values."""
        return self.copies(Execution(None, None))

    def signature(self, execution: Execution) -> Hashable:
        """The structure, shapes and dtypes of the batch, as they are told."""
        return repr(tf.nest.map_structure(tf.type_spec_from_value, execution.data))

    def plain_trace(self, execution: Execution) -> Callable[[], object]:
        """The trace of Keras' function over an iterator of TensorFlow."""
        if not isinstance(execution.source, tf.data.Iterator):
            raise CannotLookError("the batches come from no iterator of TensorFlow")
        return partial(enclosed(self.plain, "multi_step_on_iterator").get_concrete_function, execution.source)

    def rehearse(self, execution: Execution) -> Rehearsal:
        """Run the step with statistics; unless it replaces the plain one, put every variable back to what it was."""
        traces = self._step.experimental_get_tracing_count()
        function = self._function(execution)
        if self.describer is RAW and _size(function, execution.data) > largest_raw():
            self.describer = INSIDE
            self._step = self._compiled()
            self._functions.clear()
            function = self._function(execution)
        touched = self._touched(function)
        compiled = self._step.experimental_get_tracing_count() > traces
        if self.replaced:
            logs, look = self._step(execution.data)
            return Rehearsal(logs, None, self.described(Look(*look)), compiled)
        before = [tf.identity(variable) for variable in touched]
        try:
            logs, look = self._step(execution.data)
            after = [tf.identity(variable) for variable in touched]
        finally:
            for variable, value in zip(touched, before, strict=True):
                variable.assign(value)
        return Rehearsal(logs, (touched, after), self.described(Look(*look)), compiled)

    def differing(self, rehearsal: Rehearsal, result: Any) -> tuple[int, int]:
        """How many variables differ in any bit."""
        touched, ours = rehearsal.state
        return sum(_bits(one) != _bits(other) for one, other in zip(ours, touched, strict=True)), len(ours)

    def synchronise(self, result: Any) -> None:
        """Return when the logs are computed."""
        tf.nest.map_structure(lambda value: value.numpy() if tf.is_tensor(value) else value, result)

    def trace(self) -> object:
        """Identify the graph that is being made."""
        return None if tf.executing_eagerly() else id(tf.compat.v1.get_default_graph())

    @contextmanager
    def collecting(self) -> Iterator[Collector]:
        """Collect in this context."""
        with super().collecting() as collector:
            yield collector

    def _function(self, execution: Execution) -> Any:
        """The step with statistics, traced for batches of these shapes."""
        if execution.signature not in self._functions:
            with apart(self.model, execution.numbers):
                self._functions[execution.signature] = self._step.get_concrete_function(execution.data)
        return self._functions[execution.signature]

    def _compiled(self) -> Any:
        """The step with statistics, compiled as Keras compiles the plain one."""
        jit_compile = self.model.jit_compile
        return tf.function(self._step_with_statistics, reduce_retracing=True, jit_compile=jit_compile, autograph=False)

    def _step_with_statistics(self, data: Any) -> Any:
        before = self.copies(Execution(None, None))
        with self.collecting() as collector:
            logs = self.model.train_step(data)
        look = self.look_of(collector, before, self.values(logs))
        return logs, (dict(look.activations), dict(look.gradients), dict(look.weights))

    def _touched(self, function: Any) -> list[Any]:
        """The variables that a traced step reads or writes; raises if it does what must be done only once."""
        if id(function) not in self._variables:
            definition = function.graph.as_graph_def()
            nodes = [*definition.node, *(node for inner in definition.library.function for node in inner.node_def)]
            once = sorted({node.op for node in nodes if node.op.startswith(_ONCE_ONLY)})
            if once:
                raise CannotLookError(f"the step holds what must run only once ({', '.join(once)})")
            self._variables[id(function)] = self._own_variables(function)
        return self._variables[id(function)]

    def _own_variables(self, function: Any) -> list[Any]:
        model = self.model
        kept = [*model.variables, *(one for optimizer in self.targets.optimizers for one in optimizer.variables)]
        found = [*function.graph.variables, *(one._value for one in [*kept, *model.metrics_variables])]
        unique = {id(one.handle): one for one in found}
        resources = [outer for outer, _ in function.graph.captures if outer.dtype == tf.resource]
        if any(id(resource) not in unique for resource in resources):
            raise CannotLookError("the step holds state that cannot be put back")
        return list(unique.values())


def _size(function: Any, data: Any) -> int:
    """Bytes that a traced step brings back beside the logs; axes that are free are taken for the examples."""
    examples, total = examples_of(data), 0
    for tensor in tf.nest.flatten(function.structured_outputs[1]):
        shape = tensor.shape.as_list() if tensor.shape.rank is not None else [None]
        total += tensor.dtype.size * math.prod(examples if side is None else side for side in shape)
    return total


def _repeatable(source: Any) -> bool:
    """Whether batches taken from an iterator can be given again by one of the same kind."""
    if not isinstance(source, tf.data.Iterator):
        return not isinstance(source, tf.distribute.DistributedIterator)
    kinds = (tf.TensorSpec, tf.RaggedTensorSpec, tf.SparseTensorSpec, _ABSENT)
    return all(isinstance(part, kinds) for part in tf.nest.flatten(source.element_spec))


def _again(source: Any, batches: tuple[Any, ...]) -> Any:
    """An iterator over batches; with the original's types, so that Keras' function for these is the one that runs."""
    if not isinstance(source, tf.data.Iterator):
        return iter(batches)
    spec = source.element_spec
    kinds = tf.nest.flatten(spec)

    def present(values: Any) -> tuple[Any, ...]:
        """Without the parts that are None, which a generator cannot yield."""
        pairs = zip(kinds, tf.nest.flatten(values), strict=True)
        return tuple(value for kind, value in pairs if not isinstance(kind, _ABSENT))

    def packed(*values: Any) -> Any:
        given = iter(values)
        whole = [None if isinstance(kind, _ABSENT) else next(given) for kind in kinds]
        return tf.nest.pack_sequence_as(spec, whole)

    again = tf.data.Dataset.from_generator(lambda: map(present, batches), output_signature=present(spec))
    return iter(again.map(packed))


def _bits(value: Any) -> bytes:
    return value.numpy().tobytes()
