"""Changes of how the loss is brought down: learning rate, schedule, optimiser, clipping, batches, epochs."""

from __future__ import annotations

from dataclasses import dataclass

from vandap.repair.changes.change import Change

RATE_CALLBACKS = ("ReduceLROnPlateau", "LearningRateScheduler")
"""Callbacks that set the rate, which Keras refuses where the rate follows a schedule."""


@dataclass(frozen=True)
class LearningRate(Change):
    """Set the learning rate.

    Args:
        value: The rate.
    """

    slug = "learning-rate"
    aspect = "learning rate"
    value: float

    @property
    def words(self) -> str:
        """Such as `learning rate 0.001`."""
        return f"learning rate {self.value:g}"


@dataclass(frozen=True)
class Schedule(Change):
    """Let the learning rate follow a schedule over the whole training.

    Args:
        rate: The highest rate.
        steps: Optimiser steps of the training.
        warm_up: Steps over which the rate rises from a tenth to its highest; 0 for none.
    """

    slug = "schedule"
    aspect = "learning rate"
    rate: float
    steps: int
    warm_up: int = 0

    @property
    def places(self) -> frozenset[str]:
        """A schedule leaves no rate for a callback to lower."""
        return frozenset({self.place, Plateau.aspect})

    @property
    def words(self) -> str:
        """Such as `cosine decay of the learning rate from 0.001 after 100 steps of warm-up`."""
        after = f" after {self.warm_up} steps of warm-up" if self.warm_up else ""
        return f"cosine decay of the learning rate from {self.rate:g}{after}"


@dataclass(frozen=True)
class Plateau(Change):
    """Lower the learning rate where the validation loss stands still (`ReduceLROnPlateau`).

    Args:
        factor: What the rate is multiplied by.
        patience: Epochs without progress before that.
    """

    slug = "plateau"
    aspect = "plateau schedule"
    factor: float = 0.3
    patience: int = 3

    @property
    def words(self) -> str:
        """Such as `learning rate x0.3 after 3 epochs without progress`."""
        return f"learning rate x{self.factor:g} after {self.patience} epochs without progress"


@dataclass(frozen=True)
class NoCallback(Change):
    """Train without a callback.

    Args:
        name: Its class, such as `ReduceLROnPlateau`.
    """

    slug = "no-callback"
    aspect = "callback"
    name: str

    @property
    def words(self) -> str:
        """Such as `no ReduceLROnPlateau`."""
        return f"no {self.name}"


@dataclass(frozen=True)
class Optimiser(Change):
    """Take another optimiser, with its defaults beside the rate.

    Args:
        name: Its class in `keras.optimizers`.
        rate: Its learning rate.
    """

    slug = "optimiser"
    aspect = "learning rate"
    name: str = "Adam"
    rate: float = 0.001

    @property
    def words(self) -> str:
        """Such as `Adam with learning rate 0.001`."""
        return f"{self.name} with learning rate {self.rate:g}"


@dataclass(frozen=True)
class OptimiserSetting(Change):
    """Set one argument of the optimiser, such as `momentum`, `epsilon` or `weight_decay`.

    Args:
        name: The argument.
        value: Its value.
    """

    slug = "optimiser-setting"
    aspect = "optimiser setting"
    name: str
    value: float

    @property
    def place(self) -> str:
        """Each argument by itself."""
        return f"{self.aspect} {self.name}"

    @property
    def words(self) -> str:
        """Such as `momentum 0.9`."""
        return f"{self.name} {self.value:g}"


@dataclass(frozen=True)
class Clip(Change):
    """Bound the norm of each weight's gradient.

    Args:
        norm: The bound.
    """

    slug = "clip"
    aspect = "clipping"
    norm: float = 1.0

    @property
    def words(self) -> str:
        """Such as `gradients clipped at norm 1`."""
        return f"gradients clipped at norm {self.norm:g}"


@dataclass(frozen=True)
class NoClip(Change):
    """Bound gradients no longer."""

    slug = "no-clip"
    aspect = "clipping"

    @property
    def words(self) -> str:
        """The phrase."""
        return "no clipping of gradients"


@dataclass(frozen=True)
class BatchSize(Change):
    """Set the batch size.

    Args:
        size: Examples of a batch.
    """

    slug = "batch-size"
    aspect = "batch size"
    size: int

    @property
    def words(self) -> str:
        """Such as `batch size 32`."""
        return f"batch size {self.size}"


@dataclass(frozen=True)
class Epochs(Change):
    """Set the number of epochs.

    Args:
        count: Passes over the training examples.
    """

    slug = "epochs"
    aspect = "epochs"
    count: int

    @property
    def words(self) -> str:
        """Such as `30 epochs`."""
        return f"{self.count} epochs"


@dataclass(frozen=True)
class EarlyStopping(Change):
    """Stop where the validation loss no longer falls, and take the best weights.

    Args:
        patience: Epochs without progress before the end.
    """

    slug = "early-stopping"
    aspect = "early stopping"
    patience: int = 5

    @property
    def words(self) -> str:
        """Such as `early stopping after 5 epochs, with the best weights`."""
        return f"early stopping after {self.patience} epochs without progress, with the best weights"


@dataclass(frozen=True)
class Shuffle(Change):
    """Let `fit` shuffle the training examples before each epoch, or keep their order.

    Args:
        value: Whether it shuffles.
    """

    slug = "shuffle"
    aspect = "shuffling"
    value: bool = True

    @property
    def words(self) -> str:
        """The phrase."""
        return "training examples shuffled each epoch" if self.value else "training examples in their own order"


@dataclass(frozen=True)
class Patience(Change):
    """Let the early stopping that is there wait longer, and take the best weights.

    Args:
        epochs: Epochs without progress before the end.
        mode: `max` or `min`, where what it watches gets better the other way; "" leaves that as it is.
    """

    slug = "patience"
    aspect = "early stopping"
    epochs: int
    mode: str = ""

    @property
    def words(self) -> str:
        """Such as `early stopping that waits 10 epochs, with the best weights`."""
        mode = f", mode {self.mode}" if self.mode else ""
        return f"early stopping that waits {self.epochs} epochs, with the best weights{mode}"


@dataclass(frozen=True)
class ScheduleSteps(Change):
    """Give the schedule of the learning rate that is there another length.

    Args:
        name: `decay_steps` or `warmup_steps`.
        steps: Optimiser steps.
    """

    slug = "schedule-steps"
    aspect = "schedule length"
    name: str
    steps: int

    @property
    def words(self) -> str:
        """Such as `decay_steps 400 in the schedule`."""
        return f"{self.name} {self.steps} in the schedule"
