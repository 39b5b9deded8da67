"""What the zoo is made of: data sets, plans of trainings, and faults with their truth."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

Half: TypeAlias = Literal["development", "test"]
Kind: TypeAlias = Literal["table", "image", "series", "tokens"]
Task: TypeAlias = Literal["binary", "classes", "numbers", "rebuild"]
Part: TypeAlias = tuple[np.ndarray, np.ndarray]

MOST_ROWS = 1500
TEST_SHARE, VALIDATION_SHARE = 0.3, 0.15


@dataclass(frozen=True)
class Raw:
    """A data set as it is found: inputs unscaled, classes as integers from 0.

    Args:
        inputs: One row an example.
        target: Classes or numbers.
        kind: What an example is.
        task: What is asked; `rebuild` wants the inputs back.
        classes: Classes, or words of the vocabulary plus one for `tokens` under `vocabulary`.
        vocabulary: Highest token plus one; 0 for other kinds.
    """

    inputs: np.ndarray
    target: np.ndarray
    kind: Kind
    task: Task
    classes: int = 0
    vocabulary: int = 0


@dataclass(frozen=True)
class Data:
    """A data set in three parts; `raw` tells what it is."""

    raw: Raw
    train: Part
    validation: Part
    test: Part


def cut(raw: Raw, seed: int) -> Data:
    """Split at random; classes keep their shares only by chance, as with most users."""
    order = np.random.default_rng(seed).permutation(len(raw.inputs))[: MOST_ROWS * 2]
    test = round(len(order) * TEST_SHARE)
    validation = test + round(len(order) * VALIDATION_SHARE)
    train = order[validation : validation + MOST_ROWS]
    parts = [(raw.inputs[rows], raw.target[rows]) for rows in (train, order[test:validation], order[:test])]
    return Data(raw, *parts)


@dataclass(frozen=True)
class Net:
    """Settings of a network that every architecture understands as far as it has such a part.

    Args:
        widths: Units (or filters) of the hidden layers.
        activation: Of the hidden layers.
        initializer: Of the hidden layers' kernels; None takes the Keras default.
        initial_bias: Of the hidden layers.
        dropout: Rate after each hidden layer; 0 for none.
        batchnorm: Whether hidden layers are normalised, before their activation.
        momentum: Of batch normalisation.
        decay: L2 weight decay of hidden kernels.
        frozen: Names of layers that are not trained.
        head: Output units; 0 takes what the task needs.
        head_activation: None takes what the loss needs.
        rescale: Whether a `Rescaling` or `Normalization` layer inside the model does the scaling.
    """

    widths: tuple[int, ...] = (48, 24)
    activation: str = "relu"
    initializer: Any = None
    initial_bias: float = 0.0
    dropout: float = 0.0
    batchnorm: bool = False
    momentum: float = 0.9
    decay: float = 0.0
    frozen: tuple[str, ...] = ()
    head: int = 0
    head_activation: str | None = None
    rescale: bool = False


@dataclass(frozen=True)
class Phase:
    """One of several calls of `fit`.

    Args:
        epochs: Share of the plan's epochs.
        rate: Share of the plan's learning rate.
        thaw: Whether frozen layers train from here on.
    """

    epochs: float
    rate: float
    thaw: bool = False


@dataclass(frozen=True)
class Plan:
    """One training as a user might write it.

    Args:
        name: Its name in the zoo.
        half: Development or test.
        data: Name of the data set.
        architecture: Name of the builder.
        net: The network's settings.
        style: `sequential`, `functional`, `subclassed`, or `custom_step` with a `train_step` of its own.
        feed: `arrays`, `generator`, `pydataset`, `tf_data` or `loader` (of PyTorch).
        scale: Whether inputs are scaled with the training part's numbers.
        scale_target: Whether numbers to predict are standardised.
        one_hot: Whether classes are given as one-hot rows.
        loss: Name; None takes what the task needs.
        logits: Whether the head is linear and the loss applies the softmax or sigmoid.
        optimizer: Class name.
        rate: Learning rate.
        optimizer_settings: Further arguments of the optimiser.
        batch: Rows of a batch.
        epochs: Epochs.
        shuffle: As in `fit`.
        class_weight: `balanced` or None.
        sample_weight: Whether rows have the weights that `class_weight` would give them.
        patience: Of `EarlyStopping`; None for no callback.
        edits: Changes of the data: names in `zoo.edits` with their arguments, in order.
        options: Further arguments of `compile`.
        policy: Data type policy of the layers; None for float32.
        pretrained: Whether the frozen layers start with weights that were learnt earlier, on coarser classes.
        phases: Calls of `fit`, each with its share of the epochs and of the rate, and whether frozen layers stay so.
    """

    name: str
    half: Half
    data: str
    architecture: str
    net: Net = field(default_factory=Net)
    style: str = "sequential"
    feed: str = "arrays"
    scale: bool = True
    scale_target: bool = True
    one_hot: bool = False
    loss: str | None = None
    logits: bool = False
    optimizer: str = "Adam"
    rate: float = 3e-3
    optimizer_settings: Mapping[str, Any] = field(default_factory=dict)
    batch: int = 32
    epochs: int = 15
    shuffle: bool = True
    class_weight: str | None = None
    sample_weight: bool = False
    patience: int | None = None
    edits: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    policy: str | None = None
    pretrained: bool = False
    phases: tuple[Phase, ...] = ()

    def with_net(self, **changes: Any) -> Plan:
        """Return the plan with other settings of the network."""
        return replace(self, net=replace(self.net, **changes))

    def edited(self, name: str, **arguments: Any) -> Plan:
        """Return the plan with one more change of its data."""
        return replace(self, edits=(*self.edits, (name, arguments)))


@dataclass(frozen=True)
class Truth:
    """What is wrong and what counts as having named and found it.

    Args:
        faults: Acceptable names of the cause (`fault` of a finding); the first is the best one.
        components: Acceptable components: `data`, `model`, `compile`, `fit`.
        layers: Acceptable layers.
        lines: Acceptable lines of the script, counted from 1; empty for generated members.
    """

    faults: tuple[str, ...]
    components: tuple[str, ...] = ("data",)
    layers: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()


def user_data(*parts: str) -> Path:
    """Return a file of the folder that `VANDAP_DATA` names.

    Raises:
        FileNotFoundError: The variable is unset, or the file is not there.
    """
    folder = os.environ.get("VANDAP_DATA")
    path = Path(folder or "/nonexistent").joinpath(*parts)
    if not path.is_file():
        raise FileNotFoundError(path)
    return path
