"""An experiment as charts and rows: every seed of both arms, and what each planned look said."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vandap.core.estimate import Decision
from vandap.core.experiment import DONE, Arm, Effect, Experiment, Look, Outcome
from vandap.report import format as written
from vandap.report import metric as metrics
from vandap.report.charts.records import Bars, Level, Line, LineChart


@dataclass(frozen=True)
class LookRow:
    """One look as text: seeds of each arm, the gain, its interval, what followed."""

    seeds: str
    gain: str
    interval: str
    verdict: str


def seeds_chart(experiment: Experiment, metric: str, dummy: float = math.nan) -> LineChart | None:
    """Return the score of every training over its seed, one line an arm.

    Args:
        experiment: The experiment.
        metric: The metric's slug.
        dummy: What the dummy baseline scores; NaN where that is not known.

    Returns:
        The chart; None where no training of an arm has a score.
    """
    arms = [arm for arm in (experiment.reference, experiment.changed) if np.isfinite(_scores(arm)).any()]
    if not arms:
        return None
    paired = experiment.outcome is None or experiment.outcome.pairing.paired
    return LineChart(
        title="Every seed",
        description=written.sentence("; ".join(f"{arm.name}: {_spread(arm)}" for arm in arms)) + ".",
        x_label="Seed" if paired else "Training",
        y_label=metrics.title(metric),
        lines=tuple(Line(arm.name, np.arange(1.0, len(arm.trials) + 1), _scores(arm), dots=True) for arm in arms),
        whole_x=True,
        levels=(Level(dummy, "dummy baseline"),) if math.isfinite(dummy) else (),
    )


def looks_chart(outcome: Outcome) -> Bars | None:
    """Return the gain and its interval at every look that was taken; None where none has an interval."""
    looks = [look for look in _taken(outcome) if look.effect.has_interval]
    if not looks:
        return None
    effects = [look.effect for look in looks]
    last = effects[-1]
    return Bars(
        title="Gain at each look",
        description=(
            f"With {written.plural(last.seeds, 'seed')} of each arm the gain is "
            f"{gain(last)}; the verdict needs an interval off 0, or one inside of the margin of "
            f"{written.number(outcome.margin)}."
        ),
        x_label=f"Gain in {metrics.title(outcome.metric)}, positive is better",
        names=tuple(written.plural(look.seeds, "seed") for look in looks),
        values=np.array([effect.difference for effect in effects]),
        low=np.array([effect.low for effect in effects]),
        high=np.array([effect.high for effect in effects]),
        dots=True,
        levels=(Level(0.0, "no gain"),),
    )


def look_rows(outcome: Outcome) -> tuple[LookRow, ...]:
    """Return the planned looks, those that were not taken as well; folds are looked at once."""
    taken = {look.seeds: look for look in _taken(outcome)}
    seeds = sorted({*taken, *outcome.planned} if outcome.looks else taken)
    rest = "not reached" if outcome.decision is Decision.CANNOT_TELL else "not needed"
    return tuple(_row(count, taken.get(count), rest) for count in seeds)


def gain(effect: Effect) -> str:
    """Write a gain with its sign and interval, one digit finer than usual: whether an end lies off 0 must be seen."""
    half = (effect.high - effect.low) / 2.0
    if not half > 0:
        return written.difference(effect.difference, effect.low, effect.high)
    decimals = written.decimals_for(half) + 1
    middle, low, high = (written.fixed(value, decimals) for value in (effect.difference, effect.low, effect.high))
    return f"{'+' * (effect.difference > 0)}{middle} [{low}, {high}]"


def broken(experiment: Experiment) -> tuple[str, ...]:
    """Return one sentence for each way in which trainings of an arm ended without a score."""
    return tuple(_broken(experiment))


def _taken(outcome: Outcome) -> tuple[Look, ...]:
    return outcome.looks or (Look(outcome.effect.seeds, outcome.effect, outcome.decision),)


def _row(seeds: int, look: Look | None, otherwise: str) -> LookRow:
    if look is None:
        return LookRow(written.count(seeds), written.ABSENT, "", otherwise)
    number, _, interval = gain(look.effect).partition(" ")
    return LookRow(written.count(seeds), number, interval, look.decision.value)


def _broken(experiment: Experiment) -> Iterator[str]:
    for arm in (experiment.reference, experiment.changed):
        alike: dict[tuple[str, str], list[int]] = {}
        for trial in arm.trials:
            if trial.status != DONE:
                alike.setdefault((trial.status, trial.reason), []).append(trial.seed)
        for (status, reason), seeds in alike.items():
            which = f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds, the first of them {seeds[0]}"
            yield f"{arm.name}, {which}: {status}. {reason}".strip()


def _scores(arm: Arm) -> np.ndarray:
    return np.array([trial.score for trial in arm.trials], dtype=float)


def _spread(arm: Arm) -> str:
    finite = _scores(arm)[np.isfinite(_scores(arm))]
    low, high = written.number(float(finite.min())), written.number(float(finite.max()))
    return f"{written.plural(len(finite), 'training')} from {low} to {high}"
