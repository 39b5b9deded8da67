"""What remedies read of the watched data: scales of inputs and targets, counts of classes."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.signals import Series
from vandap.repair.remedy import Case

_LOOKUPS = (
    "Embedding", "TextVectorization", "StringLookup", "IntegerLookup", "Hashing", "CategoryEncoding", "Discretization",
)  # fmt: skip
_ALIKE = 10.0
"""Largest ratio of the ranges of features of one unit."""
_ALIKE_PIXELS = 100.0
"""The same where some features never vary, as pixels of the margin: others hardly do."""


def highest(case: Case) -> float | None:
    """The largest value of the first input; None where it was not measured."""
    return _statistic(case.series("input_statistics"), "maximum")


def are_of_one_unit(case: Case) -> bool:
    """Whether all features that vary have about the same range; images, whose features are not measured singly, have.

    Then one mean and one deviation for all is safe, and those of a pixel that is hardly ever lit are not.
    """
    ranges = _ranges(case)
    varying = ranges[ranges > 0]
    limit = _ALIKE if len(varying) == len(ranges) else _ALIKE_PIXELS
    return not len(varying) or float(varying.max()) <= limit * float(varying.min())


def reads_tokens(case: Case) -> bool:
    """Whether an input holds numbers or text that name words or categories: what reads it looks them up."""
    inputs = {layer.name for layer in case.program.layers if layer.kind == "InputLayer"}
    return any(
        layer.kind in _LOOKUPS and not layer.parent and set(layer.inputs) <= inputs for layer in case.program.layers
    )


def target_scale(case: Case) -> tuple[float, float] | None:
    """(deviation, mean) of the one target of a loss of numbers; None where there is none, or no spread."""
    losses = case.program.compile.losses
    if case.output is None or len(losses) != 1 or "entropy" in losses[0].kind:
        return None
    series = case.series("label_statistics")
    deviation, mean = _statistic(series, "deviation"), _statistic(series, "mean")
    if deviation is None or mean is None or deviation <= 0:
        return None
    return float(f"{deviation:.3g}"), float(f"{mean:.3g}")


def class_counts(case: Case) -> tuple[float, ...]:
    """Training examples of each class, of a watched training or of a split; empty where they were not counted."""
    series = case.series("label_counts") or case.series("class_counts")
    if series is None or series.values.ndim != 2 or not series.values.size:
        return ()
    parts = series.labels.get("split", ())
    row = parts.index("train") if "train" in parts else 0
    return tuple(float(count) for count in series.values[row])


def is_imbalanced(case: Case) -> bool:
    """Whether a class is less than half as frequent as another one, and the loss does not weigh them yet."""
    counts = class_counts(case)
    return not case.program.fit.class_weight and len(counts) > 1 and 0 < min(counts) < max(counts) / 2


def output_prior(case: Case) -> tuple[float, ...]:
    """What the output should answer before it knows anything: logits of the class shares, or the targets' mean."""
    counts, losses, output = class_counts(case), case.program.compile.losses, case.output
    if len(losses) != 1 or output is None or output.kind != "Dense":
        return ()
    if "rossentropy" not in losses[0].kind:
        scale = target_scale(case) if output.activation == "linear" else None
        return (scale[1],) if scale is not None and case.width == 1 and abs(scale[1]) > scale[0] else ()
    known = [count + 1.0 for count in counts]
    if case.width == 1 and len(known) == 2:
        return (round(math.log(known[1] / known[0]), 3),)
    return (
        tuple(round(math.log(count / sum(known)), 3) for count in known) if known and case.width == len(known) else ()
    )


def label_fact(case: Case, name: str) -> float | None:
    """A statistic of the targets, such as `distinct` or `one_hot`."""
    return _statistic(case.series("label_statistics"), name)


def _ranges(case: Case) -> np.ndarray:
    series = case.series("feature_statistics")
    if series is None or series.values.ndim != 2:
        return np.zeros(0)
    names = series.labels.get("statistic", ())
    if not {"minimum", "maximum"} <= set(names):
        return np.zeros(0)
    ranges = series.values[:, names.index("maximum")] - series.values[:, names.index("minimum")]
    return np.asarray(ranges[np.isfinite(ranges)])


def _statistic(series: Series | None, name: str) -> float | None:
    names = series.labels.get("statistic", ()) if series is not None else ()
    if series is None or name not in names or series.values.ndim != 2 or not series.values.size:
        return None
    value = float(series.values[0, names.index(name)])
    return value if math.isfinite(value) else None
