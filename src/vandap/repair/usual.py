"""Numbers that remedies share: usual learning rates, and rates near one."""

from __future__ import annotations

import math

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import LearningRate
from vandap.repair.remedy import Case

_USUAL = {"SGD": 0.01, "Adadelta": 1.0, "Adagrad": 0.01}
"""Rates to begin with; Keras' own default, or for Adagrad and Adadelta that of their papers."""
_OF_RATE = ("C9", "C10", "B16")
"""Findings that the rate is too high, too low, unusual."""
_BEGIN = 0.001


def usual_rate(case: Case) -> float:
    """The learning rate that the program's optimiser usually begins with."""
    return _USUAL.get(case.program.compile.optimizer, _BEGIN)


def other_rates(case: Case, factors: tuple[float, ...]) -> tuple[tuple[Change, ...], ...]:
    """Rates on the factors' side of the program's own, each once: a measured one, the usual one, and the multiples.

    The first is the one with which short trainings from the same start were surely better, where the exam made them.

    Args:
        case: The training.
        factors: The multiples, the likeliest first.
    """
    rate, usual = case.program.compile.highest_rate, usual_rate(case)
    if math.isnan(rate):
        return ()
    if rate <= 0:  # no multiple of it helps
        around = (1.0, 10.0, 0.1) if max(factors) > 1 else ()
        return tuple((LearningRate(float(f"{usual * factor:.2g}")),) for factor in around)
    measured = measured_factor(case)
    rates = [rate * factor for factor in factors]
    if any((usual < rate) == (factor < 1) and not rate / 2 < usual < rate * 2 for factor in factors):
        rates.insert(0, usual)
    if measured != 1.0 and any((measured < 1) == (factor < 1) for factor in factors):
        rates.insert(0, rate * measured)
    rounded = dict.fromkeys(float(f"{value:.2g}") for value in rates)
    return tuple((LearningRate(value),) for value in rounded)


def scheduled_rates(case: Case) -> tuple[float, ...]:
    """The rates that a schedule may begin with: the program's own, but after a better one where the rate is the fault.

    Args:
        case: The training.
    """
    rate, factor = case.rate, measured_factor(case)
    if rate is None:
        return ()
    better = float(f"{rate * factor:.2g}") if factor != 1.0 else usual_rate(case)
    is_fault = factor != 1.0 or case.finding.code in _OF_RATE
    return tuple(dict.fromkeys((better, rate) if is_fault else (rate,)))


def measured_factor(case: Case) -> float:
    """The multiple of the rate whose short trainings ended with the least held-out loss, surely less; 1 for none.

    They are made by the exam where it suspects the rate, from the same first weights, with the same batches.
    """
    series = case.series("test_learning_rate")
    if series is None or series.values.ndim != 2 or len(series.labels) < 2:
        return 1.0
    arms, facts = (list(names) for names in list(series.labels.values())[:2])
    if not {"held_out", "high"} <= set(facts):
        return 1.0
    surely = [
        (float(row[facts.index("held_out")]), float(arm.removeprefix("x")))
        for arm, row in zip(arms, series.values, strict=True)
        if float(row[facts.index("high")]) < 0.0 and math.isfinite(row[facts.index("held_out")])
    ]
    return min(surely, default=(0.0, 1.0))[1]
