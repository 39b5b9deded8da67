"""The plan of one network training: everything that is measured or chosen before the first step, frozen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from vandap.errors import UsageError

AUGMENTATIONS = ("shift", "nudge", "flip", "cutout")
"""Image augmentations by name; `augment.py` has one function for each."""


@dataclass(frozen=True)
class Plan:
    """A network training as numbers. With the same plan, seed, data, back end and machine the weights are the same.

    Args:
        batch_size: Examples per optimiser step.
        steps: Optimiser steps of the whole schedule.
        chunk: Steps between two looks (validation, checkpoint, learning-rate update).
        learning_rate: Peak learning rate; of a first plan the usual one, which the range test moves unless it is given.
        warmup: Share of the steps in which the rate rises linearly from a tenth of the peak; then it falls as a cosine.
        weight_decay: Decoupled weight decay of AdamW.
        clip_norm: Largest global gradient norm.
        label_smoothing: Share of the label spread over all classes.
        dropout: Dropout rate before the output (images) or after each hidden layer (tables).
        width: Units of a hidden layer (tables) or filters of the first stage (images).
        depth: Hidden layers (tables) or residual blocks of each stage (images).
        augment: Image augmentations, applied to training batches only: `shift`, `flip`, `cutout`.
        patience: Looks without a better validation value after which training stops; 0 never stops.
        monitor: What the best checkpoint is chosen by: `loss` or `score`.
        balance: Whether rows of rare classes are repeated until all classes are as frequent as the most frequent one.
        mixup: Shape of the beta distribution by which pairs of training examples are mixed (Zhang et al. 2018); 0 mixes
            none.
        weights: Path of pretrained weights, for transfer; "" otherwise.
        rates: Learning rate of each chunk as it was really run. Without it the rate follows the larger of the shares of
            steps and of time that are spent, so the decay ends with the budget; with it the training is replayed.
    """

    batch_size: int
    steps: int
    chunk: int
    learning_rate: float
    warmup: float = 0.1
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    label_smoothing: float = 0.0
    dropout: float = 0.1
    width: int = 256
    depth: int = 2
    augment: tuple[str, ...] = ()
    patience: int = 0
    monitor: str = "loss"
    balance: bool = False
    mixup: float = 0.0
    weights: str = ""
    rates: tuple[float, ...] = ()

    def rate(self, progress: float) -> float:
        """Learning rate at a share of the training in [0, 1]: linear warm-up, then cosine decay to 1 % of the peak."""
        if progress < self.warmup:
            return self.learning_rate * (0.1 + 0.9 * progress / self.warmup)
        fall = min(1.0, (progress - self.warmup) / max(1e-9, 1.0 - self.warmup))
        return self.learning_rate * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * fall)))


SLACK = 2.0
"""Plans allow this many times the steps that the measured pace affords: the pace is a guess, and the clock decides."""
LOOKS = 40
"""Looks that a training is divided into."""


def look_steps(steps: float) -> int:
    """Steps between two looks when about `steps` are run."""
    return max(1, math.ceil(steps / LOOKS))


_NAMES = frozenset(field.name for field in fields(Plan)) - {"rates"}
SETTINGS = _NAMES | {"epochs"}


_WHOLE = {"batch_size": 1, "steps": 1, "chunk": 1, "width": 1, "depth": 1, "patience": 0}
_REAL = {
    "learning_rate": (0.0, math.inf),
    "warmup": (0.0, 0.9),
    "weight_decay": (0.0, math.inf),
    "clip_norm": (0.0, math.inf),
    "label_smoothing": (0.0, 0.9),
    "dropout": (0.0, 0.95),
    "mixup": (0.0, math.inf),
    "epochs": (0.0, math.inf),
}
_WORDS = {"monitor": ("loss", "score")}


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raise a `UsageError` for a setting that no network has, or for a value that it cannot take."""
    for name, value in settings.items():
        if name not in SETTINGS:
            raise UsageError(
                "There is no such network setting.",
                received=name,
                expected=", ".join(sorted(SETTINGS)),
                hint="Correct the name; `vandap ask RUN I7` lists the settings of a trained network.",
            )
        expected = _expected(name, value)
        if expected:
            raise UsageError(
                f"The network setting {name!r} cannot take this value.",
                received=f"{name}={value!r}",
                expected=expected,
                hint="Leave it out to have it chosen or measured.",
            )


def _expected(name: str, value: Any) -> str:
    """What the setting takes, if `value` is none of it; "" otherwise."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in _WHOLE:
        fits = isinstance(value, int) and number and value >= _WHOLE[name]
        return "" if fits else f"a whole number of {_WHOLE[name]} or more"
    if name in _REAL:
        low, high = _REAL[name]
        return "" if number and low <= value <= high else f"a number from {low:g} to {high:g}"
    if name in _WORDS:
        return "" if value in _WORDS[name] else " or ".join(_WORDS[name])
    if name == "balance":
        return "" if isinstance(value, bool) else "true or false"
    if name == "augment":
        return "" if set(names(value)) <= set(AUGMENTATIONS) else "some of " + ", ".join(AUGMENTATIONS)
    return ""


def names(value: Any) -> tuple[str, ...]:
    """A list of names that may have been given as one text: `flip,shift`."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(value or ())


def override(plan: Plan, settings: Mapping[str, Any], rows: int) -> Plan:
    """Return the plan with the user's settings. `epochs` sets the steps; other steps get looks that divide them.

    Raises:
        UsageError: A setting that no network has, or a value that it cannot take.
    """
    check_settings(settings)
    changes = {name: value for name, value in settings.items() if name in _NAMES}
    if "augment" in changes:
        changes["augment"] = names(changes["augment"])
    plan = replace(plan, **changes)
    if "epochs" in settings:
        plan = replace(plan, steps=max(1, round(float(settings["epochs"]) * rows / plan.batch_size)))
    if "chunk" not in settings and {"epochs", "steps"} & set(settings):
        plan = replace(plan, chunk=min(plan.chunk, look_steps(plan.steps)))
    return replace(plan, chunk=min(plan.chunk, plan.steps))
