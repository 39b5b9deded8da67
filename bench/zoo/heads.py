"""The last layer and the loss that a task needs."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from zoo.prepare import Prepared
from zoo.records import Plan


def head(plan: Plan, prepared: Prepared) -> keras.layers.Layer:
    """Return the output layer, named `output`."""
    units, activation = _natural(prepared)
    if plan.logits:
        activation = "linear"
    if plan.net.head_activation is not None:
        activation = plan.net.head_activation
    exact = {"dtype": "float32"} if plan.policy else {}
    return keras.layers.Dense(plan.net.head or units, activation=activation, name="output", **exact)


def loss(plan: Plan, prepared: Prepared) -> Any:
    """Return the loss: a string where it needs no argument, else an object."""
    name = plan.loss or _loss_name(plan, prepared)
    if not plan.logits:
        return name
    kind = {
        "binary_crossentropy": keras.losses.BinaryCrossentropy,
        "sparse_categorical_crossentropy": keras.losses.SparseCategoricalCrossentropy,
        "categorical_crossentropy": keras.losses.CategoricalCrossentropy,
    }[name]
    return kind(from_logits=True)


def metrics(prepared: Prepared) -> list[str]:
    """Return the metrics that a user would ask for."""
    return ["accuracy"] if prepared.task in ("binary", "classes") else ["mae"]


def _natural(prepared: Prepared) -> tuple[int, str]:
    if prepared.task == "binary":
        return 1, "sigmoid"
    if prepared.task == "classes":
        return prepared.raw.classes, "softmax"
    if prepared.task == "numbers":
        return 1, "linear"
    return int(np.prod(prepared.shape)), "sigmoid" if prepared.raw.kind == "image" else "linear"


def _loss_name(plan: Plan, prepared: Prepared) -> str:
    if prepared.task == "binary":
        return "sparse_categorical_crossentropy" if plan.net.head == 2 else "binary_crossentropy"
    if prepared.task == "classes":
        return "categorical_crossentropy" if plan.one_hot else "sparse_categorical_crossentropy"
    return "mse"
