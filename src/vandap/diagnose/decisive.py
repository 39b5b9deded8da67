"""How rules read what decisive tests measured: arms that were trained from scratch and compared on held-out data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from vandap.core.signals import Series
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import number


@dataclass(frozen=True)
class Arm:
    """One short training of a decisive test.

    Args:
        name: Its name, such as `x0.1`.
        train: Loss on training examples.
        held_out: Loss on held-out examples.
        difference: `held_out` minus that of the reference arm.
        low: Lower end of its paired 95 % interval.
        high: Upper end.
        steps: Optimiser steps.
        share: Share of the steps that the main fit made.
        validation_high: Upper end of the interval of the same difference on the user's validation examples; NaN where
            they were not asked.
    """

    name: str
    train: float
    held_out: float
    difference: float
    low: float
    high: float
    steps: float
    share: float
    validation_high: float = math.nan

    @property
    def is_known(self) -> bool:
        """Whether its losses were measured."""
        return math.isfinite(self.train) and math.isfinite(self.held_out)

    def instead_of(self, reference: Arm) -> str:
        """The two held-out losses as a phrase: `a held-out loss of 0.3 in as many steps instead of 0.5 (95 % ...)`."""
        return (
            f"a held-out loss of {self.held_out:.3g} in as many steps instead of {reference.held_out:.3g} "
            f"(95 % interval of the difference: {self.low:.3g} to {self.high:.3g}{self.validated})"
        )

    @property
    def validated(self) -> str:
        """What is said where the validation examples were asked as well, and agree."""
        return "; surely lower on the validation examples, too" if self.validation_high < 0 else ""

    @property
    def is_surely_lower(self) -> bool:
        """Whether its loss is surely below the reference arm's, on held-out and on the user's validation examples."""
        return self.is_known and self.high < 0 and self.difference < 0 and not self.validation_high >= 0

    @property
    def verdict(self) -> str:
        """What the differences from the reference arm say: `surely better`, ..."""
        if self.is_surely_lower:
            return "surely better"
        if self.is_known and self.low > 0:
            return "surely worse"
        if self.is_known and self.high < 0:
            return "but not surely better on your validation examples"
        return "no sure difference"


_FACTS = ("train", "held_out", "difference", "low", "high", "steps", "share", "validation_high")


def arm(test: Series | None, name: str) -> Arm:
    """Return one arm of a test; NaN where it was not measured."""
    return Arm(name, *(number(test, name, fact) for fact in _FACTS))


def gain(progress: Progress, reference: Arm, other: Arm) -> float:
    """Return how much more of what there is to learn the other arm holds: the smaller of two gains.

    One over the reference arm on held-out data, one over the whole watched training on training data. The unit is that
    of `Progress.learnt` where the best constant answer is known, else the loss that is bettered.
    """
    ahead = _share(progress, reference.held_out - other.held_out, reference.held_out)
    return ahead if progress.broke else min(ahead, _share(progress, progress.end - other.train, progress.end))


def _share(progress: Progress, difference: float, loss: float) -> float:
    room = progress.trivial - progress.floor
    unit = room if room > 0 else loss
    return difference / unit if unit > 0 else math.nan


def helpful(test: Series | None, name: str, progress: Progress, least: float) -> Arm | None:
    """Return an arm that is a `rival` of the real one and whose `gain` is above `least`; None otherwise."""
    winner = rival(test, [name], progress, reference="real")
    return winner if winner is not None and gain(progress, arm(test, "real"), winner) > least else None


def multiples(test: Series | None, above: bool) -> tuple[str, ...]:
    """Return the arms of `test_learning_rate` above or below the rate that was watched."""
    labels = test.labels.get("arm", ()) if test is not None else ()
    return tuple(name for name in labels if (_multiple(name) > 1 if above else _multiple(name) < 1))


def _multiple(name: str) -> float:
    try:
        return float(name.removeprefix("x"))
    except ValueError:
        return math.nan


def rival(test: Series | None, names: Sequence[str], progress: Progress, reference: str = "x1") -> Arm | None:
    """Return the best of these arms that beats both the reference and the whole training that was watched.

    It must be surely lower on held-out data, lower on training data, too (so that not an early stop alone explains it),
    and, after fewer steps or as many, below the loss with which the watched training ended.
    """
    base = arm(test, reference)
    better = [item for item in (arm(test, name) for name in names) if item.is_surely_lower]
    beating = [
        item for item in better
        if not item.train >= base.train and (progress.broke or item.train < progress.end)
    ]  # fmt: skip
    return min(beating, key=lambda item: item.held_out, default=None)
