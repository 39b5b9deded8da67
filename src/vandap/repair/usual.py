"""Numbers that remedies share: usual learning rates, and rates near one."""

from __future__ import annotations

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import LearningRate
from vandap.repair.remedy import Case

_USUAL = {"SGD": 0.01, "Adadelta": 1.0, "Adagrad": 0.01}
"""Rates to begin with; Keras' own default, or for Adagrad and Adadelta that of their papers."""
_BEGIN = 0.001


def usual_rate(case: Case) -> float:
    """The learning rate that the program's optimiser usually begins with."""
    return _USUAL.get(case.program.compile.optimizer, _BEGIN)


def other_rates(case: Case, factors: tuple[float, ...]) -> tuple[tuple[Change, ...], ...]:
    """The usual rate and multiples of the program's own, those on the factors' side of it, each once.

    Args:
        case: The training.
        factors: The multiples, the likeliest first.
    """
    rate = case.rate
    if rate is None or rate <= 0:
        return ()
    usual = usual_rate(case)
    rates = [rate * factor for factor in factors]
    if any((usual < rate) == (factor < 1) and not rate / 2 < usual < rate * 2 for factor in factors):
        rates.insert(0, usual)
    rounded = dict.fromkeys(float(f"{value:.2g}") for value in rates)
    return tuple((LearningRate(value),) for value in rounded)
