"""From a plan to the arrays that `fit` receives: edits, scaling, targets in the form that the loss needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from zoo import edits
from zoo.records import Data, Part, Plan, Raw, Task


@dataclass(frozen=True)
class Prepared:
    """Arrays for `fit`.

    Args:
        raw: What the data set is.
        task: What is asked of the model.
        train: Inputs and target.
        validation: The same.
        test: Inputs, and the target as it is found: classes, or numbers on the scale of `train`.
        shape: Shape of one example.
    """

    raw: Raw
    task: Task
    train: Part
    validation: Part
    test: Part
    shape: tuple[int, ...]


def prepare(plan: Plan, data: Data, rebuild: bool, seed: int) -> Prepared:
    """Apply the plan's edits, scaling and form of target."""
    data = edits.apply(data, plan.edits, seed)
    task: Task = "rebuild" if rebuild else data.raw.task
    centre, spread = scaling(data) if plan.scale and not plan.net.rescale else (0.0, 1.0)
    inputs = {part: scaled(getattr(data, part)[0], centre, spread) for part in ("train", "validation", "test")}
    targets = _targets(plan, data, task, inputs)
    parts = {part: (inputs[part], targets[part]) for part in inputs}
    return Prepared(data.raw, task, shape=data.train[0].shape[1:], **parts)


def scaling(data: Data) -> tuple[Any, Any]:
    """Centre and spread of the training inputs: by column for tables and series; images end in 0 to 1."""
    values, kind = data.train[0], data.raw.kind
    if kind == "tokens":
        return 0, 1
    if kind == "image":
        return 0.0, np.float32(np.nanmax(values))
    rows = values.reshape(-1, values.shape[-1])
    spread = np.nanstd(rows, axis=0)
    return np.nanmean(rows, axis=0), np.where(spread > 0, spread, 1.0)


def scaled(values: np.ndarray, centre: Any, spread: Any) -> np.ndarray:
    return values if values.dtype.kind == "i" else ((values - centre) / spread).astype("float32")


def _targets(plan: Plan, data: Data, task: Task, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    if task == "rebuild":
        return inputs
    targets = {part: getattr(data, part)[1] for part in inputs}
    if task == "numbers":
        return _numbers(plan, targets)
    if plan.one_hot:
        rows = np.eye(data.raw.classes, dtype="float32")
        return targets | {part: rows[targets[part]] for part in ("train", "validation")}
    return targets


def _numbers(plan: Plan, targets: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    if not plan.scale_target:
        return targets
    centre, spread = targets["train"].mean(), targets["train"].std()
    return {part: ((target - centre) / spread).astype("float32") for part, target in targets.items()}
