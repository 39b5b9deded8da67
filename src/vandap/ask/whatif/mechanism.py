"""What a change did inside of the network: the same signals of watched trainings of both arms, side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from vandap.core.signals import Series
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ClassWeights
from vandap.repair.changes.output import FromLogits, LabelSmoothing, SetLoss

NOTABLE = 1.3
"""Ratio from which two values are called different; two seeds of one program easily differ by a fifth."""
_TOLD = 4
_NOTHING = 1e-12
_DIVERGING = ("loss", "val_loss", "gradients")
"""Signals that stop being finite where a training diverges; others may be undefined, as the update of a zero is."""
_OTHER_LOSS = (((SetLoss, LabelSmoothing, FromLogits), ("loss", "val_loss")), (ClassWeights, ("loss",)))
"""Changes with which a signal is another measure; class weights do not weigh the validation rows."""

Signals: TypeAlias = Mapping[str, Series]


@dataclass(frozen=True)
class Seen:
    """One quantity in both arms.

    Args:
        name: What it is.
        before: Its median over the trainings as they are.
        after: Its median over the changed ones.
        is_notable: Whether every pair of trainings differs, in the same direction, by more than two seeds usually do.
    """

    name: str
    before: float
    after: float
    is_notable: bool

    def __str__(self) -> str:
        if not math.isfinite(self.after):
            return f"{self.name} became not finite"
        if not math.isfinite(self.before):
            return f"{self.name} became finite: {_number(self.after)}"
        moved = "rose" if self.after > self.before else "fell" if self.after < self.before else "stayed"
        return f"{self.name} {moved} from {_number(self.before)} to {_number(self.after)}"


def mechanism(pairs: Sequence[tuple[Signals, Signals]], changes: Iterable[Change] = ()) -> tuple[Seen, ...]:
    """Compare watched trainings of both arms.

    Args:
        pairs: Signals of a training as it is and of a changed one with the same seed.
        changes: What was changed; a loss that has another meaning then is not compared.
    """
    other = {name for change in changes for kinds, names in _OTHER_LOSS if isinstance(change, kinds) for name in names}
    found = [
        _seen(name, signal in _DIVERGING, [(read(before[signal]), read(after[signal])) for before, after in pairs])
        for name, signal, read in _QUANTITIES
        if pairs and signal not in other and all(signal in signals for pair in pairs for signals in pair)
    ]
    return tuple(seen for seen in found if not (math.isnan(seen.before) and math.isnan(seen.after)))


def told(seen: tuple[Seen, ...], pairs: int) -> str:
    """What was seen, in one sentence: what differs most.

    Args:
        seen: The quantities.
        pairs: How many trainings of each arm were watched.
    """
    if not seen:
        return ""
    where = f"in {pairs} watched trainings of each arm" if pairs > 1 else "in one watched training of each arm"
    notable = sorted((item for item in seen if item.is_notable), key=_apart, reverse=True)[:_TOLD]
    if not notable:
        return f"Inside of the network nothing differed by more than seeds usually do, {where}."
    return f"Inside of the network, {where}: the {'; the '.join(map(str, notable))}."


def _seen(name: str, diverges: bool, values: list[tuple[float, float]]) -> Seen:
    before, after = (float(np.median(side)) for side in zip(*values, strict=True))
    moves = {_move(*pair) for pair in values}
    is_known = diverges or (math.isfinite(before) and math.isfinite(after))
    return Seen(name, before, after, is_known and len(moves) == 1 and 0 not in moves)


def _move(before: float, after: float) -> int:
    """1 for a notable rise, -1 for a fall, 0 for neither; a value that stopped being finite has risen."""
    if not (math.isfinite(before) and math.isfinite(after)):
        return int(math.isfinite(before)) - int(math.isfinite(after))
    low, high = sorted((abs(before), abs(after)))
    if high <= _NOTHING or (low > 0 and high / low < NOTABLE):
        return 0
    return 1 if after > before else -1


def _apart(seen: Seen) -> float:
    if not (math.isfinite(seen.before) and math.isfinite(seen.after)):
        return math.inf
    low, high = sorted((abs(seen.before), abs(seen.after)))
    return math.log(max(high, _NOTHING) / max(low, _NOTHING))


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
