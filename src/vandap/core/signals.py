"""The signals: everything a run measures that a rule or a report may read, and the catalogue that names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Series:
    """The values of one signal.

    Args:
        values: The numbers; the catalogue gives the meaning of each dimension.
        labels: Names along a dimension, by the dimension's name (classes, columns, splits ...).
    """

    values: np.ndarray
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def at(self, **where: str) -> float:
        """Return one number by its labels, in the order of the dimensions: `series.at(split="train", class_="cat")`."""
        index = tuple(self.labels[name.rstrip("_")].index(label) for name, label in where.items())
        return float(self.values[index])


@dataclass(frozen=True)
class Signal:
    """One entry of the catalogue.

    Args:
        name: The name under which rules read it.
        dimensions: The meaning of each dimension; `()` for a single number.
        unit: The unit of the values.
        rate: How often it is measured: `once`, `epoch` or `step`.
        writer: The module that measures it.
        meaning: One sentence.
    """

    name: str
    dimensions: tuple[str, ...]
    unit: str
    rate: str
    writer: str
    meaning: str


def _catalogue(*signals: Signal) -> Mapping[str, Signal]:
    return {signal.name: signal for signal in signals}


_DATA = "vandap.data"
_FIT = "vandap.train"
_EVALUATE = "vandap.evaluate"

SIGNALS: Mapping[str, Signal] = _catalogue(
    # what the data are
    Signal("split_sizes", ("split",), "examples", "once", _DATA, "Examples in train, validation and test."),
    Signal("class_counts", ("split", "class"), "examples", "once", _DATA, "Examples of each class in each split."),
    Signal("missing_share", ("column",), "share", "once", _DATA, "Missing values among the training rows."),
    Signal("nonfinite_share", ("column",), "share", "once", _DATA, "NaN (arrays only) and infinite training values."),
    Signal("target_missing", (), "examples", "once", _DATA, "Rows left out because their target is missing."),
    Signal("image_shape", ("axis",), "pixels", "once", _DATA, "(height, width, channels) as the model receives them."),
    Signal(
        "label_values",
        ("fact",),
        "label",
        "once",
        _DATA,
        "The integer labels that the loss receives: fact = lowest, highest, distinct; classes = outputs of the model.",
    ),
    Signal(
        "duplicates",
        ("kind",),
        "examples",
        "once",
        _DATA,
        "Copies beyond the first, over all rows: exact, near (images), conflicting (same input, other label), rows.",
    ),
    Signal(
        "split_overlap",
        ("kind", "pair"),
        "examples",
        "once",
        _DATA,
        "Examples of the second split that also stand in the first: kind = exact, near, group, time; "
        "pair = train-validation, train-test, validation-test.",
    ),
    Signal(
        "split_method", ("fact",), "flag", "once", _DATA, "How the split was made: fact = given, time, group; 1 is yes."
    ),
    Signal(
        "feature_scores",
        ("feature",),
        "skill",
        "once",
        "vandap.pipeline",
        "Validation skill (0 = dummy, 1 = perfect) of a small tree on each feature alone.",
    ),
    Signal(
        "drift",
        ("pair", "bound"),
        "AUC",
        "once",
        "vandap.pipeline",
        "AUC of telling the two splits apart from the inputs, out of fold: bound = value, low, high; "
        "0.5 means alike. pair = train-validation, train-test.",
    ),
    # how the network trained
    Signal("loss", ("epoch",), "loss", "epoch", _FIT, "Training loss, averaged over the epoch."),
    Signal("val_loss", ("epoch",), "loss", "epoch", _FIT, "Validation loss after the epoch."),
    Signal("val_score", ("epoch",), "accuracy or R2", "epoch", _FIT, "Validation accuracy (classes) or R2 (numbers)."),
    Signal(
        "epochs_seen", ("epoch",), "epochs", "epoch", _FIT, "Epochs of data seen at each entry of the curves above."
    ),
    Signal("step_loss", ("step",), "loss", "step", _FIT, "Training loss of the optimiser steps that were recorded."),
    Signal("learning_rate", ("epoch",), "learning rate", "epoch", _FIT, "Learning rate at the end of the epoch."),
    Signal("initial_loss", (), "loss", "once", _FIT, "Loss of the untrained network on validation examples."),
    Signal(
        "range_test", ("step", "quantity"), "loss", "once", _FIT, "Learning-rate range test: quantity = rate, loss."
    ),
    # how good the models are (validation, or out of fold)
    Signal(
        "ladder_scores",
        ("learner", "bound"),
        "headline metric",
        "once",
        _EVALUATE,
        "Validation headline metric of each rung: bound = value, low, high. Higher is better (errors are negated).",
    ),
    Signal(
        "network_gain",
        ("bound",),
        "headline metric",
        "once",
        _EVALUATE,
        "Network minus best simple rung, paired on the validation examples: bound = value, low, high, margin.",
    ),
    Signal(
        "dummy_gain",
        ("bound",),
        "headline metric",
        "once",
        _EVALUATE,
        "Recommended model minus dummy, paired on the validation examples: bound = value, low, high, margin.",
    ),
    Signal(
        "train_score",
        ("bound",),
        "headline metric",
        "once",
        _EVALUATE,
        "The network's headline metric on training examples, without augmentation: bound = value, low, high.",
    ),
    Signal(
        "validation_score",
        ("bound",),
        "headline metric",
        "once",
        _EVALUATE,
        "The network's headline metric on validation examples: bound = value, low, high.",
    ),
    Signal(
        "confusion", ("class", "predicted"), "examples", "once", _EVALUATE, "Confusion matrix of the recommended model."
    ),
    Signal(
        "calibration",
        ("fact",),
        "probability",
        "once",
        _EVALUATE,
        "Calibration of the recommended model: fact = ece, null95 (95 % quantile of ECE if it were calibrated), count.",
    ),
)
