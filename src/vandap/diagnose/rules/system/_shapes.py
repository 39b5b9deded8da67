"""Advice that depends on the shapes in an error message and on the layers around it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from vandap.core.program import Crash, Layer, Program
from vandap.diagnose.network import Graph
from vandap.diagnose.observed import REGRESSION

_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN", "ConvLSTM2D")
_AXES: Mapping[str, str] = {
    "conv1d": "(batch, steps, channels)",
    "conv2d": "(batch, height, width, channels)",
    "conv3d": "(batch, depth, height, width, channels)",
    "max_pooling2d": "(batch, height, width, channels)",
    "average_pooling2d": "(batch, height, width, channels)",
    "max_pooling1d": "(batch, steps, channels)",
    "lstm": "(batch, steps, features)",
    "gru": "(batch, steps, features)",
    "simple_rnn": "(batch, steps, features)",
    "bidirectional": "(batch, steps, features)",
}
_NAMES: Mapping[str, tuple[str, ...]] = {
    "loss": (
        "mean_squared_error", "mse", "mean_absolute_error", "mae", "huber", "binary_crossentropy",
        "categorical_crossentropy", "sparse_categorical_crossentropy", "kl_divergence", "poisson", "cosine_similarity",
        "hinge", "squared_hinge", "log_cosh", "binary_focal_crossentropy", "mean_squared_logarithmic_error",
    ),
    "optimizer": ("sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "ftrl", "lion"),
    "metric": (
        "accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy", "auc", "precision",
        "recall", "mean_squared_error", "mse", "mean_absolute_error", "mae", "r2_score", "f1_score",
    ),
    "activation function": (
        "relu", "sigmoid", "softmax", "tanh", "linear", "gelu", "silu", "swish", "elu", "selu", "softplus",
        "leaky_relu", "exponential", "hard_sigmoid",
    ),
    "initializer": ("glorot_uniform", "glorot_normal", "he_normal", "he_uniform", "lecun_normal", "zeros", "ones"),
    "regularizer": ("l1", "l2", "l1_l2"),
}  # fmt: skip


def about_axes(groups: Mapping[str, str], crash: Crash, program: Program) -> tuple[str, str, str]:
    """A layer that received too few or too many axes."""
    needed, found = int(groups["expected"]), int(groups["found"])
    base = re.sub(r"_\d+$", "", (crash.layer or "").rsplit("/", 1)[-1])
    reads = f", {_AXES[base]}" if base in _AXES else ""
    expected = f"It reads {needed} axes{reads}, and received the shape {groups['shape']} with {found}."
    return "shape-misuse", expected, _axes_todo(needed, found, base, _before(crash, program))


def _axes_todo(needed: int, found: int, base: str, before: Layer | None) -> str:
    if needed == 3 and found == 2 and (before is None or before.kind in _RECURRENT) and base in _AXES:
        kind = before.kind if before else "recurrent"
        given = f" ({before.name})" if before else ""
        return f"Set return_sequences=True in the {kind} layer before it{given}; for data, give one step more axis."
    if found < needed and base.startswith("conv") and found == needed - 1:
        return "Add the axis of channels: x[..., None] for grey images or single series, and name it in keras.Input."
    if found < needed:
        return "Add the missing axes to the data (x[..., None]) or a Reshape layer before it."
    return "Put a Flatten or a global pooling layer before it."


def _before(crash: Crash, program: Program) -> Layer | None:
    """The layer whose output enters the one that crashed; None where that is not known."""
    layer = program.layer(crash.layer) if crash.layer else None
    if layer is None:
        return None
    names = [program.layer(name) for name in layer.inputs]
    return next((item for item in names if item is not None), None)


def about_targets(groups: Mapping[str, str], crash: Crash, program: Program) -> tuple[str, str, str] | None:
    """Targets and outputs of shapes that the loss cannot compare."""
    target, output = _sizes(groups["target"]), _sizes(groups["output"])
    shapes = f"The targets have the shape {groups['target']}, the outputs {groups['output']}."
    sparse = "up until the last dimension" in crash.message or "target.ndim - 1" in crash.message
    if sparse and len(output) > len(target) + 1:
        return _too_many_axes(shapes, "the sparse loss compares one label with one row of outputs")
    if sparse:
        return (
            "label-loss-mismatch",
            f"{shapes} A sparse loss takes class numbers, one for each example.",
            "Use categorical_crossentropy for one-hot targets, or give class numbers: y.argmax(axis=-1).",
        )
    if len(output) > max(len(target), 2):
        return _too_many_axes(shapes, "the loss compares equal shapes")
    if len(target) <= 1 or target[-1] == 1:
        return _class_numbers(shapes, program)
    return (
        "shape-misuse",
        f"{shapes} The loss compares equal shapes.",
        f"Give the last layer as many units as the targets have columns ({target[-1] or 'any'}).",
    )


def _too_many_axes(shapes: str, why: str) -> tuple[str, str, str]:
    todo = (
        "Put a Flatten or a global pooling layer before the last Dense layer; after a recurrent layer, leave out its "
        "return_sequences=True."
    )
    return "shape-misuse", f"{shapes} The outputs have an axis too many: {why}.", todo


def _class_numbers(shapes: str, program: Program) -> tuple[str, str, str]:
    """One number for each target, several outputs."""
    kinds = [loss.kind for loss in program.compile.losses]
    if any("Binary" in kind for kind in kinds):
        return (
            "label-loss-mismatch",
            f"{shapes} Binary cross-entropy takes as many targets as outputs.",
            "For two classes use one sigmoid unit; for more, softmax with sparse_categorical_crossentropy.",
        )
    if kinds and not any("Categorical" in kind for kind in kinds):
        return (
            "shape-misuse",
            f"{shapes} The loss compares equal shapes.",
            "Give the last layer one unit, as there is one number to predict.",
        )
    return (
        "label-loss-mismatch",
        f"{shapes} Categorical cross-entropy takes one-hot rows; these targets are class numbers.",
        "Use sparse_categorical_crossentropy, or encode the labels with keras.utils.to_categorical.",
    )


def about_class_numbers(groups: Mapping[str, str], crash: Crash, program: Program) -> tuple[str, str, str] | None:
    """A loss for numbers that compares one class number an example with the outputs of a softmax."""
    heads = [head for head in Graph(program).heads if head.loss.kind in REGRESSION and head.activation == "softmax"]
    shapes = [_sizes(text) for text in groups.values() if text]
    if len(heads) != 1 or len(shapes) != 2 or shapes[1][-1:] != [heads[0].units] or len(shapes[0]) != 1:
        return None
    return (
        "wrong-loss-or-metric",
        f"{heads[0].loss.kind} compares numbers, and the targets are one an example: class numbers, as the "
        f"{heads[0].units:.0f} units of a softmax tell.",
        "Use sparse_categorical_crossentropy.",
    )


def about_unknown_name(groups: Mapping[str, str], crash: Crash, program: Program) -> tuple[str, str, str]:
    """A name that Keras does not know, with the nearest that it knows."""
    known = _NAMES[groups["thing"].lower()]
    near = _nearest(groups["name"].lower(), known)
    meant = f" Perhaps {' or '.join(near)} was meant." if near else ""
    return (
        "",
        f"Keras has no {groups['thing']} of the name {groups['name']}.{meant}",
        f"Write {near[0]!r}." if near else "Correct the name, or pass the function or object itself.",
    )


def _nearest(name: str, known: tuple[str, ...]) -> list[str]:
    """Up to three known names: first those that hold every word of the name, then those of similar letters."""
    words = set(re.split(r"[_\W]+", name))
    holding = [item for item in known if words <= set(item.split("_"))]
    similar = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    return list(dict.fromkeys([*holding, *similar]))[: 1 if holding else 3]


def _sizes(shape: str) -> list[int | None]:
    """The axes of a shape; None for one of any size."""
    return [None if size == "None" else int(size) for size in re.findall(r"\d+|None", shape)]
