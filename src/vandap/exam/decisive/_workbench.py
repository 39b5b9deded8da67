"""A model on the workbench: trained and tested batch by batch, and put back exactly as it was.

Everything goes through `train_on_batch` and `test_on_batch`, so that a user's own train step is what is tried.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import wraps
from typing import Any

import keras
import numpy as np

from vandap.exam.decisive._test import NotPossibleError
from vandap.watch.apart import undisturbed
from vandap.watch.kept import Batch, Kept, State

_FUNCTIONS = ("train_function", "test_function", "predict_function")
_STEPS = ("train_step", "test_step")
_ATTRIBUTES = ("optimizer", "steps_per_execution", *_FUNCTIONS)
_FASTEST_AVERAGE = 0.9


class Workbench:
    """Trains and tests one model; see `workbench`, which puts it back.

    Args:
        kept: The training.
        present: The model's state now.
    """

    def __init__(self, kept: Kept, present: State) -> None:
        self.kept, self.model, self._present = kept, kept.model, present
        self.schedule = _schedule(kept)
        self._fresh: State | None = None
        self._steps = {name: getattr(kept.model, name) for name in _STEPS}
        first = kept.initial_state
        if _is_scheduled(self.model.optimizer) or (first is not None and not first.covers_optimizer()):
            self._put_on(with_settable_rate(self.model.optimizer))

    @contextmanager
    def using(self, optimizer: Any) -> Iterator[None]:
        """Train with another optimiser, then with the former one again."""
        former = {name: vars(self.model).get(name) for name in ("optimizer", *_FUNCTIONS)}
        fresh = self._fresh
        try:
            self._put_on(optimizer)
            yield
        finally:
            self._forget_functions()
            vars(self.model).update(former)
            self._fresh = fresh

    @contextmanager
    def retraced(self) -> Iterator[None]:
        """Have Keras trace the model anew, because a setting was changed; then take the former functions again."""
        former = {name: vars(self.model).get(name) for name in _FUNCTIONS}
        try:
            self._forget_functions()
            yield
        finally:
            self._forget_functions()
            vars(self.model).update(former)

    def _put_on(self, optimizer: Any) -> None:
        optimizer.build(self.model.trainable_variables)
        vars(self.model)["optimizer"] = optimizer
        values = tuple(np.array(variable.numpy()) for variable in optimizer.variables)
        self._fresh = State(tuple(optimizer.variables), values, optimizer)
        self._forget_functions()

    def _forget_functions(self) -> None:
        """Have the steps traced anew: JAX keeps what it traced of a function, and a method is the same each time."""
        steps = {name: _another(step) for name, step in self._steps.items()}
        vars(self.model).update(dict.fromkeys(_FUNCTIONS), **steps)

    def reset(self) -> None:
        """Put the model and the optimiser back to where the training began."""
        if self.kept.initial_state is not None:
            self.kept.initial_state.put_back()
        if self._fresh is not None:
            self._fresh.put_back()
        if keras.backend.backend() == "torch":
            import torch

            torch.manual_seed(0)  # dropout without a seed of its own draws from the process's generator

    def as_trained(self) -> None:
        """Put the model to where it was before the first test."""
        self._present.put_back()

    def set_rate(self, rate: float) -> None:
        """Set the learning rate of the steps to come."""
        self.model.optimizer.learning_rate = rate

    def follow_schedule(self, step: int, steps: int, factor: float = 1.0) -> None:
        """Set the rate of one step of a short training: the user's own schedule, compressed, times a factor."""
        if len(self.schedule) > 1 or step == 0:
            times = np.linspace(0, 1, len(self.schedule))
            self.set_rate(factor * float(np.interp(step / max(steps - 1, 1), times, self.schedule)))

    def step(self, batch: Batch) -> float:
        """Make one optimiser step and return the loss of the batch before it."""
        return _loss(self.model.train_on_batch(batch.x, batch.y, batch.w, return_dict=True))

    def test(self, batch: Batch) -> float:
        """Return the loss of a batch in inference mode."""
        return _loss(self.model.test_on_batch(batch.x, batch.y, batch.w, return_dict=True))

    def losses(self, groups: Sequence[Batch]) -> np.ndarray:
        """Return the loss of each group of examples in inference mode, penalties on weights left out: (groups,)."""
        penalty = self.penalty()
        return np.array([self.test(group) - penalty for group in groups])

    def penalty(self) -> float:
        """Sum of the weight regularisers."""
        owned = [variable for variable in self.model.trainable_variables if variable.regularizer is not None]
        return float(sum(keras.ops.convert_to_numpy(variable.regularizer(variable)) for variable in owned))

    def layers(self) -> list[Any]:
        """All layers, nested ones too."""
        return list(self.model._flatten_layers(include_self=False))

    def hasten_averages(self) -> None:
        """Let batch normalisation average over some ten batches, so that a short training can be tested."""
        slow = [
            layer
            for layer in self.layers()
            if isinstance(layer, keras.layers.BatchNormalization) and layer.momentum > _FASTEST_AVERAGE
        ]
        for layer in slow:
            vars(layer)["momentum"] = _FASTEST_AVERAGE
        if slow:
            self._forget_functions()


_OPEN: ContextVar[Workbench | None] = ContextVar("workbench", default=None)


@contextmanager
def workbench(kept: Kept) -> Iterator[Workbench]:
    """Take a model to the workbench and put everything back at the end: variables, settings, traced functions.

    Within a context of the same training the open workbench is shared, so that what Keras has compiled serves all.

    Raises:
        NotPossibleError: Its state is too large to be copied, or its optimiser cannot be steered.
    """
    shared = _OPEN.get()
    if shared is not None and shared.kept is kept:
        yield shared
        return
    present = State.of(kept.model)
    if present is None:
        raise NotPossibleError("The model's state is too large to be copied.")
    with _own_numbers(), _put_back_at_the_end(kept.model, present), _stepping_as_in_fit(kept.model):
        if vars(kept.model).get("steps_per_execution", 1) != 1:
            vars(kept.model).update(steps_per_execution=1, train_function=None, test_function=None)
        token = _OPEN.set(bench := Workbench(kept, present))
        try:
            yield bench
        finally:
            _OPEN.reset(token)


@contextmanager
def _stepping_as_in_fit(model: Any) -> Iterator[None]:
    """Give a step of the user's own what `fit` gives it: `train_on_batch` adds weights also where there are none."""
    own = {
        name: getattr(model, name) for name in _STEPS if not getattr(type(model), name).__module__.startswith("keras.")
    }

    def put(name: str) -> None:
        def step(*given: Any) -> Any:
            *state, data = given
            return own[name](*state, keras.utils.pack_x_y_sample_weight(*data))

        vars(model)[name] = step

    former = {name: vars(model)[name] for name in own if name in vars(model)}
    try:
        for name in own:
            put(name)
        if own:
            vars(model).update(dict.fromkeys(_FUNCTIONS))
        yield
    finally:
        for name in own:
            vars(model).pop(name)
        vars(model).update(former)


@contextmanager
def _put_back_at_the_end(model: Any, present: State) -> Iterator[None]:
    metrics = [(variable, np.array(variable.numpy())) for variable in model.metrics_variables]
    attributes = {name: vars(model)[name] for name in (*_ATTRIBUTES, *_STEPS) if name in vars(model)}
    momenta = [(layer, layer.momentum) for layer in model._flatten_layers() if "momentum" in vars(layer)]
    try:
        yield
    finally:
        for name in _STEPS:
            vars(model).pop(name, None)
        vars(model).update(attributes)
        for layer, momentum in momenta:
            vars(layer)["momentum"] = momentum
        present.put_back()
        for variable, value in metrics:
            variable.assign(value)


@contextmanager
def _own_numbers() -> Iterator[None]:
    """Leave the process's generators as they were: Python's, that new layers draw from, NumPy's and the back end's."""
    with undisturbed(), _own_numbers_of_the_back_end():
        yield


def _own_numbers_of_the_back_end() -> AbstractContextManager[None]:
    if keras.backend.backend() != "torch":
        return nullcontext()
    import torch

    return torch.random.fork_rng()


def _another(step: Any) -> Any:
    """A function of its own that does the same."""

    @wraps(step)
    def same(*given: Any, **options: Any) -> Any:
        return step(*given, **options)

    return same


def _loss(logs: Any) -> float:
    names = [name for name in logs if name == "loss"] or [name for name in logs if name.endswith("loss")]
    if not names:
        raise NotPossibleError("The model's step reports no loss.")
    return float(np.asarray(logs[names[0]]))


def _is_scheduled(optimizer: Any) -> bool:
    return not isinstance(getattr(_inner(optimizer), "_learning_rate", None), keras.Variable)


def _inner(optimizer: Any) -> Any:
    return getattr(optimizer, "inner_optimizer", optimizer)


def with_settable_rate(optimizer: Any) -> Any:
    """A copy of the optimiser whose learning rate is a number instead of a schedule."""
    inner = _inner(optimizer)
    try:
        copy = type(inner).from_config({**inner.get_config(), "learning_rate": 1.0})
    except Exception as error:
        raise NotPossibleError(f"The optimiser cannot be copied with another learning rate: {error}") from None
    return copy if inner is optimizer else keras.optimizers.LossScaleOptimizer(copy)


def _schedule(kept: Kept) -> np.ndarray:
    """Learning rates of the user's training at evenly spaced times, from its first to its last step."""
    optimizer = _inner(kept.model.optimizer)
    rate = getattr(optimizer, "_learning_rate", None)
    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        before = kept.fit.steps_before * (getattr(optimizer, "gradient_accumulation_steps", None) or 1)
        places = before + np.linspace(0, max(kept.fit.steps - 1, 0), 101)
        return np.array([float(keras.ops.convert_to_numpy(rate(int(place)))) for place in places])
    if not isinstance(rate, keras.Variable):
        raise NotPossibleError("The optimiser's learning rate is neither a number nor a schedule.")
    if kept.rates and all(math.isfinite(value) for value in kept.rates):
        return np.array(kept.rates)
    first = kept.initial_state.value_of(rate) if kept.initial_state is not None else None
    return np.array([float(rate.numpy() if first is None else first)])
