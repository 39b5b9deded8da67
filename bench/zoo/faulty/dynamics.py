"""Faults of compile and fit that show in how the training goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zoo.faulty.operator import Operator, task
from zoo.records import Plan


def _rate(factor: float) -> Callable[[Plan], Plan]:
    return lambda plan: replace(plan, rate=plan.rate * factor)


def _optimizer(**settings: float) -> Callable[[Plan], Plan]:
    return lambda plan: replace(plan, optimizer_settings={**plan.optimizer_settings, **settings})


def _adaptive(plan: Plan) -> bool:
    return plan.optimizer in ("Adam", "AdamW", "Nadam")


def _sgd(plan: Plan) -> bool:
    return plan.optimizer == "SGD"


OPERATORS = (
    Operator("rate_x300", ("learning-rate-too-high",), "compile", _rate(300.0), lambda plan: not _sgd(plan)),
    Operator("rate_x100_sgd", ("learning-rate-too-high",), "compile", _rate(100.0), _sgd),
    Operator("rate_x0.001", ("learning-rate-too-low",), "compile", _rate(1e-3)),
    Operator(
        "large_epsilon",
        ("optimiser-misuse", "learning-rate-too-low"),
        "compile",
        _optimizer(epsilon=10.0),
        _adaptive,
        why="with an epsilon far above the root of the second moment Adam is SGD at rate / epsilon",
    ),
    Operator(
        "momentum_0.999",
        ("optimiser-misuse", "learning-rate-too-high"),
        "compile",
        _optimizer(momentum=0.999),
        _sgd,
        why="the effective rate is rate / (1 - momentum), a thousandfold; lowering the rate heals",
    ),
    Operator(
        "clipped_to_nothing",
        ("clipping-misuse", "learning-rate-too-low"),
        "compile",
        _optimizer(clipnorm=1e-4),
        _sgd,
        why="the update is at most rate x clip: raising the rate heals as well",
    ),
    Operator(
        "decays_at_once",
        ("schedule-misuse",),
        "compile",
        _optimizer(decay_steps=8),
        _adaptive,
    ),
    Operator(
        "one_epoch",
        ("wrong-epochs",),
        "fit",
        lambda plan: replace(plan, epochs=1, patience=None),
        lambda plan: plan.epochs >= 7,
    ),
    Operator(
        "one_batch_an_epoch",
        ("unusual-batch-size", "wrong-epochs"),
        "fit",
        lambda plan: replace(plan, batch=2048),
        lambda plan: task(plan) != "rebuild",
        why="too few updates: their number is epochs x rows / batch, so smaller batches or more epochs heal",
    ),
)
