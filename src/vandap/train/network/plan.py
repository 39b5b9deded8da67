"""The plan of one network training: everything that is measured or chosen before the first step, frozen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from vandap.errors import UsageError


@dataclass(frozen=True)
class Plan:
    """A network training as numbers. With the same plan, seed, data, back end and machine the weights are the same.

    Args:
        batch_size: Examples per optimiser step.
        steps: Optimiser steps of the whole schedule.
        chunk: Steps between two looks (validation, checkpoint, learning-rate update).
        learning_rate: Peak learning rate, from the range test unless given.
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


def override(plan: Plan, settings: Mapping[str, Any], rows: int) -> Plan:
    """Return the plan with the user's settings. `epochs` sets the steps.

    Raises:
        UsageError: A setting that no network has.
    """
    unknown = sorted(set(settings) - SETTINGS)
    if unknown:
        raise UsageError(
            "There is no such network setting.",
            received=", ".join(unknown),
            expected=", ".join(sorted(SETTINGS)),
            hint="Correct the name; `vandap ask RUN I7` lists the settings of a trained network.",
        )
    changes = {name: value for name, value in settings.items() if name in _NAMES}
    if "augment" in changes:
        changes["augment"] = tuple(changes["augment"] or ())
    plan = replace(plan, **changes)
    if "epochs" in settings:
        steps = max(1, round(float(settings["epochs"]) * rows / plan.batch_size))
        plan = replace(plan, steps=steps, chunk=min(plan.chunk, steps))
    return plan
