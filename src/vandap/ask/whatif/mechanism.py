"""What a change did inside of the network: the same signals of two watched trainings, side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vandap.core.signals import Series

NOTABLE = 1.3
"""Ratio from which two values are called different; two seeds of one program easily differ by a fifth."""


@dataclass(frozen=True)
class Seen:
    """One quantity in both trainings.

    Args:
        name: What it is.
        before: In the training as it is.
        after: In the changed one.
    """

    name: str
    before: float
    after: float

    @property
    def is_notable(self) -> bool:
        """Whether it differs by more than two trainings of one program usually do."""
        if not (math.isfinite(self.before) and math.isfinite(self.after)):
            return math.isfinite(self.before) != math.isfinite(self.after)
        low, high = sorted((abs(self.before), abs(self.after)))
        return high > 1e-12 and (low <= 0 or high / low >= NOTABLE)

    def __str__(self) -> str:
        return f"{self.name} {_number(self.before)} -> {_number(self.after)}"


def mechanism(before: Mapping[str, Series], after: Mapping[str, Series]) -> tuple[Seen, ...]:
    """Compare two watched trainings, what differs most first.

    Args:
        before: Signals of the training as it is.
        after: Signals of the changed one.
    """
    found = [
        Seen(name, read(before[signal]), read(after[signal]))
        for name, signal, read in _QUANTITIES
        if signal in before and signal in after
    ]
    kept = [seen for seen in found if not (math.isnan(seen.before) and math.isnan(seen.after))]
    return tuple(sorted(kept, key=_apart, reverse=True))


def told(seen: tuple[Seen, ...]) -> str:
    """What was seen, in one or two sentences."""
    notable = [str(item) for item in seen if item.is_notable][:4]
    if not notable:
        return "Inside of the network little differed: " + "; ".join(str(item) for item in seen[:3]) + "."
    return "Seen inside of the network, in one training of each: " + "; ".join(notable) + "."


def _apart(seen: Seen) -> float:
    if not (math.isfinite(seen.before) and math.isfinite(seen.after)):
        return math.inf
    low, high = sorted((abs(seen.before), abs(seen.after)))
    return math.log(max(high, 1e-12) / max(low, 1e-12))


def _last(series: Series) -> float:
    values = np.asarray(series.values, dtype=np.float64).ravel()
    return float(values[-1]) if len(values) else math.nan


def _first(series: Series) -> float:
    values = np.asarray(series.values, dtype=np.float64).ravel()
    return float(values[0]) if len(values) else math.nan


def _kernels(series: Series) -> Iterator[int]:
    for place, name in enumerate(series.labels.get("variable", ())):
        if not name.endswith(("bias", "beta", "gamma")):
            yield place


def _gradient(which: int) -> Callable[[Series], float]:
    """The middle norm of the first or last kernel's gradient."""

    def read(series: Series) -> float:
        kernels = list(_kernels(series))
        if series.values.ndim != 3 or not kernels or "norm" not in series.labels.get("statistic", ()):
            return math.nan
        column = series.values[:, kernels[which], series.labels["statistic"].index("norm")]
        return _middle(column)

    return read


def _updates(series: Series) -> float:
    kernels = list(_kernels(series))
    return _middle(series.values[:, kernels]) if series.values.ndim == 2 and kernels else math.nan


def _activation(statistic: str) -> Callable[[Series], float]:
    """A statistic of the hidden layers, averaged over layers, the middle over the training."""

    def read(series: Series) -> float:
        names = series.labels.get("statistic", ())
        if series.values.ndim != 3 or statistic not in names or series.values.shape[1] < 2:
            return math.nan
        values = np.asarray(series.values[:, :-1, names.index(statistic)], dtype=np.float64)
        finite = np.isfinite(values)
        return _middle(np.where(finite, values, np.nan)) if finite.any() else math.nan

    return read


def _dead(series: Series) -> float:
    facts = series.labels.get("fact", ())
    if series.values.ndim != 2 or "dead" not in facts or series.values.shape[0] < 2:
        return math.nan
    return float(np.nanmean(series.values[:-1, facts.index("dead")]))


def _middle(values: np.ndarray) -> float:
    finite = np.asarray(values, dtype=np.float64).ravel()
    finite = finite[np.isfinite(finite)]
    return float(np.median(finite)) if len(finite) else math.nan


_QUANTITIES: tuple[tuple[str, str, Callable[[Series], float]], ...] = (
    ("training loss in the first epoch", "loss", _first),
    ("training loss at the end", "loss", _last),
    ("validation loss at the end", "val_loss", _last),
    ("gradient norm of the first layer", "gradients", _gradient(0)),
    ("gradient norm of the last layer", "gradients", _gradient(-1)),
    ("update over weight", "update_ratio", _updates),
    ("deviation of hidden activations", "activations", _activation("deviation")),
    ("share of zeros in hidden activations", "activations", _activation("zero_share")),
    ("saturated share of hidden activations", "activations", _activation("saturated_share")),
    ("dead share of hidden units", "dead_units", _dead),
)


def _number(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "not finite"
