"""A model's outputs and losses on given examples at a given state, with every write of the model thrown away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from vandap.watch.kept import Batch, state_variables
from vandap.watch.sample import changed


class Answer(NamedTuple):
    """What a model gave for one batch.

    Args:
        outputs: Its outputs, flat.
        data: The compiled loss; NaN where there is none.
        penalty: Sum of the penalties (regularisers, `add_loss`).
    """

    outputs: list[np.ndarray]
    data: float
    penalty: float


class Forward:
    """Runs a model inside a stateless scope and apart, so that nothing of the program is changed by it.

    Args:
        model: A built model.
        has_loss: Whether to compute the compiled loss.
    """

    def __init__(self, model: Any, has_loss: bool) -> None:
        self.model = model
        self._loss = getattr(model, "_compile_loss", None) if has_loss else None
        optimizer = {id(item) for item in getattr(getattr(model, "optimizer", None), "variables", ())}
        self.variables = [item for item in state_variables(model) if id(item) not in optimizer]
        self._compiled: dict[bool, Callable[..., Any]] = {}

    def __call__(self, batch: Batch, training: bool, values: Sequence[Any] | None = None) -> Answer:
        """Run one batch.

        Args:
            batch: Examples.
            training: Whether dropout and the like act.
            values: Values for `variables`; None takes the live ones.
        """
        import keras

        from vandap.watch.apart import apart

        if values is None:
            values = [variable.value for variable in self.variables]
        else:
            values = [
                keras.ops.convert_to_tensor(value, dtype=variable.dtype)
                for value, variable in zip(values, self.variables, strict=True)
            ]
        parts = [changed(part, keras.ops.convert_to_tensor) for part in batch]
        with apart(self.model):
            outputs, data, penalty = self._run(training)(values, *parts)
        numbers = [keras.ops.convert_to_numpy(item) for item in outputs]
        return Answer(numbers, float(keras.ops.convert_to_numpy(data)), float(keras.ops.convert_to_numpy(penalty)))

    def _run(self, training: bool) -> Callable[..., Any]:
        if training not in self._compiled:
            self._compiled[training] = _compiled(self._pass(training))
        return self._compiled[training]

    def _pass(self, training: bool) -> Callable[..., Any]:
        import keras

        def run(values: Any, x: Any, y: Any, w: Any) -> Any:
            pairs = list(zip(self.variables, values, strict=True))
            with keras.StatelessScope(state_mapping=pairs, collect_losses=True):
                predicted = self.model(x, training=training)
                data = np.nan if self._loss is None else self._loss(y, predicted, sample_weight=w)
                penalty = sum(self.model.losses, 0.0)
            as_tensor = keras.ops.convert_to_tensor
            return [as_tensor(item) for item in keras.tree.flatten(predicted)], as_tensor(data), as_tensor(penalty)

        return run


def _compiled(run: Callable[..., Any]) -> Callable[..., Any]:
    """Compiled on JAX, where single operations are slow; without gradients on PyTorch; as it is on TensorFlow."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(run)
    if keras.backend.backend() == "torch":
        import torch

        return torch.no_grad()(run)
    return run
