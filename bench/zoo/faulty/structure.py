"""Faults of layers and losses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zoo import datasets
from zoo.faulty.operator import HIDDEN, Operator, classifies, has_stack, plain_head, task
from zoo.records import Plan

HEAD = ("output",)
NONLINEAR = ("moons", "spirals", "clusters", "friedman1", "phoneme")
"""Tables that no linear model fits."""


def _head(activation: str) -> Callable[[Plan], Plan]:
    return lambda plan: plan.with_net(head_activation=activation)


def _double(plan: Plan) -> Plan:
    natural = "sigmoid" if task(plan) == "binary" else "softmax"
    return replace(plan, logits=True).with_net(head_activation=natural)


def _kernel(initializer: object) -> Callable[[Plan], Plan]:
    return lambda plan: plan.with_net(initializer=initializer)


def _deep(plan: Plan) -> Plan:
    return plan.with_net(widths=(24,) * 12, activation="sigmoid", batchnorm=False, dropout=0.0, initializer=None)


def _plain_stack(plan: Plan) -> bool:
    return has_stack(plan) and not plan.net.batchnorm and task(plan) != "rebuild"


NORMAL = {"class_name": "RandomNormal", "config": {"stddev": 5.0}}
OPERATORS = (
    Operator(
        "relu_head", ("output-activation-mismatch", "logits-mismatch"), "model", _head("relu"), plain_head, HEAD,
        why="the goals list ReLU with cross-entropy under the first name, the missing softmax under the second",
    ),
    Operator(
        "tanh_head", ("output-activation-mismatch",), "model", _head("tanh"),
        lambda plan: plain_head(plan) and task(plan) == "binary", HEAD,
    ),
    Operator(
        "softmax_of_one", ("output-activation-mismatch",), "model", _head("softmax"),
        lambda plan: plain_head(plan) and task(plan) == "binary", HEAD,
    ),
    Operator(
        "sigmoid_for_numbers", ("output-activation-mismatch", "unscaled-target"), "model", _head("sigmoid"),
        lambda plan: task(plan) == "numbers", HEAD,
        why="A6 of the goals names negative targets of a sigmoid a target out of the head's range",
    ),
    Operator(
        "linear_head", ("logits-mismatch", "output-activation-mismatch"), "model or compile", _head("linear"),
        plain_head, HEAD,
        why="a softmax in the layer or from_logits in the loss heals; the goals list it under both names",
    ),
    Operator("twice_softmax", ("logits-mismatch",), "compile", _double, classifies, HEAD),
    Operator(
        "crossentropy_for_numbers", ("wrong-loss-or-metric", "label-loss-mismatch"), "compile",
        lambda plan: replace(plan, loss="binary_crossentropy"), lambda plan: task(plan) == "numbers",
        why="targets outside 0 to 1 under binary cross-entropy: the misfit of loss and target, told from either side",
    ),
    Operator(
        "categorical_for_one", ("wrong-loss-or-metric", "output-activation-mismatch"), "compile",
        lambda plan: replace(plan, loss="categorical_crossentropy"),
        lambda plan: plain_head(plan) and task(plan) == "binary", HEAD,
        why="the pair of one unit and a loss over classes: binary cross-entropy, or two units with softmax, heals",
    ),
    Operator(
        "no_activation", ("missing-nonlinearity",), "model", lambda plan: plan.with_net(activation="linear"),
        lambda plan: plan.data in NONLINEAR and plan.architecture in ("mlp", "tower", "two_towers"), HIDDEN,
    ),
    Operator("zero_kernels", ("bad-weight-init",), "model", _kernel("zeros"), _plain_stack, HIDDEN),
    Operator("equal_kernels", ("bad-weight-init",), "model", _kernel("ones"), _plain_stack, HIDDEN),
    Operator("huge_kernels", ("bad-weight-init",), "model", _kernel(NORMAL), _plain_stack, HIDDEN),
    Operator(
        "dead_bias", ("bad-bias-init",), "model", lambda plan: plan.with_net(initial_bias=-10.0, activation="relu"),
        _plain_stack, HIDDEN,
    ),
    Operator(
        "dropout_ninety", ("dropout-misuse",), "model", lambda plan: plan.with_net(dropout=0.9), has_stack,
        tuple(f"dropout_{number}" for number in range(1, 7)),
    ),
    Operator(
        "slow_norm", ("batchnorm-misuse",), "model", lambda plan: plan.with_net(batchnorm=True, momentum=0.9999),
        lambda plan: has_stack(plan) and task(plan) != "rebuild", tuple(f"norm_{number}" for number in range(1, 7)),
    ),
    Operator(
        "needle_eye", ("capacity-mismatch",), "model", lambda plan: plan.with_net(widths=(1, 1)),
        lambda plan: has_stack(plan) and datasets.raw(plan.data).classes > 2, HIDDEN,
    ),
    Operator(
        "strong_decay", ("regularisation-misuse",), "model", lambda plan: plan.with_net(decay=1.0), has_stack, HIDDEN
    ),
    Operator(
        "frozen_hidden", ("frozen-or-disconnected-layer",), "model", lambda plan: plan.with_net(frozen=HIDDEN[:3]),
        lambda plan: plan.data in NONLINEAR or plan.architecture in ("cnn", "strided_cnn", "conv1d"), HIDDEN,
    ),
    Operator("deep_sigmoids", ("plain-net-too-deep",), "model", _deep, _plain_stack, HIDDEN),
)  # fmt: skip
