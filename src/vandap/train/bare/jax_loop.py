"""The network in bare JAX: one jitted function for the whole step, weights in a dictionary, optimisers by formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax, nn

from vandap.train.bare.loop import Loop
from vandap.train.bare.written import EPSILON, Case, Node, Training, Written

Weights = dict[str, Array]
_ACTIVATIONS: Mapping[str, Callable[[Array], Array]] = {
    "linear": lambda x: x,
    "relu": nn.relu,
    "tanh": jnp.tanh,
    "sigmoid": nn.sigmoid,
    "softmax": nn.softmax,
    "gelu": lambda x: nn.gelu(x, approximate=False),
    "silu": nn.silu,
    "elu": nn.elu,
    "softplus": nn.softplus,
    "leaky_relu": lambda x: nn.leaky_relu(x, 0.2),
}


class JaxLoop(Loop):
    """A plain loop around one jitted step."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        trained = set(case.written.trained)
        weights = {name: jnp.asarray(value) for name, value in case.weights.items()}
        self._trained = {name: value for name, value in weights.items() if name in trained}
        self._other = {name: value for name, value in weights.items() if name not in trained}
        self._slots = {name: (jnp.zeros_like(value), jnp.zeros_like(value)) for name, value in self._trained.items()}
        self._count, self._key = jnp.zeros((), jnp.int32), jax.random.key(0)
        self._step = jax.jit(_step(case.written), donate_argnums=(0, 1, 2))

    def answers(self) -> np.ndarray:
        """See `Loop.answers`."""
        return np.asarray(self._forward()[0])

    def loss(self) -> float:
        """See `Loop.loss`."""
        return float(loss_of(self.case.written.training, self._forward()[0], jnp.asarray(self.case.targets)))

    def _forward(self) -> tuple[Array, Weights]:
        weights = {**self._trained, **self._other}
        return forward(self.case.written, weights, self.case.inputs, training=False, key=self._key)

    def run(self, steps: int) -> float:
        """See `Loop.run`."""
        loss = jnp.asarray(math.nan)
        for _ in range(steps):
            self._trained, self._other, self._slots, self._count, self._key, loss = self._step(
                self._trained, self._other, self._slots, self._count, self._key, self.case.inputs, self.case.targets
            )
        return float(loss)


def _step(written: Written) -> Callable[..., Any]:
    def step(
        trained: Weights, other: Weights, slots: Any, count: Array, key: Array, inputs: Any, targets: Any
    ) -> tuple[Any, ...]:
        key, used = jax.random.split(key)

        def loss_and_rest(weights: Weights) -> tuple[Array, Weights]:
            outputs, moved = forward(written, {**weights, **other}, inputs, training=True, key=used)
            return loss_of(written.training, outputs, targets), moved

        (loss, moved), gradients = jax.value_and_grad(loss_and_rest, has_aux=True)(trained)
        count = count + 1
        changed = {
            name: _update(written.training, trained[name], gradients[name], slots[name], count) for name in trained
        }
        after = {name: pair[0] for name, pair in changed.items()}
        return after, {**other, **moved}, {name: pair[1] for name, pair in changed.items()}, count, key, loss

    return step


def forward(
    written: Written, weights: Weights, inputs: Mapping[str, Any], *, training: bool, key: Array
) -> tuple[Array, Weights]:
    """Pass a batch through the network.

    Returns:
        The outputs, and the moving averages that a step in training mode moves.
    """
    values: dict[str, Array] = {}
    moved: Weights = {}
    for place, node in enumerate(written.nodes):
        if node.kind == "InputLayer":
            values[node.name] = jnp.asarray(inputs[node.name])
            continue
        own = {name.rpartition("/")[2]: weights[name] for name in weights if name.rpartition("/")[0] == node.name}
        entering = [values[name] for name in node.inputs]
        if node.kind == "BatchNormalization":
            values[node.name], averages = _batch_normalisation(node, entering[0], own, training)
            moved |= {f"{node.name}/{name}": value for name, value in averages.items()}
        elif node.kind == "Dropout":
            values[node.name] = _dropout(node, entering[0], training, jax.random.fold_in(key, place))
        else:
            values[node.name] = _FORMULAS[node.kind](node, entering, own)
    return values[written.output], moved


def _activated(node: Node, x: Array) -> Array:
    return _ACTIVATIONS[node["activation"] or "linear"](x)


def _dense(node: Node, xs: list[Array], own: Weights) -> Array:
    done = xs[0] @ own["kernel"]
    return _activated(node, done + own["bias"] if "bias" in own else done)


def _convolution(node: Node, xs: list[Array], own: Weights) -> Array:
    done = lax.conv_general_dilated(
        xs[0], own["kernel"], tuple(node["strides"]), node["padding"].upper(),
        rhs_dilation=tuple(node["dilation_rate"] or (1, 1)), dimension_numbers=("NHWC", "HWIO", "NHWC"),
        feature_group_count=node["groups"] or 1,
    )  # fmt: skip
    return _activated(node, done + own["bias"] if "bias" in own else done)


def _sums(node: Node, x: Array) -> Array:
    """Sums over the windows; the start must be a plain number, by which JAX knows the sum and its derivative."""
    window, strides = (1, *node["pool_size"], 1), (1, *node["strides"], 1)
    return lax.reduce_window(x, 0.0, lax.add, window, strides, node["padding"].upper())


def _average_pool(node: Node, xs: list[Array], own: Weights) -> Array:
    return _sums(node, xs[0]) / _sums(node, jnp.ones_like(xs[0][:1, :, :, :1]))


def _max_pool(node: Node, xs: list[Array], own: Weights) -> Array:
    window, strides = (1, *node["pool_size"], 1), (1, *node["strides"], 1)
    return lax.reduce_window(xs[0], -jnp.inf, lax.max, window, strides, node["padding"].upper())


def _batch_normalisation(node: Node, x: Array, own: Weights, training: bool) -> tuple[Array, Weights]:
    mean, variance, moved = own["moving_mean"], own["moving_variance"], {}
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, variance = x.mean(axes), x.var(axes)
        share = node["momentum"]
        moved = {
            "moving_mean": share * own["moving_mean"] + (1 - share) * mean,
            "moving_variance": share * own["moving_variance"] + (1 - share) * variance,
        }
    return _scaled((x - mean) * lax.rsqrt(variance + node["epsilon"]), own), moved


def _scaled(x: Array, own: Weights) -> Array:
    x = x * own["gamma"] if "gamma" in own else x
    return x + own["beta"] if "beta" in own else x


def _layer_normalisation(node: Node, xs: list[Array], own: Weights) -> Array:
    mean, variance = xs[0].mean(-1, keepdims=True), xs[0].var(-1, keepdims=True)
    return _scaled((xs[0] - mean) * lax.rsqrt(variance + node["epsilon"]), own)


def _dropout(node: Node, x: Array, training: bool, key: Array) -> Array:
    if not training or not node["rate"]:
        return x
    kept = 1.0 - node["rate"]
    return jnp.where(jax.random.bernoulli(key, kept, x.shape), x / kept, 0.0)


def _normalisation(node: Node, xs: list[Array], own: Weights) -> Array:
    return (xs[0] - own["mean"]) / jnp.maximum(jnp.sqrt(own["variance"]), EPSILON)


_FORMULAS: Mapping[str, Callable[[Node, list[Array], Weights], Array]] = {
    "Dense": _dense,
    "Conv2D": _convolution,
    "MaxPooling2D": _max_pool,
    "AveragePooling2D": _average_pool,
    "GlobalAveragePooling2D": lambda node, xs, own: xs[0].mean((1, 2)),
    "GlobalMaxPooling2D": lambda node, xs, own: xs[0].max((1, 2)),
    "GlobalAveragePooling1D": lambda node, xs, own: xs[0].mean(1),
    "Flatten": lambda node, xs, own: xs[0].reshape(len(xs[0]), -1),
    "Reshape": lambda node, xs, own: xs[0].reshape(len(xs[0]), *node["target_shape"]),
    "LayerNormalization": _layer_normalisation,
    "Activation": lambda node, xs, own: _activated(node, xs[0]),
    "ReLU": lambda node, xs, own: nn.relu(xs[0]),
    "Softmax": lambda node, xs, own: nn.softmax(xs[0]),
    "Embedding": lambda node, xs, own: own["embeddings"][xs[0]],
    "Add": lambda node, xs, own: sum(xs[1:], xs[0]),
    "Concatenate": lambda node, xs, own: jnp.concatenate(xs, -1),
    "Rescaling": lambda node, xs, own: xs[0] * node["scale"] + node["offset"],
    "Normalization": _normalisation,
}


def loss_of(training: Training, outputs: Array, targets: Array) -> Array:
    """The mean loss of a batch."""
    if training.loss == "MeanSquaredError":
        return jnp.mean(jnp.square(outputs - targets))
    if training.loss == "MeanAbsoluteError":
        return jnp.mean(jnp.abs(outputs - targets))
    if training.loss == "BinaryCrossentropy":
        return _binary(training, outputs, targets)
    logs = nn.log_softmax(outputs) if training.from_logits else jnp.log(jnp.clip(outputs, EPSILON, 1 - EPSILON))
    if training.loss.startswith("Sparse"):
        return -jnp.mean(jnp.take_along_axis(logs, targets[..., None], -1))
    smoothing = training.label_smoothing
    return -jnp.mean(jnp.sum((targets * (1 - smoothing) + smoothing / targets.shape[-1]) * logs, -1))


def _binary(training: Training, outputs: Array, targets: Array) -> Array:
    targets = targets * (1 - training.label_smoothing) + 0.5 * training.label_smoothing
    if training.from_logits:
        return jnp.mean(jnp.maximum(outputs, 0) - outputs * targets + jnp.log1p(jnp.exp(-jnp.abs(outputs))))
    share = jnp.clip(outputs, EPSILON, 1 - EPSILON)
    return -jnp.mean(targets * jnp.log(share) + (1 - targets) * jnp.log1p(-share))


def _update(training: Training, weight: Array, gradient: Array, slots: Any, count: Array) -> tuple[Array, Any]:
    """One step of the optimiser for one weight; slots are (momentum, mean square)."""
    rate, epsilon = training.number("learning_rate", 1e-3), training.number("epsilon", 1e-7)
    first, second = slots
    if training.optimizer == "SGD":
        share = training.number("momentum", 0.0)
        first = share * first - rate * gradient
        return weight + (share * first - rate * gradient if training.settings.get("nesterov") else first), (
            first,
            second,
        )
    if training.optimizer == "RMSprop":
        rho = training.number("rho", 0.9)
        second = rho * second + (1 - rho) * jnp.square(gradient)
        return weight - rate * gradient * lax.rsqrt(second + epsilon), (first, second)
    beta_1, beta_2 = training.number("beta_1", 0.9), training.number("beta_2", 0.999)
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * jnp.square(gradient)
    scale = rate * jnp.sqrt(1 - beta_2**count) / (1 - beta_1**count)
    decayed = weight * (1 - rate * training.number("weight_decay", 0.0)) if training.optimizer == "AdamW" else weight
    return decayed - scale * first / (jnp.sqrt(second) + epsilon), (first, second)
