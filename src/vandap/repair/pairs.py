"""Which loss, activation and width belong to the labels of a training."""

from __future__ import annotations

from vandap.repair.inputs import label_fact
from vandap.repair.remedy import Case

_ACTIVATIONS = {
    "SparseCategoricalCrossentropy": "softmax",
    "CategoricalCrossentropy": "softmax",
    "CategoricalFocalCrossentropy": "softmax",
    "BinaryCrossentropy": "sigmoid",
    "BinaryFocalCrossentropy": "sigmoid",
    "MeanSquaredError": "linear",
    "MeanAbsoluteError": "linear",
    "Huber": "linear",
    "LogCosh": "linear",
    "Hinge": "tanh",
    "SquaredHinge": "tanh",
    "KLDivergence": "softmax",
}
_ONE_HOT = 0.9
"""Share of examples with exactly one label: above it classes exclude each other, below it they may not."""
MOST_CLASSES = 1000
MOST_NUMBERED = 20
"""So many whole numbers may be classes that one output answers; more are amounts, such as years or prices."""


def is_crossentropy(case: Case) -> bool:
    """Whether the one loss is a plain cross-entropy of classes."""
    losses = case.program.compile.losses
    kinds = ("SparseCategoricalCrossentropy", "CategoricalCrossentropy", "BinaryCrossentropy")
    return len(losses) == 1 and losses[0].kind in kinds


def activation_for(case: Case) -> str:
    """The activation that the one loss expects of the output; "" where that is not known."""
    losses = case.program.compile.losses
    if len(losses) != 1:
        return ""
    return "linear" if losses[0].from_logits else _ACTIVATIONS.get(losses[0].kind, "")


def pair_for(case: Case) -> tuple[str, str] | None:
    """(loss, activation) that belong to the labels and to the width of the output; None where that is not clear."""
    width = case.width
    if width is None:
        return None
    one_hot = label_fact(case, "one_hot") or 0.0
    if label_fact(case, "width") == width > 1 and _have_several(case, one_hot):
        return "binary_crossentropy", "sigmoid"
    if one_hot:
        return ("categorical_crossentropy", "softmax") if width > 1 and one_hot > _ONE_HOT else None
    whole, distinct, lowest = (label_fact(case, name) for name in ("whole", "distinct", "minimum"))
    if not whole or distinct is None or lowest is None:
        return ("mean_squared_error", "linear") if whole == 0 and width == 1 else None
    is_categorical = any("Categorical" in loss.kind for loss in case.program.compile.losses)
    if width == 1 and distinct > MOST_NUMBERED and not is_categorical:
        return "mean_squared_error", "linear"
    if width == 1 and distinct == 2 and lowest == 0:
        return "binary_crossentropy", "sigmoid"
    if width == 1 and distinct == 2 and (lowest, label_fact(case, "maximum")) == (-1, 1):
        return "hinge", "tanh"
    if width > 1 and lowest >= 0 and distinct <= width:
        return "sparse_categorical_crossentropy", "softmax"
    return None


def _have_several(case: Case, one_hot: float) -> bool:
    """Whether examples have several labels each: zeros and ones, more ones than rows that have exactly one."""
    facts = [label_fact(case, name) for name in ("whole", "minimum", "maximum")]
    mean, width = label_fact(case, "mean") or 0.0, label_fact(case, "width") or 0.0
    return facts == [1, 0, 1] and one_hot < _ONE_HOT and mean * width > one_hot + 0.01


def units_for(case: Case) -> int | None:
    """Outputs that the labels need: one for each class of a categorical loss; None where that is not clear."""
    losses = case.program.compile.losses
    highest = label_fact(case, "maximum")
    if len(losses) != 1 or highest is None:
        return None
    if losses[0].kind == "SparseCategoricalCrossentropy" and highest < MOST_CLASSES:
        return int(highest) + 1
    width = label_fact(case, "width")
    return int(width) if losses[0].kind == "CategoricalCrossentropy" and width and width > 1 else None
