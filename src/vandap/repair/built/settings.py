"""Changes as other settings of a built network's plan; what the plan has no setting for is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from vandap.core.program import Compile, FitCall, Layer, Loss, Program
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import DataShare
from vandap.repair.changes.optimisation import (
    BatchSize,
    Clip,
    EarlyStopping,
    Epochs,
    LearningRate,
    NoClip,
    OptimiserSetting,
    Schedule,
)
from vandap.repair.changes.output import LabelSmoothing
from vandap.repair.changes.rows import Rows
from vandap.repair.changes.structure import Deepen, FirstLayer, Insert, LayerSetting, Remove, Units
from vandap.repair.source.document import RefusalError

Settings = Mapping[str, Any]
UNBOUNDED = 1e9
"""A clipping bound that no gradient reaches."""
HIDDEN = "hidden"
"""Name of the hidden layers of a built network, which share one width."""
_AUGMENTING = {
    "shift": "RandomTranslation", "nudge": "RandomTranslation", "flip": "RandomFlip", "cutout": "RandomErasing",
}  # fmt: skip
"""The layer of Keras that does what an augmentation of a plan does."""


def with_changes(plan: Settings, changes: tuple[Change, ...], rows: int) -> Settings:
    """Return the plan after some changes.

    Args:
        plan: The plan as the run stored it, frozen.
        changes: What is changed.
        rows: Training rows, to turn epochs into steps.

    Raises:
        RefusalError: The plan has no setting for a change.
    """
    result = dict(plan)
    for change in changes:
        made = _MADE.get(type(change))
        new = made.settings(change, result, rows) if made is not None else {}
        if not new:
            raise RefusalError(f"A built network has no setting for this change: {change.words}.")
        result |= new
    return result


def repeatable(plan: Settings) -> Settings:
    """Return a plan whose schedule has the length that was really run, so that another rate follows the same course."""
    chunks = len(plan.get("rates") or ()) or max(1, -(-int(plan["steps"]) // int(plan["chunk"])))
    return {**plan, "steps": chunks * int(plan["chunk"]), "rates": []}


def described(plan: Settings, rows: int, classes: int, of_images: bool = False) -> Program:
    """The plan as the structure that remedies read.

    Args:
        plan: The plan.
        rows: Training rows.
        classes: How many classes there are; 0 for numbers.
        of_images: Whether the network reads images.
    """
    batch, steps = int(plan["batch_size"]), int(plan["steps"])
    layer = _hidden(int(plan["width"]), of_images)
    dropout = Layer(1, "dropout", "Dropout", "Dropout", settings={"rate": float(plan["dropout"])})
    augmenting = [
        Layer(2 + place, name, name, _AUGMENTING.get(name, name)) for place, name in enumerate(plan["augment"])
    ]
    loss = "CategoricalCrossentropy" if classes else "MeanSquaredError"
    optimiser = {name: plan[name] for name in ("learning_rate", "weight_decay")}
    fit = FitCall(
        "arrays", rows, batch, max(1, round(steps * batch / max(rows, 1))), steps=steps, shuffle=True, validation="data"
    )  # fmt: skip
    return Program(
        layers=(layer, dropout, *augmenting),
        compile=Compile((Loss("output", loss, settings={"from_logits": True}),), (), "AdamW", optimiser),
        fits=(fit,),
    )


def _hidden(width: int, of_images: bool) -> Layer:
    """The layer that stands for all hidden ones: each keeps the shape that it is given."""
    if of_images:
        settings = {"filters": width, "padding": "same", "strides": [1, 1]}
        shape: tuple[int | None, ...] = (None, None, None, 3)
        return Layer(0, HIDDEN, HIDDEN, "Conv2D", settings=settings, input_shape=shape, activation="relu", parameters=1)
    shape = (None, width)
    return Layer(
        0, HIDDEN, HIDDEN, "Dense", settings={"units": width}, input_shape=shape, output_shape=shape,
        activation="relu", parameters=1,
    )  # fmt: skip


def _epochs(change: Any, plan: Settings, rows: int) -> Settings:
    return {"steps": max(1, round(change.count * rows / int(plan["batch_size"])))}


def _batch(change: Any, plan: Settings, rows: int) -> Settings:
    """The same passes over the data: larger batches make fewer steps."""
    steps = max(1, round(int(plan["steps"]) * int(plan["batch_size"]) / change.size))
    return {"batch_size": change.size, "steps": steps, "chunk": min(int(plan["chunk"]), steps)}


def _share(change: Any, plan: Settings, rows: int) -> Settings:
    """As many passes over fewer rows: fewer steps."""
    steps = max(1, round(int(plan["steps"]) * change.share))
    return {"steps": steps, "chunk": min(int(plan["chunk"]), steps)}


def _without(change: Any, plan: Settings, rows: int) -> Settings:
    """Layers taken out: dropout, half of the hidden layers, or augmentations, which are named by their path."""
    if change.kind == "Dropout":
        return {"dropout": 0.0}
    if HIDDEN in change.layers:
        return {"depth": int(plan["depth"]) // 2} if int(plan["depth"]) > 1 else {}
    left = tuple(name for name in plan["augment"] if name not in change.layers)
    return {"augment": left} if len(left) < len(plan["augment"]) else {}


def _stopping(change: Any, plan: Settings, rows: int) -> Settings:
    """Epochs without progress as looks, one after each chunk of steps."""
    steps = change.patience * rows / int(plan["batch_size"])
    return {"patience": max(1, round(steps / int(plan["chunk"])))}


def _schedule(change: Any, plan: Settings, rows: int) -> Settings:
    """The plan has a cosine always: only a schedule with warm-up is another one."""
    if not change.warm_up:
        return {}
    return {"learning_rate": change.rate, "warmup": change.warm_up / max(change.steps, 1)}


def _optimiser(change: Any, plan: Settings, rows: int) -> Settings:
    return {"weight_decay": change.value} if change.name == "weight_decay" else {}


def _insert(change: Any, plan: Settings, rows: int) -> Settings:
    return {"dropout": change.value} if change.kind == "Dropout" else {}


def _layer(change: Any, plan: Settings, rows: int) -> Settings:
    return {"dropout": change.value} if change.name == "rate" else {}


def _rows(change: Any, plan: Settings, rows: int) -> Settings:
    settings: Mapping[str, Settings] = {"oversampled": {"balance": True}, "mixed": {"mixup": 0.2}}
    return settings.get(change.name, {})


def _first(change: Any, plan: Settings, rows: int) -> Settings:
    """An augmentation that the plan has not."""
    name = {"RandomFlip": "flip", "RandomTranslation": "shift"}.get(change.kind)
    known = tuple(plan.get("augment") or ())
    return {"augment": (*known, name)} if name and name not in known else {}


@dataclass(frozen=True)
class _Made:
    """How a kind of change is made in a plan.

    Args:
        settings: The settings that it changes, of (change, plan, training rows); none where it cannot be made.
        of: Which changes of the kind can be made, for the documentation; "" for all.
    """

    settings: Callable[[Any, Settings, int], Settings]
    of: str = ""


_MADE: Mapping[type[Change], _Made] = {
    LearningRate: _Made(lambda change, plan, rows: {"learning_rate": change.value}),
    Schedule: _Made(_schedule, "another rate and warm-up"),
    OptimiserSetting: _Made(_optimiser, "weight decay"),
    Clip: _Made(lambda change, plan, rows: {"clip_norm": change.norm}),
    NoClip: _Made(lambda change, plan, rows: {"clip_norm": UNBOUNDED}),
    BatchSize: _Made(_batch),
    Epochs: _Made(_epochs),
    Rows: _Made(_rows, "rare classes repeated, mixtures"),
    FirstLayer: _Made(_first, "flips and shifts of images"),
    EarlyStopping: _Made(_stopping),
    LabelSmoothing: _Made(lambda change, plan, rows: {"label_smoothing": change.share}),
    DataShare: _Made(_share, "in a trial"),
    Insert: _Made(_insert, "dropout"),
    Remove: _Made(_without, "dropout, augmentations, half of the hidden layers"),
    LayerSetting: _Made(_layer, "the rate of dropout"),
    Deepen: _Made(lambda change, plan, rows: {"depth": int(plan["depth"]) + len(change.layers)}),
    Units: _Made(lambda change, plan, rows: {"width": change.units[0]}),
}


def reach() -> Mapping[type[Change], str]:
    """The kinds of changes that a built network has settings for, and which of each kind; "" for all."""
    return {kind: made.of for kind, made in _MADE.items()}
