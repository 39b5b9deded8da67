"""Train a plan as its user would, and score it on the clean test part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import keras
import numpy as np
from zoo import datasets
from zoo.architectures import build
from zoo.feeds import balanced, fed, sample_weights
from zoo.heads import loss, metrics
from zoo.kinds import ARCHITECTURES, Architecture
from zoo.prepare import Prepared, prepare
from zoo.records import Part, Phase, Plan


@dataclass(frozen=True)
class Trained:
    """A trained plan."""

    model: keras.Model
    prepared: Prepared


_LEARNT: dict[tuple[str, int], Mapping[str, list[np.ndarray]]] = {}


def train(plan: Plan, seed: int) -> Trained:
    """Build, compile and fit; whatever the fault, no error is caught here."""
    keras.utils.set_random_seed(seed)
    prepared = _prepared(plan, seed)
    model = _built(plan, prepared)
    if plan.pretrained:
        learnt = learnt_earlier(plan, seed)
        for name in plan.net.frozen:
            model.get_layer(name).set_weights(learnt[name])
    for phase in plan.phases or (Phase(1.0, 1.0),):
        for layer in model.layers if phase.thaw else ():
            layer.trainable = True
        _compile(model, replace(plan, rate=plan.rate * phase.rate), prepared)
        epochs = max(1, round(plan.epochs * phase.epochs))
        model.fit(**_fit_arguments(plan, prepared, seed), epochs=epochs, callbacks=_callbacks(plan), verbose=0)
    return Trained(model, prepared)


def learnt_earlier(plan: Plan, seed: int) -> Mapping[str, list[np.ndarray]]:
    """Weights of the plan's layers after it was trained, all of it, on pairs of classes; remembered for the seed."""
    if (plan.name, seed) not in _LEARNT:
        keras.utils.set_random_seed(seed + 1000)
        prepared = _prepared(plan, seed)
        whole = replace(plan, phases=(), pretrained=False).with_net(frozen=())
        model = _built(whole, prepared)
        _compile(model, whole, prepared)
        model.fit(prepared.train[0], prepared.train[1] // 2, batch_size=plan.batch, epochs=plan.epochs, verbose=0)
        _LEARNT[plan.name, seed] = {layer.name: layer.get_weights() for layer in model.layers}
        keras.utils.clear_session()
    return _LEARNT[plan.name, seed]


def _prepared(plan: Plan, seed: int) -> Prepared:
    return prepare(plan, datasets.load(plan.data, seed), ARCHITECTURES[plan.architecture].rebuild, seed)


def _built(plan: Plan, prepared: Prepared) -> keras.Model:
    before = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy(plan.policy or before)
        return build(plan, prepared)
    finally:
        keras.config.set_dtype_policy(before)


def _compile(model: keras.Model, plan: Plan, prepared: Prepared) -> None:
    losses: Any = loss(plan, prepared)
    asked: Any = metrics(prepared)
    if ARCHITECTURES[plan.architecture].answers > 1:
        losses, asked = [losses, "binary_crossentropy"], [asked, asked]
    model.compile(optimizer=_optimizer(plan), loss=losses, metrics=asked, **dict(plan.options))


def score(trained: Trained, plan: Plan) -> float:
    """Balanced accuracy of classes; share of variance explained (at least -1) of numbers, on the test part."""
    inputs, target = trained.prepared.test
    if ARCHITECTURES[plan.architecture].split:
        inputs = two(inputs)
    answers = trained.model.predict(inputs, verbose=0, batch_size=256)
    answer = np.asarray(answers[0] if ARCHITECTURES[plan.architecture].answers > 1 else answers, dtype="float64")
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
    shape = partial(_shaped, ARCHITECTURES[plan.architecture])
    arguments: dict[str, Any] = {"validation_data": shape(prepared.validation)}
    if plan.feed != "arrays":
        return arguments | fed(prepared.train, plan, seed)
    if plan.class_weight == "balanced":
        arguments["class_weight"] = balanced(prepared.train[1])
    if plan.sample_weight:
        arguments["sample_weight"] = sample_weights(prepared.train[1])
    inputs, target = shape(prepared.train)
    return arguments | {"x": inputs, "y": target, "batch_size": plan.batch, "shuffle": plan.shuffle}


def _shaped(architecture: Architecture, part: Part) -> tuple[Any, Any]:
    """Inputs and targets as a model with several inputs or outputs wants them."""
    inputs, target = part
    several = [target, (target % 2).astype("float32")] if architecture.answers > 1 else target
    return (two(inputs) if architecture.split else inputs), several
