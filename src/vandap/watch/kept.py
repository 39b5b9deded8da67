"""What a watched training leaves for the decisive tests: the live model, its first state, and a bounded sample of data.

Nothing here is stored; a stored run can be judged again, but its tests cannot be run again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from vandap.core.program import FitCall

LARGEST_STATE = 1_000_000_000
"""Bytes above which no state is copied."""


class Batch(NamedTuple):
    """Examples as the train step receives them.

    Args:
        x: Inputs: an array, or a list, tuple or dict of arrays; the first axis counts examples.
        y: Targets in the same manner; None where the model has a loss of its own.
        w: Weights of the examples, class weights included; None where all are one.
    """

    x: Any
    y: Any = None
    w: Any = None

    @property
    def examples(self) -> int:
        """How many examples there are."""
        return len(_first(self.x))

    def map(self, change: Callable[[np.ndarray], np.ndarray]) -> Batch:
        """Apply a function to every array."""
        return Batch(*(_mapped(part, change) for part in self))

    def take(self, rows: np.ndarray | slice) -> Batch:
        """Return these examples, by their numbers."""
        return self.map(lambda array: array[rows])


@dataclass(frozen=True)
class State:
    """Values of everything that training changes: weights, optimiser, seeds. Metrics are left out.

    Args:
        variables: The live Keras variables.
        values: A copy of each one's value.
        optimizer: The optimiser; it may be built later than the state was copied, and its variables are then missing.
    """

    variables: tuple[Any, ...]
    values: tuple[np.ndarray, ...]
    optimizer: Any = None

    @classmethod
    def of(cls, model: Any) -> State | None:
        """Copy the state of a built and compiled model; None above `LARGEST_STATE` bytes."""
        variables = state_variables(model)
        if sum(_size(variable) for variable in variables) > LARGEST_STATE:
            return None
        values = tuple(np.array(variable.numpy()) for variable in variables)
        return cls(variables, values, getattr(model, "optimizer", None))

    def put_back(self) -> None:
        """Give every variable the value it had."""
        for variable, value in zip(self.variables, self.values, strict=True):
            variable.assign(value)

    def value_of(self, variable: Any) -> np.ndarray | None:
        """The value that a variable had; None for one that is no part of the state."""
        return next((value for own, value in zip(self.variables, self.values, strict=True) if own is variable), None)

    def covers(self, model: Any) -> bool:
        """Whether the model still has the weights and the optimiser of this state, so that it can be put back."""
        kept = {id(variable) for variable in self.variables}
        return model.optimizer is self.optimizer and all(id(variable) in kept for variable in model.variables)

    def covers_optimizer(self) -> bool:
        """Whether the optimiser was built when the state was copied."""
        kept = {id(variable) for variable in self.variables}
        return self.optimizer is not None and all(id(variable) in kept for variable in self.optimizer.variables)


def state_variables(model: Any) -> tuple[Any, ...]:
    """All variables that training changes, metrics left out: weights, seeds, the process's own too, optimiser."""
    optimizer = getattr(model, "optimizer", None)
    metrics = {id(variable) for variable in getattr(model, "metrics_variables", ())}
    owned = [*model.variables, *(optimizer.variables if optimizer is not None else ()), *_shared_seed()]
    return tuple({id(variable): variable for variable in owned if id(variable) not in metrics}.values())


def _shared_seed() -> list[Any]:
    """The state of Keras' generator for draws without a seed of their own; empty where nothing was drawn so."""
    from keras.src.backend.common import global_state

    generator = global_state.get_global_attribute("global_seed_generator")
    return [generator.state] if generator is not None else []


@dataclass(frozen=True)
class Kept:
    """What the decisive tests work on.

    Args:
        model: The live model, trained.
        initial_state: Its state when the main fit began; None where it could not be kept.
        train: A bounded sample of the training examples, in the order in which they came.
        validation: A bounded sample of the validation examples; None where the fit had none.
        fit: The main fit.
        rates: Learning rate at the end of each epoch of the main fit, as far as known: it tells what callbacks did.
        reason: Why there is no initial state; "" where there is one.
    """

    model: Any
    initial_state: State | None
    train: Batch
    validation: Batch | None = None
    fit: FitCall = field(default_factory=FitCall)
    rates: tuple[float, ...] = ()
    reason: str = ""

    @property
    def batch_size(self) -> int:
        """Examples of one batch."""
        return min(self.fit.batch_size or 32, self.train.examples)


def _first(tree: Any) -> np.ndarray:
    while isinstance(tree, dict | list | tuple):
        tree = next(iter(tree.values())) if isinstance(tree, dict) else tree[0]
    return tree


def _mapped(tree: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    if tree is None:
        return None
    if isinstance(tree, dict):
        return {name: _mapped(item, change) for name, item in tree.items()}
    if isinstance(tree, Sequence) and not isinstance(tree, str):
        return type(tree)(_mapped(item, change) for item in tree)  # type: ignore[call-arg]
    return change(tree)


def _size(variable: Any) -> int:
    return int(np.prod(variable.shape)) * 4
