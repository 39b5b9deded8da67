"""Collects statistics of activations and gradients while a train step runs or is traced.

It wraps layers and optimisers for the length of that step; nothing stays on the model.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
from keras import ops

from vandap.watch.describe import Describer
from vandap.watch.targets import LayerTarget, Targets, loss_scale

Found = dict[str, Any]
"""What the describer makes of each layer's output, by layer path."""


class Collector:
    """Statistics of one train step; `seconds` is what taking them took, `error` the first of our own errors.

    A back end traces parts of a step apart (loops, branches, gradients), and a tensor of such a part must not leave it.
    So what is found is kept by the trace in which it was found, and what belongs to an inner trace is left out.

    Args:
        targets: What to look at.
        describer: How to describe it.
        trace: Identifies the trace in which it is called; equal within one trace.
        apply: The optimisers' method that receives the gradients: `apply` or `stateless_apply`.
    """

    def __init__(
        self, targets: Targets, describer: Describer, trace: Callable[[], object], apply: str = "apply"
    ) -> None:
        self.error: Exception | None = None
        self.seconds = 0.0
        self.gradients: dict[str, Any] = {}
        self._targets = targets
        self._describer = describer
        self._trace = trace
        self._apply = apply
        self._thread = threading.get_ident()
        self._frames: list[tuple[object, Found]] = []
        self._replaced: list[tuple[dict[str, Any], str, Any]] = []

    @property
    def activations(self) -> Found:
        """What was found in the step's own trace."""
        return self._frames[0][1] if self._frames else {}

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Collect while this context is open."""
        try:
            self._guarded(self._install)
            yield
        finally:
            while self._replaced:
                names, name, before = self._replaced.pop()
                names.pop(name) if before is _ABSENT else names.__setitem__(name, before)

    @contextmanager
    def frame(self) -> Iterator[Found]:
        """Collect in the trace that is current now, apart from the traces around it."""
        self._frames.append((self._trace(), {}))
        try:
            yield self._frames[-1][1]
        finally:
            self._frames.pop()

    @property
    def is_here(self) -> bool:
        """Whether the innermost frame's trace is the current one, and the thread the training's."""
        return threading.get_ident() == self._thread and bool(self._frames) and self._frames[-1][0] == self._trace()

    def merge(self, found: Found) -> None:
        """Add what an inner frame found, whose tensors have left that frame's trace since."""
        if self.is_here:
            self._frames[-1][1].update({path: found[path] for path in found if path not in self._frames[-1][1]})

    def _install(self) -> None:
        self._frames.append((self._trace(), {}))
        for target in self._targets.layers:
            self._replace(target.layer, "call", self._watched_call(target, target.layer.call))
        for optimizer in self._targets.optimizers:
            self._replace(optimizer, self._apply, self._watched_apply(optimizer, getattr(optimizer, self._apply)))

    def _replace(self, holder: Any, name: str, value: Any) -> None:
        # Past `__setattr__`, which would track what is set as a part of the model.
        names = vars(holder)
        self._replaced.append((names, name, names.get(name, _ABSENT)))
        names[name] = value

    def _watched_call(self, target: LayerTarget, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **named: Any) -> Any:
            output = call(*arguments, **named)
            self._guarded(lambda: self._note_output(target, output))
            return output

        return watched

    def _note_output(self, target: LayerTarget, output: Any) -> None:
        if not self.is_here or target.path in self._frames[-1][1]:
            return
        tensor = next((one for one in keras.tree.flatten(output) if _is_described(one)), None)
        if tensor is not None:
            self._frames[-1][1][target.path] = self._describer.activation(tensor, target)

    def _watched_apply(self, optimizer: Any, apply: Callable[..., Any]) -> Callable[..., Any]:
        def stateful(grads: Any, trainable_variables: Any = None) -> Any:
            grads = list(grads)
            self._guarded(lambda: self._note_gradients(optimizer, grads, trainable_variables, None))
            return apply(grads, trainable_variables)

        def stateless(optimizer_variables: Any, grads: Any, trainable_variables: Any) -> Any:
            self._guarded(lambda: self._note_gradients(optimizer, grads, None, optimizer_variables))
            return apply(optimizer_variables, grads, trainable_variables)

        return stateless if self._apply == "stateless_apply" else stateful

    def _note_gradients(self, optimizer: Any, grads: Any, given: Any, values: Any) -> None:
        if not self.is_here:
            return
        variables = given if given is not None else optimizer._trainable_variables
        scale = loss_scale(optimizer, lambda variable: _value(optimizer, variable, values))
        for variable, gradient in zip(variables, grads, strict=True):
            path = self._targets.paths.get(id(variable))
            if gradient is not None and path is not None and path not in self.gradients:
                self.gradients[path] = self._describer.gradient(ops.convert_to_tensor(gradient), scale)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do our own work inside of the user's step: an error of ours is kept, and never reaches that step."""
        start = time.perf_counter()
        try:
            work()
        except Exception as error:
            self.error = self.error or error
        self.seconds += time.perf_counter() - start


_ABSENT = object()


def _is_described(one: Any) -> bool:
    if isinstance(one, keras.KerasTensor) or not hasattr(one, "dtype") or not hasattr(one, "shape"):
        return False
    return "float" in keras.backend.standardize_dtype(one.dtype) and len(one.shape) > 0


def _value(optimizer: Any, variable: Any, values: Any) -> Any:
    """A variable's value: among the optimiser's values where the state passes through the step, else its own."""
    if values is None:
        return ops.convert_to_tensor(variable)
    return next(value for own, value in zip(optimizer.variables, values, strict=True) if own is variable)
