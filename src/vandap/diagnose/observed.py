"""How rules read what was observed of targets and inputs as the model received them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vandap.core.signals import Series
from vandap.diagnose.reading import names, number
from vandap.diagnose.watched import fact

if TYPE_CHECKING:
    from vandap.diagnose.network import Head

_REGRESSION = ("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError",
               "Huber", "LogCosh")  # fmt: skip
REGRESSION = frozenset(_REGRESSION)
"""Losses that measure a distance to a number."""
BINARY = frozenset({"BinaryCrossentropy", "BinaryFocalCrossentropy"})
"""Losses that read each output as the probability of a yes."""
SPARSE = frozenset({"SparseCategoricalCrossentropy"})
"""Losses that read the target as the number of a class."""
CATEGORICAL = frozenset({"CategoricalCrossentropy", "CategoricalFocalCrossentropy"})
"""Losses that read one column a class, of which one is right."""
SEVERAL = 1.5
"""Classes counted for each example from which an example has several: one has one, dense targets have hundreds."""


@dataclass(frozen=True)
class Target:
    """The targets of one output, as the loss received them; NaN where something was not observed.

    The fields are the statistics of the signal `label_statistics`.
    """

    minimum: float = math.nan
    maximum: float = math.nan
    mean: float = math.nan
    deviation: float = math.nan
    nonfinite: float = math.nan
    whole: float = math.nan
    distinct: float = math.nan
    rank: float = math.nan
    width: float = math.nan
    one_hot: float = math.nan
    sums_to_one: float = math.nan
    examples: float = math.nan

    @property
    def is_known(self) -> bool:
        """Whether targets were observed and are finite."""
        return math.isfinite(self.minimum) and math.isfinite(self.maximum) and self.minimum <= self.maximum

    @property
    def is_whole(self) -> bool:
        """Whether every target is a whole number."""
        return self.is_known and self.whole == 1

    @property
    def is_one_hot(self) -> bool:
        """Whether the rows hold one 1 among zeros."""
        return self.width > 1 and self.one_hot > 0.99

    @property
    def is_multi_hot(self) -> bool:
        """Whether the rows hold zeros and ones, and some of them several ones: no padding, which has none."""
        zeros_and_ones = self.is_whole and self.minimum == 0 and self.maximum == 1
        have_several = self.mean * self.width > self.one_hot + 0.01
        return zeros_and_ones and self.width > 1 and self.one_hot < 0.9 and have_several


def target(label_statistics: Series | None, output: str) -> Target:
    """Return what was observed of an output's targets; with one output its name does not matter."""
    if label_statistics is None or label_statistics.values.ndim != 2 or not label_statistics.values.shape[0]:
        return Target()
    known = names(label_statistics, 0)
    name = output if output in known or len(known) > 1 else known[0]
    return Target(*(number(label_statistics, name, fact) for fact in Target.__dataclass_fields__))


def have_several_classes(counted: np.ndarray, label_statistics: Series | None) -> bool:
    """Whether examples have several classes each, as pixels, steps or tags have: then counts are not of examples.

    Args:
        counted: How often each class was counted among the targets.
        label_statistics: What was observed of the same targets.
    """
    examples = fact(label_statistics, "examples")
    return bool(np.isfinite(examples).any() and counted.sum() > SEVERAL * np.nanmax(examples) > 0)


def takes_classes_for_numbers(head: Head, known: Target) -> bool:
    """Whether a loss for numbers compares one class number an example with each output of a softmax."""
    numbers = known.is_whole and known.width == 1 and known.distinct > 1 and known.minimum >= 0
    return head.loss.kind in REGRESSION and head.activation == "softmax" and numbers and known.maximum <= head.units > 1


def answer(predictions: Series | None, output: str, fact: str) -> float:
    """Return a statistic of the model's answers; with one output its name does not matter. NaN where not observed."""
    known = names(predictions, 0) if predictions is not None and predictions.values.ndim == 2 else ()
    return number(predictions, known[0] if len(known) == 1 else output, fact)


def inputs(input_statistics: Series | None) -> tuple[str, ...]:
    """Return the names of the inputs that were observed."""
    if input_statistics is None or input_statistics.values.ndim != 2:
        return ()
    return names(input_statistics, 0)
