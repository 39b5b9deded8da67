"""Whether a fit goes on where the one before it ended: then both are one training, and are judged as one.

Nothing but the call may have come between: the same optimiser, compiled once, with the state in which it was left, and
the same data. Then the curves of both are one curve, without a seam.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vandap.core.program import FitCall
from vandap.watch.fitting import Loop
from vandap.watch.same_data import Held, Source, is_same, sources

if TYPE_CHECKING:
    from vandap.watch.record import Record

MOST_WEIGHTS = 16_384
"""Weights that are compared, those of small variables first; whoever sets weights anew sets all."""
_SAME = ("data", "examples", "batch_size", "shuffle", "validation", "validation_examples")
_WEIGHTS = ("class_weight", "sample_weight")


@dataclass(frozen=True)
class Given:
    """What a fit was given, as it began.

    Args:
        call: The call.
        steps: `steps_per_epoch`.
        train: The training data.
        validation: The validation data.
        inputs: The inputs as the program gave them: of these Keras cuts off what `validation_split` takes.
    """

    call: FitCall
    steps: Any = None
    train: tuple[Source, ...] = ()
    validation: tuple[Source, ...] = ()
    inputs: tuple[Source, ...] = ()

    @classmethod
    def of(cls, loop: Loop, call: FitCall, inputs: tuple[Source, ...] = ()) -> Given:
        """Note what a running fit was given."""
        names = [("x", "y", "sample_weight"), ("val_x", "val_y", "val_sample_weight")]
        train, validation = (tuple(sources([loop.get(name) for name in group])) for group in names)
        return cls(call, loop.get("steps_per_epoch"), train, validation, inputs or tuple(sources(loop.get("x"))))

    def is_like(self, other: Given) -> bool:
        """Whether both fits were called alike, but for epochs and callbacks."""
        alike = all(getattr(self.call, name) == getattr(other.call, name) for name in (*_SAME, *_WEIGHTS))
        return alike and self.steps == other.steps


@dataclass(frozen=True)
class Ending:
    """In what state the last epoch of a fit left the model; what callbacks do to it at the very end is a break.

    Args:
        compiled: What one call of `compile` made.
        layers: Every layer, with whether it is trained.
        iterations: Steps of the optimiser.
        weights: Some trained variables with their values.
    """

    compiled: tuple[Any, ...]
    layers: tuple[tuple[Any, bool], ...]
    iterations: int
    weights: tuple[tuple[Any, np.ndarray], ...]

    @classmethod
    def of(cls, model: Any) -> Ending:
        """Note the state of a model."""
        values = tuple((variable, np.array(variable.numpy())) for variable in _small(model.trainable_variables))
        return cls(_compiled(model), _layers(model), int(model.optimizer.iterations.numpy()), values)

    def is_structure_of(self, model: Any) -> bool:
        """Whether nobody has compiled or changed the model since."""
        own, now = ((*self.compiled, *(layer for layer, _ in self.layers)), (*_compiled(model), *_parts(model)))
        same = len(own) == len(now) and all(one is other for one, other in zip(own, now, strict=True))
        return same and [flag for _, flag in self.layers] == [flag for _, flag in _layers(model)]

    def is_state_of(self, model: Any) -> bool:
        """Whether nobody has trained the model or set its weights since."""
        if int(model.optimizer.iterations.numpy()) != self.iterations or not self.weights:
            return False
        return all(np.array_equal(np.asarray(variable.numpy()), value) for variable, value in self.weights)


def _compiled(model: Any) -> tuple[Any, ...]:
    names = ("optimizer", "_compile_loss", "_compile_metrics", "_loss_tracker")
    return tuple(getattr(model, name, None) for name in names)


def _parts(model: Any) -> list[Any]:
    return list(model._flatten_layers())


def _layers(model: Any) -> tuple[tuple[Any, bool], ...]:
    return tuple((layer, bool(layer.trainable)) for layer in _parts(model))


def _small(variables: list[Any]) -> Iterator[Any]:
    """The smallest variables: one at least, and no more than a few thousand values."""
    left = MOST_WEIGHTS
    for place, variable in enumerate(sorted(variables, key=lambda one: int(np.prod(one.shape)))):
        left -= int(np.prod(variable.shape))
        if place and left < 0:
            return
        yield variable


def goes_on(earlier: Record, model: Any, loop: Loop, given: Given | None) -> bool:
    """Whether a fit that begins continues an earlier training.

    Args:
        earlier: The training whose fit was the last one.
        model: The model of the fit that begins.
        loop: Its running loop.
        given: What it was given; None where that is not known.
    """
    before, ending = earlier.given, earlier.ending
    if earlier.model is not model or before is None or given is None or not before.is_like(given):
        return False
    if ending is None or not (ending.is_structure_of(model) and ending.is_state_of(model)):
        return False
    held_out = (loop.get("val_x"), loop.get("val_y"), loop.get("val_sample_weight"))
    train = Held(earlier.arrays, earlier.labels, before.call.examples)
    sample = earlier.validation_sample.kept
    validation = Held(sample, sample.y if sample is not None else None, before.call.validation_examples)
    return is_same(before.train, given.train, train, loop.arrays) and (
        is_same(before.validation, given.validation, validation, held_out)
    )
