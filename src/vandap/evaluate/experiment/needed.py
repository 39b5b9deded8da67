"""How many seeds, or examples, would tell what an experiment could not."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from vandap.core.experiment import Effect, Needed
from vandap.core.finding import Threshold
from vandap.evaluate.experiment.plan import LOOKS

POWER = Threshold(0.8, "Cohen 1988, 'Statistical Power Analysis': the customary chance of finding what is there")
SEEDS = np.unique(np.concatenate([np.arange(2, 201), np.geomspace(200, 10_000, 120).astype(int)]))
"""Numbers of seeds that are tried: all up to 200, then in steps of about 3 %."""
MOST_EXAMPLES = 10**8
RUNS_A_SEED = 2


def needed(effect: Effect, margin: float, seconds_a_run: float | None = None) -> Needed | None:
    """Return the seeds of a new experiment that would probably end with a verdict other than `cannot tell`.

    The new experiment has fresh seeds and the same examples. What it will measure is predicted from what was measured,
    with the uncertainty of that: to take a difference for the true one that a few seeds measured would name too few.

    Args:
        effect: What was measured.
        margin: Differences within the margin do not matter in practice.
        seconds_a_run: Wall clock of one training, if known.

    Returns:
        Seeds, or else the examples that the longest plan would need; None if nothing was measured.

    References:
        O'Hagan, Stevens and Campbell 2005, "Assurance in clinical trial design", Pharmaceutical Statistics 4.
    """
    if not math.isfinite(effect.error):
        return None
    cap = effect.freedom if effect.freedom < effect.seeds - 1 else math.inf
    error = np.sqrt(effect.components.variance(SEEDS, effect.count))
    chances = chance(effect, margin, error, np.minimum(SEEDS - 1, cap), _fresh(effect, SEEDS))
    enough = np.flatnonzero(chances >= POWER.value)
    if len(enough):
        most = max(int(SEEDS[enough[0]]), effect.seeds + 1)  # what was not told by so many is told by more
        return Needed(seeds=most, seconds=None if seconds_a_run is None else RUNS_A_SEED * most * seconds_a_run)
    return Needed(examples=examples_needed(effect, margin))


def chance(
    effect: Effect, margin: float, error: np.ndarray, freedom: np.ndarray, uncertainty: np.ndarray
) -> np.ndarray:
    """Return the probability that a new experiment ends with a verdict: an interval off 0, or inside the margin.

    Args:
        effect: What was measured, and the two-sided error of the interval.
        margin: Differences within the margin do not matter in practice.
        error: Standard errors of the new difference, shape `(n,)`: they make the interval.
        freedom: Their degrees of freedom, shape `(n,)`.
        uncertainty: How far the new difference may be from the measured one, as standard deviations of shape `(n,)`.

    Returns:
        Probabilities of shape `(n,)`.
    """
    apart = -special.stdtrit(freedom, effect.alpha / 2.0) * error
    inside = np.clip(margin + special.stdtrit(freedom, effect.alpha) * error, 0.0, apart)
    total: np.ndarray = 1.0 - _between(effect, apart, uncertainty) + _between(effect, inside, uncertainty)
    return total


def examples_needed(effect: Effect, margin: float) -> int | None:
    """Return the fewest examples with which the longest plan would tell, to two digits; None if seeds alone hide it.

    Args:
        effect: What was measured.
        margin: Differences within the margin do not matter in practice.
    """
    counts = np.unique(np.round(np.geomspace(effect.count, max(MOST_EXAMPLES, effect.count), 400)))
    error = np.sqrt(effect.components.variance(LOOKS[-1], counts))
    uncertainty = np.sqrt(error**2 + effect.components.variance(effect.seeds, effect.count))
    chances = chance(effect, margin, error, np.full(len(counts), LOOKS[-1] - 1.0), uncertainty)
    enough = np.flatnonzero(chances >= POWER.value)
    if not len(enough):
        return None
    found = int(counts[enough[0]])
    step = 10 ** max(len(str(found)) - 2, 0)
    return -(-found // step) * step


def _fresh(effect: Effect, seeds: np.ndarray) -> np.ndarray:
    """How far fresh seeds on the same examples may be from the measured difference: only seeds differ."""
    one = effect.components.seed + effect.components.residual / effect.count
    uncertainty: np.ndarray = np.sqrt(one / seeds + one / effect.seeds)
    return uncertainty


def _between(effect: Effect, bound: np.ndarray, uncertainty: np.ndarray) -> np.ndarray:
    """Probability that the new difference lies within `bound` of zero."""
    scale = np.maximum(uncertainty, np.finfo(float).tiny)
    ends = ((bound - effect.difference) / scale, (-bound - effect.difference) / scale)
    mass: np.ndarray = special.stdtr(effect.freedom, ends[0]) - special.stdtr(effect.freedom, ends[1])
    return mass
