"""A network as data: what a loop without Keras needs to compute and to train it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.records import from_json
from vandap.core.store import read_json, write_arrays, write_json

LOSSES = (
    "SparseCategoricalCrossentropy", "CategoricalCrossentropy", "BinaryCrossentropy", "MeanSquaredError",
    "MeanAbsoluteError",
)  # fmt: skip
OPTIMIZERS = ("SGD", "Adam", "AdamW", "RMSprop")
ACTIVATIONS = ("linear", "relu", "tanh", "sigmoid", "softmax", "gelu", "silu", "elu", "softplus", "leaky_relu")
LAYERS = frozenset(
    {
        "InputLayer", "Dense", "Conv2D", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D",
        "GlobalMaxPooling2D", "Flatten", "Reshape", "BatchNormalization", "LayerNormalization", "Dropout", "Activation",
        "ReLU", "Softmax", "Embedding", "Add", "Concatenate", "Rescaling", "Normalization", "GlobalAveragePooling1D",
    }
)  # fmt: skip
"""Layers that the bare loops write out."""
EPSILON = 1e-7
"""Probabilities are kept this far from 0 and 1 in a logarithm, as Keras does."""


class NotWrittenError(Exception):
    """The network cannot be written out; the message says why, as one sentence."""


@dataclass(frozen=True)
class Node:
    """One layer.

    Args:
        name: Its name.
        kind: Class name.
        inputs: Names of the layers that it reads, in order.
        settings: What its formula needs.
        weights: Names of its variables, in the order of Keras; the arrays stand under `name/variable`.
        rank: Axes of its output, the batch counted.
    """

    name: str
    kind: str
    inputs: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    weights: tuple[str, ...] = ()
    rank: int = 2

    def __getitem__(self, name: str) -> Any:
        return self.settings.get(name)


@dataclass(frozen=True)
class Training:
    """How the network is trained while it is timed.

    Args:
        loss: One of `LOSSES`.
        from_logits: Whether the loss applies the softmax or the sigmoid.
        label_smoothing: Share of a one-hot target that is spread over the classes.
        optimizer: One of `OPTIMIZERS`.
        settings: The optimiser's: `learning_rate`, `momentum`, `nesterov`, `beta_1`, `beta_2`, `rho`, `epsilon`,
            `weight_decay`.
        batch_size: Examples of a batch.
    """

    loss: str
    from_logits: bool = False
    label_smoothing: float = 0.0
    optimizer: str = "Adam"
    settings: Mapping[str, Any] = field(default_factory=dict)
    batch_size: int = 32

    def number(self, name: str, default: float) -> float:
        """A setting of the optimiser."""
        value = self.settings.get(name)
        return float(value) if isinstance(value, int | float) else default


@dataclass(frozen=True)
class Written:
    """A network and its training.

    Args:
        nodes: The layers in an order in which data pass.
        output: Name of the layer that answers.
        training: How it is trained.
        trained: Names of the arrays that the optimiser changes.
    """

    nodes: tuple[Node, ...]
    output: str
    training: Training
    trained: tuple[str, ...]

    def check(self) -> None:
        """Refuse what no bare loop can compute.

        Raises:
            NotWrittenError: A layer, an activation, the loss or the optimiser has no formula here.
        """
        unknown = sorted({node.kind for node in self.nodes} - LAYERS)
        functions = sorted({str(node["activation"]) for node in self.nodes if node["activation"]} - set(ACTIVATIONS))
        if unknown or functions:
            raise NotWrittenError(f"There is no bare form of {', '.join([*unknown, *functions])} here.")
        if self.training.loss not in LOSSES:
            raise NotWrittenError(f"There is no bare form of the loss {self.training.loss or 'that was given'} here.")
        if self.training.optimizer not in OPTIMIZERS:
            raise NotWrittenError(f"There is no bare form of the optimiser {self.training.optimizer} here.")


@dataclass(frozen=True)
class Case:
    """What every worker reads: the network, its weights, one batch and what Keras answers to it.

    Args:
        written: The network.
        weights: Arrays by name.
        inputs: The batch by input name.
        targets: Its targets.
        answers: Keras' outputs in inference mode.
    """

    written: Written
    weights: Mapping[str, np.ndarray]
    inputs: Mapping[str, np.ndarray]
    targets: np.ndarray
    answers: np.ndarray

    def save(self, folder: Path) -> None:
        """Store it."""
        write_json(folder / "written.json", self.written)
        write_arrays(folder / "weights.npz", self.weights)
        write_arrays(folder / "inputs.npz", self.inputs)
        write_arrays(folder / "batch.npz", {"targets": self.targets, "answers": self.answers})

    @classmethod
    def load(cls, folder: Path) -> Case:
        """Read it."""
        batch = _arrays(folder / "batch.npz")
        return cls(
            from_json(Written, read_json(folder / "written.json")),
            _arrays(folder / "weights.npz"),
            _arrays(folder / "inputs.npz"),
            batch["targets"],
            batch["answers"],
        )


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
