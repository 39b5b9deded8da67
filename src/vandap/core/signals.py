"""The signals: everything a run measures that a rule or a report may read, and the catalogue that names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from vandap.core.tested import TESTED


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
        rate: How often it is measured: `once`, `epoch`, `probe` (every so many steps) or `step`.
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
_WATCH = "vandap.watch"
_EXAM = "vandap.exam"

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
        "Copies beyond the first, over all rows: exact, near (images), conflicting (same input, other label), rows; of "
        "watched arrays: copied (conflicting, and not alike by chance).",
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
        "Skill (0 = dummy, 1 = perfect) of a small tree on each feature alone, cross-validated on training examples.",
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
    Signal("epochs_seen", ("epoch",), "epochs", "epoch", _FIT, "Epochs of data seen at each entry of these curves."),
    Signal("step_loss", ("step",), "loss", "step", _FIT, "Training loss of the optimiser steps that were recorded."),
    Signal("learning_rate", ("epoch",), "learning rate", "epoch", _FIT, "Learning rate at the end of the epoch."),
    Signal("initial_loss", (), "loss", "once", _FIT, "Loss of the untrained network on validation examples."),
    Signal("range_test", ("step", "quantity"), "loss", "once", _FIT, "Learning-rate range test: quantity: rate, loss."),
    # how a watched training went, seen from inside the step (`vandap.watch`)
    Signal("probe_step", ("probe",), "steps", "probe", _WATCH, "Optimiser steps done before each probe."),
    Signal(
        "activations",
        ("probe", "layer", "statistic"),
        "activation",
        "probe",
        _WATCH,
        "Outputs of each layer on the probed batch: statistic = mean, deviation, absolute_maximum, zero_share, "
        "nonfinite (a count), dead_share (units, along the last axis, that are never above zero in the batch), "
        "saturated_share (entries within 1 % of a bound of sigmoid, tanh, softsign or hard variants; NaN for others).",
    ),
    Signal(
        "dead_units",
        ("layer", "fact"),
        "share",
        "once",
        _WATCH,
        "Units (along the last axis) of each layer over all probed batches of the last half: fact = dead (never above "
        "zero), constant (the same value always), examples (how many were looked at), units.",
    ),
    Signal(
        "gradients",
        ("probe", "variable", "statistic"),
        "gradient",
        "probe",
        _WATCH,
        "Gradient of the loss for each trainable variable: statistic = norm, mean_absolute, absolute_maximum, "
        "zero_share, nonfinite (a count). NaN where a variable has no gradient.",
    ),
    Signal(
        "weights",
        ("probe", "variable", "statistic"),
        "weight",
        "probe",
        _WATCH,
        "Values of each trainable variable before the probed step: statistic = norm, mean, deviation, "
        "absolute_maximum, nonfinite (a count), size.",
    ),
    Signal(
        "update_ratio",
        ("probe", "variable"),
        "share",
        "probe",
        _WATCH,
        "Norm of the step's change of a variable over the norm of its value before the step.",
    ),
    Signal(
        "weight_change",
        ("variable", "fact"),
        "share",
        "once",
        _WATCH,
        "Each variable over the whole training: fact = relative (norm of last minus first value over norm of the "
        "first), start_deviation, start_mean, start_size, trained (1 if an optimiser owns it).",
    ),
    Signal("step_number", ("step",), "steps", "step", _WATCH, "Number of each recorded step; losses are thinned."),
    Signal(
        "step_times",
        ("step", "fact"),
        "seconds",
        "step",
        _WATCH,
        "Wall clock of recorded steps: fact = step (all of it), wait (for the data).",
    ),
    Signal(
        "epoch_metrics",
        ("epoch", "metric"),
        "metric",
        "epoch",
        _WATCH,
        "Everything that `fit` logged at the end of each epoch, by its name in the logs.",
    ),
    Signal("memory", ("epoch",), "bytes", "epoch", _WATCH, "Resident memory of the process at each epoch's end."),
    Signal(
        "input_statistics",
        ("input", "statistic"),
        "input",
        "once",
        _WATCH,
        "Inputs as the model received them, over the watched batches: statistic = minimum, maximum, mean, deviation, "
        "nonfinite (a count), integer (1 if the dtype is), whole (1 if every value is a whole number), rank, examples.",
    ),
    Signal(
        "feature_statistics",
        ("feature", "statistic"),
        "input",
        "once",
        _WATCH,
        "Each column of a two-dimensional input over the watched batches: statistic = minimum, maximum, mean, "
        "deviation, quartile_low, quartile_high.",
    ),
    Signal(
        "beyond_training",
        ("fact",),
        "target",
        "once",
        _WATCH,
        "Held-out targets, one number an example, beside the range of the training targets: fact = minimum, maximum "
        "(of training), outside (share of the held-out targets below or above them), rows (held-out examples).",
    ),
    Signal(
        "held_out_inputs",
        ("input", "fact"),
        "input",
        "once",
        _WATCH,
        "Inputs for validation, or else what `evaluate` was given after the fit, beside those of training: fact = "
        "shared (of the range from first to last decile, median of the columns), columns, rows (of the smaller part), "
        "minimum, maximum, standard (share of columns of mean 0 and deviation 1), of training; validation_minimum ...",
    ),
    Signal("held_out_answers", ("class", "answer"), "examples", "once", _WATCH, "Held-out rows by class and answer."),
    Signal("test_loss", (), "loss", "once", _WATCH, "Loss that `evaluate` gave after the fit, of rows not fitted."),
    Signal("shared_test_rows", ("fact",), "examples", "once", _WATCH, "As `shared_rows`, of those rows."),
    Signal(
        "padding",
        ("input", "fact"),
        "input",
        "once",
        _WATCH,
        "Zeros around the sequences of an input of whole numbers (two axes) or of three axes: fact = steps (the length "
        "with them), before, behind (mean number of steps that are all zero), rows (sequences that hold anything).",
    ),
    Signal(
        "table_skill",
        ("fact",),
        "skill",
        "once",
        _WATCH,
        "Skill of columns of a two-dimensional input together, cross-validated like `feature_scores`: fact = all, "
        "others (without the best one; both NaN where no column gets near perfection alone), rows.",
    ),
    Signal(
        "shared_rows",
        ("fact",),
        "examples",
        "once",
        _WATCH,
        "Validation examples with the inputs of a training example, bit for bit: fact = train, validation (examples "
        "compared), shared, copies (those of them that say too much to be alike by chance), distinct (share of "
        "different inputs among all of both parts), repeated (share of these that stand more than once), "
        "same_rows (1 if both parts hold the same examples in the same order).",
    ),
    Signal(
        "label_statistics",
        ("output", "statistic"),
        "label",
        "once",
        _WATCH,
        "Targets as the loss received them, over the watched batches: statistic = minimum, maximum, mean, deviation, "
        "nonfinite (a count), integer (1 if the dtype is), whole (1 if every value is a whole number), distinct, rank, "
        "width (last axis; 1 for vectors), one_hot (share of rows with one 1 and zeros elsewhere), sums_to_one (share "
        "of rows), examples, absolute (mean distance from the median of each number of an example).",
    ),
    Signal("label_counts", ("output", "class"), "examples", "once", _WATCH, "Watched targets of each class."),
    Signal(
        "batch_labels",
        ("batch", "class"),
        "examples",
        "once",
        _WATCH,
        "Class counts (first output), or counts by decile of the target, of consecutive batches of the first epoch.",
    ),
    Signal(
        "batch_order",
        ("fact",),
        "flag",
        "once",
        _WATCH,
        "Whether the order of examples changes: fact = same_order (1 if the first batches of two epochs are equal), "
        "epochs (how many were compared).",
    ),
    Signal(
        "predictions",
        ("output", "statistic"),
        "output",
        "once",
        _WATCH,
        "The model's outputs in inference mode on watched training examples after training: statistic = minimum, "
        "maximum, mean, deviation, nonfinite (a count), across (mean over units of the deviation across examples), "
        "top_share (share of the most frequent answer of a classifier), sums_to_one (share of rows), examples.",
    ),
    Signal(
        "inference_loss",
        ("fact",),
        "loss",
        "once",
        _WATCH,
        "Losses after training on the same watched training examples, regularisers left out: fact = train_mode, "
        "inference_mode, examples.",
    ),
    Signal(
        "row_mixing",
        ("fact",),
        "output",
        "once",
        _WATCH,
        "One example of a watched batch replaced, in inference mode after training: fact = own (largest change of its "
        "own outputs), others (largest change of the outputs of other examples), repeated (largest difference between "
        "two passes of the same batch), deviation (of all outputs), tolerance (share of it that rounding may change), "
        "examples (of the batch), batches (of an epoch; NaN where that is not known).",
    ),
    Signal(
        "loss_parts",
        ("fact",),
        "loss",
        "once",
        _WATCH,
        "Parts of the loss on watched training examples: fact = data_first, penalty_first, data_last, penalty_last.",
    ),
    # what decisive tests measured; each is written only when its test was run
    *(Signal(f"test_{name}", ("arm", "fact"), unit, "once", _EXAM, meaning) for name, unit, meaning in TESTED),
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

RECORDS: Mapping[str, str] = {
    "program": "Layers with call sites, compile and fit arguments (`core/program.py`).",
    "progress": "How far the training came, derived from its losses and targets (`diagnose/progress.py`).",
}
"""What a rule may read beside signals: records, by the parameter's name."""
