"""How rules read signals: by label, and without assuming that a number is there or finite."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vandap.core.signals import Series


@dataclass(frozen=True)
class Bounds:
    """A measured number with its 95 % interval; `margin` is the difference that does not matter, where it is known."""

    value: float
    low: float
    high: float
    margin: float = math.nan

    @property
    def is_known(self) -> bool:
        """Whether the value and both ends are finite and in order."""
        return all(map(math.isfinite, (self.value, self.low, self.high))) and self.low <= self.value <= self.high


def number(series: Series | None, *labels: str) -> float:
    """Return one number by its labels, one for each dimension in order; NaN where it was not measured."""
    if series is None or series.values.ndim != len(labels) or len(series.labels) < len(labels):
        return math.nan
    index = []
    for names, label in zip(series.labels.values(), labels, strict=False):
        if label not in names:
            return math.nan
        index.append(names.index(label))
    if any(place >= size for place, size in zip(index, series.values.shape, strict=True)):
        return math.nan
    return float(series.values[tuple(index)])


def bounds(series: Series | None, *labels: str) -> Bounds:
    """Return a value with its interval from a signal whose last dimension is `bound`."""
    return Bounds(*(number(series, *labels, bound) for bound in ("value", "low", "high", "margin")))


def names(series: Series, axis: int) -> tuple[str, ...]:
    """Return the labels along one axis; row numbers where there are none."""
    size = series.values.shape[axis]
    labels = list(series.labels.values())
    if axis < len(labels) and len(labels[axis]) == size:
        return labels[axis]
    return tuple(str(place) for place in range(size))


def row(series: Series, label: str) -> np.ndarray | None:
    """Return the counts of one split, shape `(classes,)`; None where they are missing or no counts."""
    if series.values.ndim != 2 or label not in names(series, 0):
        return None
    values = series.values[names(series, 0).index(label)]
    return counts(values)


def counts(values: np.ndarray) -> np.ndarray | None:
    """Return the values as float64 counts; None unless every one is finite, not negative and below 1e15."""
    values = np.asarray(values, dtype=np.float64)
    return values if values.size and np.isfinite(values).all() and (values >= 0).all() and values.max() < 1e15 else None


def count(series: Series | None, *labels: str) -> float:
    """Return one count by its labels; NaN where it is missing or no count."""
    value = number(series, *labels)
    return value if 0 <= value < 1e15 else math.nan


def share(part: float, whole: float) -> float:
    """Return `part / whole`; NaN where it has no meaning."""
    return part / whole if whole > 0 else math.nan


def wilson(successes: float, total: float, sides: float = 1.0) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a proportion.

    Args:
        successes: Successes, at most `total`.
        total: Trials; with none the interval is [0, 1].
        sides: How many intervals are looked at together; the level of each is raised by Bonferroni's correction.

    Reference:
        Wilson, Probable Inference, the Law of Succession, and Statistical Inference (1927).
    """
    from scipy.special import ndtri

    if not total > 1e-6:  # less than any trial; its square may be no number at all
        return 0.0, 1.0
    z = float(ndtri(1 - 0.025 / max(sides, 1.0)))
    proportion = min(max(successes / total, 0.0), 1.0)
    centre = (proportion + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(proportion * (1 - proportion) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def listed(items: Sequence[str], limit: int = 3) -> str:
    """Return the first few names as a phrase: `a, b, c and 4 more`."""
    more = len(items) - limit
    return ", ".join(items[:limit]) + (f" and {more} more" if more > 0 else "")
