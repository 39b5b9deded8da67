"""Train a plan as its user would, and score it on the clean test part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from zoo import datasets
from zoo.architectures import build
from zoo.heads import loss, metrics
from zoo.kinds import ARCHITECTURES
from zoo.prepare import Prepared, prepare
from zoo.records import Part, Plan


@dataclass(frozen=True)
class Trained:
    """A trained plan."""

    model: keras.Model
    prepared: Prepared


def train(plan: Plan, seed: int) -> Trained:
    """Build, compile and fit; whatever the fault, no error is caught here."""
    keras.utils.set_random_seed(seed)
    architecture = ARCHITECTURES[plan.architecture]
    prepared = prepare(plan, datasets.load(plan.data, seed), architecture.rebuild, seed)
    model = build(plan, prepared)
    model.compile(
        optimizer=_optimizer(plan), loss=loss(plan, prepared), metrics=metrics(prepared), **dict(plan.options)
    )
    model.fit(**_fit_arguments(plan, prepared, seed), epochs=plan.epochs, callbacks=_callbacks(plan), verbose=0)
    return Trained(model, prepared)


def score(trained: Trained, plan: Plan) -> float:
    """Balanced accuracy of classes; share of variance explained (at least -1) of numbers, on the test part."""
    inputs, target = trained.prepared.test
    if ARCHITECTURES[plan.architecture].split:
        inputs = two(inputs)
    answer = np.asarray(trained.model.predict(inputs, verbose=0, batch_size=256), dtype="float64")
    if trained.prepared.task in ("numbers", "rebuild"):
        return explained(answer.reshape(len(answer), -1), np.asarray(target, "float64").reshape(len(answer), -1))
    return balanced_accuracy(chosen(answer, plan.logits), target)


def chosen(answer: np.ndarray, logits: bool = False) -> np.ndarray:
    """The class that an answer means; not finite is no class."""
    if answer.shape[-1] > 1:
        return np.where(np.isfinite(answer).all(axis=1), answer.argmax(axis=1), -1)
    return np.where(np.isfinite(answer[:, 0]), answer[:, 0] > (0.0 if logits else 0.5), -1).astype(int)


def balanced_accuracy(answer: np.ndarray, target: np.ndarray) -> float:
    """Mean recall of the classes."""
    return float(np.mean([(answer[target == label] == label).mean() for label in np.unique(target)]))


def explained(answer: np.ndarray, target: np.ndarray) -> float:
    """1 - squared error over variance, all columns together, at least -1."""
    error = np.nanmean((answer - target) ** 2) if np.isfinite(answer).all() else np.inf
    return float(max(-1.0, 1.0 - error / np.mean((target - target.mean(axis=0)) ** 2)))


def two(inputs: np.ndarray) -> list[np.ndarray]:
    """Columns for the two inputs of a network."""
    half = inputs.shape[1] // 2
    return [inputs[:, :half], inputs[:, half:]]


def _optimizer(plan: Plan) -> keras.optimizers.Optimizer:
    settings = dict(plan.optimizer_settings)
    rate = plan.rate
    if "decay_steps" in settings:
        rate = keras.optimizers.schedules.CosineDecay(plan.rate, settings.pop("decay_steps"))
    return getattr(keras.optimizers, plan.optimizer)(learning_rate=rate, **settings)


def _callbacks(plan: Plan) -> list[keras.callbacks.Callback]:
    if plan.patience is None:
        return []
    return [keras.callbacks.EarlyStopping(patience=plan.patience, restore_best_weights=True)]


def _fit_arguments(plan: Plan, prepared: Prepared, seed: int) -> dict[str, Any]:
    inputs, target = prepared.train
    split = ARCHITECTURES[plan.architecture].split
    arguments: dict[str, Any] = {"validation_data": prepared.validation}
    if split:
        arguments["validation_data"] = (two(prepared.validation[0]), prepared.validation[1])
    if plan.class_weight == "balanced":
        counts = np.bincount(target)
        arguments["class_weight"] = {
            label: len(target) / len(counts) / max(count, 1) for label, count in enumerate(counts)
        }
    if plan.feed == "generator":
        steps = -(-len(inputs) // plan.batch)
        return arguments | {"x": _batches(prepared.train, plan.batch, seed), "steps_per_epoch": steps}
    if plan.feed == "pydataset":
        return arguments | {"x": Batches(prepared.train, plan.batch, seed)}
    given = two(inputs) if split else inputs
    return arguments | {"x": given, "y": target, "batch_size": plan.batch, "shuffle": plan.shuffle}


def _batches(part: Part, size: int, seed: int) -> Iterator[Part]:
    generator = np.random.default_rng(seed)
    while True:
        order = generator.permutation(len(part[0]))
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            yield part[0][rows], part[1][rows]


class Batches(keras.utils.PyDataset):
    """Batches by number, shuffled after each epoch."""

    def __init__(self, part: Part, size: int, seed: int) -> None:
        super().__init__()
        self.part, self.size, self.generator = part, size, np.random.default_rng(seed)
        self.order = self.generator.permutation(len(part[0]))

    def __len__(self) -> int:
        return -(-len(self.order) // self.size)

    def __getitem__(self, index: int) -> Part:
        rows = self.order[index * self.size : (index + 1) * self.size]
        return self.part[0][rows], self.part[1][rows]

    def on_epoch_end(self) -> None:
        """Shuffle."""
        self.order = self.generator.permutation(len(self.order))
