"""Is the gradient that trains the model the gradient of its loss?"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from vandap.core.signals import Series
from vandap.exam.decisive._quiet import is_half_precision, quiet
from vandap.exam.decisive._test import DecisiveTest, NotPossibleError, TooShortError
from vandap.exam.decisive._workbench import Workbench, workbench
from vandap.watch.kept import Batch, Kept
from vandap.watch.names import variable_paths

EXAMPLES = 8
FACTS = ("relative_error", "floor")
FALLS = (3e-2, 1e-2, 3e-3, 1e-3)
"""Changes of the loss, as shares of it, that the steps along a direction aim at; the best agreement counts."""
ROUNDING = 4 * float(np.finfo(np.float32).eps)


class Gradient(DecisiveTest):
    """Central differences of the loss against the automatic gradient, for each variable along two directions.

    The directions are the gradient itself and the gradient with random lengths in each entry; where the gradient is
    zero, a random one. The error of a variable is the larger of the two; each is the smallest over several step sizes,
    because kinks of a loss disturb large steps and rounding small ones. `floor` is the error that rounding explains.
    """

    cost = 1.5
    needs = ("initial_state",)

    def run(self, kept: Kept, seconds: float, seed: int = 0) -> Series:
        """Check as many trainable variables as the time allows, on a few examples, at the first state."""
        if is_half_precision(kept.model):
            raise NotPossibleError("The model computes in 16 bits, too coarse for numerical differences.")
        deadline = time.monotonic() + seconds
        random = np.random.default_rng(seed)
        batch = kept.train.take(np.sort(random.permutation(kept.train.examples)[:EXAMPLES]))
        with workbench(kept) as bench:
            keeper = _keeper()
            with bench.using(keeper), quiet(bench), _unconstrained(bench):
                bench.reset()
                found = _check_all(bench, keeper, batch, random, deadline)
        if not found:
            raise TooShortError("The time was over before one variable was checked.")
        return Series(np.array(list(found.values())), {"arm": tuple(found), "fact": FACTS})


@contextmanager
def _unconstrained(bench: Workbench) -> Iterator[None]:
    """Without the constraints that an optimiser puts weights under, also one that does not change them."""
    constrained = [(variable, variable.constraint) for variable in bench.model.trainable_variables]
    try:
        for variable, _ in constrained:
            variable.constraint = None
        yield
    finally:
        for variable, constraint in constrained:
            variable.constraint = constraint


def _keeper() -> Any:
    """An optimiser that changes nothing and keeps the gradients that it is given."""

    class Keeper(keras.optimizers.Optimizer):
        def build(self, variables: list[Any]) -> None:
            super().build(variables)
            self.kept = [self.add_variable_from_reference(variable, name="kept") for variable in variables]

        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            self.assign(self.kept[self._get_variable_index(variable)], gradient)

    return Keeper(learning_rate=0.0, name="decisive_keeper")


def _check_all(
    bench: Workbench, keeper: Any, batch: Batch, random: np.random.Generator, deadline: float
) -> dict[str, tuple[float, float]]:
    level = bench.step(batch)
    if not math.isfinite(level):
        raise NotPossibleError("The loss is not finite before any training.")
    variables = list(bench.model.trainable_variables)
    gradients = [np.array(gradient.numpy(), dtype=np.float64) for gradient in keeper.kept]
    paths, found = variable_paths(bench.model), {}
    longest = 0.0
    for place in random.permutation(len(variables)):
        if (began := time.monotonic()) + longest > deadline:
            break
        variable = variables[place]
        found[paths.get(id(variable), variable.path)] = _check(bench, variable, gradients[place], batch, level, random)
        longest = max(longest, time.monotonic() - began)
    return found


def _check(
    bench: Workbench, variable: Any, gradient: np.ndarray, batch: Batch, level: float, random: np.random.Generator
) -> tuple[float, float]:
    """Return (relative error, floor) of one variable."""
    first = np.array(variable.numpy())

    def loss_at(change: np.ndarray) -> float:
        variable.assign((first + change).astype(first.dtype))
        return bench.step(batch)

    try:
        noise = _noise(loss_at, first, level, random)
        directions = _directions(gradient, random)
        errors = [_along(loss_at, direction, gradient, first, level, noise) for direction in directions]
    finally:
        variable.assign(first)
    return max(errors)


def _noise(
    loss_at: Callable[[np.ndarray], float], first: np.ndarray, level: float, random: np.random.Generator
) -> float:
    """How far the loss moves through rounding alone: its spread over changes in the last digits of the variable."""
    changes = [ROUNDING * first * random.uniform(-1, 1, first.shape) for _ in range(4)]
    losses = [level, *(loss_at(change) for change in changes)]
    return max(float(np.ptp(losses)), ROUNDING * abs(level))


def _directions(gradient: np.ndarray, random: np.random.Generator) -> list[np.ndarray]:
    if not np.any(gradient):
        return [_unit(random.normal(size=gradient.shape))]
    return [_unit(gradient), _unit(gradient * random.uniform(0, 2, gradient.shape))]


def _unit(direction: np.ndarray) -> np.ndarray:
    return np.asarray(direction / np.linalg.norm(direction))


def _along(
    loss_at: Callable[[np.ndarray], float],
    direction: np.ndarray,
    gradient: np.ndarray,
    first: np.ndarray,
    level: float,
    noise: float,
) -> tuple[float, float]:
    automatic = float(np.sum(gradient * direction))
    longest = max(float(np.linalg.norm(first)), 1.0)
    best = (math.inf, math.inf)
    for fall in FALLS:
        length = min(fall * abs(level) / abs(automatic) if automatic else fall, fall * longest)
        change = length * direction
        numeric = (loss_at(change) - loss_at(-change)) / (2 * length)
        size = max(abs(numeric), abs(automatic))
        floor = noise / length / size if size > 0 else 0.0
        error = abs(numeric - automatic) / size if size > 0 else 0.0
        best = min(best, (max(error, 0.0) if math.isfinite(error) else math.inf, min(floor, 1e9)))
    return best
