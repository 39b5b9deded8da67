"""The network in bare PyTorch: functions on tensors, channels first inside as PyTorch has them, `torch.optim`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor

from vandap.train.bare.loop import Loop
from vandap.train.bare.written import EPSILON, Case, Node, Training

_ACTIVATIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "linear": lambda x: x,
    "relu": functional.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softmax": lambda x: torch.softmax(x, -1),
    "gelu": functional.gelu,
    "silu": functional.silu,
    "elu": functional.elu,
    "softplus": functional.softplus,
    "leaky_relu": lambda x: functional.leaky_relu(x, 0.2),
}


class TorchLoop(Loop):
    """A plain loop: forward, `backward`, `step`."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        trained = set(case.written.trained)
        self._weights = {
            name: torch.from_numpy(_stored(name, value)).requires_grad_(name in trained)
            for name, value in case.weights.items()
        }
        self._optimizer = _optimizer(case.written.training, [self._weights[name] for name in case.written.trained])

    def answers(self) -> np.ndarray:
        """See `Loop.answers`."""
        with torch.no_grad():
            return self._forward(False).numpy()

    def loss(self) -> float:
        """See `Loop.loss`."""
        with torch.no_grad():
            return float(self._loss(self._forward(False)))

    def run(self, steps: int) -> float:
        """See `Loop.run`."""
        loss = torch.tensor(math.nan)
        for _ in range(steps):
            self._optimizer.zero_grad()
            loss = self._loss(self._forward(True))
            loss.backward()
            self._optimizer.step()
        return float(loss.detach())

    def _loss(self, outputs: Tensor) -> Tensor:
        return loss_of(self.case.written.training, outputs, torch.from_numpy(self.case.targets))

    def _forward(self, training: bool) -> Tensor:
        values: dict[str, Tensor] = {}
        for node in self.case.written.nodes:
            if node.kind == "InputLayer":
                values[node.name] = _channels_first(torch.from_numpy(self.case.inputs[node.name]))
                continue
            entering = [values[name] for name in node.inputs]
            values[node.name] = self._apply(node, entering, training)
        return _channels_last(values[self.case.written.output])

    def _apply(self, node: Node, entering: list[Tensor], training: bool) -> Tensor:
        weights = {name: self._weights[f"{node.name}/{name}"] for name in node.weights}
        if node.kind == "Normalization":
            weights = {name: self._weights[f"{node.name}/{name}"] for name in ("mean", "variance")}
        return _FORMULAS[node.kind](node, entering, weights, training)


Weights = Mapping[str, Tensor]


def _stored(name: str, value: np.ndarray) -> np.ndarray:
    """A copy; kernels of convolutions are (out, in, height, width) in PyTorch."""
    turned = value.transpose(3, 2, 0, 1) if value.ndim == 4 and name.endswith("kernel") else value
    return np.array(turned, order="C")


def _channels_first(x: Tensor) -> Tensor:
    return x.permute(0, 3, 1, 2) if x.ndim == 4 else x


def _channels_last(x: Tensor) -> Tensor:
    return x.permute(0, 2, 3, 1) if x.ndim == 4 else x


def _activated(node: Node, x: Tensor) -> Tensor:
    name = node["activation"] or "linear"
    if name == "softmax" and x.ndim == 4:
        return torch.softmax(x, 1)
    return _ACTIVATIONS[name](x)


def _dense(node: Node, entering: list[Tensor], weights: Weights, training: bool) -> Tensor:
    return _activated(node, functional.linear(entering[0], weights["kernel"].T, weights.get("bias")))


def _pad_same(x: Tensor, window: Any, strides: Any, dilation: Any, value: float) -> Tensor:
    """Padding as Keras' `same`: the odd one at the end."""
    ends: list[int] = []
    for axis in (1, 0):
        size, reach = x.shape[2 + axis], (window[axis] - 1) * dilation[axis] + 1
        total = max((-(-size // strides[axis]) - 1) * strides[axis] + reach - size, 0)
        ends += [total // 2, total - total // 2]
    return functional.pad(x, ends, value=value) if any(ends) else x


def _convolution(node: Node, entering: list[Tensor], weights: Weights, training: bool) -> Tensor:
    x, dilation = entering[0], node["dilation_rate"] or (1, 1)
    if node["padding"] == "same":
        x = _pad_same(x, node["kernel_size"], node["strides"], dilation, 0.0)
    done = functional.conv2d(
        x, weights["kernel"], weights.get("bias"), tuple(node["strides"]), 0, tuple(dilation), node["groups"] or 1
    )
    return _activated(node, done)


def _max_pool(node: Node, entering: list[Tensor], weights: Weights, training: bool) -> Tensor:
    x, window, strides = entering[0], tuple(node["pool_size"]), tuple(node["strides"])
    x = _pad_same(x, window, strides, (1, 1), -math.inf) if node["padding"] == "same" else x
    return functional.max_pool2d(x, window, strides)


def _average_pool(node: Node, entering: list[Tensor], weights: Weights, training: bool) -> Tensor:
    x, window, strides = entering[0], tuple(node["pool_size"]), tuple(node["strides"])
    if node["padding"] != "same":
        return functional.avg_pool2d(x, window, strides)
    ones = _pad_same(torch.ones_like(x[:1, :1]), window, strides, (1, 1), 0.0)
    x = _pad_same(x, window, strides, (1, 1), 0.0)
    return functional.avg_pool2d(x, window, strides) / functional.avg_pool2d(ones, window, strides)


def _batch_normalisation(node: Node, entering: list[Tensor], weights: Weights, training: bool) -> Tensor:
    x = entering[0] if entering[0].ndim != 3 else entering[0].transpose(1, 2)
    done = functional.batch_norm(
        x, weights["moving_mean"], weights["moving_variance"], weights.get("gamma"), weights.get("beta"), training,
        1 - node["momentum"], node["epsilon"],
    )  # fmt: skip
    return done if done.ndim != 3 else done.transpose(1, 2)


def _layer_normalisation(node: Node, entering: list[Tensor], weights: Weights, training: bool) -> Tensor:
    x = _channels_last(entering[0])
    return _channels_first(
        functional.layer_norm(x, x.shape[-1:], weights.get("gamma"), weights.get("beta"), node["epsilon"])
    )


def _dropout(node: Node, entering: list[Tensor], weights: Weights, training: bool) -> Tensor:
    return functional.dropout(entering[0], node["rate"], training)


def _normalisation(node: Node, entering: list[Tensor], weights: Weights, training: bool) -> Tensor:
    mean, deviation = weights["mean"], torch.clamp(torch.sqrt(weights["variance"]), min=EPSILON)
    return _channels_first((_channels_last(entering[0]) - mean) / deviation)


def _flatten(node: Node, entering: list[Tensor], weights: Weights, training: bool) -> Tensor:
    return _channels_last(entering[0]).flatten(1)


def _reshape(node: Node, entering: list[Tensor], weights: Weights, training: bool) -> Tensor:
    return _channels_first(_channels_last(entering[0]).reshape(len(entering[0]), *node["target_shape"]))


def _concatenate(node: Node, entering: list[Tensor], weights: Weights, training: bool) -> Tensor:
    return torch.cat(entering, 1 if entering[0].ndim == 4 else -1)


_FORMULAS: Mapping[str, Callable[[Node, list[Tensor], Weights, bool], Tensor]] = {
    "Dense": _dense,
    "Conv2D": _convolution,
    "MaxPooling2D": _max_pool,
    "AveragePooling2D": _average_pool,
    "GlobalAveragePooling2D": lambda node, xs, weights, training: xs[0].mean((2, 3)),
    "GlobalMaxPooling2D": lambda node, xs, weights, training: xs[0].amax((2, 3)),
    "GlobalAveragePooling1D": lambda node, xs, weights, training: xs[0].mean(1),
    "Flatten": _flatten,
    "Reshape": _reshape,
    "BatchNormalization": _batch_normalisation,
    "LayerNormalization": _layer_normalisation,
    "Dropout": _dropout,
    "Activation": lambda node, xs, weights, training: _activated(node, xs[0]),
    "ReLU": lambda node, xs, weights, training: functional.relu(xs[0]),
    "Softmax": lambda node, xs, weights, training: torch.softmax(xs[0], 1 if xs[0].ndim == 4 else -1),
    "Embedding": lambda node, xs, weights, training: functional.embedding(xs[0], weights["embeddings"]),
    "Add": lambda node, xs, weights, training: sum(xs[1:], xs[0]),
    "Concatenate": _concatenate,
    "Rescaling": lambda node, xs, weights, training: xs[0] * node["scale"] + node["offset"],
    "Normalization": _normalisation,
}


def loss_of(training: Training, outputs: Tensor, targets: Tensor) -> Tensor:
    """The mean loss of a batch."""
    if training.loss == "MeanSquaredError":
        return functional.mse_loss(outputs, targets)
    if training.loss == "MeanAbsoluteError":
        return functional.l1_loss(outputs, targets)
    if training.loss == "BinaryCrossentropy":
        targets = targets * (1 - training.label_smoothing) + 0.5 * training.label_smoothing
        if training.from_logits:
            return functional.binary_cross_entropy_with_logits(outputs, targets)
        return functional.binary_cross_entropy(outputs.clamp(EPSILON, 1 - EPSILON), targets)
    logs = outputs.log_softmax(-1) if training.from_logits else outputs.clamp(EPSILON, 1 - EPSILON).log()
    if training.loss.startswith("Sparse"):
        return functional.nll_loss(logs.reshape(-1, logs.shape[-1]), targets.reshape(-1).long())
    smoothing = training.label_smoothing
    targets = targets * (1 - smoothing) + smoothing / targets.shape[-1]
    return -(targets * logs).sum(-1).mean()


def _optimizer(training: Training, weights: list[Tensor]) -> torch.optim.Optimizer:
    rate, decay = training.number("learning_rate", 1e-3), training.number("weight_decay", 0.0)
    betas = (training.number("beta_1", 0.9), training.number("beta_2", 0.999))
    epsilon = training.number("epsilon", 1e-7)
    if training.optimizer == "SGD":
        momentum = training.number("momentum", 0.0)
        return torch.optim.SGD(
            weights, rate, momentum, nesterov=bool(training.settings.get("nesterov")) and momentum > 0
        )
    if training.optimizer == "RMSprop":
        return torch.optim.RMSprop(weights, rate, training.number("rho", 0.9), epsilon)
    kind = torch.optim.AdamW if training.optimizer == "AdamW" else torch.optim.Adam
    return kind(weights, rate, betas, epsilon, weight_decay=decay)
